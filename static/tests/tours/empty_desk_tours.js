/** The first dossiers of a shop, with the mouse: from a new patient to the insurer's payment. */

import { registry } from "@web/core/registry";

import {
    addContract,
    addLine,
    chooseHere,
    click,
    contractRow,
    inDialog,
    openPec,
    press,
    pressInDialog,
    see,
    seeState,
    select,
    type,
    typeDate,
    unhurried,
} from "./desk_steps";
import { counted, upload } from "./effort";

const { DateTime } = luxon;
const tours = registry.category("web_tour.tours");

const ago = (duration) => DateTime.now().minus(duration).toFormat("dd/MM/yyyy");

/** The new shop's catalogue has no class A: that is asked about, and sold without. */
const sellWithoutClassA = [press("action_confirm"), click(inDialog(".modal-footer .btn-primary"))];

const newPatient = counted("Un nouveau patient et ses deux contrats", { clicks: 12, keys: 80 }, [
    click(".o_list_button_add"),
    type("name", "Paul PETIT"),
    ...typeDate("birthdate", "12/05/1969"),
    type("nir", "169054958815733"),
    ...chooseHere("CPAM", "amo_id"),
    ...addContract("ADPR", "1012345678", 1),
    ...addContract("ARIAI", "42", 2),
    click(".o_form_button_save"),
    see(`.o_form_saved ${contractRow(2)} [name='rank']:contains('2')`),
]);

/** A button at the top of the form, also where it is under "More". */
const pressStat = (method) => [
    {
        content: `open "More" for ${method}`,
        trigger: `.o-form-buttonbox:has(button[name="${method}"]), .o-form-buttonbox .o_button_more`,
        run: ({ anchor }) => anchor.matches(".o_button_more") && anchor.click(),
    },
    press(method),
];

/** A prescriber whom the shop does not know yet. */
const newPrescriber = [
    type("prescriber_id", "Dr BESNAINOU"),
    click(".o-autocomplete--dropdown-item.o_m2o_dropdown_option_create_edit:contains('modifier') a"),
    click(inDialog(".o_notebook a[name='page_prescriber']")),
    type("rpps", "10000000017", inDialog("")),
    click(inDialog(".o_form_button_save")),
    see("body:not(:has(.modal))"),
];

const eye = (row, values) => [
    click(`.o_field_widget[name='eye_ids'] .o_data_row:nth-child(${row}) [name='sphere']`),
    ...Object.entries(values).map(([name, value]) => type(name, value, `.o_data_row:nth-child(${row})`)),
];

/** Both eyes alike. Starts on the patient. */
const newPrescription = (prescriber, day, values) => [
    ...pressStat("action_optoamc_view_prescriptions"),
    click(".o_list_button_add"),
    ...prescriber,
    ...typeDate("date", day),
    ...eye(1, values),
    ...eye(2, values),
    click(".o_form_button_save"),
    see(".o_form_saved"),
];

/** From the prescription on the screen. */
const newDossier = [
    press("action_new_dossier"),
    see(".o_field_widget[name='prescription_id'] input:value('BESNAINOU')"),
];

const dayList = counted("La liste du jour", { clicks: 1 }, [
    click(".o_menu_brand"),
    see(".o_list_view .o_facet_value"),
]);

/** Draw a line with the mouse. */
const draw = {
    content: "draw a signature",
    trigger: inDialog("canvas.o_web_sign_signature"),
    run: ({ anchor }) => {
        const { left, top } = anchor.getBoundingClientRect();
        const pointer = { bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, pointerType: "mouse" };
        const at = (type, buttons, place) => {
            const where = { clientX: left + 40 + place, clientY: top + 40 + place };
            anchor.dispatchEvent(new PointerEvent(type, { ...pointer, ...where, buttons }));
        };
        at("pointerdown", 1, 0);
        [20, 40, 60].forEach((place) => at("pointermove", 1, place));
        at("pointerup", 0, 80);
    },
};

/** Signed with a finger or a mouse, under a name that is there already. */
const signOnScreen = [
    pressInDialog("action_open_consent"),
    click(inDialog(".o_field_widget[name='signature'] .o_signature_empty")),
    draw,
    click(inDialog("footer .btn-primary:enabled:not([name])")),
    pressInDialog("action_record"),
    see(inDialog("button[name='action_request_coverage']:enabled")),
];

const closeScreen = [click(inDialog("button[special='cancel']")), see("body:not(:has(.modal))")];

/** The optician: a new patient, the prescription, the dossier, the agreement. Starts on the list of patients. */
tours.add("optoamc_empty_desk", {
    steps: () =>
        unhurried([
            see(".o_list_button_add"),
            ...newPatient,
            ...newPrescription(newPrescriber, ago({ days: 20 }), { sphere: "-1,25", addition: "2" }),
            ...dayList,
            ...counted("Un dossier de quatre lignes", { clicks: 7 }, [
                click(".o_list_button_add"),
                ...chooseHere("PETIT", "partner_id"),
                see(".o_field_widget[name='prescription_id'] input:value('BESNAINOU')"),
                ...addLine("Progressif du jour", 1),
                ...addLine("Progressif du jour", 2),
                ...addLine("Teinte du jour", 3),
                ...addLine("Monture du jour", 4),
                click(".o_form_button_save"),
                see(".o_form_saved .o_optoamc_summary td[name='total']:contains('734,00')"),
            ]),
            see("[name='fictitious']:visible"),
            // The archive of the tests has no grouping codes: an optician answers for them, once.
            press("action_optoamc_check_codes"),
            see("body:not(:has(button[name='action_optoamc_check_codes']:visible)) .o_form_view"),
            ...openPec(),
            ...signOnScreen,
            ...closeScreen,
            ...counted("Une demande accordée et transférée", { clicks: 3 }, [
                ...openPec(),
                pressInDialog("action_request_coverage"),
                seeState("granted"),
                pressInDialog("action_transfer"),
                // The second insurer may be asked for the rest.
                see(inDialog("button[name='action_next_insurer']")),
            ]),
            ...closeScreen,
            see(".o_optoamc_summary td[name='amc']:contains('300,00')"),
        ]),
});

const invoiceOf = (more) => [
    click(".o_statusbar_buttons button:not(.d-none)[id='create_invoice'], #create_invoice_percentage"),
    ...more,
    pressInDialog("create_invoices"),
    press("action_post"),
    see(".o_arrow_button_current[data-value='posted']"),
];

const pay = [
    press("action_register_payment"),
    pressInDialog("action_create_payments"),
    see("body:not(:has(.modal)) .o_form_view"),
];

/** The till: a deposit, the invoice, what is left of it. Starts on the dossier. */
tours.add("optoamc_empty_till", {
    steps: () =>
        unhurried([
            ...sellWithoutClassA,
            ...invoiceOf([
                click(inDialog(".o_field_widget[name='advance_payment_method'] input[data-value='fixed']")),
                type("fixed_amount", "100", inDialog("")),
            ]),
            ...pay,
            click(".o_back_button, .breadcrumb-item:last-of-type a"),
            ...invoiceOf([]),
            ...pay,
        ]),
});

/** The accountant reads what the insurer says that it has paid. */
tours.add("optoamc_empty_advice", {
    steps: () =>
        unhurried([
            click(".o_control_panel .btn-primary"),
            upload("file", "/optoamc-tour/advice.csv", "bordereau.csv"),
            ...chooseHere("ADPR", "partner_id", inDialog("")),
            pressInDialog("action_read"),
            pressInDialog("action_import"),
            see(".o_form_view .o_field_widget[name='line_ids'] .o_data_row"),
            press("action_validate"),
            click(".modal footer .btn-primary"),
            see(".o_arrow_button_current[data-value='posted']"),
        ]),
});

/** A child of the mother on the screen: her address, fund and contracts are proposed. */
const newChild = (name, birthdate) => [
    click(".o_form_button_create"),
    see(".o_last_breadcrumb_item:contains('Nouveau')"),
    type("name", name),
    ...typeDate("birthdate", birthdate),
    ...chooseHere("Claire", "insured_id"),
    see(`${contractRow(2)} [name='member_number']`),
    ...select("beneficiary_quality", "Enfant"),
    click(".o_form_button_save"),
    see(`.o_form_saved ${contractRow(2)}`),
];

/** A mother with two insurers and two children; glasses for the younger, asked of both insurers. */
tours.add("optoamc_empty_family", {
    steps: () =>
        unhurried([
            click(".o_list_button_add"),
            type("name", "Claire ROUX"),
            ...typeDate("birthdate", "17/03/1985"),
            type("nir", "285047511512395"),
            ...chooseHere("CPAM", "amo_id"),
            ...addContract("ADPR", "1012345688", 1),
            ...addContract("ARIAI", "77", 2),
            click(".o_form_button_save"),
            see(`.o_form_saved ${contractRow(2)}`),
            ...newChild("Zoé ROUX", "04/03/2015"),
            ...newChild("Hugo ROUX", "21/09/2018"),
            ...pressStat("action_optoamc_view_family"),
            see(".o_list_view .o_data_row:nth-child(3)"),
            click(".o_data_row:contains('Hugo') [name='complete_name'], .o_data_row:contains('Hugo') .o_data_cell:first"),
            see(".o_form_view .o_field_widget[name='insured_id']"),
            ...newPrescription(chooseHere("BESNAINOU", "prescriber_id"), ago({ days: 3 }), { sphere: "-1,25" }),
            ...newDossier,
            ...addLine("Unifocal du jour", 1),
            ...addLine("Unifocal du jour", 2),
            ...addLine("Monture du jour", 3),
            click(".o_form_button_save"),
            see(".o_form_saved .o_optoamc_summary td[name='total']:contains('329,00')"),
            ...openPec(),
            see(inDialog(":not(:has(button[name='action_record_consent']:visible)) button[name='action_open_consent']")),
            ...signOnScreen,
            pressInDialog("action_request_coverage"),
            seeState("granted"),
            pressInDialog("action_transfer"),
            pressInDialog("action_next_insurer"),
            ...signOnScreen,
            pressInDialog("action_request_coverage"),
            // Its letter is rendered.
            seeState("pending"),
            pressInDialog("action_type_answer"),
            type("pec_number", "MAIL-12", inDialog("")),
            { trigger: inDialog(".o_field_widget[name='total'] input"), run: "edit 20 && press Tab" },
            pressInDialog("action_spread_total"),
            pressInDialog("action_confirm"),
            seeState("granted"),
            pressInDialog("action_transfer"),
            see("body:not(:has(.modal)) .o_form_view"),
            ...sellWithoutClassA,
            ...invoiceOf([]),
        ]),
});

/** What a field shows, whatever it is made of. */
const seeValue = (field, text) =>
    see(["input", "textarea"].map((tag) => `.o_field_widget[name="${field}"] ${tag}:value("${text}")`).join(", "));

/** Mistakes: each is told where it is made, nothing typed is lost, and the way out is there. */
tours.add("optoamc_empty_mistakes", {
    steps: () =>
        unhurried([
            // A slip of the keyboard, then another patient's number.
            click(".o_list_button_add"),
            type("name", "Jean BLANC"),
            ...typeDate("birthdate", "02/08/1975"),
            type("nir", "175086938412367"),
            click(".o_form_button_save"),
            click(".modal footer .btn-primary"),
            seeValue("name", "Jean BLANC"),
            type("nir", "169054958815733 && press Tab"),
            see(".o_form_view [name='health_warning']:contains('Paul PETIT')"),
            type("nir", "175086938412366 && press Tab"),
            see(".o_form_view:not(:has([name='health_warning']:visible))"),
            ...chooseHere("CPAM", "amo_id"),
            click(".o_form_button_save"),
            see(".o_form_saved"),
            // A prescription of ten years ago.
            ...newPrescription(chooseHere("BESNAINOU", "prescriber_id"), ago({ years: 10 }), { sphere: "-1,25" }),
            see(".o_form_view .alert-warning:visible"),
            ...newDossier,
            see("[name='prescription_warning']:visible"),
            ...addLine("Unifocal du jour", 1),
            ...addLine("Unifocal du jour", 2),
            ...addLine("Monture du jour", 3),
            click(".o_form_button_save"),
            see(".o_form_saved .o_optoamc_summary td[name='total']:contains('329,00')"),
            // Nobody to ask: that is said before a signature is asked.
            ...openPec(),
            see(inDialog("[name='to_complete'] .o_optoamc_missing [data-field='optoamc_contract_ids']")),
            see(".modal:not(:has(footer .btn-primary:visible))"),
            ...closeScreen,
            // One lens too many, then the whole dossier.
            click(".o_data_row:nth-child(2) .o_list_record_remove"),
            click(".o_form_button_save"),
            see(".o_form_saved .o_optoamc_summary td[name='total']:contains('239,00')"),
            press("action_cancel"),
            click(".modal footer .btn-primary"),
            see(".o_arrow_button_current[data-value='cancel']"),
        ]),
});
