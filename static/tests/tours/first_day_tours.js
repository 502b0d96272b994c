/** The first job of the day, in a shop without any patient: a new one with two contracts, saved in one go. */

import { registry } from "@web/core/registry";

import { choose, click, inDialog, openPec, pressInDialog, see, seeState, shoot } from "./desk_steps";

const LINES = ".o_field_widget[name='optoamc_contract_ids']";
const FIRST_FOUND = ".o-autocomplete--dropdown-menu .o-autocomplete--dropdown-item .ui-state-active";

const type = (field, text) => ({
    content: `type ${text} in ${field}`,
    trigger: `.o_field_widget[name="${field}"] input, .o_field_widget[name="${field}"] textarea`,
    run: `edit ${text}`,
});

const saved = (text) => see(`.o_form_saved ${LINES} .o_data_row:nth-child(2) [name='rank']:contains('${text}')`);

const typeDate = (field, text) => [
    click(`button[data-field='${field}'], input[data-field='${field}']`),
    { trigger: `input[data-field='${field}']`, run: `edit ${text} && press Tab` },
];

const contract = (insurer, member, row) => [
    click(`${LINES} .o_field_x2many_list_row_add a, ${LINES} .o_field_x2many_list_row_add button`),
    ...choose("insurer_id", insurer, `${LINES} .o_data_row:nth-child(${row})`),
    {
        trigger: `${LINES} .o_data_row:nth-child(${row}) .o_field_widget[name="member_number"] input`,
        run: `edit ${member}`,
    },
];

registry.category("web_tour.tours").add("optoamc_new_patient", {
    steps: () => [
        click(".o_list_button_add"),
        type("name", "Paul PETIT"),
        ...typeDate("birthdate", "12/05/1969"),
        type("nir", "1 69 05 49 588 157 33"),
        ...choose("amo_id", "CPAM des tests"),
        ...contract("ADPR des tests", "1012345678", 1),
        ...contract("ARIAI des tests", "42", 2),
        see(`${LINES} .o_data_row:nth-child(2) [name='rank'] input:value('2')`),
        shoot("nouveau_patient"),
        click(".o_form_button_save"),
        saved("2"),
    ],
});

const press = (keys, trigger = "body") => ({ content: `press ${keys}`, trigger, run: `press ${keys}` });

/** Press the Tab key, and nothing else, until somewhere is reached. */
const tabTo = (selector) => ({
    content: `tab to ${selector}`,
    trigger: "body",
    run: async (helpers) => {
        for (let tabs = 0; !document.activeElement.matches(selector); tabs++) {
            if (tabs === 30) {
                throw new Error(`The Tab key does not lead to ${selector}`);
            }
            await helpers.press("Tab");
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    },
});

const typeHere = (text, field) => ({
    content: `type ${text} in ${field}`,
    trigger: `.o_field_widget[name="${field}"] :is(input, textarea):focus`,
    run: `edit ${text}`,
});

const chooseHere = (text, field) => [typeHere(text, field), press("Enter", `${FIRST_FOUND}:contains("${text}")`)];

const contractHere = (insurer, member) => [
    ...chooseHere(insurer, "insurer_id"),
    tabTo(`${LINES} [name="member_number"] input`),
    typeHere(member, "member_number"),
];

registry.category("web_tour.tours").add("optoamc_new_patient_keyboard", {
    steps: () => [
        press("alt+c", ".o_list_button_add"),
        typeHere("Paul PETIT", "name"),
        tabTo("[data-field='birthdate']"),
        typeHere("12/05/1969", "birthdate"),
        tabTo("[name='nir'] input"),
        typeHere("1 69 05 49 588 157 33", "nir"),
        tabTo("[name='amo_id'] input"),
        ...chooseHere("CPAM des tests", "amo_id"),
        tabTo(`${LINES} .o_field_x2many_list_row_add a, ${LINES} .o_field_x2many_list_row_add button`),
        press("Enter", `${LINES} .o_field_x2many_list_row_add :focus`),
        see(`${LINES} .o_data_row [name="insurer_id"] input:focus`),
        ...contractHere("ADPR des tests", "1012345678"),
        press("Enter", `${LINES} [name="member_number"] input:focus`),
        see(`${LINES} .o_data_row:nth-child(2) [name="insurer_id"] input:focus`),
        ...contractHere("ARIAI des tests", "42"),
        press("alt+s", ".o_form_button_save"),
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
