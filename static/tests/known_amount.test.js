import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Dossier extends models.Model {
    currency_id = fields.Many2one({ relation: "res.currency", default: 1 });
    is_unknown = fields.Boolean();
    is_answered = fields.Boolean();
    is_other = fields.Boolean();
    is_returned = fields.Boolean();
    amo = fields.Monetary({ currency_field: "currency_id" });
    amc = fields.Monetary({ currency_field: "currency_id" });

    _records = [
        { id: 1, currency_id: 1, is_unknown: false, is_answered: true, amo: 10, amc: 0 },
        { id: 2, currency_id: 1, is_unknown: true, is_answered: false, amo: 0, amc: 0 },
    ];
}

class Currency extends models.Model {
    _name = "res.currency";
    name = fields.Char();
    _records = [{ id: 1, name: "EUR" }];
}

defineMailModels();
defineModels([Dossier, Currency]);
onRpc("has_group", () => true);

const arch = (told) => `
    <list js_class="optoamc_fixed_widths_list">
        <field name="currency_id" column_invisible="True" />
        ${told}
        <field name="amo" sum="Sécu" widget="optoamc_known_amount" options="{'unknown': 'is_unknown', 'no_symbol': True}" />
        <field name="amc" sum="Compl." widget="optoamc_known_amount" options="{'answered': 'is_answered', 'no_symbol': True}" />
    </list>`;
const TOLD = `<field name="is_unknown" column_invisible="True" /><field name="is_answered" column_invisible="True" />`;

const shown = (name) => queryAllTexts(`.o_data_row td[name=${name}]`);
const sums = () => queryAllTexts("tfoot td.o_list_number");

test("an unknown amount and one that nobody has said are no zero, nor are their sums", async () => {
    await mountView({ type: "list", resModel: "dossier", arch: arch(TOLD) });
    expect(shown("amo")).toEqual(["10.00", "unknown"]);
    expect(shown("amc")).toEqual(["0.00", ""]);
    expect(sums()).toEqual(["unknown", "0.00"]);
});

test("it is styled as an amount of Odoo: an edited cell has room for its symbol", async () => {
    await mountView({ type: "list", resModel: "dossier", arch: arch(TOLD) });
    expect(".o_data_row .o_field_optoamc_known_amount.o_field_monetary").toHaveCount(4);
});

test("without any answer there is no sum", async () => {
    Dossier._records = [{ id: 2, currency_id: 1, is_unknown: false, is_answered: false, amo: 7, amc: 0 }];
    await mountView({ type: "list", resModel: "dossier", arch: arch(TOLD) });
    expect(sums()).toEqual(["7.00", ""]);
});

test("who may not read whether it was answered sees what is more than 0", async () => {
    Dossier._records = [
        { id: 1, currency_id: 1, amo: 0, amc: 12 },
        { id: 2, currency_id: 1, amo: 0, amc: 0 },
    ];
    await mountView({ type: "list", resModel: "dossier", arch: arch("") });
    expect(shown("amc")).toEqual(["12.00", ""]);
});

test("a group's sum of what may be unknown is not shown", async () => {
    await mountView({ type: "list", resModel: "dossier", arch: arch(TOLD), groupBy: ["is_answered"] });
    expect(queryAllTexts(".o_group_header .o_list_number")).toEqual(["", "$ 0.00", "", "$ 0.00"]);
    expect(sums()).toEqual(["", "$ 0.00"]);
});

test("a row that is not counted is in no sum, unless it is selected", async () => {
    Dossier._records = [
        { id: 1, currency_id: 1, is_answered: true, is_other: false, amo: 10, amc: 5 },
        { id: 2, currency_id: 1, is_answered: true, is_returned: true, amo: 6, amc: 3 },
        { id: 3, currency_id: 1, is_answered: true, is_other: true, is_unknown: true, amo: 8, amc: 4 },
    ];
    const notCounted = ["is_other", "is_returned"]
        .map((name) => `<field name="${name}" column_invisible="True" options="{'not_counted': true}" />`)
        .join("");
    await mountView({ type: "list", resModel: "dossier", arch: arch(TOLD + notCounted) });
    expect(sums()).toEqual(["10.00", "5.00"]);
    await contains(".o_data_row:last .o_list_record_selector input").click();
    expect(sums()).toEqual(["unknown", "4.00"]);
});
