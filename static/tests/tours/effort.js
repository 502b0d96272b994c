/** Counts what a job costs the person who does it: clicks, and keys pressed or typed. */

const MODIFIERS = ["Alt", "Control", "Meta", "Shift"];

/** A tour empties a field before it types into it: no person does where it is empty. */
const isOfTheTour = ({ ctrlKey, key }) => MODIFIERS.includes(key) || ctrlKey || key === "Backspace";

function count() {
    const counted = { clicks: 0, keys: 0 };
    // A tour clicks into a field before it types, also where the focus is already: no person does.
    const isThere = ({ target }) => target === document.activeElement && target.matches("input, textarea");
    const onClick = (event) => (counted.clicks += isThere(event) ? 0 : 1);
    const onKey = (event) => (counted.keys += isOfTheTour(event) ? 0 : 1);
    document.addEventListener("pointerdown", onClick, true);
    document.addEventListener("keydown", onKey, true);
    return () => {
        document.removeEventListener("pointerdown", onClick, true);
        document.removeEventListener("keydown", onKey, true);
        return counted;
    };
}

/**
 * A job of the day, which must not cost more than this; what it costs stands in the guide (tests/tour_common.py).
 *
 * @param {string} job as the guide names it
 * @param {{ clicks: number, keys?: number }} most
 * @param {Object[]} steps of a tour, on one page
 */
export function counted(job, most, steps) {
    let stop;
    return [
        { content: `${job}: count`, trigger: "body", run: () => (stop = count()) },
        ...steps,
        {
            content: `${job}: at most ${JSON.stringify(most)}`,
            trigger: "body",
            run: () => {
                const { clicks, keys } = stop();
                console.log(`optoamc-effort:${JSON.stringify({ job, clicks, keys })}`);
                if (clicks === 0 && keys === 0) {
                    throw new Error(`${job}: nothing was counted`);
                }
                if (clicks > most.clicks || keys > (most.keys ?? Infinity)) {
                    throw new Error(`${job}: ${clicks} clicks and ${keys} keys, more than ${JSON.stringify(most)}`);
                }
            },
        },
    ];
}

/** Give a file field what the test has put at an address. */
export const upload = (field, address, name) => ({
    content: `upload ${name}`,
    trigger: `.o_field_widget[name="${field}"]`,
    run: async ({ anchor }) => {
        const answer = await fetch(address);
        const file = new File([await answer.blob()], name);
        const input = anchor.querySelector("input[type='file']");
        const files = new DataTransfer();
        files.items.add(file);
        input.files = files.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
    },
});
