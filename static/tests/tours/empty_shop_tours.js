/** A shop before its first patient: what it is paid by, what it sells. */

import { registry } from "@web/core/registry";

import { chooseHere, click, go, press, see, select, type, unhurried } from "./desk_steps";
import { upload } from "./effort";

const tours = registry.category("web_tour.tours");

const article = (name, price, more) => [
    click(".o_list_button_add, .o_form_button_create"),
    see(".o_last_breadcrumb_item:contains('Nouveau')"),
    click(".o_notebook a[name='general_information']"),
    type("name", name),
    type("list_price", price),
    click(".o_notebook a[name='optics']"),
    ...more,
    click(".o_form_button_save"),
    see(".o_form_saved"),
];

/** A payer that no list brings. */
const company = (name, more) => [
    click(".o_list_button_add"),
    type("name", name),
    ...more,
    click(".o_form_button_save"),
    see(".o_form_saved"),
];

/** The manager, without a technical right: the LPP table, a fund, an insurer asked by mail, what the shop sells. */
tours.add("optoamc_empty_catalogue", {
    steps: () =>
        unhurried([
            ...go("menu_configuration", "menu_optoamc_setup", "[name='step_shop']"),
            press("action_import_lpp"),
            upload("file", "/optoamc-tour/lpp.zip", "LPP999.zip"),
            press("action_read"),
            press("action_apply"),
            see(".o_statusbar_status .o_arrow_button_current[data-value='done']"),
            ...go("menu_insurers", "menu_amo_funds", ".o_list_view, .o_view_nocontent"),
            ...company("CPAM de Paris", [
                type("amo_regime", "01"),
                type("amo_fund", "751"),
                type("amo_centre", "0000"),
            ]),
            ...go("menu_insurers", "menu_insurer_list", ".o_list_view"),
            ...company("ARIAI", [type("amc_number", "90000002"), type("amc_platform_number", "90000002")]),
            click("[data-menu-xmlid='l10n_fr_optoamc.menu_products']"),
            see(".o_last_breadcrumb_item:contains('Produits')"),
            ...article("Progressif du jour", "280", [
                ...select("optical_category", "VER"),
                ...select("lens_type", "Progressif"),
                ...select("product_class", "Classe B"),
                type("lens_index", "1,6"),
                type("lens_diameter", "70"),
            ]),
            ...article("Unifocal du jour", "90", [
                ...select("optical_category", "VER"),
                ...select("lens_type", "Unifocal"),
                ...select("product_class", "Classe B"),
                type("lens_index", "1,6"),
                type("lens_diameter", "65"),
            ]),
            ...article("Monture du jour", "149", [
                ...select("optical_category", "MON"),
                ...select("product_class", "Classe B"),
                type("frame_brand", "Rivoli"),
                type("frame_model", "Alto"),
                type("frame_colour", "Noir"),
                type("frame_size", "52*18"),
            ]),
            ...article("Teinte du jour", "25", [
                ...select("optical_category", "SUP"),
                ...chooseHere("2267641", "lpp_id"),
            ]),
        ]),
});
