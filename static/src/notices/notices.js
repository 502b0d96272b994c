import { Component, useEffect, useExternalListener, useRef, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";

/**
 * Keeps the notices above a form low, so that its lines stay in sight: the first is read in three lines, each other in
 * one, until somebody clicks on it.
 *
 * It stands in the place of the notices, which may change with each field that is typed.
 */
export class Notices extends Component {
    static template = xml`<span class="d-none" t-ref="mark" />`;
    static props = ["*"];

    setup() {
        this.mark = useRef("mark");
        useExternalListener(window, "resize", () => this.fold());
        useEffect(
            () => {
                const place = this.place;
                const observer = new MutationObserver(() => this.fold());
                observer.observe(place, { childList: true, characterData: true, subtree: true });
                const unfold = (event) => this.unfold(event);
                place.addEventListener("click", unfold);
                place.addEventListener("focusin", unfold);
                this.fold();
                return () => {
                    observer.disconnect();
                    place.removeEventListener("click", unfold);
                    place.removeEventListener("focusin", unfold);
                };
            },
            () => []
        );
    }

    get place() {
        return this.mark.el.closest(".o_optoamc_notices");
    }

    /** Tell which notices say more than is shown. */
    fold() {
        for (const notice of this.place?.querySelectorAll(":scope > .alert") ?? []) {
            const isCut = notice.scrollHeight > notice.clientHeight + 2;
            notice.classList.toggle("o_optoamc_cut", isCut);
        }
    }

    unfold({ target }) {
        const notice = target.closest(".o_optoamc_cut");
        notice?.classList.add("o_optoamc_unfolded");
        notice?.classList.remove("o_optoamc_cut");
    }
}

registry.category("view_widgets").add("optoamc_notices", { component: Notices });
