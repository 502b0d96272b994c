import { Component, useExternalListener, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// What asks an insurer.
const SENDING = "button[name='action_request_coverage'], button[name='action_request_quote']";

/**
 * Lets nothing be sent by the second click of a double click: the button under the mouse may have become another one
 * since the first.
 */
export class SingleClick extends Component {
    static template = xml``;
    static props = { ...standardWidgetProps };

    setup() {
        useExternalListener(window, "click", (ev) => this.onClick(ev), { capture: true });
    }

    onClick(ev) {
        if (ev.detail > 1 && ev.target.closest?.(SENDING)) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }
}

registry.category("view_widgets").add("optoamc_single_click", { component: SingleClick });
