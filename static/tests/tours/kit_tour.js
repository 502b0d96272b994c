import { pressInDialog, press, see } from "./desk_steps";
import { upload } from "./effort";
import { registry } from "@web/core/registry";

const reported = (title) => see(`.modal .o_field_widget[name="report"]:contains("${title}")`);

/** A manager without technical rights takes a platform's papers to a table that is checked and played. */
registry.category("web_tour.tours").add("optoamc_kit", {
    steps: () => [
        press("action_open_kit"),
        see(".modal button[name='action_check']"),
        upload("papers", "/optoamc-test/visiolink.xsd", "visiolink.xsd"),
        pressInDialog("action_propose"),
        reported("Table proposée pour « visiolink »"),
        see(".modal .o_field_widget[name='table']:has(input:value('visiolink.csv'))"),
        pressInDialog("action_check"),
        reported("Vérification de « visiolink »"),
        pressInDialog("action_play"),
        reported("dans les mots de la plateforme"),
        see(".modal .alert-info:contains('14')"),
        see(".modal:not(:has(button[name='action_apply']))"),
    ],
});
