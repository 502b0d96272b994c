import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/**
 * The eye of a line: of a pair on one line both, whichever is typed, as insurers and papers are told.
 *
 * Option `told`: the field of the same row that says so.
 */
export class ToldEyeField extends SelectionField {
    static props = { ...SelectionField.props, told: String };

    get value() {
        const { name, record, told } = this.props;
        return record.data[told] || record.data[name];
    }

    get string() {
        const [, label] = this.options.find(([value]) => value === this.value) || ["", ""];
        return label;
    }
}

registry.category("fields").add("optoamc_told_eye", {
    ...selectionField,
    component: ToldEyeField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...selectionField.extractProps(fieldInfo, dynamicInfo),
        told: fieldInfo.options.told,
    }),
});
