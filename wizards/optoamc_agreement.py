from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.request.optoamc_request_agreement import ANSWERED_BY


class OptoamcAgreement(models.TransientModel):
    """What the insurer answered by phone, by mail or on its portal, as it said it."""

    _name = "optoamc.agreement"
    _description = "Answer by phone, mail or portal"

    request_id = fields.Many2one("optoamc.request", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="request_id.currency_id")
    state = fields.Selection(related="request_id.state")
    kind = fields.Selection(related="request_id.kind", readonly=False)
    decision = fields.Selection([("granted", "Granted"), ("refused", "Refused")], required=True, default="granted")
    words = fields.Text("Insurer's words")
    agreed_by = fields.Selection(ANSWERED_BY, "Answered by", required=True, default="phone")
    pec_number = fields.Char("PEC no.")
    valid_until = fields.Date()
    note = fields.Text(help="Who said it, and when. No health data here: the note goes to the history.")
    line_ids = fields.One2many("optoamc.agreement.line", "agreement_id", "Lines")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if request := self.env["optoamc.request"].browse(values.get("request_id")):
            request._require("agree")
            request._refresh_lines()
            values["line_ids"] = [Command.create({"line_id": line.id}) for line in request.line_ids]
        return values

    def action_confirm(self):
        """Answer the request with what was typed."""
        self.ensure_one()
        if self.decision == "refused":
            self.request_id._refuse(self.agreed_by, self.words)
        else:
            self.request_id._agree(
                self.agreed_by,
                self.pec_number,
                {line.line_id: line.granted_amount for line in self.line_ids},
                valid_until=self.valid_until,
                note=self.note,
            )
        wizard = self.env["optoamc.request.wizard"].browse(self.env.context.get("optoamc_wizard_id"))
        return wizard._reopen() if wizard else {"type": "ir.actions.act_window_close"}


class OptoamcAgreementLine(models.TransientModel):
    """What the insurer grants on one line."""

    _name = "optoamc.agreement.line"
    _description = "Line of an agreement by phone or portal"

    agreement_id = fields.Many2one("optoamc.agreement", required=True, ondelete="cascade")
    line_id = fields.Many2one("optoamc.request.line", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="line_id.currency_id")
    name = fields.Char(related="line_id.name")
    eye_side = fields.Selection(related="line_id.order_line_id.eye_side")
    price = fields.Monetary(related="line_id.price")
    amo_amount = fields.Monetary(related="line_id.amo_amount")
    granted_amount = fields.Monetary("Compl.")

    @api.constrains("granted_amount")
    def _check_granted_amount(self):
        for line in self:
            # As for an answer that came by itself (lib.protocol.consistency).
            rest = float(line.line_id._money().ceiling)
            if line.currency_id.compare_amounts(line.granted_amount, 0) < 0 or (
                line.currency_id.compare_amounts(line.granted_amount, rest) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(line)s: between 0 and %(rest)s can be granted, what the AMO and other insurers leave "
                        "of the price.",
                        line=line.name,
                        rest=line.currency_id.format(rest),
                    )
                )
