from odoo import fields, models
from odoo.tools import format_date

from ..mixin.chatter import log_messages
from ..mixin.reader_lang import in_lang_of


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    optoamc_first_due = fields.Date(
        "Due first on",
        readonly=True,
        copy=False,
        help="The invoice's own due date, where a payer's part came back to the patient: that is due later.",
    )


class AccountMove(models.Model):
    """What comes back to the patient is due anew: nobody is late with what he did not owe.

    An instalment has one due date. Where the patient already owed a part of it, he gets the new date for all of it:
    a reminder that comes late does less harm than one that is wrong.
    """

    _inherit = "account.move"

    def _optoamc_owed(self):
        """What is open of the invoices' instalments, for :meth:`_optoamc_due_anew`.

        :return: by journal item, €
        """
        return {line: line.amount_residual for move in self for line in move._optoamc_receivable_lines()}

    def _optoamc_due_anew(self, owed):
        """Have the instalments of which more is open than before due today, plus the patient's terms.

        :param owed: what was open before, see :meth:`_optoamc_owed`
        """
        told = []
        for move in self:
            more = move._optoamc_receivable_lines().filtered(
                lambda line, currency=move.company_currency_id: (
                    currency.compare_amounts(line.amount_residual, owed[line]) > 0
                )
            )
            due = move._optoamc_next_due()
            late = more.filtered(lambda line, due=due: line.date_maturity < due)
            for line in late:
                move._optoamc_set_due(line, due, first=line.optoamc_first_due or line.date_maturity)
            if late:
                told.append((move, move._optoamc_due_text(due)))
        log_messages(told)

    def _optoamc_due_first(self):
        """Give the instalments the due dates of the invoice again: nothing of a payer's part is the patient's."""
        for line in self.line_ids.filtered("optoamc_first_due"):
            line.move_id._optoamc_set_due(line, line.optoamc_first_due, first=False)

    def _optoamc_next_due(self):
        """Today, plus the terms of the invoice, else of the patient."""
        today = self.company_id._optoamc_today()
        terms = self.invoice_payment_term_id
        terms = terms or self.commercial_partner_id.with_company(self.company_id).property_payment_term_id
        return max((line._get_due_date(today) for line in terms.line_ids), default=today)

    def _optoamc_set_due(self, line, due, first):
        # A due date is no part of what is hashed or locked, and the amounts of the instalments stay.
        lean = {"skip_invoice_sync": True, "skip_is_manually_modified": True}
        line.sudo().with_context(**lean).write({"date_maturity": due, "optoamc_first_due": first})
        latest = max(self._optoamc_receivable_lines().mapped("date_maturity"))
        self.sudo().with_context(**lean).invoice_date_due = latest

    def _optoamc_due_text(self, due):
        move = in_lang_of(self, self.invoice_user_id or self.env.user)
        return move.env._("What came back to the patient is due on %s.", format_date(move.env, due))

    def _optoamc_posting_date(self):
        """The date of the entry, also of a draft about to be posted: locks of VAT or sales move it too."""
        if self.state == "posted":
            return self.date
        day = self.date if self.invoice_date else self.company_id._optoamc_today()
        is_taxed = self._affect_tax_report()
        locks = self._get_violated_lock_dates(day, is_taxed)
        return self._get_accounting_date(self.invoice_date or day, is_taxed, lock_dates=locks) if locks else day

    def button_draft(self):
        result = super().button_draft()
        self._optoamc_due_first()
        return result
