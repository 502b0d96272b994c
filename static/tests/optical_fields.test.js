import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Eye extends models.Model {
    sphere = fields.Float({ digits: [6, 2] });
    cylinder = fields.Float({ digits: [6, 2] });
    axis = fields.Integer();
    prism = fields.Float({ digits: [6, 2] });
    base = fields.Integer();

    _records = [
        { id: 1, sphere: 2, cylinder: -1.25, axis: 0, prism: 0, base: 0 },
        { id: 2, sphere: 0, cylinder: 0, axis: 90, prism: 1.5, base: 0 },
    ];
}

defineMailModels();
defineModels([Eye]);
onRpc("has_group", () => true);

const arch = `
    <form>
        <field name="sphere" widget="optoamc_power" />
        <field name="cylinder" widget="optoamc_power" options="{'blank_zero': True}" />
        <field name="axis" widget="optoamc_degrees" options="{'with': 'cylinder'}" />
        <field name="prism" widget="optoamc_filled_float" />
        <field name="base" widget="optoamc_degrees" options="{'with': 'prism'}" />
    </form>`;
const input = (name) => `.o_field_widget[name=${name}] input`;

test("a power bears its sign, and an axis of 0 shows beside a cylinder", async () => {
    await mountView({ type: "form", resModel: "eye", resId: 1, arch });
    expect(input("sphere")).toHaveValue("+2.00");
    expect(input("cylinder")).toHaveValue("-1.25");
    expect(input("axis")).toHaveValue("0");
    expect(input("prism")).toHaveValue("");
    expect(input("base")).toHaveValue("");
});

test("a sphere of 0 is a power, a cylinder of 0 is none, a base of 0° shows beside a prism", async () => {
    await mountView({ type: "form", resModel: "eye", resId: 2, arch });
    expect(input("sphere")).toHaveValue("0.00");
    expect(input("cylinder")).toHaveValue("");
    expect(input("axis")).toHaveValue("90");
    expect(input("prism")).toHaveValue("1.50");
    expect(input("base")).toHaveValue("0");
});

test("an emptied figure is saved as nothing", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1].prism));
    await mountView({ type: "form", resModel: "eye", resId: 2, arch });
    await contains(input("prism")).edit("");
    await contains(".o_form_button_save").click();
    expect.verifySteps([0]);
});
