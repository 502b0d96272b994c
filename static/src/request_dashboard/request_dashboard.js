import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";

/** What a manager looks at in the morning, above the requests: a click filters them. */
export class RequestDashboard extends Component {
    static template = "l10n_fr_optoamc.RequestDashboard";
    static props = { list: { type: Object, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.data = useState({});
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        const domains = {};
        for (const { filter } of this.cards) {
            domains[filter] = new Domain(this.searchItem(filter).domain).toList({});
        }
        Object.assign(this.data, await this.orm.call("optoamc.request", "get_dashboard", [domains]));
    }

    searchItem(name) {
        return this.env.searchModel.getSearchItems((item) => item.name === name)[0];
    }

    /** Counts by filter of the search view, in the order of the work. */
    get cards() {
        return [
            { filter: "to_do", label: _t("To do"), colour: "danger" },
            { filter: "waiting", label: _t("Waiting"), colour: "info" },
            { filter: "to_transfer", label: _t("To transfer"), colour: "info" },
            { filter: "to_invoice", label: _t("To invoice"), colour: "success" },
            { filter: "expiring", label: _t("Expiring"), colour: "warning" },
        ];
    }

    get figures() {
        const { decided, acceptance_rate, answer_hours, agreed_total, currency_id } = this.data;
        return [
            {
                name: "granted",
                label: _t("Granted, 30 days"),
                value: formatMonetary(agreed_total, { currencyId: currency_id }),
            },
            {
                name: "acceptance",
                label: _t("Accepted"),
                value: decided ? `${formatFloat(acceptance_rate, { digits: [3, 0] })} %` : "–",
            },
            {
                name: "answer",
                label: _t("Answer time"),
                value: decided ? this.formatDuration(answer_hours) : "–",
            },
        ];
    }

    formatDuration(hours) {
        if (hours < 1 / 60) {
            return _t("%s s", Math.round(hours * 3600));
        }
        return hours < 1
            ? _t("%s min", Math.round(hours * 60))
            : _t("%s h", formatFloat(hours, { digits: [16, 1] }));
    }

    filter(name) {
        this.env.searchModel.query = [];
        this.env.searchModel.toggleSearchItem(this.searchItem(name).id);
    }
}
