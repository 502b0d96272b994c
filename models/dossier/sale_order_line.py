from itertools import count

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...lib.payments.line import LineMoney, amo_part
from ...lib.payments.money import euros, exact
from ..request.states import ACTIVE

#: How many pieces of a category make an equipment whole: one more begins the next pair.
WHOLE_PAIR = {"lens": 2, "frame": 1}

#: What a copy takes over from its original where its maker may read it, and works out again elsewhere.
_OPTICIANS_CHOICES = ("eye_side", "vision", "lpp_id")

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
            ("all", "All distances"),
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
    amo_base = fields.Monetary(
        "AMO base",
        compute="_compute_amo_base",
        store=True,
        readonly=False,
        copy=False,
        help="LPP tariff of the line on the day of the dossier, or its price where that is less.",
    )
    amo_amount = fields.Monetary(
        "Sécu",
        compute="_compute_amo_amount",
        store=True,
        readonly=False,
        copy=False,
        help="What the AMO pays: base x rate, half-up to the cent.",
    )
    optoamc_line_ids = fields.One2many(
        "optoamc.request.line", "order_line_id", groups="l10n_fr_optoamc.group_optician"
    )
    amc_amount = fields.Monetary(
        "Compl.",
        compute="_compute_amc_amount",
        store=True,
        compute_sudo=True,
        help="What the insurers pay, transferred from their answers.",
    )
    granted_amount = fields.Monetary(
        "Granted",
        compute="_compute_granted_amount",
        groups="l10n_fr_optoamc.group_optician",
        help="What the insurers' latest answers grant, transferred or not.",
    )
    catalogue_code = fields.Char("Ref.", related="product_id.default_code")
    patient_amount = fields.Monetary("Patient's share", compute="_compute_patient_amount", store=True)

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

    @api.depends("product_id", "equipment_number")
    def _compute_eye_side(self):
        """Lenses are typed right eye first: the second of an equipment is the left one's."""
        for line in self:
            if line.optical_category not in ("lens", "contact"):
                line.eye_side = False
            elif not line.eye_side:
                others = line.order_id.order_line - line
                taken = others.filtered(
                    lambda other, line=line: (
                        other.equipment_number == line.equipment_number
                        and other.optical_category == line.optical_category
                    )
                ).mapped("eye_side")
                line.eye_side = next((side for side in ("right", "left") if side not in taken), False)

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
    # insurer has agreed to. "Recalc." takes the code of today's figures.
    @api.depends("product_id", "eye_side", "vision", "order_id.prescription_id", "order_id.optical_date")
    def _compute_lpp_id(self):
        for line in self:
            own = line.product_id.lpp_id
            is_usable = own and own._in_force(line.order_id.optical_date)
            line.lpp_id = own if is_usable else line._optoamc_propose_lpp() or own

    @api.depends("lpp_id", "eye_side", "vision", "order_id.prescription_id", "order_id.optical_date")
    def _compute_proposed_lpp_id(self):
        for line in self:
            line.proposed_lpp_id = line._optoamc_propose_lpp()

    def _optoamc_propose_lpp(self):
        """What the LPP says of the line's article, the prescription and the patient, or no code.

        Since July 2021 the AMO refuses generic codes: the maker's own code for the proposed one stays.
        """
        self.ensure_one()
        line = self.sudo()  # the code tells less than the figures it is worked out from
        product, order = line.product_id, line.order_id
        power = order.prescription_id._power(line.eye_side, line.vision) if order.prescription_id else None
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

    @api.depends("lpp_id", "product_uom_qty", "price_total", "order_id.optical_date")
    def _compute_amo_base(self):
        for line in self:
            tariff = line.lpp_id.sudo()._base_price_on(line.order_id.optical_date) or 0.0
            # The AMO pays on what is paid: nothing of an offered second pair.
            line.amo_base = max(0.0, min(tariff * line.product_uom_qty, line.price_total))

    @api.depends("amo_base", "order_id.amo_rate")
    def _compute_amo_amount(self):
        for line in self:
            line.amo_amount = float(amo_part(exact(line.amo_base), exact(line.order_id.amo_rate)))

    @api.depends(
        "optoamc_line_ids.granted_amount", "optoamc_line_ids.request_id.transferred", "price_total", "amo_amount"
    )
    def _compute_amc_amount(self):
        for line in self:
            transferred = line.optoamc_line_ids.filtered("request_id.transferred")
            line.amc_amount = float(line._optoamc_money(sum(transferred.mapped("granted_amount"))).insurers)

    def _optoamc_money(self, granted):
        """Who pays what of the line.

        :param granted: what insurers grant together, €
        :return: a :class:`...lib.payments.line.LineMoney`
        """
        return LineMoney(euros(self.price_total), amo=euros(self.amo_amount), granted=euros(granted))

    @api.depends("optoamc_line_ids.granted_amount", "optoamc_line_ids.request_id.state")
    def _compute_granted_amount(self):
        for line in self:
            # The newest last. A question without an answer leaves the earlier answer as it is.
            decided = line.optoamc_line_ids.filtered(lambda asked: asked.request_id._is_decided())
            decided = decided.sorted(lambda asked: asked.request_id.id)
            latest = {asked.request_id.contract_id: asked for asked in decided}
            line.granted_amount = sum(asked.granted_amount for asked in latest.values())

    @api.depends("price_total", "amo_amount", "amc_amount")
    def _compute_patient_amount(self):
        for line in self:
            line.patient_amount = float(line._optoamc_money(line.amc_amount).patient)

    # Odoo checks it again each time the amount is worked out anew: base, rate, price or quantity has changed.
    @api.constrains("amo_amount")
    def _check_amo_amount(self):
        for line in self.sudo().filtered("amo_amount"):
            most = max(line.price_total, 0.0)
            if line.amo_amount < 0 or line.currency_id.compare_amounts(line.amo_amount, most) > 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: the Sécu pays between 0 and %(price)s, the price of the line.",
                        line=line.name,
                        price=line.currency_id.format(most),
                    )
                )

    @api.onchange("product_id", "product_uom_qty", "price_unit", "discount", "lpp_id")
    def _onchange_covered(self):
        """Changing what an insurer has agreed to is possible, not unnoticed."""
        # Also for a salesperson, who may change the line and not read the request.
        if agreement := self._origin.sudo().optoamc_line_ids.request_id.filtered(
            lambda request: request.state in ACTIVE
        )[:1]:
            message = self.env._(
                "%s holds for the line as it was: when you have finished, and the insurer has answered, cancel it and "
                "ask again.",
                agreement.display_name,
            )
            return {"warning": {"title": self.env._("An insurer has been asked"), "message": message}}
        return None

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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        asked_lines = self.sudo().optoamc_line_ids
        drafts = asked_lines.filtered(lambda line: line.request_id.state == "draft")
        if asked := (asked_lines - drafts).request_id[:1]:
            raise UserError(
                self.env._(
                    "An insurer was asked about this line (%s): put its quantity to 0 instead, so that what "
                    "was asked can still be read.",
                    asked.display_name,
                )
            )
        drafts.unlink()

    def _optoamc_recompute_optics(self):
        """*Recalc.*: take the proposed code, the tariff of the day and what the AMO pays of it."""
        for line in self:
            line.lpp_id = line.proposed_lpp_id or line.lpp_id
        for name in ("amo_base", "amo_amount"):
            self.env.add_to_compute(self._fields[name], self)

    def _optoamc_line_values(self):
        """What a request's line keeps of this order line."""
        self.ensure_one()
        quantity = int(self.product_uom_qty)
        return {
            "order_line_id": self.id,
            "catalogue_code": self.product_id.default_code,
            "name": self.product_id.name or self.name,
            "quantity": quantity,
            "discount": self.discount,
            "price_unit": self.price_total / quantity if quantity else 0.0,
            "price": self.price_total,
            "lpp_code": self.lpp_id.code,
            "amo_base": self.amo_base,
            "amo_amount": self.amo_amount,
        }

    def _optoamc_eye(self):
        """The prescription's measures for this line's eye and distance (maybe empty)."""
        self.ensure_one()
        # A progressive lens is described by far vision.
        vision = self.vision if self.vision in ("intermediate", "near") else "far"
        return self.order_id.prescription_id._eye(self.eye_side, vision)
