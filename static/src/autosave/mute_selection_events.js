import { useExternalListener } from "@odoo/owl";

/**
 * Keeps to themselves what the inputs of a screen tell of their cursors.
 *
 * Each value that is set in an input is a change of selection, and an HTML editor on the page below (the
 * dossier's terms) then looks up the styles around its own cursor: a quarter of the time that the screen takes
 * to open.
 */
export function useMutedSelectionEvents() {
    const keep = (ev) => ev.target instanceof HTMLInputElement && ev.stopPropagation();
    useExternalListener(window, "selectionchange", keep, { capture: true });
}
