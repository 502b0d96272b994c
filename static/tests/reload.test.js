import { expect, test } from "@odoo/hoot";

import { reloadUnlessTyping } from "@l10n_fr_optoamc/reload";

const screen = (dirty) => ({ isDirty: async () => dirty, load: async () => expect.step("load") });

test("a screen in which nobody types is read again", async () => {
    await reloadUnlessTyping(screen(false));
    expect.verifySteps(["load"]);
});

test("what is being typed is not lost", async () => {
    await reloadUnlessTyping(screen(true));
    expect.verifySteps([]);
});
