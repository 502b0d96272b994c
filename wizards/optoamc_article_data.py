from odoo import api, fields, models
from odoo.exceptions import UserError

#: What the norm asks about an article, or the legal quote must name, each a field of the product.
ARTICLE_FIELDS = (
    *("lens_type", "lens_index", "lens_diameter", "lens_surface"),
    *("frame_brand", "frame_model", "frame_colour", "frame_size"),
    *("contact_replacement_days", "contact_per_box", "contact_radius"),
    *("optical_maker_id", "optical_material", "default_code"),
)


class OptoamcArticleData(models.TransientModel):
    """What the catalogue does not say of an article, typed at the desk by an optician.

    Opticians have no rights on products. Here they fill in what is empty of what insurers ask about and of what the
    legal quote must name, and nothing else; what the catalogue says already is a manager's to correct.
    """

    _name = "optoamc.article.data"
    _description = "Missing data of an article"
    _inherit = ["optoamc.own.screen"]

    product_id = fields.Many2one(
        "product.product",
        "Article",
        required=True,
        ondelete="cascade",
        domain="[('optical_category', '!=', False)]",
    )
    optical_category = fields.Selection(related="product_id.optical_category", related_sudo=False)
    lens_type = fields.Selection(related="product_id.lens_type", related_sudo=False, readonly=False)
    lens_index = fields.Float(related="product_id.lens_index", related_sudo=False, readonly=False)
    lens_diameter = fields.Float(related="product_id.lens_diameter", related_sudo=False, readonly=False)
    lens_surface = fields.Selection(related="product_id.lens_surface", related_sudo=False, readonly=False)
    frame_brand = fields.Char(related="product_id.frame_brand", related_sudo=False, readonly=False)
    frame_model = fields.Char(related="product_id.frame_model", related_sudo=False, readonly=False)
    frame_colour = fields.Char(related="product_id.frame_colour", related_sudo=False, readonly=False)
    frame_size = fields.Char(related="product_id.frame_size", related_sudo=False, readonly=False)
    contact_replacement_days = fields.Integer(
        related="product_id.contact_replacement_days", related_sudo=False, readonly=False
    )
    contact_per_box = fields.Integer(related="product_id.contact_per_box", related_sudo=False, readonly=False)
    contact_radius = fields.Float(related="product_id.contact_radius", related_sudo=False, readonly=False)

    optical_maker_id = fields.Many2one(related="product_id.optical_maker_id", related_sudo=False, readonly=False)
    optical_material = fields.Char(related="product_id.optical_material", related_sudo=False, readonly=False)
    default_code = fields.Char(
        "Commercial reference", related="product_id.default_code", related_sudo=False, readonly=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        screens = super().create([{"product_id": vals.get("product_id")} for vals in vals_list])
        for screen, vals in zip(screens, vals_list, strict=True):
            screen._fill_in(vals)
        return screens

    def write(self, vals):
        self.check_access("write")
        if "product_id" in vals:
            raise UserError(self.env._("Another article has a screen of its own."))
        for screen in self:
            screen._fill_in(vals)
        # The article has the values now; the screen keeps none.
        return super().write({})

    def _fill_in(self, vals):
        """Give the article the values that it lacks.

        :raises AccessError: somebody else's screen, or an article that the user may not read
        :raises UserError: the catalogue says something else already
        """
        self.check_access("write")
        self.product_id.check_access("read")
        article = self.product_id.sudo()
        if not article.optical_category:
            raise UserError(self.env._("%s is no optical article.", article.name))
        known = article._convert_to_write({name: article[name] for name in ARTICLE_FIELDS})
        given = {name: vals[name] for name in ARTICLE_FIELDS if name in vals and vals[name] != known[name]}
        if known := [name for name in given if article[name]]:
            raise UserError(
                self.env._(
                    "%(article)s: %(fields)s stands in the catalogue already. A manager corrects it there.",
                    article=article.name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in known),
                )
            )
        article.write(given)
