import { registry } from "@web/core/registry";
import { redirect } from "@web/core/utils/urls";

import { click, press, pressInDialog, see } from "./desk_steps";

/** The optician: from the prescription to a quote of two offers. */
registry.category("web_tour.tours").add("optoamc_quote_desk", {
    steps: () => [
        see("[name='quote_problems']:visible"),
        press("action_optoamc_propose_class_a"),
        see(".modal .o_field_widget[name='line_ids'] .o_data_row:nth-child(3) [name='product_id']:contains('Monture A')"),
        pressInDialog("action_make_offer"),
        press("action_optoamc_check_codes"),
        see(".o_form_view:not(:has(button[name='action_optoamc_check_codes']:visible))"),
        see("button[name='action_optoamc_print_quote']:visible"),
    ],
});

/** The patient, on the page that the e-mail leads to: reads both offers, chooses that of class A, signs. */
registry.category("web_tour.tours").add("optoamc_quote_portal", {
    steps: () => [
        see("body[is-ready=true]"),
        see(".o_optoamc_legal_quote [name='part_1']:contains('100 % Santé')"),
        see(".o_optoamc_legal_quote [name='part_2']"),
        {
            content: "nothing is wider than the screen",
            trigger: ".o_optoamc_offer",
            run: () => {
                const wide = [...document.querySelectorAll(".o_optoamc_legal_quote, .o_optoamc_legal_quote td")].filter(
                    (element) => element.getBoundingClientRect().right > window.innerWidth + 1
                );
                if (wide.length) {
                    throw new Error(`wider than the screen: ${wide[0].outerHTML}`);
                }
            },
        },
        {
            content: "choose the 100 % Santé offer",
            // Nothing is chosen for the patient, and nothing can be signed before that.
            trigger:
                "body:not(:has(.o_optoamc_choice.active, [data-bs-target='#modalaccept'])) " +
                ".o_optoamc_choice:first-child[data-offer='class_a']",
            run: "click",
            expectUnloadPage: true,
        },
        see("body[is-ready=true]"),
        see(".o_optoamc_choice.active[data-offer='class_a']"),
        click("[name='sale_order_actions'] a.btn-primary[data-bs-target='#modalaccept']"),
        see(".modal [name='optoamc_signed_offer']:contains('100 % Santé')"),
        see(".modal .o_web_sign_name_and_signature input:value(Fabienne MONTFORT)"),
        { content: "the signature is drawn", trigger: ".modal canvas.o_web_sign_signature", run: "canvasNotEmpty" },
        {
            content: "sign",
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        see("[name='optoamc_chosen']:contains('100 % Santé')"),
        {
            content: "leave",
            trigger: "#quote_content",
            run: () => redirect("/web/login"),
            expectUnloadPage: true,
        },
        see("form.oe_login_form, body"),
    ],
});
