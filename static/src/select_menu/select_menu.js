import { onPatched, onWillUpdateProps } from "@odoo/owl";
import { SelectMenu } from "@web/core/select_menu/select_menu";
import { patch } from "@web/core/utils/patch";

/**
 * What is chosen stays chosen. The input is empty from the choice until the server's answer is drawn: left in the last
 * of these moments, Odoo takes it for emptied by the user and deletes the choice, e.g. a lens's class.
 */
patch(SelectMenu.prototype, {
    setup() {
        super.setup();
        this.isBehind = false;
        onWillUpdateProps((nextProps) => {
            this.isBehind ||= nextProps.value !== this.props.value;
        });
        onPatched(() => {
            this.isBehind = false;
        });
    },

    onInputBlur(ev) {
        if (this.isBehind) {
            this.state.isFocused = false;
        } else {
            super.onInputBlur(ev);
        }
    },
});
