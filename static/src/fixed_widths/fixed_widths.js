import { useEffect, useExternalListener } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { withKnownSums } from "../fields/known_amount";

// What a column has at least that the view gives no width, as in Odoo's own lists.
const LEAST = "80px";

/**
 * From which width of the window a column is shown, in pixels: its option `from`; a button, which has no options in a
 * view of its own, has the class `o_optoamc_from_601`.
 */
const shownFrom = ({ options, buttons }) =>
    options?.from ?? Number(/o_optoamc_from_(\d+)/.exec(buttons?.[0].className)?.[1] ?? 0);

/** A width in the view; of two buttons in one column, which can have none there, the class `o_optoamc_width_136`. */
function widthOf({ attrs, buttons }) {
    const width = /o_optoamc_width_(\d+)/.exec(buttons?.[0].className)?.[1];
    return width ? `${width}px` : attrs?.width;
}

/**
 * Gives the columns the widths of the view, paddings included; those without one share what is left.
 *
 * Odoo's lists measure what is in each column instead, cell by cell: a fifth of the time that the "Prise en
 * charge" screen takes to open. On a narrow screen columns with the option `from` are left out, and their sums, so
 * that a list never scrolls sideways.
 */
export class FixedWidthsListRenderer extends withKnownSums(ListRenderer) {
    static useMagicColumnWidths = false;

    setup() {
        super.setup();
        useExternalListener(window, "resize", () => this.render());
        useEffect(
            () => this.fixWidths(),
            // A column that a person widened stays so.
            () => [this.columns.map(({ id }) => id).join()]
        );
    }

    getActiveColumns() {
        return super.getActiveColumns().filter((column) => shownFrom(column) <= window.innerWidth);
    }

    fixWidths() {
        const table = this.tableRef.el;
        const headers = [...table.querySelectorAll("thead th")].slice(this.hasSelectors ? 1 : 0);
        const widths = this.columns.map(widthOf);
        widths.forEach((width, index) => (headers[index].style.width = width || ""));
        table.style.minWidth = `calc(${widths.map((width) => width || LEAST).join(" + ")})`;
        table.style.tableLayout = "fixed";
    }
}

export class FixedWidthsX2ManyField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: FixedWidthsListRenderer };
}

registry.category("views").add("optoamc_fixed_widths_list", { ...listView, Renderer: FixedWidthsListRenderer });
registry.category("fields").add("optoamc_fixed_widths", { ...x2ManyField, component: FixedWidthsX2ManyField });
