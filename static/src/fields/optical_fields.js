import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";
import { formatFloat } from "@web/views/fields/formatters";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";
import { parseFloat } from "@web/views/fields/parsers";

/** A figure that is a real one or is not there: nothing for 0. */
export class FilledFloatField extends FloatField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }

    parse(value) {
        return value.trim() ? parseFloat(value) : 0;
    }
}

export const filledFloatField = { ...floatField, component: FilledFloatField };

/**
 * A power in dioptres, as opticians write it: with its sign.
 *
 * Option `blank_zero`: nothing for 0 (a sphere of 0.00 is a power, a cylinder of 0.00 is none).
 */
export class OpticalPowerField extends FilledFloatField {
    static props = {
        ...FilledFloatField.props,
        blankZero: { type: Boolean, optional: true },
    };

    get formattedValue() {
        if (!this.value && !this.props.blankZero) {
            return formatFloat(0, { field: this.props.record.fields[this.props.name] });
        }
        return this.value > 0 ? `+${super.formattedValue}` : super.formattedValue;
    }
}

export const opticalPowerField = {
    ...floatField,
    component: OpticalPowerField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...floatField.extractProps(fieldInfo, dynamicInfo),
        blankZero: Boolean(fieldInfo.options.blank_zero),
    }),
};

/**
 * An axis or a base in degrees: nothing for 0.
 *
 * Option `with`: a field of the same row that, when it is filled, makes 0 a direction to show.
 */
export class OpticalDegreesField extends IntegerField {
    static props = {
        ...IntegerField.props,
        with: { type: String, optional: true },
    };

    get formattedValue() {
        if (this.value || this.props.record.data[this.props.with]) {
            return super.formattedValue;
        }
        return "";
    }
}

export const opticalDegreesField = {
    ...integerField,
    component: OpticalDegreesField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...integerField.extractProps(fieldInfo, dynamicInfo),
        with: fieldInfo.options.with,
    }),
};

registry.category("fields").add("optoamc_filled_float", filledFloatField);
registry.category("fields").add("optoamc_power", opticalPowerField);
registry.category("fields").add("optoamc_degrees", opticalDegreesField);
