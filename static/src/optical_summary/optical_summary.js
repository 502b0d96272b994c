import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { unknownAmount } from "../fields/known_amount";

/** The equipments of a dossier: what each is, who pays it, and the sums that make the order's total. */
export class OpticalSummaryField extends Component {
    static template = "l10n_fr_optoamc.OpticalSummaryField";
    static props = { ...standardFieldProps };

    get equipments() {
        return this.props.record.data[this.props.name] || [];
    }

    get columns() {
        return ["total", "amo", "amc", "patient"];
    }

    /** What is sold besides the equipments (an accessory, a cleaning product) is the patient's. */
    get totals() {
        const { amount_total, amo_total } = this.props.record.data;
        const amc = this.equipments.reduce((sum, equipment) => sum + equipment.amc, 0);
        return { total: amount_total, amo: amo_total, amc, patient: amount_total - amo_total - amc };
    }

    shown(equipment, column) {
        return this.known([equipment], column, equipment[column]);
    }

    shownTotal(column) {
        return this.known(this.equipments, column, this.totals[column]);
    }

    /** What is not known is no 0,00, nor is what no insurer has said: what is left hangs on both. */
    known(equipments, column, amount) {
        const isUnknown = {
            amo: (equipment) => equipment.is_amo_unknown,
            patient: (equipment) => !equipment.is_left_known,
        }[column];
        if (isUnknown && equipments.some(isUnknown)) {
            return unknownAmount();
        }
        const isBlank = column === "amc" && !equipments.every((equipment) => equipment.is_amc_answered);
        return isBlank ? "" : this.format(amount);
    }

    format(amount) {
        return formatMonetary(amount, { currencyId: this.props.record.data.currency_id?.id });
    }
}

registry.category("fields").add("optoamc_optical_summary", {
    component: OpticalSummaryField,
    supportedTypes: ["json"],
    fieldDependencies: [
        { name: "amount_total", type: "monetary" },
        { name: "amo_total", type: "monetary" },
        { name: "currency_id", type: "many2one" },
    ],
});
