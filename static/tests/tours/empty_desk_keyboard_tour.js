/** The day at the desk by keyboard alone: from a new patient to the insurer's agreement in the dossier. */

import { registry } from "@web/core/registry";

import { contractRow, inDialog, see, seeState, unhurried } from "./desk_steps";
import { counted } from "./effort";
import {
    addLines,
    chooseHere,
    FIRST_FOUND,
    press,
    tabAndChoose,
    tabAndPress,
    tabAndType,
    tabAndTypeDate,
    tabTo,
    type,
} from "./keyboard_steps";

const { DateTime } = luxon;
const tours = registry.category("web_tour.tours");

const CONTRACTS = ".o_field_widget[name='optoamc_contract_ids']";

const contract = (insurer, member) => [
    ...chooseHere(insurer, "insurer_id"),
    ...tabAndType("member_number", member, CONTRACTS),
];

const newPatient = counted("Un nouveau patient et ses deux contrats, au clavier", { clicks: 0, keys: 82 }, [
    press("alt+c", ".o_list_button_add"),
    type("Denis FAURE", "name"),
    ...tabAndTypeDate("birthdate", "14/03/1980"),
    ...tabAndType("nir", "180037511604237"),
    ...tabAndChoose("amo_id", "CPAM"),
    ...tabAndPress(`${CONTRACTS} .o_field_x2many_list_row_add :is(a, button)`),
    see(`${contractRow(1)} [name='insurer_id'] input:focus`),
    ...contract("ADPR", "1012345691"),
    press("Enter", `${contractRow(1)} [name='member_number'] input:focus`),
    see(`${contractRow(2)} [name='insurer_id'] input:focus`),
    ...contract("ARIAI", "43"),
    press("alt+s", ".o_form_button_save"),
    see(`.o_form_saved ${contractRow(2)} [name='rank']:contains('2')`),
]);

/** A prescriber whom the shop does not know yet. */
const newPrescriber = [
    ...tabAndType("prescriber_id", "Dr BESNAINOU"),
    press("Enter", `${FIRST_FOUND}:contains("modifier")`),
    ...tabAndPress(inDialog(".o_notebook a[name='page_prescriber']"), inDialog(".o_form_view")),
    ...tabAndType("rpps", "10000000017", inDialog("")),
    press("alt+c", inDialog(".o_form_button_save")),
    see("body:not(:has(.modal)) .o_field_widget[name='prescriber_id'] input:value('BESNAINOU')"),
];

const EYES = ".o_field_widget[name='eye_ids']";

const eye = (row, values) =>
    Object.entries(values).flatMap(([name, value]) =>
        tabAndType(name, value, `${EYES} .o_data_row:nth-child(${row})`)
    );

/** Starts on the patient. */
const newPrescription = counted("Une ordonnance et son prescripteur, au clavier", { clicks: 0, keys: 106 }, [
    press("alt+o", "button[name='action_optoamc_view_prescriptions']:visible"),
    press("alt+c", ".o_list_view:not(:has([name='nir'])) .o_list_button_add"),
    see(".o_form_view .o_field_widget[name='eye_ids'] .o_data_row"),
    ...newPrescriber,
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
]);

/** Starts on the prescription. */
const newDossier = counted("Un dossier de quatre lignes, au clavier", { clicks: 0, keys: 124 }, [
    press("alt+d", "button[name='action_new_dossier']:visible"),
    see(".o_field_widget[name='prescription_id'] input:value('BESNAINOU')"),
    ...addLines(["Progressif du jour", "Progressif du jour", "Teinte du jour", "Monture du jour"]),
    press("alt+s", ".o_form_button_save"),
    see(".o_form_saved .o_optoamc_summary td[name='total']:contains('734,00')"),
]);

/** The archive of the tests has no grouping codes: an optician answers for them, once. */
const checkCodes = [
    ...tabAndPress("button[name='action_optoamc_check_codes']"),
    see("body:not(:has(button[name='action_optoamc_check_codes']:visible)) .o_form_view"),
];

/** Signed on paper, asked, granted, in the dossier. */
const request = counted("Une demande signée, accordée et transférée, au clavier", { clicks: 0, keys: 5 }, [
    press("alt+e", ".o_statusbar_buttons button.o_optoamc_pec"),
    press("alt+a", ".modal:has(.o_optoamc_saved[data-saved='true']) button[name='action_record_consent']"),
    press("alt+d", inDialog("button[name='action_request_coverage']:enabled")),
    seeState("granted"),
    press("alt+t", inDialog("button[name='action_transfer']:enabled")),
    // The second insurer may be asked for the rest.
    press("alt+x", inDialog("footer:not(:has(button[name='action_transfer']:visible))")),
    see("body:not(:has(.modal)) .o_optoamc_summary td[name='amc']:contains('300,00')"),
]);

/** Starts on the list of patients. */
tours.add("optoamc_empty_desk_keyboard", {
    steps: () => unhurried([...newPatient, ...newPrescription, ...newDossier, ...checkCodes, ...request]),
});
