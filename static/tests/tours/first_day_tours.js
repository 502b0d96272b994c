/** The first job of the day, in a shop without any patient: a new one with two contracts, saved in one go. */

import { registry } from "@web/core/registry";

import {
    addContract,
    chooseHere,
    click,
    contractRow,
    inDialog,
    openPec,
    pressInDialog,
    see,
    seeState,
    shoot,
    type,
    typeDate,
} from "./desk_steps";
import * as keyboard from "./keyboard_steps";

const LINES = ".o_field_widget[name='optoamc_contract_ids']";

const saved = (text) => see(`.o_form_saved ${contractRow(2)} [name='rank']:contains('${text}')`);

registry.category("web_tour.tours").add("optoamc_new_patient", {
    steps: () => [
        click(".o_list_button_add"),
        type("name", "Paul PETIT"),
        ...typeDate("birthdate", "12/05/1969"),
        type("nir", "1 69 05 49 588 157 33"),
        ...chooseHere("CPAM des tests", "amo_id"),
        ...addContract("ADPR des tests", "1012345678", 1),
        ...addContract("ARIAI des tests", "42", 2),
        see(`${contractRow(2)} [name='rank'] input:value('2')`),
        shoot("nouveau_patient"),
        click(".o_form_button_save"),
        saved("2"),
    ],
});

const contractHere = (insurer, member) => [
    ...keyboard.chooseHere(insurer, "insurer_id"),
    ...keyboard.tabAndType("member_number", member, LINES),
];

registry.category("web_tour.tours").add("optoamc_new_patient_keyboard", {
    steps: () => [
        keyboard.press("alt+c", ".o_list_button_add"),
        keyboard.type("Paul PETIT", "name"),
        ...keyboard.tabAndTypeDate("birthdate", "12/05/1969"),
        ...keyboard.tabAndType("nir", "1 69 05 49 588 157 33"),
        ...keyboard.tabAndChoose("amo_id", "CPAM des tests"),
        keyboard.tabTo(`${LINES} .o_field_x2many_list_row_add :is(a, button)`),
        keyboard.press("Enter", `${LINES} .o_field_x2many_list_row_add :focus`),
        see(`${LINES} .o_data_row [name="insurer_id"] input:focus`),
        ...contractHere("ADPR des tests", "1012345678"),
        keyboard.press("Enter", `${LINES} [name="member_number"] input:focus`),
        see(`${contractRow(2)} [name="insurer_id"] input:focus`),
        ...contractHere("ARIAI des tests", "42"),
        keyboard.press("alt+s", ".o_form_button_save"),
        saved("2"),
    ],
});

/** An adult's frame for a child: said, asked, sent all the same; then one sum, said on the telephone. */
registry.category("web_tour.tours").add("optoamc_asked_once_more", {
    steps: () => [
        see(".o_form_view [name='lpp_warnings']:contains('2223342')"),
        ...openPec(),
        see(inDialog("[name='doubts']:contains('2223342')")),
        shoot("code_et_age"),
        pressInDialog("action_request_coverage"),
        click(".modal:not(.o_inactive_modal) footer .btn-secondary:not([special])"),
        see(inDialog("button[name='action_request_coverage']:enabled")),
        pressInDialog("action_request_coverage"),
        click(".modal:not(.o_inactive_modal) footer .btn-primary:not([name])"),
        seeState("pending"),
        pressInDialog("action_type_answer"),
        { trigger: inDialog(".o_field_widget[name='pec_number'] input"), run: "edit 2026-78" },
        { trigger: inDialog(".o_field_widget[name='total'] input"), run: "edit 300 && press Tab" },
        pressInDialog("action_spread_total"),
        see(inDialog(".o_field_widget[name='line_ids'] tfoot:contains('300,00')")),
        shoot("une_somme"),
        pressInDialog("action_confirm"),
        seeState("granted"),
        see(inDialog("[name='pec_number']:contains('2026-78')")),
    ],
});
