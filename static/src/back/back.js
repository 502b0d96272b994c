import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Closes a dialog without saving. One that was opened from the "Prise en charge" screen took its place, since Odoo
 * shows one action in a dialog at a time: closed by whatever means, it gives that screen back.
 */
export class Back extends Component {
    static template = "l10n_fr_optoamc.Back";
    static props = { ...standardWidgetProps, label: { type: String, optional: true } };

    setup() {
        this.action = useService("action");
        if (this.screenId && this.env.dialogData) {
            this.env.dialogData.dismiss = () => this.reopen();
        }
    }

    get screenId() {
        return this.props.record.context.optoamc_wizard_id;
    }

    get label() {
        return this.props.label || _t("Close");
    }

    reopen() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Coverage"),
            res_model: "optoamc.request.wizard",
            res_id: this.screenId,
            views: [[false, "form"]],
            target: "new",
            context: { dialog_size: "extra-large" },
        });
    }

    onClick() {
        return this.screenId ? this.reopen() : this.env.dialogData?.close();
    }
}

registry.category("view_widgets").add("optoamc_back", {
    component: Back,
    extractProps: ({ attrs }) => ({ label: attrs.string }),
});
