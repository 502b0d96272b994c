import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

const equipment = {
    number: 1,
    label: "2 VER",
    total: 135,
    amo: 17.4,
    amc: 77.7,
    patient: 39.9,
    is_amc_answered: true,
    is_left_known: true,
};

class Dossier extends models.Model {
    optical_summary = fields.Json();
    returned_parts = fields.Json();
    amount_total = fields.Float();
    amo_total = fields.Float();
    left_total = fields.Float();
    is_left_unknown = fields.Boolean();
    currency_id = fields.Many2one({ relation: "res.currency" });

    _records = [
        { id: 1, optical_summary: [equipment], amount_total: 147, amo_total: 17.4, left_total: 51.9 },
        {
            id: 2,
            optical_summary: [equipment],
            returned_parts: { total: 40, amo: 0, amc: 0.1, patient: 39.9 },
            amount_total: 147,
            amo_total: 17.4,
            left_total: 12,
        },
    ];
}

defineMailModels();
defineModels([Dossier]);
onRpc("has_group", () => true);

const arch = `<form><field name="optical_summary" widget="optoamc_optical_summary" /></form>`;
const amounts = (row) => [...document.querySelectorAll(`${row} td`)].map((cell) => cell.textContent.trim());

test("the sums of a dossier are what its equipments and the rest cost", async () => {
    await mountView({ type: "form", resModel: "dossier", resId: 1, arch });
    expect("tr[name=returned]").toHaveCount(0);
    expect(amounts("tfoot tr:first-child")).toEqual(["147.00", "17.40", "77.70", "51.90"]);
});

test("what came back is a row of its own, and is off the sums", async () => {
    await mountView({ type: "form", resModel: "dossier", resId: 2, arch });
    expect(amounts("tr[name=returned]")).toEqual(["-40.00", "0.00", "-0.10", "-39.90"]);
    expect(amounts("tfoot tr:first-child")).toEqual(["107.00", "17.40", "77.60", "12.00"]);
});
