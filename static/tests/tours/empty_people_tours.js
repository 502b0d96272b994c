/** Before a shop has anything: its company and its people, typed by who administers Odoo. */

import { registry } from "@web/core/registry";

import { choose, chooseHere, click, see, type, unhurried } from "./desk_steps";

const tours = registry.category("web_tour.tours");

const saved = [click(".o_form_button_save"), see(".o_form_saved")];

/** Starts on the list of companies. */
tours.add("optoamc_empty_company", {
    steps: () =>
        unhurried([
            click(".o_list_button_add"),
            type("name", "Optique toute neuve"),
            ...choose("country_id", "France"),
            see(".o_field_widget[name='currency_id'] input:value('EUR')"),
            // Odoo takes the new company into the menu by loading its page again.
            { ...click(".o_form_button_save"), expectUnloadPage: true },
            see(".o_last_breadcrumb_item:contains('Optique toute neuve')"),
        ]),
});

const ROLES = ".o_field_widget[name='group_ids']";

/** What a person may do, in the words of the screen: a label and one of its choices. */
const role = (label, choice) => [
    click(`${ROLES} .o_cell:has(> label:contains("${label}")) + .o_cell .o_select_menu_toggler`),
    click(`.o_select_menu_item:contains("${choice}")`),
    see(`${ROLES} .o_cell:has(> label:contains("${label}")) + .o_cell .o_select_menu_toggler:value("${choice}")`),
];

const COMPANIES = ".o_field_widget[name='company_ids']";

/** Who works in the new shop alone. */
const person = (name, login, roles) => [
    click(".o_list_button_add, .o_form_button_create"),
    see(".o_last_breadcrumb_item:contains('Nouveau')"),
    type("name", name),
    type("login", login),
    ...chooseHere("Optique toute neuve", "company_ids"),
    ...chooseHere("Optique toute neuve", "company_id"),
    {
        content: "take the administrator's own companies off",
        trigger: `${COMPANIES} .o_tag:not(:contains("Optique toute neuve"))`,
        async run({ queryFirst }) {
            const others = `${COMPANIES} .o_tag:not(:contains("Optique toute neuve")) .o_delete`;
            for (let remove; (remove = queryFirst(others)); ) {
                remove.click();
                await new Promise((drawn) => setTimeout(drawn, 100));
            }
        },
    },
    see(`${COMPANIES}:not(:has(.o_tag:not(:contains("Optique toute neuve"))))`),
    ...roles.flatMap(([label, choice]) => role(label, choice)),
    ...saved,
];

/** Starts on the list of users. */
tours.add("optoamc_empty_people", {
    steps: () =>
        unhurried([
            ...person("Gaspard GERANT", "gaspard", [["Responsable", "Responsable"]]),
            ...person("Odile OPTICIENNE", "odile", [
                ["Opticien", "Opticien"],
                ["Comptabilité", "Facturation"],
            ]),
        ]),
});
