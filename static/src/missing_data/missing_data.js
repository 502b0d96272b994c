import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { PlaceDialog } from "./place_dialog";

/** What keeps a request from being sent; a click leads to where it is typed. */
export class MissingDataField extends Component {
    static template = "l10n_fr_optoamc.MissingDataField";
    static props = { ...standardFieldProps };

    setup() {
        this.dialog = useService("dialog");
    }

    get items() {
        return this.props.record.data[this.props.name] || [];
    }

    /** The row of this screen's grid that stands for an order line. */
    gridRow(orderLineId) {
        const rows = this.props.record.data.line_ids?.records || [];
        return rows.find((row) => row.data.order_line_id?.id === orderLineId);
    }

    async open({ model, id, field, label, context }) {
        const form = this.props.record;
        // A dossier is read again afterwards: what is being typed in it is kept first.
        if (form.resModel === "sale.order" && !(await form.save())) {
            return;
        }
        if (model === "sale.order.line") {
            const index = form.data.line_ids.records.indexOf(this.gridRow(id));
            const row = document.querySelectorAll(".o_optoamc_lines .o_data_row")[index];
            row?.querySelector(`[name="${field}"]`)?.click();
            return;
        }
        const input = document.querySelector(`.modal .o_field_widget[name="${field}"] input`);
        if (model === form.resModel || (model === "sale.order" && input)) {
            input?.focus();
            return;
        }
        this.dialog.add(PlaceDialog, {
            resModel: model,
            resId: id,
            field,
            context,
            title: label,
            onRecordSaved: () => form.load(),
        });
    }
}

registry.category("fields").add("optoamc_missing_data", {
    component: MissingDataField,
    supportedTypes: ["json"],
});
