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

    /** What came back of a dossier that goes on, as amounts that are taken off. */
    get returned() {
        const { returned_parts } = this.props.record.data;
        return (
            returned_parts && {
                ...Object.fromEntries(this.columns.map((column) => [column, -returned_parts[column] || 0])),
                is_amc_answered: true,
                is_left_known: true,
            }
        );
    }

    /** The dossier's own, as the server has them: what is sold besides the equipments is in them. */
    get totals() {
        const { amount_total, amo_total, left_total, is_left_unknown } = this.props.record.data;
        const returned = this.returned || { total: 0, amo: 0, amc: 0 };
        return {
            total: amount_total + returned.total,
            amo: amo_total + returned.amo,
            is_amo_unknown: this.equipments.some((equipment) => equipment.is_amo_unknown),
            amc: this.equipments.reduce((sum, equipment) => sum + equipment.amc, returned.amc),
            is_amc_answered: this.equipments.every((equipment) => equipment.is_amc_answered),
            patient: left_total,
            is_left_known: !is_left_unknown,
            is_left_expected: this.isExpected && !is_left_unknown,
        };
    }

    /** Whether an amount of what is left rests on an answer that no insurer has given. */
    get isExpected() {
        return this.equipments.some((equipment) => equipment.is_left_expected);
    }

    /** What is not known is no 0,00, nor is what no insurer has said: what is left hangs on both. */
    shown(amounts, column) {
        if ((column === "amo" && amounts.is_amo_unknown) || (column === "patient" && !amounts.is_left_known)) {
            return unknownAmount();
        }
        if (column === "amc" && !amounts.is_amc_answered) {
            return "";
        }
        const amount = this.format(amounts[column]);
        return column === "patient" && amounts.is_left_expected ? `${amount} *` : amount;
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
        { name: "left_total", type: "monetary" },
        { name: "returned_parts", type: "json" },
        { name: "is_left_unknown", type: "boolean" },
    ],
});
