import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** What stands for an amount that is not known. */
export const unknownAmount = () => _t("unknown");

/**
 * An amount that may be unknown, or that nobody has said yet: neither is 0.00.
 *
 * Options, each a field of the same row: `unknown` says that the amount is not known; `answered` that somebody has
 * said it, else nothing is shown. Who may not read that is shown what is more than 0.
 */
export class KnownAmountField extends MonetaryField {
    static props = {
        ...MonetaryField.props,
        answered: { type: String, optional: true },
        unknown: { type: String, optional: true },
    };

    get formattedValue() {
        const { answered, readonly, record, unknown } = this.props;
        if (readonly && record.data[unknown]) {
            return unknownAmount();
        }
        return readonly && answered && !isAnswered(record, answered, this.value) ? "" : super.formattedValue;
    }
}

const isAnswered = ({ data }, answered, amount) => Boolean(answered in data ? data[answered] : amount);

registry.category("fields").add("optoamc_known_amount", {
    ...monetaryField,
    component: KnownAmountField,
    // Odoo's own styles: in a cell that is edited the symbol stands beside the figure.
    additionalClasses: ["o_field_monetary"],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...monetaryField.extractProps(fieldInfo, dynamicInfo),
        answered: fieldInfo.options.answered,
        unknown: fieldInfo.options.unknown,
    }),
});

/**
 * The sums of a list's columns: with an unknown amount a sum is not known, and without any answer there is none. They
 * are written as the amounts of the column are, with a symbol or without.
 *
 * Rows that any field with the option `not_counted` tells are left out, unless a person selects them.
 */
export const withKnownSums = (Renderer) =>
    class extends Renderer {
        /** The rows of the page or of the selection that the sums are of. */
        get summed() {
            const { records, selection } = this.props.list;
            const told = this.props.archInfo.columns.filter(({ options }) => options?.not_counted);
            const isCounted = ({ data }) => !told.some(({ name }) => data[name]);
            return selection?.length ? selection : records.filter(isCounted);
        }

        computeAggregates() {
            const { list } = this.props;
            // Odoo sums the rows of the list that it finds in its props.
            const counted = list.isGrouped ? list : Object.create(list, { records: { value: this.summed } });
            const own = Object.create(this, { props: { value: { ...this.props, list: counted } } });
            const aggregates = super.computeAggregates.call(own);
            for (const column of this.columns.filter(({ name }) => aggregates[name])) {
                const value = this.knownSum(column, aggregates[column.name]);
                aggregates[column.name] = { ...aggregates[column.name], value };
            }
            return aggregates;
        }

        knownSum({ name, options }, { rawValue, value }) {
            const { answered, no_symbol: noSymbol, unknown } = options ?? {};
            const { isGrouped, selection } = this.props.list;
            if (isGrouped && !selection?.length) {
                return unknown ? "" : value;
            }
            const { summed } = this;
            if (unknown && summed.some(({ data }) => data[unknown])) {
                return unknownAmount();
            }
            if (answered && !summed.some((record) => isAnswered(record, answered, record.data[name]))) {
                return "";
            }
            return noSymbol ? formatMonetary(rawValue, { noSymbol }) : value;
        }

        /** The server's sum of a group takes what is not known for 0. */
        formatGroupAggregate(group, column) {
            return column.options?.unknown ? { value: "" } : super.formatGroupAggregate(group, column);
        }
    };
