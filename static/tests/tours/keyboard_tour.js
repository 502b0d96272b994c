import { registry } from "@web/core/registry";

import { inDialog, see, seeState } from "./desk_steps";
import { addLines, FIRST_FOUND, press, tabTo, type } from "./keyboard_steps";

/** The whole job, from a new dossier to the posted invoice, and the mouse stays where it is. */
registry.category("web_tour.tours").add("optoamc_keyboard", {
    steps: () => [
        press("alt+c", ".o_list_button_add"),
        type("Fabienne MONTFORT", "partner_id"),
        press("Enter", `${FIRST_FOUND}:contains("MONTFORT")`),
        tabTo("[data-field='optical_date']"),
        type("26/11/2013", "optical_date"),
        press("Tab", ".o_field_widget[name='optical_date'] input:focus"),
        see(".o_field_widget[name='prescription_id'] input:value('BESNAINOU')"),
        ...addLines(["Verre des tests", "Verre des tests", "Monture des tests"]),
        press("alt+s", ".o_form_button_save"),
        press("alt+e", ".o_form_saved .o_optoamc_summary td[name='total']:contains('714,00')"),
        press("alt+a", ".modal:has(.o_optoamc_saved[data-saved='true']) button[name='action_record_consent']"),
        press("alt+d", inDialog("button[name='action_request_coverage']:enabled")),
        seeState("granted"),
        press("alt+t", inDialog("button[name='action_transfer']:enabled")),
        see("body:not(:has(.modal)) .o_optoamc_summary td[name='amc']:contains('300,00')"),
        press("alt+q", ".o_statusbar_buttons button[name='action_confirm']:enabled:visible"),
        press("alt+q", ".o_statusbar_buttons button[data-hotkey='q']:not([name='action_confirm']):enabled:visible"),
        press("alt+q", inDialog("button[name='create_invoices']")),
        press("alt+q", ".o_form_view button[name='action_post']:enabled:visible"),
        see(".o_arrow_button_current[data-value='posted']"),
    ],
});

/** Alt+S while a line is being edited: what was typed is saved, and nothing breaks. */
const saveWhileEditing = (field, text, column, total) => [
    {
        content: `open the line at ${field}`,
        trigger: `.o_field_widget[name='order_line'] .o_data_row:nth-child(1) [name='${field}']`,
        run: "click",
    },
    {
        content: `type ${text}`,
        trigger: `.o_field_widget[name='order_line'] .o_selected_row .o_field_widget[name='${field}'] input`,
        run: `edit ${text}`,
    },
    press("alt+s", ".o_form_button_save"),
    see(`.o_form_saved:not(:has(.o_selected_row)) .o_optoamc_summary td[name='${column}']:contains('${total}')`),
    see(".o_statusbar_buttons button.o_optoamc_pec:enabled"),
];

registry.category("web_tour.tours").add("optoamc_save_while_editing", {
    steps: () => [
        ...saveWhileEditing("price_unit", "260", "total", "724,00"),
        ...saveWhileEditing("discount", "10", "total", "698,00"),
    ],
});
