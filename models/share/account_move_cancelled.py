from odoo import api, fields, models


class AccountMove(models.Model):
    """What stays to be seen of an agreement that ended after the invoice."""

    _inherit = "account.move"

    optoamc_cancelled_notice = fields.Text(
        "Agreement cancelled",
        compute="_compute_optoamc_cancelled_notice",
        compute_sudo=True,
        groups="l10n_fr_optoamc.group_optician,account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends(
        "optoamc_share_ids.amount",
        "optoamc_share_ids.amount_residual",
        "optoamc_share_ids.request_id.state",
        "amount_residual",
    )
    @api.depends_context("lang")
    def _compute_optoamc_cancelled_notice(self):
        for move in self:
            cancelled = move._optoamc_cancelled_shares()
            move.optoamc_cancelled_notice = "\n".join(move._optoamc_cancelled_text(share) for share in cancelled)

    def _optoamc_cancelled_shares(self):
        """The shares whose agreement was cancelled, as long as somebody still owes what they covered.

        Not those of an insurer that has agreed again.
        """
        cancelled = self.optoamc_share_ids.filtered(
            lambda share: share.request_id.state == "cancelled" and share.amount_moved and not share.amount
        )
        return cancelled.filtered(
            lambda share: (
                share.move_id._optoamc_is_owed()
                and share.partner_id not in share.move_id.optoamc_share_ids.filtered("amount").partner_id
            )
        )

    def _optoamc_is_owed(self):
        """Whether the patient or a payer still owes something of the invoice."""
        return bool(self.amount_residual or any(self.optoamc_share_ids.mapped("amount_residual")))

    def _optoamc_cancelled_text(self, share):
        money = self.company_currency_id.format
        bearers = [
            f"{other.partner_id.name} {money(other.amount)}" for other in self.optoamc_share_ids.filtered("amount")
        ]
        bearers.append(f"{self.partner_id.name} {money(self.optoamc_patient_amount)}")
        return self.env._(
            "%(agreement)s (%(insurer)s) was cancelled after %(invoice)s: %(amount)s came off this insurer. "
            "Now owed: %(bearers)s.",
            agreement=share.request_id.display_name,
            insurer=share.partner_id.name,
            invoice=self.name,
            amount=money(share.amount_reversed),
            bearers=", ".join(bearers),
        )
