/** The first dossier of a shop by keyboard alone: from a new patient to the insurer's payment. */

import { registry } from "@web/core/registry";

import { contractRow, inDialog, see, seeState } from "./desk_steps";
import { counted, upload } from "./effort";
import {
    chooseHere,
    FIRST_FOUND,
    press,
    tabAndChoose,
    tabAndPress,
    tabAndType,
    tabAndTypeDate,
    tabTo,
    tabUntil,
    type,
} from "./keyboard_steps";

const { DateTime } = luxon;
const tours = registry.category("web_tour.tours");

const CONTRACTS = ".o_field_widget[name='optoamc_contract_ids']";

const contract = (insurer, member) => [
    ...chooseHere(insurer, "insurer_id"),
    ...tabAndType("member_number", member, CONTRACTS),
];

const newPatient = counted("Un nouveau patient et ses deux contrats, au clavier", { clicks: 0, keys: 100 }, [
    press("alt+c", ".o_list_button_add"),
    type("Paul PETIT", "name"),
    ...tabAndTypeDate("birthdate", "12/05/1969"),
    ...tabAndType("nir", "169054958815733"),
    ...tabAndChoose("amo_id", "CPAM"),
    ...tabAndPress(`${CONTRACTS} .o_field_x2many_list_row_add :is(a, button)`),
    see(`${contractRow(1)} [name='insurer_id'] input:focus`),
    ...contract("ADPR", "1012345678"),
    press("Enter", `${contractRow(1)} [name='member_number'] input:focus`),
    see(`${contractRow(2)} [name='insurer_id'] input:focus`),
    ...contract("ARIAI", "42"),
    press("alt+s", ".o_form_button_save"),
    see(`.o_form_saved ${contractRow(2)} [name='rank']:contains('2')`),
]);

const EYES = ".o_field_widget[name='eye_ids']";

const eye = (row, values) =>
    Object.entries(values).flatMap(([name, value]) =>
        tabAndType(name, value, `${EYES} .o_data_row:nth-child(${row})`)
    );

/** Starts on the patient. */
const newPrescription = [
    press("alt+o", "button[name='action_optoamc_view_prescriptions']:visible"),
    press("alt+c", ".o_list_view:not(:has([name='nir'])) .o_list_button_add"),
    see(".o_form_view .o_field_widget[name='eye_ids'] .o_data_row"),
    tabTo(".o_field_widget[name='prescriber_id'] input"),
    type("Dr BESNAINOU", "prescriber_id"),
    press("Enter", `${FIRST_FOUND}:contains("BESNAINOU")`),
    ...tabAndType("rpps", "10000000017", inDialog("")),
    press("alt+c", inDialog(".o_form_button_save")),
    see("body:not(:has(.modal))"),
    ...tabAndTypeDate("date", DateTime.now().minus({ days: 20 }).toFormat("dd/MM/yyyy")),
    // The eyes are there: up from the line that adds another vision.
    tabTo(`${EYES} .o_field_x2many_list_row_add :is(a, button)`),
    press("ArrowUp"),
    press("ArrowUp"),
    press("Enter", `${EYES} .o_data_row:nth-child(1) :focus, ${EYES} .o_data_row:nth-child(1) td:focus`),
    ...eye(1, { sphere: "-1,25", addition: "2" }),
    ...eye(2, { sphere: "-1,25", addition: "2" }),
    press("alt+s", ".o_form_button_save"),
    see(".o_form_saved"),
];

const NEW_ROW = ".o_field_widget[name='product_template_id'] input:focus";

const line = (name, row) => [
    ...chooseHere(name, "product_template_id"),
    see(`.o_data_row:nth-child(${row}) .o_field_widget[name="lpp_id"] input:value("22")`),
];

const nextRow = (row) =>
    tabUntil(
        `row ${row}`,
        () => document.querySelector(`.o_data_row:nth-child(${row}) input`),
        `.o_data_row:nth-child(${row - 1}) input:focus`
    );

/** Starts on the list of patients. */
tours.add("optoamc_empty_desk_keyboard", {
    steps: () => [
        ...newPatient,
        ...newPrescription,
        ...counted("Un dossier de quatre lignes, au clavier", { clicks: 0, keys: 200 }, [
            press("alt+d", "button[name='action_new_dossier']:visible"),
            see(".o_field_widget[name='prescription_id'] input:value('BESNAINOU')"),
            ...tabAndPress(".o_field_widget[name='order_line'] .o_field_x2many_list_row_add a:first-child"),
            see(NEW_ROW),
            ...line("Progressif", 1),
            nextRow(2),
            ...line("Progressif", 2),
            nextRow(3),
            ...line("Teinte", 3),
            nextRow(4),
            ...line("Monture", 4),
            press("alt+s", ".o_form_button_save"),
            see(".o_form_saved .o_optoamc_summary td[name='total']:contains('734,00')"),
        ]),
        // The archive of the tests has no grouping codes: an optician answers for them, once.
        ...tabAndPress("button[name='action_optoamc_check_codes']"),
        see("body:not(:has(button[name='action_optoamc_check_codes']:visible)) .o_form_view"),
        press("alt+e", ".o_statusbar_buttons button.o_optoamc_pec"),
        press("alt+a", ".modal:has(.o_optoamc_saved[data-saved='true']) button[name='action_record_consent']"),
        press("alt+x", inDialog("footer:has(button[name='action_request_coverage']:enabled)")),
        see("body:not(:has(.modal))"),
        ...counted("Une demande accordée et transférée, au clavier", { clicks: 0, keys: 3 }, [
            press("alt+e", ".o_statusbar_buttons button.o_optoamc_pec"),
            press("alt+d", inDialog("button[name='action_request_coverage']:enabled")),
            seeState("granted"),
            press("alt+t", inDialog("button[name='action_transfer']:enabled")),
            see(inDialog("button[name='action_next_insurer']")),
        ]),
        press("alt+x"),
        see("body:not(:has(.modal)) .o_optoamc_summary td[name='amc']:contains('300,00')"),
    ],
});

const INVOICE = ".o_statusbar_buttons button[data-hotkey='q']:not([name='action_confirm']):enabled:visible";

const postAndPay = [
    press("alt+q", inDialog("button[name='create_invoices']")),
    press("alt+q", ".o_form_view button[name='action_post']:enabled:visible"),
    press("alt+g", "button[name='action_register_payment']:enabled:visible"),
    press("alt+q", inDialog("button[name='action_create_payments']:enabled:visible")),
    see("body:not(:has(.modal)) .o_form_view"),
];

/** A deposit, the invoice, what is left of it. Starts on the dossier. */
tours.add("optoamc_empty_till_keyboard", {
    steps: () => [
        press("alt+q", ".o_statusbar_buttons button[name='action_confirm']:enabled:visible"),
        press("alt+q", INVOICE),
        tabTo(inDialog("input[data-value='fixed']")),
        press(" "),
        ...tabAndType("fixed_amount", "100", inDialog("")),
        ...postAndPay,
        press("alt+b"),
        press("alt+q", INVOICE),
        ...postAndPay,
    ],
});

/** Starts on the payment advices. */
tours.add("optoamc_empty_advice_keyboard", {
    steps: () => [
        ...tabAndPress(".o_control_panel .btn-primary", ".o_control_panel .btn-primary"),
        upload("file", "/optoamc-tour/advice.csv", "bordereau.csv"),
        ...tabAndChoose("partner_id", "ADPR", inDialog("")),
        press("alt+q", inDialog("button[name='action_read']:enabled")),
        press("alt+q", inDialog("button[name='action_import']:enabled")),
        press("alt+v", ".o_form_view button[name='action_validate']:enabled:visible"),
        press("alt+q", ".modal footer .btn-primary"),
        see(".o_arrow_button_current[data-value='posted']"),
    ],
});
