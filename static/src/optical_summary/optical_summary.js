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
        const { amount_total, amo_total, amc_total, patient_total } = this.props.record.data;
        return { total: amount_total, amo: amo_total, amc: amc_total, patient: patient_total };
    }

    shown(equipment, column) {
        return this.known([equipment], column, equipment[column]);
    }

    shownTotal(column) {
        return this.known(this.equipments, column, this.totals[column]);
    }

    /** What is not known is no 0,00, nor is what no insurer has said; what is left hangs on what the Sécu pays. */
    known(equipments, column, amount) {
        if (["amo", "patient"].includes(column) && equipments.some((equipment) => equipment.is_amo_unknown)) {
            return unknownAmount();
        }
        const isBlank = column === "amc" && !equipments.some((equipment) => equipment.is_amc_answered);
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
        { name: "amc_total", type: "monetary" },
        { name: "patient_total", type: "monetary" },
        { name: "currency_id", type: "many2one" },
    ],
});
