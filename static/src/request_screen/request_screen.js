import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

// What asks an insurer, and what the box that confirms it calls it.
const SENDING = {
    action_request_coverage: _t("Request coverage"),
    action_request_quote: _t("Request a quote"),
};

/** The screen of a request: what insurers often refuse is confirmed in a box that repeats it. */
export class RequestScreenController extends FormController {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
    }

    /** Asks once what was typed is saved: that decides of what is doubtful. */
    async beforeExecuteActionButton(clickParams) {
        const goesOn = await super.beforeExecuteActionButton(clickParams);
        const { doubts } = this.model.root.data;
        const label = SENDING[clickParams.name];
        return goesOn !== false && label && doubts ? this.confirm(doubts, label) : goesOn;
    }

    confirm(doubts, confirmLabel) {
        return new Promise((resolve) => {
            const props = {
                body: _t("The insurer may refuse it:\n%s\n\nAsk it all the same?", doubts),
                confirmLabel,
                cancelLabel: _t("Correct first"),
                confirm: () => resolve(true),
                cancel: () => resolve(false),
            };
            this.dialog.add(ConfirmationDialog, props, { onClose: () => resolve(false) });
        });
    }
}

registry.category("views").add("optoamc_request_screen", { ...formView, Controller: RequestScreenController });
