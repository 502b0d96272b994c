import { expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Check extends models.Model {
    state = fields.Selection({ selection: [["queued", "Waiting"], ["granted", "Granted"], ["pending", "Pending"]] });
    seconds = fields.Integer();
    request_id = fields.Many2one({ relation: "check" });

    _records = [
        { id: 1, state: "queued", seconds: 45, request_id: 1 },
        { id: 2, state: "granted", seconds: 45 },
        { id: 3, state: "pending", seconds: 45 },
    ];
}

defineMailModels();
defineModels([Check]);
onRpc("has_group", () => true);

const arch = `
    <form>
        <field name="state" widget="optoamc_request_state" readonly="1" />
        <field name="seconds" invisible="1" />
        <widget name="optoamc_request_status" seconds_field="seconds" />
    </form>`;

test("a waiting screen counts down its platform's own seconds", async () => {
    mockDate("2026-03-01 12:00:00");
    await mountView({ type: "form", resModel: "check", resId: 1, arch });
    expect("[role=timer]").toHaveText(/45/);
});

test("what still waits to be sent expects no answer", async () => {
    const request = arch.replace("<widget", '<field name="request_id" invisible="1" /><widget request_field="request_id"');
    await mountView({ type: "form", resModel: "check", resId: 1, arch: request });
    expect("[role=timer]").toHaveText(/by itself/);
    expect("[role=timer]").not.toHaveText(/45/);
});

test("a decided one counts nothing, and each state has its colour", async () => {
    await mountView({ type: "form", resModel: "check", resId: 2, arch });
    expect("[role=timer]").toHaveCount(0);
    expect("[name=state] .badge").toHaveClass("text-bg-success");
});

test("what waits at the insurer is a warning", async () => {
    await mountView({ type: "form", resModel: "check", resId: 3, arch });
    expect("[name=state] .badge").toHaveClass("text-bg-warning");
});
