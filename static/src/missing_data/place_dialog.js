import { onMounted } from "@odoo/owl";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Shows a field of a form, on whichever of its pages it is, and puts the cursor into it. */
async function showField(form, name) {
    const find = () => form.querySelector(`.o_field_widget[name="${name}"]`);
    for (const page of form.querySelectorAll(".o_notebook_headers .nav-link:not(.active)")) {
        if (find()) {
            break;
        }
        page.click();
        await nextFrame();
        await nextFrame();
    }
    const field = find();
    field?.scrollIntoView({ block: "center" });
    field?.querySelector("input, textarea, select, button, a, [tabindex]")?.focus();
}

/** The form of a record, opened for one of its fields. */
export class PlaceDialog extends FormViewDialog {
    static props = { ...FormViewDialog.props, field: { type: String, optional: true } };

    setup() {
        super.setup();
        onMounted(() => this.props.field && showField(this.modalRef.el, this.props.field));
    }
}
