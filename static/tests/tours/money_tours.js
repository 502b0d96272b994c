/** What moves money at the counter: an agreement that is invoiced is cancelled, the patient pays. */

import { registry } from "@web/core/registry";

import { click, inDialog, openPec, press, pressInDialog, see, seeState, shoot } from "./desk_steps";

const CANCELLATION = "[name='effects'] table";

registry.category("web_tour.tours").add("optoamc_cancel_invoiced", {
    steps: () => [
        ...openPec(),
        seeState("granted"),
        pressInDialog("action_cancel"),
        see(inDialog(`${CANCELLATION}:contains("300,00")`)),
        shoot("annulation_accord_facture"),
        // Closed by its button, then by the key: the request screen is there again, and nothing was cancelled.
        pressInDialog("optoamc_back"),
        seeState("granted"),
        pressInDialog("action_cancel"),
        { trigger: inDialog(CANCELLATION), run: "press Escape" },
        seeState("granted"),
        pressInDialog("action_cancel"),
        see(inDialog(CANCELLATION)),
        pressInDialog("action_confirm"),
        seeState("cancelled"),
        click(inDialog("button[special='cancel']")),
        see("body:not(:has(.modal)) .alert [name='optoamc_cancelled_notice']:contains('300,00')"),
    ],
});

registry.category("web_tour.tours").add("optoamc_collect", {
    steps: () => [
        press("action_optoamc_collect"),
        see(inDialog("[name='as_down_payment']:contains('309,56')")),
        shoot("encaisser"),
        pressInDialog("action_collect"),
        see("body:not(:has(.modal)) [name='optoamc_collect']:not(:has(button:visible)):contains('0,00')"),
    ],
});
