import { useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { dateField, DateTimeField } from "@web/views/fields/datetime/datetime_field";

/**
 * A date whose value the server is asked about: Odoo's field shows the old one again when it is left before the
 * answer has come, and keeps showing it.
 */
export class StableDateField extends DateTimeField {
    setup() {
        super.setup();
        useEffect(
            () => {
                if (!this.picker.activeInput) {
                    this.state.value = this.getRecordValue();
                }
            },
            // An empty date is `false`.
            () => [(this.getRecordValue() || null)?.toISODate()]
        );
    }
}

registry.category("fields").add("optoamc_stable_date", { ...dateField, component: StableDateField });
