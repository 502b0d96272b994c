/** What an insurer may answer, and what the optician does then. Each starts on a dossier. */

import { registry } from "@web/core/registry";

import { click, inDialog, openPec, pressInDialog, see, seeAmounts, seeState, shoot } from "./desk_steps";

const tours = registry.category("web_tour.tours");

const HUNDREDS = ["100,00", "100,00", "100,00"];

/** Type a member number in the contract's own form, which opens over the screen. */
const correctMember = (number) => [
    { trigger: inDialog(".o_field_widget[name='member_number'] input"), run: `edit ${number}` },
    click(inDialog(".o_form_button_save")),
];

tours.add("optoamc_refused", {
    steps: () => [
        ...openPec(),
        pressInDialog("action_request_coverage"),
        seeState("refused"),
        see(inDialog("[name='insurer_message']:contains('Adherent de demonstration inconnu')")),
        see(inDialog("[name='advice']")),
        shoot("refus"),
        click(inDialog("[name='to_check'] li:first-child button")),
        ...correctMember("1012345678"),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
        seeAmounts("granted_amount", HUNDREDS),
    ],
});

tours.add("optoamc_missing", {
    steps: () => [
        ...openPec(),
        see(inDialog(":not(:has(button[name='action_request_coverage'])) [name='missing']")),
        shoot("donnees_manquantes"),
        click(inDialog("[name='missing'] button[data-field='member_number']")),
        ...correctMember("1012345678"),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
    ],
});

tours.add("optoamc_pending", {
    steps: () => [
        ...openPec(),
        pressInDialog("action_request_coverage"),
        seeState("pending"),
        shoot("en_attente"),
        pressInDialog("action_consult"),
        seeState("granted"),
        seeAmounts("granted_amount", HUNDREDS),
    ],
});

/** An insurer without OptoAMC: the request is printed, and its answer typed from what comes by mail. */
tours.add("optoamc_by_mail", {
    steps: () => [
        ...openPec(),
        pressInDialog("action_request_coverage"),
        seeState("pending"),
        see(inDialog(":not(:has(button[name='action_consult'])) button[name='action_cancel']")),
        pressInDialog("action_type_answer"),
        { trigger: inDialog(".o_field_widget[name='pec_number'] input"), run: "edit 2026-77" },
        click(inDialog(".o_field_widget[name='line_ids'] .o_data_row:first-child [name='granted_amount']")),
        { trigger: inDialog(".o_data_row:first-child .o_field_widget[name='granted_amount'] input"), run: "edit 90" },
        pressInDialog("action_confirm"),
        seeState("granted"),
        seeAmounts("granted_amount", ["90,00", "0,00", "0,00"]),
        see(inDialog("[name='pec_number']:contains('2026-77')")),
        pressInDialog("action_transfer"),
        see("body:not(:has(.modal))"),
    ],
});

tours.add("optoamc_cancelled", {
    steps: () => [
        ...openPec(),
        seeState("granted"),
        pressInDialog("action_cancel"),
        click(".modal footer .btn-primary:not([name])"),
        seeState("cancelled"),
        see(inDialog("button[name='action_request_coverage']")),
    ],
});

tours.add("optoamc_second_insurer", {
    steps: () => [
        ...openPec(),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
        pressInDialog("action_transfer"),
        pressInDialog("action_next_insurer"),
        pressInDialog("action_request_coverage"),
        seeState("granted"),
        seeAmounts("patient_amount", ["48,63", "48,63", "12,30"]),
    ],
});
