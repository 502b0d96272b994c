from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class OptoamcClosingItem(models.Model):
    """What an accountant does of a payer's open credit: match it, pay it back, or give it to the patient."""

    _inherit = "optoamc.closing.item"

    def action_match(self):
        """Pay the payers' open shares with their credits, the oldest first.

        :raises UserError: nothing is open for them
        """
        credits = self._open_credits()
        domain = [
            ("company_id", "in", credits.company_id.ids),
            ("partner_id", "in", credits.partner_id.ids),
        ]
        shares = self.env["optoamc.share"].search(
            Domain(domain) & (Domain("amount_residual", ">", 0) | self._lost_with(credits))
        )
        if not shares:
            raise UserError(
                self.env._("No share of these payers is open: pay the credit back, or move it to the patient.")
            )
        shares._match_credits(credits)

    def _lost_with(self, credits):
        """The shares that were written off though these credits were paid for them."""
        agreements = {agreement for line in credits.sudo() for agreement in line.optoamc_paid or ()}
        shares = self.env["optoamc.share"].sudo()._of_agreements(agreements)
        return Domain("id", "in", shares.ids) & Domain("amount_written_off", ">", 0)

    def action_refund(self):
        """Pay the credits back, in Odoo's own payment register."""
        return self._open_credits().action_register_payment()

    def action_move_to_patient(self):
        """Ask which invoice's patient gets the credit: the payer paid what was the patient's."""
        return self.env["optoamc.credit.to.patient"]._get_records_action(
            name=self.env._("Move to the patient"),
            target="new",
            context={"default_line_ids": [Command.set(self._open_credits().ids)]},
        )

    def _open_credits(self):
        """The journal items of these credits, as far as they are open today, whatever day is looked at.

        :raises UserError: there are none
        """
        self.env["optoamc.share"]._check_accountant()
        self.check_access("read")
        open_ = self.line_id._optoamc_open()
        credits = open_.filtered(lambda line: line.amount_residual < 0)
        if not credits and any(item.nature == "other" and item.line_id in open_ for item in self):
            raise UserError(
                self.env._(
                    "These entries are no credits. What a payer has taken back goes on its part by a payment advice: "
                    "import a sheet of one row, with the PEC number and the amount, negative, then “Use the money "
                    "booked already”."
                )
            )
        if not credits:
            raise UserError(self.env._("Choose open credits: nothing of these is open today."))
        return credits
