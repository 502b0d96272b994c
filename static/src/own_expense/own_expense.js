import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Sells an equipment at the patient's expense: a link for each that it is about, named where there are several. */
export class OwnExpenseField extends Component {
    static template = "l10n_fr_optoamc.OwnExpenseField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
    }

    get equipments() {
        return this.props.record.data[this.props.name] || [];
    }

    label({ name }) {
        return this.equipments.length > 1
            ? _t("Sell at the patient's expense: %s", name)
            : _t("Sell at the patient's expense");
    }

    async sell({ number }) {
        const { record } = this.props;
        if (await record.save()) {
            await this.orm.call(record.resModel, "action_optoamc_own_expense", [[record.resId], number]);
            await record.load();
        }
    }
}

registry.category("fields").add("optoamc_own_expense", { component: OwnExpenseField, supportedTypes: ["json"] });
