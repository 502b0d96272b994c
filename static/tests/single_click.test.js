import { expect, queryOne, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Screen extends models.Model {
    name = fields.Char();

    _records = [{ id: 1, name: "A" }];
}

defineMailModels();
defineModels([Screen]);

const click = (detail) => {
    const button = queryOne("button[name=action_request_quote]");
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail }));
    return animationFrame();
};

test("the second click of a double click sends nothing", async () => {
    onRpc("has_group", () => true);
    onRpc("screen", "action_request_quote", () => {
        expect.step("sent");
        return false;
    });
    const button = '<button name="action_request_quote" type="object" string="Request a quote" />';
    const arch = `<form><widget name="optoamc_single_click" /><field name="name" />${button}</form>`;
    await mountView({ type: "form", resModel: "screen", resId: 1, arch });
    await click(2);
    expect.verifySteps([]);
    await click(1);
    expect.verifySteps(["sent"]);
});
