/** A salesperson without any role of the module, at Odoo's own screens. */

import { registry } from "@web/core/registry";

import { choose, click, press, pressInDialog, see } from "./desk_steps";

const addProduct = (name, row) => [
    click(".o_field_x2many_list_row_add a, .o_field_x2many_list_row_add button"),
    {
        content: `type ${name}`,
        trigger: `.o_data_row:nth-child(${row}) [name="product_template_id"] input, .o_data_row:nth-child(${row}) [name="product_id"] input`,
        run: `edit ${name}`,
    },
    click(`.o-autocomplete--dropdown-item:contains("${name}") a`),
    see(`.o_data_row:nth-child(${row}) [name="price_subtotal"]:not(:contains(/^\\D*0[.,]00/))`),
];

registry.category("web_tour.tours").add("optoamc_salesperson", {
    steps: () => [
        click(".o_list_button_add"),
        ...choose("partner_id", "Client ordinaire"),
        ...addProduct("Verre actuel", 1),
        ...addProduct("Étui", 2),
        click(".o_form_button_save"),
        see(".o_form_saved"),
        see("body:not(:has(.o_field_widget[name='lpp_id'])):not(:has(.o_optoamc_pec))"),
        click(".o_cp_action_menus .fa-cog"),
        click(".o-dropdown-item:contains('Duplicate'), .o-dropdown-item:contains('Dupliquer')"),
        see(".o_form_saved .o_last_breadcrumb_item, .o_breadcrumb"),
        press("action_confirm"),
        see(".o_arrow_button_current[data-value='sale']"),
        click(".o_statusbar_buttons button:not(.d-none)[id='create_invoice'], #create_invoice_percentage"),
        pressInDialog("create_invoices"),
        see(".o_field_widget[name='invoice_line_ids']"),
    ],
});
