/** Dossiers of several kinds. Each tour starts on one. */

import { registry } from "@web/core/registry";

import { click, inDialog, openPec, press, pressInDialog, see, seeAmounts, seeState, shoot } from "./desk_steps";

const tours = registry.category("web_tour.tours");

tours.add("optoamc_second_pair", {
    steps: () => [
        see(".o_optoamc_summary tbody tr:nth-child(2)"),
        ...openPec(),
        click(inDialog("button[data-number='2']")),
        see(inDialog("button[data-number='2'][aria-pressed='true']")),
        seeAmounts("price", ["150,00", "150,00", "90,00"]),
        pressInDialog("action_request_coverage"),
        // A second pair of the same correction is often refused: it is asked for all the same.
        click(inDialog(".modal-footer .btn-primary")),
        seeState("granted"),
        pressInDialog("action_transfer"),
        click(inDialog("button[data-number='1']")),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
    ],
});

/** The code on the product is an adult's: "Recalc." takes the one of the child's age. */
tours.add("optoamc_child", {
    steps: () => [
        ...openPec(),
        see(inDialog("[name='is_child'] input:checked")),
        click(inDialog(".o_optoamc_lines .o_data_row:nth-child(1) button[name='action_recompute']")),
        see(inDialog(".o_optoamc_lines .o_data_row:nth-child(1) [name='amo_amount']:not(:contains('1,37'))")),
        click(inDialog(".o_optoamc_lines .o_data_row:nth-child(2) button[name='action_recompute']")),
        click(inDialog(".o_optoamc_lines .o_data_row:nth-child(3) button[name='action_recompute']")),
        see(inDialog(".o_optoamc_lines .o_data_row:nth-child(3) [name='amo_amount']:not(:contains('1,70'))")),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
    ],
});

tours.add("optoamc_contact_lenses", {
    steps: () => [
        ...openPec(),
        see(inDialog(".o_optoamc_lines [name='optical_category']:contains('LEN')")),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
        pressInDialog("action_transfer"),
        see("body:not(:has(.modal))"),
    ],
});

/** Two quotations side by side, each quoted; the second becomes the coverage, and stays alone. */
tours.add("optoamc_variants", {
    steps: () => [
        press("action_optoamc_add_variant"),
        press("action_optoamc_compare_variants"),
        see(".o_data_row:nth-child(2)"),
        click("thead .o_list_record_selector input"),
        press("action_optoamc_quote_variants"),
        click(".o_data_row:nth-child(2) button.o_optoamc_pec"),
        seeState("granted"),
        pressInDialog("action_request_coverage"),
        see(".modal:not(:has(button[name='action_request_coverage'])) .o_optoamc_lines"),
        seeState("granted"),
        pressInDialog("action_transfer"),
        see("body:not(:has(.modal))"),
        shoot("variantes"),
        click(".o_data_row:nth-child(2) button[name='action_optoamc_keep_variant']"),
        click(".modal footer .btn-primary"),
        see(".o_form_view .o_optoamc_summary td[name='amc']:contains('300,00')"),
    ],
});

/** A granted line is changed: the screen warns, and the agreement is out of date until it is cancelled. */
tours.add("optoamc_changed_after_grant", {
    steps: () => [
        click(".o_field_widget[name='order_line'] .o_data_row:nth-child(3) [name='price_unit']"),
        {
            trigger: ".o_data_row:nth-child(3) .o_field_widget[name='price_unit'] input",
            run: "edit 200 && press Tab",
        },
        click(".modal footer .btn-primary"),
        click(".o_form_button_save"),
        see(".alert button.o_optoamc_pec"),
        ...openPec(),
        see(inDialog(":not(:has(button[name='action_transfer'])) .alert-warning")),
        pressInDialog("action_cancel"),
        click(".modal footer .btn-primary:not([name])"),
        seeState("cancelled"),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
    ],
});

/** The quantity changes between two looks at the screen: the second shows and keeps what the order says now. */
tours.add("optoamc_changed_between_looks", {
    steps: () => [
        ...openPec(),
        seeAmounts("amo_amount", ["2,74"]),
        click(".modal:not(.o_inactive_modal) header .btn-close"),
        see("body:not(:has(.modal))"),
        click(".o_field_widget[name='order_line'] .o_data_row:nth-child(1) [name='product_uom_qty']"),
        {
            trigger: ".o_data_row:nth-child(1) .o_field_widget[name='product_uom_qty'] input",
            run: "edit 1 && press Tab",
        },
        click(".o_form_button_save"),
        see(".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))"),
        ...openPec(),
        seeAmounts("amo_amount", ["1,37"]),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
    ],
});

/** The manager's morning: the dashboard filters, the same requests as cards and as figures. */
tours.add("optoamc_follow_up", {
    steps: () => [
        click(".o_optoamc_dashboard button[data-filter='to_transfer']:contains('1')"),
        see(".o_facet_value"),
        see(".o_data_row:nth-child(1)"),
        click(".o_switch_view.o_kanban"),
        see(".o_kanban_record:contains('MONTFORT')"),
        shoot("suivi"),
        click(".o_switch_view.o_pivot"),
        see(".o_pivot table"),
        click(".o_switch_view.o_list"),
        click(".o_data_row .o_list_record_selector input"),
        press("action_transfer_selected"),
        see(".o_optoamc_dashboard button[data-filter='to_transfer']:contains('0')"),
        click(".o_facet_remove"),
        click(".o_data_row [name='patient_id']"),
        press("action_view_order"),
        see(".o_optoamc_summary td[name='amc']:contains('300,00')"),
    ],
});
