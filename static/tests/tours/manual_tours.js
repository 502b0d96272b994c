import { click, see, shoot } from "./desk_steps";
import { registry } from "@web/core/registry";

const MODULE = "l10n_fr_optoamc";

/** Go to a list by its menu, and wait for a row of it. */
const go = (section, menu, row) => [
    click(`.o_menu_sections [data-menu-xmlid='${MODULE}.${section}']`),
    click(`.dropdown-item[data-menu-xmlid='${MODULE}.${menu}']`),
    see(row),
];

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
    ],
});
