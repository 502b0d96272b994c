from odoo import api, fields, models

#: What a lens may have been treated with.
TREATMENTS = (
    "lens_is_anti_reflective",
    "lens_is_hardened",
    "lens_is_anti_soiling",
    "lens_is_photochromic",
    "lens_is_tinted",
)

#: What the legal quote names of an article of class A.
QUOTE_FIELDS = ("optical_maker_id", "frame_brand", "frame_model", "default_code", "optical_material")


class ProductTemplate(models.Model):
    """What the legal quote says of an article; its commercial reference is the article's own."""

    _inherit = "product.template"

    optical_maker_id = fields.Many2one("optoamc.maker", "Maker", index="btree_not_null", ondelete="restrict")
    optical_material = fields.Char("Material", help="Of the lens (organic, mineral) or of the frame (acetate, metal).")
    optical_origin = fields.Selection(
        [("eu", "European Union"), ("outside", "Outside the European Union")],
        "Place of manufacture",
        help="Empty: not known.",
    )
    optical_quote_gaps = fields.Char(
        "To complete",
        compute="_compute_optical_quote_gaps",
        help="What the legal quote of class A says.",
    )
    optical_characteristics = fields.Char(
        "Essential characteristics", compute="_compute_optical_characteristics", help="As the quote prints them."
    )

    @api.depends(
        *("optical_category", "lens_type", "lens_index", "lens_diameter", "lens_surface", *TREATMENTS),
        *("frame_colour", "frame_size", "contact_radius", "contact_replacement_days", "contact_per_box"),
    )
    @api.depends_context("lang")
    def _compute_optical_characteristics(self):
        for product in self:
            words = getattr(product, f"_optoamc_{product.optical_category or 'no'}_characteristics", list)()
            product.optical_characteristics = ", ".join(filter(None, words)) or False

    def _optoamc_lens_characteristics(self):
        labels = dict(self._fields["lens_type"]._description_selection(self.env))
        yield labels.get(self.lens_type, "").lower()
        if self.lens_index:
            yield self.env._("index %s", self._optoamc_figure(self.lens_index))
        if self.lens_diameter:
            yield self.env._("Ø %s mm", self._optoamc_figure(self.lens_diameter))
        yield from (self._fields[name]._description_string(self.env).lower() for name in TREATMENTS if self[name])

    def _optoamc_frame_characteristics(self):
        if self.frame_colour:
            yield self.env._("colour %s", self.frame_colour)
        if self.frame_size:
            yield self.env._("size %s", self.frame_size)

    def _optoamc_contact_characteristics(self):
        if self.contact_replacement_days:
            yield self.env._("replaced every %s days", self.contact_replacement_days)
        if self.contact_per_box:
            yield self.env._("%s a box", self.contact_per_box)
        if self.contact_radius:
            yield self.env._("radius %s mm", self._optoamc_figure(self.contact_radius))

    def _optoamc_figure(self, value):
        """``1,6``: a figure without needless zeros, in the reader's notation."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return f"{value:g}".replace(".", lang.decimal_point or ".")

    def _optoamc_unlike_indices(self):
        """The refractive indices of a pair of lenses, from the lower; empty: they are alike, or not both known."""
        indices = [lens.lens_index for lens in self if lens.optical_category == "lens"]
        return sorted(set(indices)) if all(indices) and len(set(indices)) == 2 else []

    @api.depends(
        *("product_class", "optical_category", "optical_maker_id", "frame_brand", "frame_model", "default_code"),
        *("optical_material", "optical_maker_id.address", "optical_maker_id.country_id"),
        "optical_maker_id.representative",
    )
    @api.depends_context("lang")
    def _compute_optical_quote_gaps(self):
        for product in self:
            missing = product._optoamc_missing_for_quote() if product.product_class == "A" else []
            product.optical_quote_gaps = ", ".join(missing) or False

    def _optoamc_missing_for_quote(self):
        """What the legal quote says of an article, must say of one of class A, and does not know: in words."""
        self.ensure_one()
        if self.optical_category not in ("lens", "frame", "contact"):
            return []
        missing = self._optoamc_quote_fields_missing()
        labels = {name: self._fields[name]._description_string(self.env).lower() for name in missing}
        if "default_code" in missing:
            labels["default_code"] = self.env._("commercial reference")  # as the form calls it where it asks for it
        return [*labels.values(), *(self.optical_maker_id._missing_for_quote() if self.optical_maker_id else [])]

    def _optoamc_quote_fields_missing(self):
        """The fields of the article that the legal quote must have and that are empty, by name."""
        self.ensure_one()
        return [name for name in QUOTE_FIELDS if not self[name]]
