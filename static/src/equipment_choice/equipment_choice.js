import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The number of an equipment, chosen among those of the dossier. */
export class EquipmentChoiceField extends Component {
    static template = "l10n_fr_optoamc.EquipmentChoiceField";
    static props = { ...standardFieldProps, choices: { type: String } };

    get choices() {
        return this.props.record.data[this.props.choices] || [];
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    choose(number) {
        return this.props.record.update({ [this.props.name]: number }, { save: true });
    }
}

registry.category("fields").add("optoamc_equipment_choice", {
    component: EquipmentChoiceField,
    supportedTypes: ["integer"],
    supportedOptions: [{ label: "Field of the choices", name: "choices", type: "field" }],
    extractProps: ({ options }) => ({ choices: options.choices }),
});
