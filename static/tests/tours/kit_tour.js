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
        {
            content: "titles and amounts are on one line",
            trigger: ".modal .o_field_widget[name='report'] td",
            run: ({ anchor }) => {
                const cells = [...anchor.closest("table").querySelectorAll("th, td:nth-child(1), td:nth-child(3)")];
                const broken = cells.filter((cell) => {
                    const words = document.createRange();
                    words.selectNodeContents(cell);
                    return new Set([...words.getClientRects()].map((line) => line.top)).size > 1;
                });
                if (broken.length) {
                    throw new Error(`broken: ${broken.map((cell) => cell.textContent)}`);
                }
            },
        },
        see(".modal .alert-info:contains('14')"),
        see(".modal:not(:has(button[name='action_apply']))"),
    ],
});
