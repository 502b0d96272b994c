/** Steps of who leaves the mouse where it is. */

/** Press keys, once the screen shows something. */
export const press = (keys, trigger = "body") => ({ content: `press ${keys}`, trigger, run: `press ${keys}` });

/** Press the Tab key, and nothing else, until somewhere is reached. */
export const tabUntil = (where, reached, trigger = "body") => ({
    content: `tab to ${where}`,
    trigger,
    run: async (helpers) => {
        for (let tabs = 0; !reached(); tabs++) {
            if (tabs === 30) {
                throw new Error(`The Tab key does not lead to ${where}, but to ${document.activeElement.outerHTML}`);
            }
            await helpers.press("Tab");
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
