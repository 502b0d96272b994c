from odoo import api, fields, models

from .optoamc_lpp import CATEGORIES


class ProductTemplate(models.Model):
    """Optical products: what the norm asks about a lens, a frame or contact lenses."""

    _name = "product.template"
    _inherit = ["product.template", "optoamc.shop.screens"]

    optical_category = fields.Selection(
        CATEGORIES,
        help="What the product is for the Assurance maladie and the insurers.",
    )
    lpp_id = fields.Many2one("optoamc.lpp", "LPP code", domain="[('category', '=', optical_category)]")
    product_class = fields.Selection(
        [("A", "Class A"), ("B", "Class B")],
        "100 % Santé class",
        compute="_compute_product_class",
        store=True,
        readonly=False,
        help="With the prescription and the patient's age, it determines the LPP code of a dossier.",
    )
    lens_type = fields.Selection(
        [("single", "Single vision"), ("multifocal", "Multifocal"), ("progressive", "Progressive")]
    )
    lens_index = fields.Float("Refractive index", digits=(4, 3))
    lens_diameter = fields.Float("Diameter (mm)", digits=(5, 2))
    lens_surface = fields.Selection([("ST", "Standard"), ("AS", "Aspheric"), ("SP", "Spheric"), ("TO", "Toric")])
    lens_is_tinted = fields.Boolean("Tinted")
    lens_is_anti_reflective = fields.Boolean("Anti-reflective")
    lens_is_photochromic = fields.Boolean("Photochromic")
    lens_is_hardened = fields.Boolean("Hardened")
    lens_is_anti_soiling = fields.Boolean("Anti-soiling")
    frame_brand = fields.Char("Brand")
    frame_model = fields.Char("Model")
    frame_colour = fields.Char("Colour")
    frame_size = fields.Char("Size", help="As printed on the frame, e.g. 51*19.")
    frame_is_child = fields.Boolean(
        "Child's frame",
        compute="_compute_frame_is_child",
        store=True,
        readonly=False,
        help="Never proposed to those whom the LPP takes for adults, nor another one to a child.",
    )
    contact_replacement_days = fields.Integer("Replacement (days)")
    contact_per_box = fields.Integer("Lenses a box")
    contact_radius = fields.Float("Radius (mm)", digits=(4, 2))

    @api.depends("lpp_id", "optical_category")
    def _compute_frame_is_child(self):
        for product in self:
            code = product.lpp_id.generic_id or product.lpp_id
            is_frame = product.optical_category == "frame"
            product.frame_is_child = is_frame and (bool(code.age_below) if code else product.frame_is_child)

    @api.depends("lpp_id")
    def _compute_product_class(self):
        for product in self:
            product.product_class = product.lpp_id.product_class or product.product_class


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "optoamc.shop.screens"]
