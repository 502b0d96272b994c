import { registry } from "@web/core/registry";

import {
    choose,
    click,
    inDialog,
    openPec,
    press,
    pressInDialog,
    see,
    seeAmounts,
    seeState,
    shoot,
} from "./desk_steps";

const addProduct = (name, row) => [
    click(".o_field_x2many_list_row_add a, .o_field_x2many_list_row_add button"),
    {
        content: `type ${name}`,
        trigger: `.o_data_row:nth-child(${row}) [name="product_template_id"] input, .o_data_row:nth-child(${row}) [name="product_id"] input`,
        run: `edit ${name}`,
    },
    click(`.o-autocomplete--dropdown-item:contains("${name}") a`),
    see(`.o_data_row:nth-child(${row}) .o_field_widget[name="lpp_id"] input:value("22")`),
];

/** From a new dossier to the posted invoice, as an optician. */
registry.category("web_tour.tours").add("optoamc_whole_job", {
    steps: () => [
        click(".o_list_button_add"),
        click("button[data-field='optical_date']"),
        { trigger: "input[data-field='optical_date']", run: "edit 26/11/2013 && press Tab" },
        ...choose("partner_id", "Fabienne MONTFORT"),
        see(".o_field_widget[name='prescription_id'] input:value('BESNAINOU')"),
        ...addProduct("Verre des tests", 1),
        ...addProduct("Verre des tests", 2),
        ...addProduct("Monture des tests", 3),
        click(".o_form_button_save"),
        see(".o_optoamc_summary td[name='total']:contains('714,00')"),
        shoot("dossier"),
        ...openPec(),
        pressInDialog("action_record_consent"),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
        seeAmounts("granted_amount", ["100,00", "100,00", "100,00"]),
        see(inDialog("[name='pec_number']:not(:empty)")),
        shoot("prise_en_charge"),
        pressInDialog("action_transfer"),
        see("body:not(:has(.modal)) .o_optoamc_summary td[name='amc']:contains('300,00')"),
        press("action_confirm"),
        click(".o_statusbar_buttons button:not(.d-none)[id='create_invoice'], #create_invoice_percentage"),
        pressInDialog("create_invoices"),
        press("action_post"),
        see(".o_arrow_button_current[data-value='posted']"),
    ],
});
