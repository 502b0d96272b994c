from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.dossier.sale_order_line import LPP_CHOICE


class OptoamcRequestWizardLine(models.TransientModel):
    """A row of the "Prise en charge" screen: an order line, and what the insurer says of it."""

    _name = "optoamc.request.wizard.line"
    _description = "Line of the coverage screen"
    _inherit = ["optoamc.live.screen"]

    wizard_id = fields.Many2one("optoamc.request.wizard", required=True, ondelete="cascade", index=True)
    order_line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="order_line_id.currency_id", related_sudo=False)
    catalogue_code = fields.Char(related="order_line_id.catalogue_code", related_sudo=False)
    name = fields.Char("Designation", related="order_line_id.product_id.name", related_sudo=False)
    eye_side = fields.Selection(related="order_line_id.eye_side", related_sudo=False, readonly=False)
    traced_eye_side = fields.Selection(related="order_line_id.traced_eye_side", related_sudo=False)
    vision = fields.Selection(related="order_line_id.vision", related_sudo=False, readonly=False)
    quantity = fields.Float("Qty", related="order_line_id.product_uom_qty", related_sudo=False)
    discount = fields.Float("%", related="order_line_id.discount", related_sudo=False)
    price_unit = fields.Monetary("Price", related="order_line_id.price_reduce_taxinc", related_sudo=False)
    price = fields.Monetary("Value", related="order_line_id.net_price", related_sudo=False)
    optical_category = fields.Selection(string="Categ.", related="order_line_id.optical_category", related_sudo=False)
    optical_date = fields.Date(related="order_line_id.optical_date", related_sudo=False)
    lpp_id = fields.Many2one(related="order_line_id.lpp_id", related_sudo=False, readonly=False, domain=LPP_CHOICE)
    proposed_lpp_id = fields.Many2one(related="order_line_id.proposed_lpp_id", related_sudo=False)
    amo_amount = fields.Monetary(related="order_line_id.amo_amount", related_sudo=False, readonly=False)
    is_amo_unknown = fields.Boolean(related="order_line_id.is_amo_unknown", related_sudo=False)
    granted_amount = fields.Monetary("Compl.", compute="_compute_granted_amount")
    is_answered = fields.Boolean(compute="_compute_granted_amount", help="This insurer has answered.")
    other_amount = fields.Monetary(
        "Other insurers", compute="_compute_granted_amount", help="The amounts that other insurers grant already."
    )
    patient_amount = fields.Monetary("Remainder", compute="_compute_granted_amount")
    is_left_unknown = fields.Boolean(compute="_compute_granted_amount", help="No insurer has answered.")
    is_returned = fields.Boolean(compute="_compute_is_returned", help="It came back, and is credited.")

    @api.depends("order_line_id")
    def _compute_shown(self):
        return super()._compute_shown()

    @api.depends(
        *("order_line_id", "price", "amo_amount", "wizard_id.request_id.line_ids.granted_amount"),
        *("wizard_id.request_id.line_ids.is_answered", "order_line_id.left_amount", "order_line_id.is_left_unknown"),
    )
    def _compute_granted_amount(self):
        for line in self:
            asked = line.order_line_id.optoamc_line_ids
            own = asked.filtered(lambda row, line=line: row.request_id == line.wizard_id.request_id)
            # What counts in the dossier and in what the insurer is told: no trial's answer beside a true one.
            transferred = asked.filtered(lambda row: row.request_id.transferred and row.request_id._is_bookable())
            others = transferred.filtered(
                lambda row, line=line: row.request_id.contract_id != line.wizard_id.contract_id
            )
            line.granted_amount = sum(own.mapped("granted_amount"))
            line.is_answered = any(own.mapped("is_answered"))
            line.other_amount = sum(others.mapped("granted_amount"))
            money = line.order_line_id._optoamc_money(line.granted_amount + line.other_amount)
            is_answered = line.is_answered or others
            line.patient_amount = float(money.patient) if is_answered else line.order_line_id.left_amount
            line.is_left_unknown = line.is_amo_unknown if is_answered else line.order_line_id.is_left_unknown

    @api.depends("order_line_id.order_id.has_returns", "quantity")
    def _compute_is_returned(self):
        returned = self.order_line_id.order_id._optoamc_returned_quantities()
        for line in self:
            line.is_returned = bool(line.quantity) and returned.get(line.order_line_id, 0) >= line.quantity

    def action_recompute(self):
        """*Recalc.*: the code, tariff and Sécu of the present prescription and day."""
        line = self.order_line_id
        if not (line.lpp_id or line.proposed_lpp_id):
            raise UserError(
                self.env._(
                    "No LPP code fits %s: complete the type and the class of the article, the prescription or the "
                    "patient's birth date, or choose the code.",
                    self.name,
                )
            )
        line._optoamc_recompute_optics()
        return self.wizard_id._reopen()
