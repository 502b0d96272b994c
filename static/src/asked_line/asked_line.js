import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { SaleOrderLineListRenderer } from "@sale/js/sale_order_line_field/sale_order_line_field";

/** A line that an insurer was asked about stays on the screen: the server would refuse to save the order without it. */
patch(SaleOrderLineListRenderer.prototype, {
    async onDeleteRecord(record) {
        if (record.data.optoamc_is_asked) {
            const words = _t(
                "An insurer was asked about this line: put its quantity to 0 instead, so that what was asked can still be read."
            );
            this.notificationService.add(words, { title: _t("This line stays"), type: "warning" });
            return;
        }
        await super.onDeleteRecord(record);
    },
});
