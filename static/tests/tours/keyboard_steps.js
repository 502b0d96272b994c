/** Steps of who leaves the mouse where it is. */

import { see } from "./desk_steps";

/** Press keys, once the screen shows something. */
export const press = (keys, trigger = "body") => ({ content: `press ${keys}`, trigger, run: `press ${keys}` });

/**
 * Press the Tab key as a browser takes it: it passes over what is there and not seen, as the buttons of a form that
 * is saved, where a tour's would get lost.
 */
async function pressTab({ press }) {
    const unseen = [...document.querySelectorAll("button:not([tabindex])")].filter(
        (button) => getComputedStyle(button).visibility === "hidden"
    );
    unseen.forEach((button) => button.setAttribute("tabindex", "-1"));
    await press("Tab");
    unseen.forEach((button) => button.removeAttribute("tabindex"));
}

/** Press the Tab key, and nothing else, until somewhere is reached. */
export const tabUntil = (where, reached, trigger = "body") => ({
    content: `tab to ${where}`,
    trigger,
    run: async (helpers) => {
        for (let tabs = 0; !reached(); tabs++) {
            if (tabs === 30) {
                throw new Error(`The Tab key does not lead to ${where}, but to ${document.activeElement.outerHTML}`);
            }
            await pressTab(helpers);
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    },
});

export const tabTo = (selector, trigger) =>
    tabUntil(selector, () => document.activeElement.matches(selector), trigger);

/** Tab to a button, and press it. */
export const tabAndPress = (selector, trigger) => [tabTo(selector, trigger), press("Enter", `${selector}:focus`)];

/** Type where the focus is. */
export const type = (text, field) => ({
    content: `type ${text}`,
    trigger: `${field ? `.o_field_widget[name='${field}']` : ""} :is(input, textarea):focus`,
    run: `edit ${text}`,
});

/** Tab to a field, and type into it. */
export const tabAndType = (field, text, scope = "") => [
    tabTo(`${scope} .o_field_widget[name='${field}'] :is(input, textarea)`),
    type(text, field),
];

/** A date is a button until the focus is on it. */
export const tabAndTypeDate = (field, text, scope = "") => [
    tabTo(`${scope} [data-field='${field}']`),
    type(text, field),
];

export const FIRST_FOUND = ".o-autocomplete--dropdown-menu .o-autocomplete--dropdown-item .ui-state-active";

/** Type where the focus is, and take the first record found. */
export const chooseHere = (text, field) => [
    type(text, field),
    press("Enter", `${FIRST_FOUND}:contains("${text}")`),
    { content: "it is taken", trigger: "body:not(:has(.o-autocomplete--dropdown-menu))" },
];

export const tabAndChoose = (field, text, scope = "") => [
    tabTo(`${scope} .o_field_widget[name='${field}'] input`),
    ...chooseHere(text, field),
];

/** Type an article where the focus is, and wait for its LPP code. */
const typeLine = (name, row) => [
    ...chooseHere(name, "product_template_id"),
    see(`.o_data_row:nth-child(${row}) .o_field_widget[name="lpp_id"] input:value("22")`),
];

const nextRow = (row) =>
    tabUntil(
        `row ${row}`,
        () => document.querySelector(`.o_data_row:nth-child(${row}) input`),
        `.o_data_row:nth-child(${row - 1}) input:focus`
    );

/** Type lines one after the other into a dossier that has none. */
export const addLines = ([first, ...others]) => [
    ...tabAndPress(".o_field_widget[name='order_line'] .o_field_x2many_list_row_add a:first-child"),
    see(".o_field_widget[name='product_template_id'] input:focus"),
    ...typeLine(first, 1),
    ...others.flatMap((name, index) => [nextRow(index + 2), ...typeLine(name, index + 2)]),
];
