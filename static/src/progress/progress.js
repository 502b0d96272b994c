import { Component, useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { reloadUnlessTyping } from "../reload";

/** States in which the server has something to do. */
const WORKING = ["reading", "applying", "queued", "sent"];
const INTERVAL = 1500;

/** Reads a form's record again while the server works on it, and shows how far it is. */
export class Progress extends Component {
    static template = "l10n_fr_optoamc.Progress";
    static props = { ...standardWidgetProps, stateField: { type: String } };

    setup() {
        useEffect(
            (isWorking) => {
                if (!isWorking) {
                    return;
                }
                const timer = setInterval(() => reloadUnlessTyping(this.props.record), INTERVAL);
                return () => clearInterval(timer);
            },
            () => [this.isWorking]
        );
    }

    get isWorking() {
        return WORKING.includes(this.props.record.data[this.props.stateField]);
    }

    get percent() {
        return this.props.record.data.progress;
    }
}

registry.category("view_widgets").add("optoamc_progress", {
    component: Progress,
    extractProps: ({ attrs }) => ({ stateField: attrs.state_field || "state" }),
});
