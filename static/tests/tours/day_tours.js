/** Days of a shop: a return, a family, mistakes. */

import { registry } from "@web/core/registry";

import { chooseHere, click, contractRow, press, pressInDialog, see, select, type, typeDate } from "./desk_steps";
import { counted } from "./effort";

const tours = registry.category("web_tour.tours");

/** Glasses come back: the credit note, and the agreement that serves no more. Starts on the invoice. */
tours.add("optoamc_return", {
    steps: () =>
        counted("Un retour et son accord annulé", { clicks: 4 }, [
            { ...press("action_reverse"), timeout: 60000 },
            pressInDialog("refund_moves"),
            see(".o_arrow_button_current[data-value='draft']"),
            press("action_post"),
            press("action_optoamc_cancel_agreements"),
            see("body:not(:has(button[name='action_optoamc_cancel_agreements']:visible)) .o_form_view"),
        ]),
});

/** A daughter of the patient: what is the father's is proposed, and the family is one list. Starts on the father. */
tours.add("optoamc_family_day", {
    steps: () => [
        { ...see(".o_form_view .o_field_widget[name='nir']"), timeout: 60000 },
        click(".o_form_button_create"),
        see(".o_last_breadcrumb_item:contains('Nouveau')"),
        type("name", "Zoé PETIT"),
        ...typeDate("birthdate", "04/03/2015"),
        ...chooseHere("PETIT", "insured_id"),
        see(`${contractRow(1)} [name='member_number']`),
        ...select("beneficiary_quality", "Enfant"),
        click(".o_form_button_save"),
        see(`.o_form_saved ${contractRow(1)}`),
        press("action_optoamc_view_family"),
        see(".o_list_view .o_data_row:nth-child(2)"),
    ],
});

/** Mistakes, each told where it is made, and nothing typed is lost. */
tours.add("optoamc_mistakes", {
    steps: () => [
        click(".o_list_button_add"),
        type("name", "Jean ROUX"),
        type("nir", "169054958815734"),
        click(".o_form_button_save"),
        click(".modal footer .btn-primary"),
        see("[name='name'] textarea:value('Jean ROUX'), [name='name'] input:value('Jean ROUX')"),
        type("nir", "169054958815733 && press Tab"),
        see(".o_form_view:contains('Paul PETIT')"),
        click(".o_form_button_save"),
        see(".o_form_saved"),
        // Another person's prescription is not in the list.
        press("action_optoamc_new_dossier"),
        { trigger: ".o_field_widget[name='prescription_id'] input", run: "edit BESNAINOU" },
        see(".o-autocomplete--dropdown-menu:not(:has(.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains('BESNAINOU')))"),
    ],
});
