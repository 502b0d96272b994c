import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { reloadUnlessTyping } from "../reload";

const { DateTime } = luxon;

const WAITING = ["queued", "sent"];

/** Of a request alone: a check of the rights that ends as "unknown" has ended. */
const FOLLOWED = ["unknown", "pending", "cancelling"];

/** A proxy or a sleeping tablet may close the bus: the screen also looks by itself, this often. */
const RELOAD_SECONDS = 5;

/**
 * Keeps an open screen in step with its request: reads the record again when the server says
 * that it changed, and counts down the time that its platform has to answer meanwhile.
 */
export class RequestStatus extends Component {
    static template = "l10n_fr_optoamc.RequestStatus";
    static props = {
        ...standardWidgetProps,
        requestField: { type: String, optional: true },
        stateField: { type: String, optional: true },
        secondsField: { type: String, optional: true },
    };
    static defaultProps = { stateField: "state", secondsField: "answer_seconds" };

    setup() {
        this.bus = useService("bus_service");
        this.state = useState({ left: 0 });
        this.timer = null;
        this.since = null;
        this.ticks = 0;
        useEffect(
            (requestId) => {
                if (!requestId) {
                    return;
                }
                const channel = `optoamc.request_${requestId}`;
                const onChange = ({ id }) => {
                    if (id === requestId) {
                        this.reload();
                    }
                };
                this.bus.addChannel(channel);
                this.bus.subscribe("optoamc.request/changed", onChange);
                return () => {
                    this.bus.unsubscribe("optoamc.request/changed", onChange);
                    this.bus.deleteChannel(channel);
                };
            },
            () => [this.requestId]
        );
        useEffect(
            (isMoving) => {
                clearInterval(this.timer);
                this.since = DateTime.now();
                if (isMoving) {
                    this.tick();
                    this.timer = setInterval(() => this.tick(), 1000);
                }
            },
            () => [this.isMoving, this.requestId]
        );
        onWillUnmount(() => clearInterval(this.timer));
    }

    /** The request shown: the form's own record, or the one that a field of it names. */
    get requestId() {
        const { record, requestField } = this.props;
        if (requestField) {
            return record.data[requestField]?.id;
        }
        return record.resModel === "optoamc.request" && record.resId;
    }

    get currentState() {
        return this.props.record.data[this.props.stateField];
    }

    get isMoving() {
        return this.isWaiting || (Boolean(this.requestId) && FOLLOWED.includes(this.currentState));
    }

    get isWaiting() {
        return WAITING.includes(this.currentState);
    }

    /** Frozen and not yet gone: no answer is expected of what still waits to be sent. */
    get isQueuedRequest() {
        return Boolean(this.requestId) && this.currentState === "queued";
    }

    get text() {
        if (this.isQueuedRequest) {
            return _t("It leaves by itself: nothing to do.");
        }
        return this.state.left > 0
            ? _t("Answer expected within %s s", this.state.left)
            : _t("The answer is late: the insurer will be asked again automatically.");
    }

    reload() {
        return reloadUnlessTyping(this.props.record);
    }

    tick() {
        const { record, secondsField } = this.props;
        const sent = (this.requestId && record.data.sent_at) || this.since;
        const elapsed = Math.floor(DateTime.now().diff(sent, "seconds").seconds);
        this.state.left = Math.max(0, (record.data[secondsField] || 0) - elapsed);
        this.ticks = (this.ticks + 1) % RELOAD_SECONDS;
        if (!this.ticks && !document.hidden) {
            this.reload();
        }
    }
}

registry.category("view_widgets").add("optoamc_request_status", {
    component: RequestStatus,
    extractProps: ({ attrs }) => ({
        requestField: attrs.request_field,
        stateField: attrs.state_field,
        secondsField: attrs.seconds_field,
    }),
});
