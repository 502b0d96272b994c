import { expect, test } from "@odoo/hoot";
import { click, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Screen extends models.Model {
    doubts = fields.Text();
    missing = fields.Json();

    _records = [
        { id: 1, doubts: "Contract: of rank 2 (R02)\nFrame: for adults (R06)" },
        { id: 2, missing: [{ label: "Rank", reason: "two", model: "place", id: 1, field: "rank" }] },
    ];
}

class Place extends models.Model {
    name = fields.Char();
    rank = fields.Char();

    _records = [{ id: 1, name: "A", rank: "2" }];
    _views = {
        form: `
            <form>
                <button name="other" type="object" string="Other" />
                <field name="name" />
                <notebook>
                    <page string="First"><field name="name" /></page>
                    <page string="Second"><field name="rank" /></page>
                </notebook>
            </form>`,
    };
}

defineMailModels();
defineModels([Screen, Place]);

const arch = `
    <form js_class="optoamc_request_screen">
        <field name="doubts" />
        <field name="missing" widget="optoamc_missing_data" />
        <button name="action_request_coverage" type="object" string="Request coverage" />
    </form>`;

test("the box that confirms a request repeats what is doubtful", async () => {
    onRpc("has_group", () => true);
    onRpc("screen", "action_request_coverage", () => {
        expect.step("sent");
        return false;
    });
    await mountView({ type: "form", resModel: "screen", resId: 1, arch });
    await click("button[name=action_request_coverage]");
    await waitFor(".modal");
    expect(".modal-body").toHaveText(/of rank 2 \(R02\)[^]*for adults \(R06\)/);
    await click(".modal footer .btn-secondary");
    await animationFrame();
    expect.verifySteps([]);
    await click("button[name=action_request_coverage]");
    await waitFor(".modal");
    await click(".modal footer .btn-primary");
    await animationFrame();
    expect.verifySteps(["sent"]);
});

test("without a doubt nothing is confirmed", async () => {
    onRpc("has_group", () => true);
    onRpc("screen", "action_request_coverage", () => {
        expect.step("sent");
        return false;
    });
    await mountView({ type: "form", resModel: "screen", resId: 2, arch });
    await click("button[name=action_request_coverage]");
    await animationFrame();
    expect.verifySteps(["sent"]);
});

test("what is missing opens with the cursor in its field, on another page too", async () => {
    onRpc("has_group", () => true);
    await mountView({ type: "form", resModel: "screen", resId: 2, arch });
    await click("button[data-field=rank]");
    await waitFor(".modal .o_field_widget[name=rank] input:focus");
    expect(".modal .o_field_widget[name=rank] input").toBeFocused();
});
