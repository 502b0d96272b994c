import { Component, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useMutedSelectionEvents } from "./mute_selection_events";

// Milliseconds: the screen is drawn first.
const DRAWN = 100;

/**
 * Saves a screen by itself: a new one once it is shown, so that it need not wait for that, and then
 * what is typed as soon as its field or row is left, so that what is missing is looked up again.
 */
export class Autosave extends Component {
    static template = "l10n_fr_optoamc.Autosave";
    static props = { ...standardWidgetProps, rowsField: { type: String } };

    setup() {
        useMutedSelectionEvents();
        useEffect(
            (isSaved) => {
                const save = () => isSaved || this.props.record.save();
                const timer = browser.setTimeout(save, DRAWN);
                return () => browser.clearTimeout(timer);
            },
            () => [this.isSaved]
        );
    }

    get isSaved() {
        const { record, rowsField } = this.props;
        return Boolean(record.data[rowsField].editedRecord) || (!record.isNew && !record.dirty);
    }
}

registry.category("view_widgets").add("optoamc_autosave", {
    component: Autosave,
    extractProps: ({ attrs }) => ({ rowsField: attrs.rows_field }),
});
