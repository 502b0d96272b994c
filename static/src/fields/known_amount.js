import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/**
 * An amount that may be unknown, which is not 0.00.
 *
 * Option `unknown`: the field of the same row that says so.
 */
export class KnownAmountField extends MonetaryField {
    static props = { ...MonetaryField.props, unknown: { type: String } };

    get formattedValue() {
        const isUnknown = this.props.readonly && this.props.record.data[this.props.unknown];
        return isUnknown ? _t("unknown") : super.formattedValue;
    }
}

registry.category("fields").add("optoamc_known_amount", {
    ...monetaryField,
    component: KnownAmountField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...monetaryField.extractProps(fieldInfo, dynamicInfo),
        unknown: fieldInfo.options.unknown,
    }),
});
