import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** The colours of the states of a request, on every screen. */
export const REQUEST_COLOURS = {
    queued: "info",
    sent: "info",
    unknown: "warning",
    pending: "warning",
    cancelling: "warning",
    granted: "success",
    refused: "danger",
    error: "danger",
    expired: "danger",
};

/** Those of what an insurer says of a patient's rights. */
export const RIGHTS_COLOURS = {
    queued: "info",
    open: "success",
    closed: "danger",
    unknown: "danger",
    error: "warning",
    stopped: "warning",
};

class StateBadgeField extends BadgeField {
    static colours = {};

    get badgeClass() {
        const { record, name } = this.props;
        return `text-bg-${this.constructor.colours[record.data[name]] || "300"}`;
    }
}

class RequestStateField extends StateBadgeField {
    static colours = REQUEST_COLOURS;
}

class RightsStateField extends StateBadgeField {
    static colours = RIGHTS_COLOURS;
}

registry.category("fields").add("optoamc_request_state", { ...badgeField, component: RequestStateField });
registry.category("fields").add("optoamc_rights_state", { ...badgeField, component: RightsStateField });
