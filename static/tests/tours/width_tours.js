/** Nothing of ours is cut or scrolled away: measured, at the widths of a desk, a tablet and a telephone. */

import { registry } from "@web/core/registry";

import { click, inDialog, openPec, see } from "./desk_steps";

const ORDER_LINES = ".o_field_widget[name='order_line'] .o_list_renderer";
const REQUEST_LINES = ".o_optoamc_lines .o_list_renderer";

const TYPED_LINES = ".o_dialog .o_field_widget[name='line_ids']:has(th[data-name='rest_amount']) .o_list_renderer";

const shown = (element) => element.getClientRects().length > 0;

/** The text of a cell is wider than the cell, or the cell ends beyond what is seen of the list. */
function whyCut(cell, right) {
    const box = cell.getBoundingClientRect();
    if (box.right > right + 1) {
        return `ends at ${Math.round(box.right)}, ${Math.round(box.right - right)} beyond the list`;
    }
    const parts = [cell, ...cell.querySelectorAll("*")].filter(shown);
    const cut = parts.find(
        (part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "visible"
    );
    return cut && `${cut.scrollWidth} wide in ${cut.clientWidth}: ${cut.innerText.trim().slice(0, 20)}`;
}

/**
 * Every header and cell of the named columns is seen in full; with `all`, of the whole list, which does not scroll.
 *
 * @param {string} list selector of a list
 * @param {string[]} names columns that must be there
 * @param {{ all?: boolean }} options
 */
function measure(list, names, { all = false } = {}) {
    return {
        content: `measure ${names.join(" ")}`,
        trigger: list,
        run: ({ anchor }) => {
            const right = Math.min(anchor.getBoundingClientRect().right, window.innerWidth);
            const problems = [];
            for (const name of names) {
                const cells = [...anchor.querySelectorAll(`th[data-name="${name}"], .o_data_row td[name="${name}"]`)];
                if (cells.filter(shown).length < 2) {
                    problems.push(`${name}: not shown`);
                }
                for (const cell of cells.filter(shown)) {
                    const why = whyCut(cell, right);
                    if (why) {
                        problems.push(`${name} (${cell.tagName}): ${why}`);
                    }
                }
            }
            if (all && anchor.scrollWidth > anchor.clientWidth + 1) {
                problems.push(`the list scrolls: ${anchor.scrollWidth} in ${anchor.clientWidth}`);
            }
            if (problems.length) {
                throw new Error(`${list} at ${window.innerWidth}: ${problems.join("; ")}`);
            }
        },
    };
}

/**
 * Each sum stands under its column: those that are left out do not move the others.
 *
 * @param {string} list selector of a list
 * @param {Object} sums what the footer says, by column
 */
function measureSums(list, sums) {
    return {
        content: `measure the sums of ${Object.keys(sums).join(" ")}`,
        trigger: `${list} tfoot td:contains(",00")`,
        run: ({ anchor }) => {
            const table = anchor.closest("table");
            const cells = [...table.querySelectorAll("tfoot td")].filter(shown);
            for (const [name, sum] of Object.entries(sums)) {
                const { left, right } = table.querySelector(`th[data-name="${name}"]`).getBoundingClientRect();
                const found = cells.find((cell) => {
                    const box = cell.getBoundingClientRect();
                    return Math.abs(box.left - left) < 2 && Math.abs(box.right - right) < 2;
                });
                const why = found ? whyCut(found, window.innerWidth) : "nothing under it";
                if (why || found.innerText.replace(/\s/g, " ").trim() !== sum) {
                    throw new Error(`${name} at ${window.innerWidth}: ${why || found.innerText}, not ${sum}`);
                }
            }
        },
    };
}

/** The designations of a list are read in two lines of text, so that four articles are seen without scrolling. */
function readsInTwoLines(list) {
    return {
        content: "the designations are read in two lines",
        trigger: `${list} td[name='name']`,
        run: ({ anchor }) => {
            for (const cell of anchor.closest("tbody").querySelectorAll("td[name='name']")) {
                const lines = Math.round(cell.clientHeight / parseFloat(getComputedStyle(cell).lineHeight));
                if (lines > 2) {
                    throw new Error(`${cell.innerText} at ${window.innerWidth}: ${lines} lines in ${cell.clientWidth}`);
                }
            }
        },
    };
}

const AMOUNTS = ["price_unit", "amo_amount", "amc_amount"];
const OURS = ["equipment_number", "optical_category", "eye_side", "vision", "lpp_id", "discount", ...AMOUNTS];
const REQUEST = [
    "catalogue_code",
    "eye_side",
    "vision",
    "quantity",
    "discount",
    "price_unit",
    "price",
    "optical_category",
    "lpp_id",
    "amo_amount",
    "granted_amount",
    "patient_amount",
];

const tours = registry.category("web_tour.tours");

const isOurs = ({ xmlid, actionID }) => actionID && xmlid?.startsWith("l10n_fr_optoamc.");

const MEASURED = "th[data-name], .o_data_row td.o_list_number, .o_data_row .o_field_date";

/**
 * What is cut of the list on the screen: a header, an amount or a date, with `all` any cell; the list itself does not
 * scroll.
 */
function cutOfList(list, { all = false } = {}) {
    const right = Math.min(list.getBoundingClientRect().right, window.innerWidth);
    const measured = [...list.querySelectorAll(all ? `${MEASURED}, .o_data_row td[name]` : MEASURED)];
    const problems = measured.filter(shown).map((cell) => {
        const why = whyCut(cell, right);
        return why && `${cell.dataset.name || cell.getAttribute("name")} (${cell.tagName}): ${why}`;
    });
    if (list.scrollWidth > list.clientWidth + 1) {
        problems.push(`scrolls: ${list.scrollWidth} in ${list.clientWidth}`);
    }
    return problems.filter(Boolean);
}

/** Opens the screens of our menus one after another, and measures those that are lists. */
tours.add("optoamc_widths_menus", {
    steps: () => [
        {
            content: "measure the lists of all menus",
            trigger: ".o_main_navbar",
            timeout: 60000,
            run: async () => {
                const { action, menu } = odoo.__WOWL_DEBUG__.root.env.services;
                const problems = [];
                let lists = 0;
                for (const { actionID, name } of menu.getAll().filter(isOurs)) {
                    await action.doAction(actionID, { clearBreadcrumbs: true });
                    await new Promise((resolve) => setTimeout(resolve, 500));
                    const list = document.querySelector(".o_action_manager .o_list_renderer");
                    lists += list ? 1 : 0;
                    problems.push(...(list ? cutOfList(list) : []).map((problem) => `${name}: ${problem}`));
                    await action.doAction({ type: "ir.actions.act_window_close" });
                }
                console.log(`${lists} lists measured`);
                if (!lists || problems.length) {
                    throw new Error(`${lists} lists at ${window.innerWidth}: ${problems.join("; ")}`);
                }
            },
        },
    ],
});

/** What a day at the desk opens: our lists, by their actions, and the variants of the dossier on the screen. */
const DAY_LISTS = [
    "action_day",
    "action_dossiers",
    "action_optoamc_request",
    "optoamc_prescription_action",
    "action_optoamc_consent",
    "action_products",
    "optoamc_lpp_action",
];

/** By what a dossier is told from another of the same patient, and what is asked of the patient. */
const TELLING = ["name", "patient_id", "left_total"];

/** Of a catalogue, each cell is read. */
const READ_WHOLE = ["action_products", "optoamc_lpp_action"].map((name) => `l10n_fr_optoamc.${name}`);

/** The list on the screen, once it has rows; on a telephone Odoo shows cards where there are any: nothing is cut. */
async function shownList() {
    for (let wait = 0; wait < 100; wait++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const cards = document.querySelector(".o_action_manager .o_kanban_renderer");
        const list = document.querySelector(".o_action_manager .o_list_renderer");
        if (cards || list?.querySelector(".o_data_row")) {
            return cards ?? list;
        }
    }
    return null;
}

tours.add("optoamc_widths_lists", {
    steps: () => [
        {
            content: "measure the lists of the day",
            trigger: ".o_form_view",
            timeout: 60000,
            run: async () => {
                const { action, orm } = odoo.__WOWL_DEBUG__.root.env.services;
                const order = Number(window.location.pathname.split("/").at(-1));
                const actions = DAY_LISTS.map((name) => `l10n_fr_optoamc.${name}`);
                actions.push(await orm.call("sale.order", "action_optoamc_compare_variants", [[order]]));
                const problems = [];
                for (const wanted of actions) {
                    await action.doAction(wanted, { clearBreadcrumbs: true, viewType: "list" });
                    const list = await shownList();
                    const all = READ_WHOLE.includes(wanted);
                    const found = list ? cutOfList(list, { all }) : ["no row to measure"];
                    const told = /action_(day|dossiers)$/.test(wanted) ? TELLING : [];
                    const missing = told.filter((name) => !list?.querySelector(`th[data-name="${name}"]`));
                    found.push(...missing.map((name) => `${name} is not shown`));
                    problems.push(...found.map((problem) => `${wanted.name ?? wanted}: ${problem}`));
                }
                if (problems.length) {
                    throw new Error(`lists at ${window.innerWidth}: ${problems.join("; ")}`);
                }
            },
        },
    ],
});

/** Whatever list of ours is opened, alone or in a form: each title and each cell is read whole. */
tours.add("optoamc_widths_whole", {
    steps: () => [
        {
            content: "read each cell of the list",
            trigger: ".o_action_manager .o_list_renderer .o_data_row",
            timeout: 60000,
            run: () => {
                const lists = [...document.querySelectorAll(".o_action_manager .o_list_renderer")].filter(shown);
                const problems = lists.flatMap((list) => cutOfList(list, { all: true }));
                if (problems.length) {
                    throw new Error(`at ${window.innerWidth}: ${problems.join("; ")}`);
                }
            },
        },
    ],
});

/** On a dossier whose lines are granted, quotation or sold. */
tours.add("optoamc_widths_1366", {
    steps: () => [
        see(".o_optoamc_summary"),
        measure(ORDER_LINES, OURS, { all: true }),
        ...openPec(),
        measure(REQUEST_LINES, REQUEST, { all: true }),
        readsInTwoLines(REQUEST_LINES),
    ],
});

tours.add("optoamc_widths_1024", {
    steps: () => [
        see(".o_optoamc_summary"),
        measure(ORDER_LINES, AMOUNTS, { all: true }),
        ...openPec(),
        measure(REQUEST_LINES, ["name", "price", "amo_amount", "granted_amount", "patient_amount"], { all: true }),
        measureSums(REQUEST_LINES, { price: "689,00", granted_amount: "300,00" }),
    ],
});

/** What another insurer pays takes a column more. */
tours.add("optoamc_widths_1024_others", {
    steps: () => [
        ...openPec(),
        see(inDialog("th[data-name='other_amount']")),
        measure(REQUEST_LINES, ["name", "price", "amo_amount", "granted_amount", "other_amount", "patient_amount"], {
            all: true,
        }),
        measureSums(REQUEST_LINES, { price: "689,00", granted_amount: "", other_amount: "300,00" }),
    ],
});

/** Typed on a telephone: what is left of each line, and what the insurer pays of it. */
tours.add("optoamc_widths_390_typed", {
    steps: () => [
        see(".o_form_view"),
        click(".o_statusbar_buttons > button.o_optoamc_pec:visible"),
        click(inDialog("button[name='action_type_answer']")),
        measure(TYPED_LINES, ["name", "rest_amount", "granted_amount"], { all: true }),
    ],
});

tours.add("optoamc_widths_390", {
    steps: () => [
        see(".o_form_view"),
        click(".o_statusbar_buttons > button.o_optoamc_pec:visible"),
        see(inDialog(".o_optoamc_lines .o_data_row")),
        measure(REQUEST_LINES, ["name", "price", "amo_amount", "granted_amount", "patient_amount"], { all: true }),
        measureSums(REQUEST_LINES, { price: "689,00", granted_amount: "300,00" }),
    ],
});

tours.add("optoamc_widths_390_unknown", {
    steps: () => [
        see(".o_form_view"),
        click(".o_statusbar_buttons > button.o_optoamc_pec:visible"),
        see(inDialog(".o_optoamc_lines td[name='amo_amount']:contains('connu')")),
        measure(REQUEST_LINES, ["name", "price", "amo_amount", "patient_amount"], { all: true }),
    ],
});

const CARD = ".o_field_widget[name='order_line'] .o_kanban_record:contains('Verre TTC')";

/** What a line of a dossier costs on a telephone: as its unit price and the desk say it, VAT included. */
tours.add("optoamc_widths_390_lines", {
    steps: () => [
        see(`${CARD} [name='price_total']:contains('300,00')`),
        see(`${CARD}:contains('Sécu') [name='amo_amount']:contains(/\\d,\\d\\d/)`),
        see(`${CARD}:not(:has([name='price_subtotal']:visible))`),
    ],
});

/** An order of no dossier: as Odoo shows it. */
tours.add("optoamc_widths_390_plain", {
    steps: () => [
        see(".o_field_widget[name='order_line'] .o_kanban_record [name='price_subtotal']:visible:contains('10,00')"),
        see(".o_form_view:not(:has(.o_kanban_record [name='price_total'])):not(:has(.o_kanban_record:contains('Sécu')))"),
    ],
});

/** A pair on one line is for both eyes, on the dossier and where the insurer is asked. */
tours.add("optoamc_widths_pair", {
    steps: () => [
        see(`${ORDER_LINES} td[name='eye_side']:contains('OD+OG')`),
        measure(ORDER_LINES, ["eye_side"]),
        ...openPec(),
        see(inDialog(".o_optoamc_lines td[name='eye_side']:contains('OD+OG')")),
        measure(REQUEST_LINES, ["eye_side"]),
    ],
});

/** A patient's contracts, and on the page of the health cover what was consented to. */
tours.add("optoamc_widths_390_patient", {
    steps: () => [
        see(".o_form_view .o_field_widget[name='optoamc_contract_ids'] .o_data_row"),
        measure(".o_field_widget[name='optoamc_contract_ids'] .o_list_renderer", ["insurer_id", "member_number"], {
            all: true,
        }),
        click(".o_notebook_headers a[name='page_health']"),
        see(".o_field_widget[name='optoamc_consent_ids'] .o_data_row"),
        measure(".o_field_widget[name='optoamc_consent_ids'] .o_list_renderer", ["purpose", "insurer_id"], {
            all: true,
        }),
        measure(".o_field_widget[name='dependant_ids'] .o_list_renderer", ["name", "birthdate"], { all: true }),
    ],
});

const ADVICE_LINES = ".o_field_widget[name='line_ids'] .o_list_renderer";

/** What a line of a payment advice is decided by. */
const ADVICE = [
    "match",
    "pec_number",
    "invoice_number",
    "amount",
    "doubt_help",
    "share_id",
    "share_residual",
    "uses_received",
    "decision",
];

tours.add("optoamc_widths_advice", {
    steps: () => [
        see(".o_form_view .o_field_widget[name='line_ids'] .o_data_row"),
        measure(ADVICE_LINES, ADVICE, { all: true }),
        see("button[name='action_use_received']"),
        see(".o_statusbar_buttons:not(:has(button[name='action_decide_unknown']))"),
        see(".o_statusbar_buttons:not(:has(button[name='action_decide_anew']))"),
    ],
});
