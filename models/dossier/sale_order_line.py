from itertools import count

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: How many pieces of a category make an equipment whole: one more begins the next pair.
WHOLE_PAIR = {"lens": 2, "frame": 1}

#: What a copy takes over from its original where its maker may read it, and works out again elsewhere.
_OPTICIANS_CHOICES = ("eye_side", "vision", "lpp_id", "is_own_expense")

#: What a screen lets choose from: ``OptoamcLpp._in_force_domain``, in the browser.
LPP_CHOICE = (
    "[('category', '=', optical_category), "
    "'|', ('date_from', '=', False), ('date_from', '<=', optical_date), "
    "'|', ('date_to', '=', False), ('date_to', '>', optical_date)]"
)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "optoamc.guarded"]

    equipment_number = fields.Integer(
        "Equipment",
        compute="_compute_equipment_number",
        store=True,
        readonly=False,
        help="Lines of one pair of glasses, or of one supply of contact lenses, share a number.",
    )
    optical_category = fields.Selection(
        [
            ("lens", "VER"),
            ("frame", "MON"),
            ("contact", "LEN"),
            ("supplement", "SUP"),
        ],
        "Category",
        compute="_compute_optical_category",
        store=True,
        readonly=False,
        precompute=True,
    )
    eye_side = fields.Selection(
        [("right", "OD"), ("left", "OG"), ("both", "OD+OG")],
        "Eye",
        compute="_compute_eye_side",
        store=True,
        readonly=False,
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
    )
    vision = fields.Selection(
        [
            ("far", "Far"),
            ("intermediate", "Intermediate"),
            ("near", "Near"),
            ("all", "All dist."),
        ],
        compute="_compute_vision",
        store=True,
        readonly=False,
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
    )
    optical_date = fields.Date(related="order_id.optical_date")
    lpp_id = fields.Many2one(
        "optoamc.lpp",
        "LPP code",
        compute="_compute_lpp_id",
        store=True,
        readonly=False,
        copy=False,
        domain=LPP_CHOICE,
        groups="l10n_fr_optoamc.group_optician",
    )
    proposed_lpp_id = fields.Many2one(
        "optoamc.lpp",
        "Proposed LPP code",
        compute="_compute_proposed_lpp_id",
        help="What the LPP says of this article for the prescription, the patient's age and the day of the dossier.",
        groups="l10n_fr_optoamc.group_optician",
    )
    optoamc_line_ids = fields.One2many(
        "optoamc.request.line", "order_line_id", groups="l10n_fr_optoamc.group_optician"
    )
    catalogue_code = fields.Char("Ref.", related="product_id.default_code")

    @api.depends("product_id")
    def _compute_optical_category(self):
        for line in self:
            line.optical_category = line.product_id.optical_category

    @api.depends("product_id")
    def _compute_equipment_number(self):
        for line in self:
            line.equipment_number = line.equipment_number or (line.optical_category and line._optoamc_next_equipment())

    # Odoo checks it again where the article has changed, and with it the category.
    @api.constrains("equipment_number", "optical_category")
    def _check_equipment_kind(self):
        for order, lines in self.grouped("order_id").items():
            for number in set(lines.mapped("equipment_number")):
                categories = set(order._optoamc_equipment_lines(number).mapped("optical_category"))
                if "contact" in categories and categories & {"lens", "frame"}:
                    raise ValidationError(
                        self.env._(
                            "%(order)s, equipment %(number)s: contact lenses are an equipment of their own, without "
                            "lenses or a frame. Give the glasses another number.",
                            order=order.name,
                            number=number,
                        )
                    )

    def _optoamc_next_equipment(self):
        """The first equipment with room: a third lens or a second frame is another pair's.

        Contact lenses are apart from glasses; a supplement goes with what was typed last.
        """
        others = (self.order_id._optoamc_optical_lines() - self).filtered("equipment_number")
        if self.optical_category == "supplement":
            return max(others.mapped("equipment_number"), default=1)
        pairs = others.grouped("equipment_number")
        return next(number for number in count(1) if number not in pairs or pairs[number]._optoamc_has_room_for(self))

    def _optoamc_has_room_for(self, piece):
        """Whether a piece may belong to the equipment of these lines."""
        categories = set(self.mapped("optical_category")) - {"supplement"}
        if "contact" in categories | {piece.optical_category}:
            return categories <= {"contact"} and piece.optical_category == "contact"
        alike = self.filtered(lambda line: line.optical_category == piece.optical_category)
        return sum(alike.mapped("product_uom_qty")) < WHOLE_PAIR[piece.optical_category]

    @api.depends("product_id")
    def _compute_vision(self):
        for line in self:
            if line.optical_category not in ("lens", "contact"):
                line.vision = False
            elif line.product_id.lens_type == "progressive":
                line.vision = "all"
            elif line.vision in (False, "all"):
                line.vision = "far"

    # Not on the prescription's figures: a correction typed later must not change a dossier that an
    # insurer has agreed to. Codes that nobody chose follow it elsewhere (sale_order_line_code.py).
    @api.depends(
        *("product_id", "eye_side", "vision", "order_id.prescription_id", "order_id.optical_date"),
        "order_id.other_prescription_id",
    )
    def _compute_lpp_id(self):
        for line in self:
            own = line.product_id.lpp_id
            is_usable = own and own._in_force(line.order_id.optical_date)
            line._optoamc_work_out("lpp_id", own if is_usable else line._optoamc_propose_lpp() or own)

    @api.depends(
        *("lpp_id", "eye_side", "vision", "order_id.prescription_id", "order_id.optical_date"),
        "order_id.other_prescription_id",
    )
    def _compute_proposed_lpp_id(self):
        for line in self:
            line.proposed_lpp_id = line._optoamc_propose_lpp()

    def _optoamc_propose_lpp(self, side=None):
        """What the LPP says of the line's article, the prescription and the patient, or no code.

        :param side: the eye; the line's by default

        Since July 2021 the AMO refuses generic codes: the maker's own code for the proposed one stays.
        """
        self.ensure_one()
        if side is None and self.sudo().eye_side == "both":
            # One line has one code: both eyes', or none.
            right, left = map(self._optoamc_propose_lpp, ("right", "left"))
            return right if right == left else right.browse()
        line = self.sudo()  # the code tells less than the figures it is worked out from
        product, order = line.product_id, line.order_id
        prescription = line._optoamc_prescription()
        power = prescription._power(side or line.eye_side, line.vision) if prescription else None
        sphere, cylinder, _axis = power or (None, None, None)
        generic = self.env["optoamc.lpp"]._propose(
            line.optical_category,
            order.optical_date,
            birthdate=order._optoamc_patient_sudo().birthdate,
            lens_type=product.lens_type,
            product_class=product.product_class,
            sphere=sphere,
            cylinder=cylinder,
            tint=product.lens_is_tinted,
        )
        own = line.lpp_id | product.lpp_id
        individual = (own - generic if generic else generic).filtered(
            lambda lpp: lpp.generic_id == generic and lpp._in_force(order.optical_date)
        )
        return individual[:1].with_env(self.env) or generic

    def copy_data(self, default=None):
        """Copy the optician's choices for opticians; anybody else's copy has those of the LPP and the prescription.

        The amounts follow from the code, the day and the rate of the copy.
        """
        vals_list = super().copy_data(default)
        names = [name for name in _OPTICIANS_CHOICES if self._has_field_access(self._fields[name], "read")]
        for line, vals in zip(self, vals_list, strict=True):
            if vals is not None:
                vals.update(
                    {name: line._fields[name].convert_to_write(line[name], line) for name in names if name not in vals}
                )
        return vals_list

    def _optoamc_recompute_optics(self):
        """*Recalc.*: take the proposed code, the tariff of the day and what the AMO pays of it."""
        for line in self:
            line.lpp_id = line.proposed_lpp_id or line.lpp_id
        lines = self.sudo()
        lines.amo_base_worked_out = lines.amo_amount_worked_out = -1.0  # what was typed instead goes
        lines._optoamc_work_out_again("amo_base", "amo_amount")
