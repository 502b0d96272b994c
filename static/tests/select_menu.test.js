import { expect, queryOne, test } from "@odoo/hoot";
import { click, edit } from "@odoo/hoot-dom";
import { animationFrame, Deferred, runAllTimers } from "@odoo/hoot-mock";
import { Component, onWillUpdateProps, useState, xml } from "@odoo/owl";
import { SelectMenu } from "@web/core/select_menu/select_menu";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

const INPUT = ".o_select_menu_toggler";

/** Another field of the form, which asks the server something before it is drawn again. */
class Neighbour extends Component {
    static props = ["*"];
    static template = xml`<i />`;

    setup() {
        onWillUpdateProps((nextProps) => nextProps.answer);
    }
}

/** A class that the server is asked about, as a form does. */
class Article extends Component {
    static props = ["*"];
    static components = { Neighbour, SelectMenu };
    static template = xml`
        <SelectMenu choices="choices" value="state.value" onSelect.bind="onSelect" />
        <Neighbour value="state.value" answer="drawn" />
    `;

    setup() {
        this.choices = ["A", "B"].map((value) => ({ label: `Class ${value}`, value }));
        this.state = useState({ value: false });
        this.answer = new Deferred();
        this.drawn = new Deferred();
    }

    async onSelect(value) {
        expect.step(String(value));
        await this.answer;
        this.state.value = value ?? false;
    }
}

async function choose(label) {
    await click(INPUT);
    await animationFrame();
    await click(`.o_select_menu_item:contains("${label}")`);
    await animationFrame();
}

test("what is chosen stays when the field is left before it is drawn", async () => {
    const article = await mountWithCleanup(Article);
    await choose("Class B");
    expect.verifySteps(["B"]);
    expect(INPUT).toHaveValue("");
    queryOne(INPUT).focus();
    article.answer.resolve();
    await animationFrame();
    queryOne(INPUT).blur();
    article.drawn.resolve();
    await animationFrame();
    expect.verifySteps([]);
    expect(INPUT).toHaveValue("Class B");
});

test("what the user empties is empty", async () => {
    const article = await mountWithCleanup(Article);
    article.answer.resolve();
    article.drawn.resolve();
    await choose("Class B");
    await click(INPUT);
    await edit("");
    await runAllTimers();
    await animationFrame();
    queryOne(INPUT).blur();
    await animationFrame();
    expect.verifySteps(["B", "null"]);
    expect(INPUT).toHaveValue("");
});
