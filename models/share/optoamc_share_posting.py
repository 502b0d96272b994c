from __future__ import annotations

from odoo import api, models
from odoo.fields import Command
from odoo.tools import format_date

from ..mixin.reader_lang import in_lang_of
from .account_move_line import PAYER_DEBITS


class OptoamcShare(models.Model):
    """How the entries of a share are written: their accounts, their journal, their day. As superuser, too."""

    _inherit = "optoamc.share"

    def _entry_vals(self, entry, amount, date, other_account, other_partner, **payers):
        """One entry between the payer and the other side, the patient's account or a loss account.

        :param payers: other values of the payer's item
        """
        sign = 1 if entry in PAYER_DEBITS else -1
        company = self.company_id
        common = {"name": self.label, "optoamc_share_entry": entry}
        # A receivable is nobody's cost or income: Odoo need not look for an analytic distribution.
        receivable = common | {"analytic_distribution": False}
        payer_line = {
            **receivable,
            "optoamc_share_id": self.id,
            "account_id": self._payer_account().id,
            "partner_id": self.partner_id.id,
            "balance": sign * amount,
            "date_maturity": self.date_maturity if entry == "transfer" else date,
            # Odoo leaves general journals out of the follow-up: this is a debt to follow up.
            "no_followup": False,
            **payers,
        }
        other_line = {
            **(common if entry == "write_off" else receivable),
            "optoamc_share_id": self.id if entry != "write_off" else False,
            "account_id": other_account.id,
            "partner_id": other_partner.id,
            "balance": -sign * amount,
        }
        return self._entry_of(company, date, self.label, [payer_line, other_line])

    @api.model
    def _entry_of(self, company, date, ref, items):
        """An entry of the company's third-party journal, in its currency.

        :param items: the values of its journal items; their balance in €
        """
        currency = {"currency_id": company.currency_id.id}
        return currency | {
            "move_type": "entry",
            "journal_id": company._optoamc_journal().id,
            "company_id": company.id,
            "date": date,
            "ref": ref,
            "line_ids": [
                Command.create(item | currency | dict.fromkeys(("balance", "amount_currency"), float(item["balance"])))
                for item in items
            ],
        }

    @api.model
    def _post_entries(self, vals_list):
        """Create and post entries, all at once; where their day is locked on the first open one, and say so."""
        # Two lines that balance: Odoo need not look for taxes, terms and roundings to add.
        lean = {"skip_invoice_sync": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}
        if not vals_list:
            return self.env["account.move"]
        asked = [vals["date"] for vals in vals_list]
        self._move_to_open_days(vals_list)
        moves = self.env["account.move"].with_context(**lean).create(vals_list).with_env(self.env)
        moves.line_ids.mapped("partner_id.commercial_partner_id")  # read ahead: Odoo reads it entry by entry
        # The button that confirms an invoice asks for analytic distributions; a receivable has none.
        moves.with_context(validate_analytic=False)._post(soft=False)
        for move, day in zip(moves, asked, strict=True):
            if move.date != day:
                move.line_ids.optoamc_share_id._tell_moved(move, day)
        return moves

    @api.model
    def _move_to_open_days(self, vals_list):
        """Date entries on the first open day, each journal and day looked up once."""
        days = {}
        for vals in vals_list:
            key = vals["company_id"], vals["journal_id"], vals["date"]
            if key not in days:
                company, journal = self.env["res.company"].browse(key[0]), self.env["account.journal"].browse(key[1])
                days[key] = journal._optoamc_open_day(company, vals["date"])
            vals["date"] = days[key]

    def _tell_credited_later(self, day):
        """Say it where a lock has Odoo enter the credit note, and so the reversal, after its own date.

        :param day: of the credit note's entry
        """
        reversals = self.line_ids.filtered(lambda line: line.optoamc_share_entry == "reversal").move_id
        entry = reversals.filtered(lambda move: move.date == day)[-1:]
        for refund in self.move_id.reversal_move_ids if entry else ():
            if refund.invoice_date and refund.invoice_date < day == refund._optoamc_posting_date():
                self._tell_moved(entry, refund.invoice_date)

    def _tell_moved(self, entry, asked):
        """Say on the invoice, and on the credit note of that day, that a locked period moved an entry."""
        self = self._in_reader_lang()
        body = self.env._(
            "%(entry)s (%(payer)s) is entered on %(date)s: %(asked)s lies in a locked period.",
            entry=entry.name,
            payer=self.partner_id.name,
            date=format_date(self.env, entry.date),
            asked=format_date(self.env, asked),
        )
        causes = self.move_id.reversal_move_ids.filtered(lambda refund: asked in (refund.invoice_date, refund.date))
        for document in self.move_id | causes:
            document._message_log(body=body)

    def _payer_account(self):
        """The payer's receivable account in the share's company; a share stays on the one it began on.

        It is the partner's own when the accountant chose one, else the company's for
        third-party payers, which becomes the partner's: Odoo books the payer's payments there.
        """
        self.ensure_one()
        if lines := self._payer_lines():
            return lines[0].account_id
        return self.partner_id._optoamc_account(self.company_id)

    def _in_reader_lang(self):
        """The share in the language of who follows the dossier."""
        return in_lang_of(self, self.order_id.user_id or self.env.user)
