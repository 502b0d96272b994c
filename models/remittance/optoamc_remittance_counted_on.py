from __future__ import annotations

from collections import defaultdict

from odoo import api, fields, models

from ...lib.payments.matching import BOOKED
from ...lib.payments.received import find_missing
from ..mixin.chatter import schedule
from ..mixin.follow_up import first_able
from ..mixin.reader_lang import in_lang_of

MISSING_ACTIVITY = "l10n_fr_optoamc.mail_activity_type_missing_payment"


class OptoamcRemittance(models.Model):
    """Lines of a booked advice of which nothing was done, for their money was booked already.

    The share is paid by a bank line, a payment or another advice. Undone later, it leaves the share open, and what
    this payer has told of in no book: somebody is told.
    """

    _name = "optoamc.remittance"
    _inherit = ["optoamc.remittance", "mail.activity.mixin"]

    booked_by_id = fields.Many2one("res.users", "Booked by", readonly=True, copy=False)
    missing_notice = fields.Text("Payments undone since", compute="_compute_missing_notice")

    @api.depends("line_ids.counted_on", "line_ids.amount", "line_ids.share_id")
    @api.depends_context("lang")
    def _compute_missing_notice(self):
        for remittance in self:
            lines = remittance.line_ids.filtered(lambda line: line.counted_on == "undone")
            remittance.missing_notice = "\n".join(line._named_amount() for line in lines) or False

    def _tell_missing(self):
        """Ask whoever booked these advices, once; who is asked already sees the lines on the advice."""
        untold = self.filtered(lambda advice: not advice.activity_search([MISSING_ACTIVITY]))
        schedule(self, MISSING_ACTIVITY, [advice._missing_activity() for advice in untold])

    def _missing_activity(self):
        user = first_able(self, lambda: self.booked_by_id, self.line_ids.share_id._accountant)
        advice = in_lang_of(self, user)
        return {
            "res_id": advice.id,
            "summary": advice.env._("A payment that this advice counted on is undone"),
            "note": advice._missing_words(),
            "user_id": user.id,
        }

    def _missing_words(self):
        return self.env._(
            "Nothing was done of some lines, for their money was booked already. What they counted on is undone: book "
            "it on the shares again, or undo the advice, and these lines are decided anew."
        )

    def _settle_missing(self):
        """Nobody is asked any more of advices whose lines all have their money again."""
        settled = self.filtered(lambda advice: "undone" not in advice.line_ids.mapped("counted_on"))
        settled.activity_unlink([MISSING_ACTIVITY])


class OptoamcRemittanceLine(models.Model):
    _inherit = "optoamc.remittance.line"

    counted_on = fields.Selection(
        [("booked", "Booked already"), ("undone", "Undone since")],
        "Money counted on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Nothing was done of the line, for its money was on the share already; whether it is still.",
    )

    def _note_counted_on(self):
        """Remember of which of these lines nothing is done because their money is booked already."""
        skipped = self.filtered(
            lambda line: line.decision == "skip" and line.amount and line.share_id and not line.received_move_id
        )
        (skipped - skipped._missing()).counted_on = "booked"
        # What these lines book, or tell of, others may have counted on.
        self.share_id._refresh_counted_on()

    def _forget_counted_on(self):
        """Have the lines whose money is booked no more looked for again: their advice is undone.

        :return: these
        """
        undone = self.filtered(lambda line: line.counted_on == "undone")
        undone.decision = False
        self.filtered("counted_on").counted_on = False
        self.remittance_id._settle_missing()
        return undone

    def _refresh_counted_on(self):
        """Say of all lines of some dossiers that counted on money whether it is still there."""
        if not self:
            return  # most often
        lost = self._missing()
        gone = lost.filtered(lambda line: line.counted_on == "booked")
        back = (self - lost).filtered(lambda line: line.counted_on == "undone")
        gone.counted_on = "undone"
        back.counted_on = "booked"
        gone.remittance_id._tell_missing()
        back.remittance_id._settle_missing()

    def _missing(self):
        """Those of these lines whose money is in no entry; all lines of an agreement that count on money are there."""
        lost = self.browse()
        if not self:
            return lost  # most often
        groups = self.grouped(lambda line: (line.share_id._agreement(), line.amount < 0))
        money = self.share_id._of_agreements({agreement for agreement, _is_back in groups})._all_money()
        for key, lines in groups.items():
            # Some count on what no advice told of, others on what an advice has booked.
            untold = [cents - told for cents, told in money[key] if cents > told]
            first = lines.filtered(lambda line: line.doubt in BOOKED)
            places = find_missing([line._told_cents() for line in first], untold)
            lost |= lost.browse([first.ids[place] for place in places])
            total = sum(cents for cents, _told in money[key])
            lost |= (lines - first).filtered(lambda line, total=total: line._told_cents() > total)
        return lost

    def _told_cents(self):
        return abs(round(self.amount * 100))

    def _named_amount(self):
        """The line in a list: what it names and its amount."""
        named = " · ".join(filter(None, (self.pec_number, self.share_id.sudo().move_id.name)))
        return f"{named}: {self.currency_id.format(self.amount)}"


class OptoamcShare(models.Model):
    """What pays a share, and what took its payments back."""

    _inherit = "optoamc.share"

    def _match_other_money(self):
        result = super()._match_other_money()
        self._refresh_counted_on()
        return result

    def _refresh_counted_on(self):
        """Have the lines of booked advices that count on what paid these dossiers' shares say whether it is there."""
        domain = [("share_id.order_id", "in", self.order_id.ids), ("counted_on", "!=", False)]
        self.env["optoamc.remittance.line"].sudo().search(domain, order="id")._refresh_counted_on()

    def _all_money(self):
        """What was ever paid of agreements, or taken back, and is in the books: on shares, open, or given away.

        :return: by agreement and whether it was taken back, a list of (cents, cents of it that booked advices told
            of), an item each; these shares are all of their agreements'
        """
        money = self._money() | self._payer_lines().matched_credit_ids.credit_move_id
        items = (money | money.matched_debit_ids.debit_move_id).filtered(
            lambda item: not item.optoamc_share_id and "posted" not in item.move_id.reversal_move_ids.mapped("state")
        )
        domain = [("move_line_id", "in", items.ids), ("state", "=", "posted")]
        lines = self.env["optoamc.remittance.line"].search(domain)
        told = lines.grouped(lambda line: (line.move_line_id, line._agreement()))
        found = defaultdict(list)
        for item in items:
            paid, matched = item.optoamc_paid or {}, item._optoamc_on_agreements()
            for agreement in paid.keys() | matched.keys():
                cents = round(max(paid.get(agreement, 0.0), matched.get(agreement, 0.0)) * 100)
                of_advices = sum(line._told_cents() for line in told.get((item, agreement), ()))
                found[agreement, item.balance > 0].append((cents, of_advices))
        return found


class AccountMove(models.Model):
    _inherit = "account.move"

    def _reverse_moves(self, default_values_list=None, cancel=False):
        reversals = super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)
        if paid := self.sudo().line_ids.filtered("optoamc_paid"):
            paid._optoamc_shares_it_frees()._refresh_counted_on()
        return reversals

    def _optoamc_match_open_money(self):
        result = super()._optoamc_match_open_money()
        self.sudo().line_ids.filtered("optoamc_paid")._optoamc_find_again()
        return result


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _optoamc_remember_paid(self):
        news = super()._optoamc_remember_paid()
        news._optoamc_find_again()
        return news

    def _optoamc_find_again(self):
        """Have the lines of booked advices whose money was undone say whether these items are it."""
        if self and self.env["optoamc.remittance.line"].sudo().search_count([("counted_on", "=", "undone")], limit=1):
            self.sudo()._optoamc_shares_it_frees()._refresh_counted_on()
