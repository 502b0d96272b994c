from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.payments.line import LineMoney
from ...lib.payments.money import euros


class OptoamcRequestLine(models.Model):
    """A line of the equipment as it was asked, and what the insurer grants on it."""

    _name = "optoamc.request.line"
    _description = "Line of a third-party payment request"
    _inherit = ["optoamc.guarded"]
    _order = "request_id, line_number"

    request_id = fields.Many2one("optoamc.request", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="request_id.currency_id")
    line_number = fields.Integer("No.", required=True, readonly=True)
    order_line_id = fields.Many2one("sale.order.line", "Order line", ondelete="restrict", index=True, readonly=True)
    catalogue_code = fields.Char("Ref.", readonly=True)
    name = fields.Char("Designation", readonly=True)
    optical_category = fields.Selection(
        related="order_line_id.optical_category", string="Categ.", store=True, precompute=True
    )
    eye_side = fields.Selection([("right", "OD"), ("left", "OG"), ("both", "OD+OG")], "Eye", readonly=True)
    quantity = fields.Integer("Qty", readonly=True)
    discount = fields.Float("%", readonly=True, help="Discount in percent.")
    discount_amount = fields.Monetary(
        "Discount", readonly=True, help="What the line costs less than its price, reductions of the order included."
    )
    price_unit = fields.Monetary("Price", readonly=True, help="Price of one piece, VAT included.")
    price = fields.Monetary("Value", readonly=True, help="Price of the line, VAT included.")
    lpp_code = fields.Char("LPP code", readonly=True)
    amo_base = fields.Monetary("AMO base", readonly=True, help="LPP tariff of the line.")
    amo_amount = fields.Monetary("Sécu", readonly=True, help="The amount that the AMO pays for the line.")
    is_amo_unknown = fields.Boolean(compute="_compute_is_amo_unknown", help="Nobody knows what the AMO pays of it.")
    other_amc_amount = fields.Monetary(
        "Other insurers", readonly=True, help="What insurers that were asked before grant on the line."
    )
    has_other_amc = fields.Boolean(
        "Another insurer answered", readonly=True, help="Then what it grants is sent, even when it is zero."
    )
    granted_amount = fields.Monetary("Compl.", readonly=True, help="The amount that the insurer grants on the line.")
    is_answered = fields.Boolean("Answered", compute="_compute_is_answered")
    patient_amount = fields.Monetary("Remainder", compute="_compute_patient_amount")
    is_left_unknown = fields.Boolean(
        compute="_compute_patient_amount", help="What is left to the patient is not known: no insurer has answered."
    )
    reason_codes = fields.Json(readonly=True)

    _number_uniq = models.Constraint("UNIQUE(request_id, line_number)", "A line number stands once in a request.")

    @api.depends("amo_amount", "order_line_id.is_amo_unknown")
    def _compute_is_amo_unknown(self):
        for line in self:
            line.is_amo_unknown = line.order_line_id.is_amo_unknown and not line.amo_amount

    @api.depends("request_id.is_answered")
    def _compute_is_answered(self):
        for line in self:
            line.is_answered = line.request_id.is_answered

    @api.depends(
        *("price", "amo_amount", "other_amc_amount", "granted_amount"),
        *("is_answered", "has_other_amc", "is_amo_unknown"),
    )
    def _compute_patient_amount(self):
        for line in self:
            line.patient_amount = float(line._money().patient)
            line.is_left_unknown = line.is_amo_unknown or not (line.is_answered or line.has_other_amc)

    def _piece(self):
        """What the line is about: the order's line, and the eye where it was told eye by eye."""
        self.ensure_one()
        return self.order_line_id.id, self.eye_side

    def _paper_name(self, options):
        """What a paper calls the line, with its eye: no more than the insurer's profile lets leave.

        :param options: the request's, see :meth:`~.optoamc_request.OptoamcRequest._paper_options`
        """
        self.ensure_one()
        name = self.name
        if "article" not in options:
            categories = self.env["product.template"]._fields["optical_category"]._description_selection(self.env)
            name = dict(categories).get(self.optical_category)
        return self.order_line_id._optoamc_with_eye(name, self.eye_side)

    def _money(self):
        """Who pays what of the line, as it was asked: a :class:`...lib.payments.line.LineMoney`."""
        return LineMoney(
            euros(self.price), euros(self.amo_amount), euros(self.other_amc_amount), euros(self.granted_amount)
        )

    def _ceiling(self):
        """The most that the insurer can grant on the line, €: a Decimal."""
        self.ensure_one()
        return self._money().ceiling

    def _check_grant(self, amount):
        """Refuse an amount that no insurer can have granted, as for an answer that came by itself
        (:mod:`~..lib.protocol.consistency`).

        :param amount: what a person typed, €
        :raises UserError: naming the line and its bounds
        """
        self.ensure_one()
        rest = float(self._ceiling())
        if self.currency_id.compare_amounts(amount, 0) < 0 or self.currency_id.compare_amounts(amount, rest) > 0:
            raise UserError(
                self.env._(
                    "%(line)s: between 0 and %(rest)s can be granted, what the AMO and other insurers leave "
                    "of the price.",
                    line=self.name,
                    rest=self.currency_id.format(rest),
                )
            )
