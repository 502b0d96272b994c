import { expect, test } from "@odoo/hoot";
import { queryAll, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Dossier extends models.Model {
    is_odd = fields.Boolean();
    _records = [{ id: 1, is_odd: false }];
}

defineMailModels();
defineModels([Dossier]);

const LONG = "<div>one</div><div>two</div><div>three</div><div>four</div><div>five</div>";

test("notices but the first take a line each until somebody opens them", async () => {
    await mountView({
        type: "form",
        resModel: "dossier",
        resId: 1,
        arch: `
            <form>
                <div class="o_optoamc_notices">
                    <div class="alert alert-warning" role="alert" invisible="not is_odd">${LONG}</div>
                    <div class="alert alert-warning" role="alert">${LONG}</div>
                    <div class="alert alert-info" role="status">short</div>
                    <widget name="optoamc_notices" />
                </div>
                <sheet><field name="is_odd" /></sheet>
            </form>`,
    });
    const cut = () => queryAll(".o_optoamc_notices > .alert").map((el) => el.classList.contains("o_optoamc_cut"));
    const height = (selector) => queryOne(selector).clientHeight;
    await animationFrame();
    expect(cut()).toEqual([true, false]);
    const first = height(".alert-warning");
    await contains("[name=is_odd] input").click();
    await animationFrame();
    expect(cut()).toEqual([true, true, false], { message: "what comes before takes its place" });
    expect(height(".alert-warning:last")).toBeLessThan(first);
    await contains(".alert-warning:last").click();
    expect(cut()).toEqual([true, false, false]);
    expect(height(".alert-warning:last")).toBeGreaterThan(first);
});
