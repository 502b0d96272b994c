import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Dossier extends models.Model {
    parts = fields.Json();

    _records = [
        { id: 1, parts: [{ number: 2, name: "Equipment 2 (2 VER)" }] },
        {
            id: 2,
            parts: [
                { number: 2, name: "Equipment 2 (2 VER)" },
                { number: 3, name: "Equipment 3 (2 LEN)" },
            ],
        },
    ];
}

defineMailModels();
defineModels([Dossier]);
onRpc("has_group", () => true);
onRpc("dossier", "action_optoamc_own_expense", ({ args }) => {
    expect.step(JSON.stringify(args));
    return true;
});

const arch = `<form><field name="parts" widget="optoamc_own_expense" /></form>`;

test("one equipment takes one click and no name", async () => {
    await mountView({ type: "form", resModel: "dossier", resId: 1, arch });
    expect(queryAllTexts(".o_field_optoamc_own_expense button")).toEqual(["Sell at the patient's expense"]);
    await contains(".o_field_optoamc_own_expense button").click();
    expect.verifySteps(["[[1],2]"]);
});

test("of several each has its own, by its name", async () => {
    await mountView({ type: "form", resModel: "dossier", resId: 2, arch });
    expect(queryAllTexts(".o_field_optoamc_own_expense button")).toEqual([
        "Sell at the patient's expense: Equipment 2 (2 VER)",
        "Sell at the patient's expense: Equipment 3 (2 LEN)",
    ]);
    await contains(".o_field_optoamc_own_expense button:last").click();
    expect.verifySteps(["[[2],3]"]);
});
