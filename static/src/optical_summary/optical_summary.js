import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

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
        const { amount_total, amo_total, amc_total, patient_total } = this.props.record.data;
        return { total: amount_total, amo: amo_total, amc: amc_total, patient: patient_total };
    }

    /** What is not known is no 0,00. */
    shown(equipment, column) {
        const isUnknown = column === "amo" && equipment.is_amo_unknown;
        return isUnknown ? _t("unknown") : this.format(equipment[column]);
    }

    shownTotal(column) {
        const isUnknown = column === "amo" && this.equipments.some((equipment) => equipment.is_amo_unknown);
        return isUnknown ? _t("unknown") : this.format(this.totals[column]);
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
        { name: "amc_total", type: "monetary" },
        { name: "patient_total", type: "monetary" },
        { name: "currency_id", type: "many2one" },
    ],
});
