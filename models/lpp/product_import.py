from odoo import api, models

from ...lib.sheets.writer import write_xlsx

#: Where the template is downloaded, in the language of whom it is for.
TEMPLATE_URL = "/l10n_fr_optoamc/import_template/articles.xlsx"

#: What French suppliers call the columns of their lists, without accents and capitals, by field. A price without VAT
#: is nowhere: it would be quoted as one with it.
TITLES = {
    "name": ("designation", "libelle", "article", "nom de l article"),
    "default_code": ("reference", "ref", "reference fournisseur", "code article", "code produit"),
    "barcode": ("ean", "ean13", "ean 13", "code ean", "gencod", "gtin", "code barres"),
    "list_price": (
        *("pv ttc", "pvttc", "pv conseille ttc", "pvc ttc", "ppc ttc", "prix ttc", "tarif ttc", "prix public ttc"),
        *("prix de vente ttc", "prix conseille ttc", "prix de vente conseille ttc", "prix public conseille ttc"),
    ),
    "standard_price": ("pa ht", "prix d achat", "prix d achat ht", "prix net ht"),
    "optical_category": ("famille", "type d article"),
    "product_class": ("classe", "100 sante", "panier"),
    "lpp_id": ("lpp", "lppr", "code lppr"),
    "optical_maker_id": ("fabricant", "verrier", "lunetier"),
    "optical_material": ("matiere", "materiau"),
    "optical_origin": ("origine", "pays de fabrication"),
    "frame_brand": ("marque", "griffe"),
    "frame_model": ("modele", "gamme"),
    "frame_colour": ("couleur", "coloris"),
    "frame_size": ("taille", "calibre", "calibre pont"),
    "lens_type": ("foyer", "type de foyer"),
    "lens_surface": ("geometrie", "surface"),
    "lens_index": ("indice",),
    "lens_diameter": ("diametre", "diam"),
    "lens_is_anti_reflective": ("antireflet", "anti reflet"),
    "lens_is_hardened": ("durci", "anti rayures"),
    "lens_is_anti_soiling": ("antisalissure", "anti salissure"),
    "lens_is_photochromic": ("photochromique", "photochrome"),
    "lens_is_tinted": ("teinte",),
    "contact_radius": ("rayon", "bc"),
}
COLUMNS = {title: name for name, titles in TITLES.items() for title in titles}

_MADE = ("optical_category", "product_class", "lpp_id", "optical_maker_id", "frame_brand", "frame_model")
_LENS = ("lens_type", "lens_index", "lens_diameter", "lens_is_anti_reflective", "lens_is_hardened")
#: The columns of the template, in their order.
TEMPLATE_FIELDS = (
    *("name", "default_code", "list_price", *_MADE, "optical_material", "optical_origin"),
    *(*_LENS, "lens_is_photochromic", "lens_is_tinted", "frame_colour", "frame_size"),
)

_LENS_EXAMPLE = {"optical_category": "lens", "optical_maker_id": "Exemple Verrier", "frame_brand": "Exemple"} | {
    "optical_material": "Organique",
    "optical_origin": "eu",
    "lens_is_anti_reflective": True,
    "lens_is_hardened": True,
    "lens_is_photochromic": False,
    "lens_is_tinted": False,
}
#: An article of each class and category, as they are sold in France.
EXAMPLES = (
    _LENS_EXAMPLE
    | {"name": "Verre unifocal classe A 1,5", "default_code": "EXA15", "list_price": "32,50", "product_class": "A"}
    | {"frame_model": "Essentiel", "lens_type": "single", "lens_index": "1,5", "lens_diameter": "65"},
    _LENS_EXAMPLE
    | {"name": "Verre progressif classe B 1,6", "default_code": "EXB16", "list_price": "265,00", "product_class": "B"}
    | {"frame_model": "Panorama", "lens_type": "progressive", "lens_index": "1,6", "lens_diameter": "70"},
    {"name": "Monture adulte classe A 50*18", "default_code": "EXM50", "list_price": "30,00", "product_class": "A"}
    | {"optical_category": "frame", "lpp_id": "2222124", "optical_maker_id": "Exemple Lunetier"}
    | {"frame_brand": "Exemple", "frame_model": "M50", "optical_material": "Acétate", "optical_origin": "outside"}
    | {"frame_colour": "Noir", "frame_size": "50*18"},
)


class ProductTemplate(models.Model):
    """A supplier's list: its titles, and a template whose words are the reader's."""

    _inherit = "product.template"
    _optoamc_import_columns = COLUMNS

    @api.model
    def get_import_templates(self):
        """A supplier's list: what an optical article needs, with an example of each class."""
        return [
            {"label": self.env._("Import template for optical articles"), "template": TEMPLATE_URL},
            *super().get_import_templates(),
        ]

    @api.model
    def _optoamc_import_template(self):
        """Write the template: titles and choices as the reader's screens say them, and as Odoo's import reads them.

        :return: a workbook
        """
        header = [self._fields[name]._description_string(self.env) for name in TEMPLATE_FIELDS]
        rows = [
            [self._optoamc_import_text(name, example.get(name)) for name in TEMPLATE_FIELDS] for example in EXAMPLES
        ]
        return write_xlsx(header, rows, self.env._("Articles"))

    def _optoamc_import_text(self, name, value):
        field = self._fields[name]
        if field.type == "selection" and value:
            return dict(field._description_selection(self.env))[value]
        if field.type == "boolean" and value is not None:
            return self.env._("yes") if value else self.env._("no")
        return value or ""


class ProductProduct(models.Model):
    """The same list, imported as variants."""

    _inherit = "product.product"
    _optoamc_import_columns = COLUMNS
