/** Steps that several tours of the desk share. Nothing here reads a label: the tours run in French. */

export const inDialog = (selector) => `.modal:not(.o_inactive_modal) ${selector}`;

/** Wait until the screen shows something. */
export const see = (trigger) => ({ content: `see ${trigger}`, trigger });

export const click = (trigger) => ({ content: `click ${trigger}`, trigger, run: "click" });

/** Steps that a busy machine is given more time for. */
export const unhurried = (steps) => steps.map((step) => ({ timeout: 60000, ...step }));

/** A button of the "Prise en charge" screen, or of a form, by its method. */
export const press = (method) => click(`button[name="${method}"]:enabled:visible`);

export const pressInDialog = (method) => click(inDialog(`button[name="${method}"]:enabled:visible`));

export const openPec = () => [
    click(".o_statusbar_buttons button.o_optoamc_pec"),
    see(inDialog(":has(.o_optoamc_saved[data-saved='true']) .o_optoamc_lines")),
];

export const seeState = (state) =>
    see(`.modal:has(.o_optoamc_status[data-state="${state}"]) .o_optoamc_lines`);

/** The amounts of a column of the grid, in order and without their currency. */
export const seeAmounts = (field, amounts) => {
    const rows = amounts.map(
        (amount, index) => `:has(.o_data_row:nth-child(${index + 1}) [name="${field}"]:contains("${amount}"))`
    );
    return see(`.modal .o_optoamc_lines${rows.join("")}`);
};

/** Type into a field, whose text is replaced. */
export const type = (field, text, scope = "") => ({
    content: `type ${text} in ${field}`,
    trigger: ["input", "textarea"].map((tag) => `${scope} .o_field_widget[name="${field}"] ${tag}`).join(", "),
    run: `edit ${text}`,
});

export const typeDate = (field, text) => [
    click(`button[data-field='${field}'], input[data-field='${field}']`),
    { trigger: `input[data-field='${field}']`, run: `edit ${text} && press Tab` },
];

/** Choose one of the values of a selection. */
export const select = (field, label, scope = "") => [
    click(`${scope} .o_field_widget[name="${field}"] .o_select_menu_toggler`),
    click(`.o_select_menu_item:contains("${label}")`),
];

/** Have the screen kept for the documentation, when the tests are run for that (tests/tour_common.py). */
export const shoot = (name) => ({
    content: `screenshot ${name}`,
    trigger: "body:not(:has(.o_loading_indicator))",
    run: async () => {
        // Longer than the web client waits before it says that it loads.
        do {
            await new Promise((resolve) => setTimeout(resolve, 500));
        } while (document.querySelector(".o_loading_indicator"));
        console.log(`optoamc-screenshot:${name}`);
        await new Promise((resolve) => setTimeout(resolve, 300));
    },
});

/** Choose a record in a many2one. */
export const choose = (field, text, scope = "") => [
    {
        content: `type ${text} in ${field}`,
        trigger: `${scope} .o_field_widget[name="${field}"] input`,
        run: `edit ${text}`,
    },
    click(`.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains("${text}") a`),
];

/** Choose a record with the Enter key. */
export const chooseHere = (text, field, scope = "") => [
    { content: `type ${text} in ${field}`, trigger: `${scope} .o_field_widget[name="${field}"] input`, run: `edit ${text}` },
    {
        // The list that opened on the click goes first: only what was searched for is left.
        content: `take ${text}`,
        trigger: `.o-autocomplete--dropdown-menu:not(:has(.o-autocomplete--dropdown-item:nth-child(2):not(.o_m2o_dropdown_option))) .ui-state-active:contains("${text}")`,
        run: "press Enter",
    },
    // Left before it is taken, the field would be empty again.
    see(
        [`input:value("${text}")`, `.o_tag:contains("${text}")`]
            .map((shown) => `body:not(:has(.o-autocomplete--dropdown-menu)) ${scope} .o_field_widget[name="${field}"] ${shown}`)
            .join(", ")
    ),
];

/** An identifier without a module is ours. */
const xmlid = (name) => (name.includes(".") ? name : `l10n_fr_optoamc.${name}`);

/** Go to a screen by its menu, and wait for something of it. */
export const go = (section, menu, shown) => [
    click(`.o_menu_sections [data-menu-xmlid='${xmlid(section)}']`),
    click(`.dropdown-item[data-menu-xmlid='${xmlid(menu)}']`),
    see(shown),
];

const CONTRACTS = ".o_field_widget[name='optoamc_contract_ids']";

/** A row of the contracts on a patient's form. */
export const contractRow = (row) => `${CONTRACTS} .o_data_row:nth-child(${row})`;

/** Type a contract in the list of a patient's form. */
export const addContract = (insurer, member, row) => [
    click(`${CONTRACTS} .o_field_x2many_list_row_add a, ${CONTRACTS} .o_field_x2many_list_row_add button`),
    ...chooseHere(insurer, "insurer_id", contractRow(row)),
    type("member_number", member, contractRow(row)),
];

/** Add an article to a dossier, and wait for its LPP code. */
export const addLine = (name, row) => [
    click(".o_field_widget[name='order_line'] .o_field_x2many_list_row_add a:first-child"),
    ...chooseHere(name, "product_template_id", `.o_data_row:nth-child(${row})`),
    see(`.o_data_row:nth-child(${row}) .o_field_widget[name="lpp_id"] input:value("22")`),
];
