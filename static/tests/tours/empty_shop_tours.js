/** A shop on its first days: its catalogue, a family, mistakes, a return. */

import { registry } from "@web/core/registry";

import { chooseHere, click, go, press, pressInDialog, see } from "./desk_steps";
import { counted, upload } from "./effort";

const tours = registry.category("web_tour.tours");

const type = (field, text, scope = "") => ({
    content: `type ${text} in ${field}`,
    trigger: ["input", "textarea"].map((tag) => `${scope} .o_field_widget[name="${field}"] ${tag}`).join(", "),
    run: `edit ${text}`,
});
const typeDate = (field, text) => [
    click(`button[data-field='${field}'], input[data-field='${field}']`),
    { trigger: `input[data-field='${field}']`, run: `edit ${text} && press Tab` },
];

const select = (field, label) => [
    click(`.o_field_widget[name="${field}"] .o_select_menu_toggler`),
    click(`.o_select_menu_item:contains("${label}")`),
];

const article = (name, price, more) => [
    click(".o_list_button_add, .o_form_button_create"),
    see(".o_last_breadcrumb_item:contains('Nouveau')"),
    click(".o_notebook a[name='general_information']"),
    type("name", name),
    type("list_price", price),
    click(".o_notebook a[name='optics']"),
    ...more,
    click(".o_form_button_save"),
    see(".o_form_saved"),
];

/** The manager, without a technical right: the LPP table, then what the shop sells. */
tours.add("optoamc_empty_catalogue", {
    steps: () => [
        ...go("menu_configuration", "menu_optoamc_setup", "[name='step_shop']"),
        press("action_import_lpp"),
        upload("file", "/optoamc-tour/lpp.zip", "LPP999.zip"),
        press("action_read"),
        { ...press("action_apply"), timeout: 60000 },
        see(".o_statusbar_status .o_arrow_button_current[data-value='done']"),
        click("[data-menu-xmlid='l10n_fr_optoamc.menu_products']"),
        see(".o_search_panel"),
        ...article("Progressif du jour", "280", [
            ...select("optical_category", "VER"),
            ...select("lens_type", "Progressif"),
            ...select("product_class", "Classe B"),
            type("lens_index", "1,6"),
            type("lens_diameter", "70"),
        ]),
        ...article("Monture du jour", "149", [
            ...select("optical_category", "MON"),
            ...select("product_class", "Classe B"),
            type("frame_brand", "Rivoli"),
            type("frame_model", "Alto"),
            type("frame_colour", "Noir"),
            type("frame_size", "52*18"),
        ]),
        ...article("Teinte du jour", "25", [
            ...select("optical_category", "SUP"),
            ...chooseHere("2267641", "lpp_id"),
        ]),
    ],
});

const LINES = ".o_field_widget[name='optoamc_contract_ids']";

/** Glasses come back: the credit note, and the agreement that serves no more. Starts on the invoice. */
tours.add("optoamc_return", {
    steps: () =>
        counted("a return and its agreement cancelled", { clicks: 4 }, [
            press("action_reverse"),
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
        see(`${LINES} .o_data_row [name='member_number']`),
        ...select("beneficiary_quality", "Enfant"),
        click(".o_form_button_save"),
        see(`.o_form_saved ${LINES} .o_data_row`),
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
