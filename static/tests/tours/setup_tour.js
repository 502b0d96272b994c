import { click, press, see } from "./desk_steps";
import { registry } from "@web/core/registry";

const type = (field, text) => ({
    content: `type ${text} in ${field}`,
    trigger: `.o_field_widget[name="${field}"] input`,
    run: `edit ${text}`,
});

const ticked = (step) => see(`[name="step_${step}"] .fa-check-circle:visible`);

/** Type a name that is not there yet in a many2one, and have it created. */
const create = (field, text) => [
    {
        content: `type ${text} in ${field}`,
        trigger: `.o_field_widget[name="${field}"] input`,
        run: `edit ${text}`,
    },
    click(".o-autocomplete--dropdown-item.o_m2o_dropdown_option_create a"),
];

/** A manager without technical rights sets a company up, from nothing to an answered test request. */
registry.category("web_tour.tours").add("optoamc_setup", {
    steps: () => [
        see("[name='step_country'] .fa-circle-o:visible"),
        press("action_make_french"),
        // A whole chart of accounts is made.
        { ...ticked("country"), timeout: 60000 },
        see("[name='step_shop'] .fa-circle-o:visible"),
        type("finess", "759000003"),
        type("company_registry", "82000000800012"),
        type("street", "1 rue de la Vision"),
        type("zip", "75009"),
        type("city", "Paris"),
        type("vat", "/"),
        ...create("contact_id", "Gaspard GERANT"),
        ticked("shop"),
        ticked("vat"),
        ticked("contact"),
        ...create("platform_id", "Plateforme de mon agrément"),
        click(".o_field_widget[name='platform_mode'] input[data-value='demo']"),
        press("action_test_connection"),
        ticked("platform"),
        ticked("credentials"),
        // The French chart gives a shop its journal and its account.
        ticked("books"),
        press("action_approve_text"),
        ticked("text"),
        press("action_download_directory"),
        press("action_apply"),
        see(".o_statusbar_status .o_arrow_button_current[data-value='done']"),
        click(".o_back_button, .breadcrumb-item a"),
        ticked("insurers"),
        press("action_send_trial"),
        ticked("trial"),
        see("[name='trial_state'] .text-bg-success"),
    ],
});
