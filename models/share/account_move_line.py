from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..mixin.access_first import check_first
from ..mixin.changes import changes

#: The entries that put a part on its payer; the others take it away.
PAYER_DEBITS = ("transfer", "return_undone")


#: What a journal item says of who owes how much; a posted one of ours keeps it, Odoo would let it be typed over.
FIXED = {"account_id", "partner_id", "balance", "debit", "credit", "amount_currency", "currency_id", "move_id"}


class AccountMoveLine(models.Model):
    """The two sides of an entry between a patient and a third-party payer."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "optoamc.guarded"]

    optoamc_share_id = fields.Many2one(
        "optoamc.share",
        "Third-party share",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    optoamc_share_entry = fields.Selection(
        [
            ("transfer", "Transfer to the payer"),
            ("reversal", "Reversal"),
            ("return", "Return to the patient"),
            ("return_undone", "Return undone"),
            ("write_off", "Write-off"),
        ],
        "Third-party entry",
        readonly=True,
        copy=False,
    )

    def write(self, vals):
        ours = self.filtered("optoamc_share_id")._optoamc_posted() if vals.keys() & FIXED else self.browse()
        if posted := ours.filtered(lambda line: changes(line, vals, FIXED)):
            check_first(posted, "write")
            raise UserError(
                self.env._(
                    "%s is a third-party payer's part: its entry stays as it was posted. Reverse the part, return it "
                    "or write it off, from the invoice's third-party shares.",
                    posted[0].sudo().optoamc_share_id.display_name,
                )
            )
        return super().write(vals)

    def _optoamc_posted(self):
        return self.filtered(lambda line: line.parent_state == "posted")

    def _optoamc_payer_side(self):
        """The lines on the payers.

        A transfer, or a return that is undone, debits the payer, a reversal or a return credits it; the other side
        of a write-off, a loss, belongs to no share.
        """
        return self.filtered(
            lambda line: (
                line.optoamc_share_entry == "write_off"
                or (line.balance > 0) == (line.optoamc_share_entry in PAYER_DEBITS)
            )
        )

    def _optoamc_outside_partials(self):
        """The reconciliations of these lines with lines that belong to no share."""
        return self.matched_debit_ids.filtered(
            lambda partial: not partial.debit_move_id.optoamc_share_id
        ) + self.matched_credit_ids.filtered(lambda partial: not partial.credit_move_id.optoamc_share_id)

    def _optoamc_check_analytic(self):
        """A loss is a cost: the company's mandatory plans hold for it.

        :raises UserError: naming the account and what to do
        """
        for loss in self.filtered(lambda line: line.optoamc_share_entry == "write_off" and not line.optoamc_share_id):
            try:
                loss.with_context(validate_analytic=True)._validate_distribution(
                    company_id=loss.company_id.id, account=loss.account_id.id, business_domain="general"
                )
            except ValidationError as error:
                raise UserError(
                    self.env._(
                        "%s needs an analytic distribution of 100%%: choose it where you write off, or in the models "
                        "of analytic distribution.",
                        loss.account_id.display_name,
                    )
                ) from error

    def action_automatic_entry(self, default_action=None):
        # Moved to another account by an entry of Odoo's own, a share would show as paid.
        if share := self.sudo().optoamc_share_id[:1]:
            check_first(self, "write")
            raise UserError(
                self.env._(
                    "%s is a third-party payer's part: it stays on its account until it is paid, returned, written "
                    "off or reversed.",
                    share.display_name,
                )
            )
        return super().action_automatic_entry(default_action=default_action)

    def action_unreconcile_match_entries(self):
        selected = self.browse(self.env.context.get("active_ids"))
        selected._optoamc_check_unreconcilable()
        # Odoo undoes the whole group of matched items: the payers' parts go back to their invoices.
        matched = selected._all_reconciled_lines()
        matched._optoamc_forget_paid()
        shares = matched.sudo().optoamc_share_id
        result = super().action_unreconcile_match_entries()
        shares._reattach()
        shares._match_other_money()
        return result

    def _optoamc_check_unreconcilable(self):
        """A payer's part stays on its invoice, or the invoice would ask the patient for it too.

        :raises UserError: naming the way out
        """
        ours = self.filtered("optoamc_share_id")
        if patient_side := ours - ours._optoamc_payer_side():
            raise UserError(
                self.env._(
                    "%s is a third-party payer's part: return it to the patient, or reverse it, from "
                    "the invoice's third-party shares.",
                    patient_side[0].sudo().optoamc_share_id.display_name,
                )
            )

    @api.model
    def _optoamc_open_on(self, companies, partners, *domain):
        """What is open on the receivable accounts of partners, the oldest first.

        :param partners: their ids, or a query of them
        :param domain: which of these items
        """
        return self.search(
            [
                ("company_id", "in", companies.ids),
                ("partner_id", "in", partners),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "!=", 0),
                *domain,
            ],
            order="date, id",
        )

    def _optoamc_open(self):
        """Those of the items that are not reconciled in full."""
        return self.filtered(lambda line: not line.reconciled)
