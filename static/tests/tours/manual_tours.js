import { click, go, inDialog, openPec, pressInDialog, see, shoot } from "./desk_steps";
import { registry } from "@web/core/registry";

const closeDialog = [click(inDialog(".btn-close")), see("body:not(:has(.modal))")];

/** A row of a list, not of a form's; the list before must have none such. */
const row = (text) => `.o_list_view .o_data_row:contains("${text}")`;

const open = (text) => click(`${row(text)} .o_data_cell:first`);

/** What the desk tours do not show of the optician's screens. */
registry.category("web_tour.tours").add("optoamc_manual_optician", {
    steps: () => [
        ...go("menu_patients", "menu_patient_list", row("MONTFORT")),
        open("MONTFORT"),
        see(".o_field_widget[name='nir']:visible"),
        shoot("patient"),
        ...go("menu_patients", "menu_optoamc_prescription", row("MONTFORT")),
        open("MONTFORT"),
        see(".o_form_view .o_field_widget[name='prescriber_id']"),
        shoot("ordonnance"),
        ...go("menu_patients", "menu_optoamc_contract", row("MONTFORT")),
        shoot("contrats"),
        ...go("menu_requests", "menu_optoamc_request_analysis", ".o_pivot table:contains('ADPR')"),
        shoot("comparaison"),
        ...go("menu_insurers", "menu_optoamc_answer_time", row("ADPR")),
        shoot("delais_de_reponse"),
    ],
});

/** The form that the patient reads and signs. Starts on a dossier. */
registry.category("web_tour.tours").add("optoamc_manual_consent", {
    steps: () => [
        ...openPec(),
        pressInDialog("action_open_consent"),
        see(inDialog(".o_field_widget[name='signature']")),
        shoot("autorisation"),
    ],
});

/** What the privacy officer sees. */
registry.category("web_tour.tours").add("optoamc_manual_privacy", {
    steps: () => [
        see(row("MONTFORT")),
        shoot("journal_des_acces"),
        ...go("menu_privacy", "menu_optoamc_privacy_request", inDialog(".o_field_widget[name='right']")),
        shoot("droits"),
        ...closeDialog,
        ...go("menu_privacy", "menu_optoamc_privacy_consent", row("MONTFORT")),
        shoot("consentements"),
        ...go("menu_privacy", "menu_optoamc_exchange", row("OPAMCREQ")),
        shoot("messages"),
        ...go("menu_privacy", "menu_optoamc_privacy_retention", ".o_data_row:nth-child(2)"),
        shoot("conservation"),
    ],
});

/** The block in Odoo's own settings. */
registry.category("web_tour.tours").add("optoamc_manual_settings", {
    steps: () => [
        click(".settings_tab [data-key='account']"),
        {
            content: "scroll to the block",
            trigger: ".o_setting_box .o_field_widget[name='finess']",
            run: ({ anchor }) => anchor.closest(".o_settings_container").scrollIntoView({ block: "center" }),
        },
        shoot("reglages"),
    ],
});

/** The manager's screens, without a technical right. */
registry.category("web_tour.tours").add("optoamc_manual_manager", {
    steps: () => [
        ...go("menu_configuration", "menu_optoamc_setup", "[name='step_shop']"),
        shoot("premiers_pas"),
        ...go("menu_insurers", "menu_insurer_list", row("ADPR")),
        shoot("organismes"),
        open("ADPR"),
        see(".o_field_widget[name='amc_number']"),
        shoot("organisme"),
        ...go("menu_insurers", "menu_optoamc_import_directory", row("À vérifier")),
        open("À vérifier"),
        see(".o_field_widget[name='line_ids'] .o_data_row"),
        shoot("import"),
        ...go("menu_configuration", "menu_optoamc_platform", row("tests")),
        open("tests"),
        see("button[name='action_test_connection']"),
        shoot("plateforme"),
        ...go("menu_configuration", "menu_optoamc_field", ".o_data_row:nth-child(14)"),
        shoot("champs_facultatifs"),
        ...go("menu_configuration", "menu_optoamc_reason", row("ADH01")),
        shoot("refus_que_faire"),
        ...go("menu_configuration", "menu_optoamc_lpp", row("2201814")),
        shoot("codes_lpp"),
        ...go("menu_configuration", "menu_optoamc_amo_rate", ".o_data_row"),
        shoot("taux_amo"),
        ...go("menu_configuration", "menu_optoamc_consent_text", ".o_data_row"),
        shoot("formulaires"),
        ...go("menu_insurers", "menu_amo_funds", row("CPAM des tests")),
        shoot("caisses"),
        ...go("menu_requests", "menu_optoamc_statistics", ".o_pivot table:contains('ADPR')"),
        shoot("statistiques"),
    ],
});

/** The accountant's screens, in Odoo's own accounting. */
registry.category("web_tour.tours").add("optoamc_manual_accountant", {
    steps: () => [
        click(".o_group_header:contains('ADPR des parts')"),
        see(row("ADPR des parts")),
        shoot("parts"),
        open("ADPR des parts"),
        see(".o_form_view .o_field_widget[name='amount_residual']"),
        shoot("part"),
        click(".o_field_widget[name='move_id'] a"),
        click(".o_notebook a[name='optoamc']"),
        see(".o_field_widget[name='optoamc_share_ids'] .o_data_row"),
        shoot("facture"),
        ...go("account.menu_finance_receivables", "menu_account_optoamc_remittance", row("retour.txt")),
        click(".o_control_panel .btn-primary"),
        see(inDialog(".o_field_widget[name='file']")),
        shoot("importer_un_bordereau"),
        ...closeDialog,
        open("retour.txt"),
        see(".o_field_widget[name='line_ids'] .o_data_row:nth-child(3)"),
        shoot("bordereau"),
        ...go("account.menu_finance_receivables", "menu_account_optoamc_open_credit", ".o_list_view"),
        ...go(
            "account.menu_finance_reports",
            "menu_account_optoamc_closing",
            ".o_form_view .o_field_widget[name='share_amount']"
        ),
        ...["shares", "accounts", "explanations", "to_invoice", "refunds", "advices", "losses"].flatMap((list) => [
            click(`button[name='action_open_${list}']`),
            see(".o_list_view"),
            click(".o_back_button"),
            see(".o_form_view .o_field_widget[name='share_amount']"),
        ]),
        ...go("account.menu_finance_reports", "menu_account_optoamc_days_to_pay", ".o_pivot_view, .o_graph_view"),
        ...go("account.menu_finance_reports", "menu_account_optoamc_share_age", ".o_pivot table"),
        shoot("parts_par_age"),
    ],
});
