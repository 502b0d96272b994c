from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib.payments.money import euros
from ..lib.payments.one_sum import shares_of
from ..models.request.optoamc_request_manual_answer import ANSWER_CHANNELS


class OptoamcManualAnswer(models.TransientModel):
    """What the insurer answered by phone, by mail or on its portal, as it said it."""

    _name = "optoamc.manual.answer"
    _description = "Answer by phone, mail or portal"
    _inherit = ["optoamc.own.screen"]

    request_id = fields.Many2one("optoamc.request", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="request_id.currency_id", related_sudo=False)
    state = fields.Selection(related="request_id.state", related_sudo=False)
    kind = fields.Selection(related="request_id.kind", related_sudo=False, readonly=False)
    decision = fields.Selection([("granted", "Granted"), ("refused", "Refused")], required=True, default="granted")
    insurer_message = fields.Text("Insurer's message")
    answer_channel = fields.Selection(ANSWER_CHANNELS, "Answered by", required=True, default="phone")
    pec_number = fields.Char("PEC no.")
    valid_until = fields.Date()
    note = fields.Text(help="Who said it, and when. No health data here: the note goes to the history.")
    line_ids = fields.One2many("optoamc.manual.answer.line", "agreement_id", "Lines")
    total = fields.Monetary(
        "One sum for all", help="The total that the insurer says it pays, to spread over the lines."
    )
    less_note = fields.Char("Less than the rules tell", compute="_compute_less_note")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if request := self.env["optoamc.request"].browse(values.get("request_id")):
            request._require("agree")
            request._refresh_lines()
            values["line_ids"] = [Command.create({"line_id": line.id}) for line in request.line_ids]
        return values

    @api.depends("line_ids.granted_amount", "decision")
    @api.depends_context("lang")
    def _compute_less_note(self):
        for answer in self:
            lines = answer.line_ids.filtered("line_id")
            is_typed = answer.decision == "granted" and any(lines.mapped("granted_amount"))
            answer.less_note = is_typed and lines._less_words()

    def action_spread_total(self):
        """Spread the one sum that the insurer said over the lines: first what the rules have it pay of each, class A
        in full, then in proportion to what is left.

        :raises UserError: the lines cannot receive it
        """
        self.ensure_one()
        lines = self.line_ids
        ceilings = [line.line_id._ceiling() for line in lines]
        try:
            shares = shares_of(euros(self.total), ceilings, [line.line_id._owed() for line in lines])
        except ValueError:
            raise UserError(
                self.env._(
                    "%(total)s: between 0 and %(rest)s can be granted in all, what the AMO and other insurers leave "
                    "of the price.",
                    rest=self.currency_id.format(float(sum(ceilings))),
                    total=self.currency_id.format(self.total),
                )
            ) from None
        for line, share in zip(lines, shares, strict=True):
            line.granted_amount = float(share)
        return self._get_records_action(
            name=self.env._("Answer by phone, mail or portal"), target="new", context=self.env.context
        )

    def _check_amounts(self):
        """:raises UserError: a line has no amount of its own, or the one sum is not what the lines say together"""
        if self.request_id.line_ids - self.line_ids.line_id:
            raise UserError(self.env._("Type what is granted on each line, 0 where it is nothing."))
        granted = sum(self.line_ids.mapped("granted_amount"))
        if self.total and self.currency_id.compare_amounts(self.total, granted):
            raise UserError(
                self.env._(
                    "The sum for all is %(total)s, and the lines grant %(granted)s together: spread the sum over the "
                    "lines, or correct one of them.",
                    total=self.currency_id.format(self.total),
                    granted=self.currency_id.format(granted),
                )
            )

    def action_confirm(self):
        """Answer the request with what was typed."""
        self.ensure_one()
        self.request_id._check_told()
        if self.decision == "granted":
            if self.kind == "coverage" and not self.pec_number:
                raise UserError(self.env._("Type the number that the insurer gave its agreement (“PEC no.”)."))
            self._check_amounts()
        if self.decision == "refused":
            self.request_id._refuse(self.answer_channel, self.insurer_message)
        else:
            self.request_id._agree(
                self.answer_channel,
                self.pec_number,
                {line.line_id: line.granted_amount for line in self.line_ids},
                valid_until=self.valid_until,
                note=self.note,
            )
        wizard = self.env["optoamc.request.wizard"].browse(self.env.context.get("optoamc_wizard_id"))
        return wizard._reopen() if wizard else {"type": "ir.actions.act_window_close"}


class OptoamcManualAnswerLine(models.TransientModel):
    """What the insurer grants on one line."""

    _name = "optoamc.manual.answer.line"
    _description = "Line of an agreement by phone or portal"
    _inherit = ["optoamc.own.screen"]

    agreement_id = fields.Many2one("optoamc.manual.answer", required=True, ondelete="cascade")
    line_id = fields.Many2one("optoamc.request.line", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    name = fields.Char(related="line_id.name", related_sudo=False)
    eye_side = fields.Selection(related="line_id.eye_side", related_sudo=False)
    price = fields.Monetary(related="line_id.price", related_sudo=False)
    amo_amount = fields.Monetary(related="line_id.amo_amount", related_sudo=False)
    rest_amount = fields.Monetary("Left", compute="_compute_rest_amount", help="The most that can be granted.")
    granted_amount = fields.Monetary("Compl.")

    @api.depends("line_id")
    def _compute_rest_amount(self):
        for line in self:
            line.rest_amount = float(line.line_id._ceiling()) if line.line_id else 0.0

    def _less_words(self):
        """The lines of which less is granted than a rule has the insurer pay, and by how much; ``False``: none."""
        missing = {line: line.line_id._owed() - euros(line.granted_amount) for line in self}
        told = [
            f"{asked._optoamc_with_eye(line.name, line.eye_side)} {line.currency_id.format(float(amount))}"
            for line, amount in missing.items()
            if amount > 0 and (asked := line.line_id.order_line_id)
        ]
        return bool(told) and self.env._("By the rules the insurer pays more of these articles: %s.", ", ".join(told))

    # Where it is typed, and whoever writes it.
    @api.onchange("granted_amount")
    @api.constrains("granted_amount")
    def _check_granted_amount(self):
        for line in self.filtered("line_id"):
            line.line_id._check_grant(line.granted_amount)
