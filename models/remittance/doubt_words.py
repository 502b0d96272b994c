"""What a person is told to do of a line that is doubtful."""

from __future__ import annotations

from odoo.tools import format_date

from ...lib.payments.matching import MATCHED

#: The doubts that what is booked already explains.
_ABOUT_MONEY = {"paid", "received", "more", "back", "returned", "reversed", "written_off", "asked", "several"}

#: The doubts about an agreement that no invoice carries.
WITHOUT_SHARE = ("unbilled", "uncarried", "ended")


class DoubtWords:
    """Instructions in the user's language.

    :param env: the user's
    """

    def __init__(self, env):
        self.env = env
        self._open = {}

    def of(self, line):
        """What to do of a line.

        :return: the words; False where nothing is doubtful, or to be done any more
        """
        if line.counted_on == "undone":
            return self.env._(
                "The payment that this line counted on is undone: book it on the share again, or undo the advice, and "
                "the line is decided anew."
            )
        if line.decision and (line.received_move_id or line.doubt == "received"):
            return self._chosen(line)
        if line.state == "posted":
            return False
        if not line.doubt:
            return self._found_anew(line)
        words = [self._words(line)[line.doubt]]
        if line.received_move_id:
            words.append(self.received(line))
            if line.doubt == "received" and line.request_id and not line.share_id:
                words.append(self._without_share(line))
        elif line.doubt in _ABOUT_MONEY:
            words.append(self._taken_back_by(line) if line.amount < 0 else self._paid_by(line))
        words.append(self._owed_again_elsewhere(line))
        return " ".join(filter(None, words))

    def _found_anew(self, line):
        """What to do of a line that is sure by now, and was not when the file was read."""
        return bool(line.match == MATCHED and not line.decision) and self.env._(
            "As things are now this is its share: confirm it, or choose otherwise."
        )

    def _chosen(self, line):
        """What a person has chosen of money that is booked already: it is so before and after the booking."""
        entry = line.received_move_id.sudo()
        if line.decision == "skip":
            return self.env._("Nothing is done of the line.")
        if not entry:
            return line.state != "posted" and self.env._("New payment, beside what is booked on the share already.")
        found = self._names([(entry.date, self._name_of(entry))])
        if not line.uses_received:
            return self.env._("New payment: the payer has paid once more. What was found stays open: %s.", found)
        if line.decision == "share":
            return self.env._("No payment: the money that is booked already goes on the share: %s.", found)
        return self.env._("No payment: the money that is booked already is the payer's credit: %s.", found)

    def received(self, line):
        """Where the money of a line is booked already, and open."""
        entry = line.received_move_id.sudo()
        return self.env._(
            "Booked already, and open: %(entry)s of %(date)s, %(amount)s.",
            entry=self._name_of(entry),
            date=format_date(self.env, entry.date),
            amount=line.currency_id.format(self._open_of(line.remittance_id.sudo(), entry)),
        )

    def _open_of(self, advice, entry):
        """What of an entry is open and may be what an advice tells of, €."""
        if (advice, entry) not in self._open:
            lines = advice.line_ids.filtered(lambda line: line.received_move_id == entry)
            money = lines._money_received([("move_id", "=", entry.id)])
            self._open[advice, entry] = sum(part.amount for part in money) / 100
        return self._open[advice, entry]

    def _taken_back_by(self, line):
        """What took back what was paid of the share's agreement: entries on the bank's account."""
        share = line.share_id.sudo()
        if not share:
            return ""
        debits = share._money().matched_debit_ids.debit_move_id.filtered(lambda item: not item.optoamc_share_id)
        taken_back = self._entries(debits.move_id)
        return taken_back and self.env._("Already taken back by: %s.", self._names(taken_back))

    def _paid_by(self, line):
        """What paid the share before: booked advices, statement lines and payments."""
        share = (line.share_id or self._meant(line)).sudo()
        told = (share.remittance_line_ids - line).filtered(
            lambda other: other.state == "posted" and other.decision == "share" and other.amount > 0
        )
        paid = [(advice.date, advice.name) for advice in told.remittance_id]
        items = self._money_on(share)
        paid += self._entries((items - told.move_line_id).move_id)
        return paid and self.env._("Already paid by: %s.", self._names(paid))

    def _owed_again_elsewhere(self, line):
        """What a line pays too much has its payer owe again on other invoices of the agreement."""
        owed = line.share_id.sudo()._owed_again_with(line.amount) if line.share_id and line.amount > 0 else {}
        money = line.currency_id.format
        return owed and self.env._(
            "But first of all the payer owes again, and pays, what was returned to the patient or written off of this "
            "agreement: %s.",
            ", ".join(f"{share.move_id.name} ({money(float(amount))})" for share, amount in owed.items()),
        )

    def _entries(self, moves):
        """The days and names of entries that are no advice's own."""
        own = moves.filtered(lambda move: not move.origin_payment_id.optoamc_remittance_id)
        return [(move.date, self._name_of(move)) for move in own]

    def _with_patients(self, words, line):
        """Words, and what the patient has paid of an insurer's part: no invoice has room for it."""
        request = line.share_id.sudo().request_id
        if line.doubt not in ("asked", "more") or not request or not (amount := request._unallocated()):
            return words
        paid = self.env._(
            "The patient has paid %(amount)s of the %(granted)s that the insurer grants: the part is smaller by as "
            "much. Confirmed, what it does not owe waits as the insurer's credit: use “Move to the patient”.",
            amount=line.currency_id.format(float(amount)),
            granted=line.currency_id.format(request.granted_total),
        )
        return f"{words} {paid}"

    def _several(self, line):
        """Of which shares a person is to choose one: of one agreement, its money finds its way by itself."""
        name = "amount_paid" if line.amount < 0 else "amount_residual"
        shares = self._meant(line).sudo().filtered(name)
        if len(shares) < 2 or len({share._agreement() for share in shares}) > 1:
            return self.env._("Choose the share; what pays several is typed as several lines by the payer.")
        return self.env._(
            "One agreement on several invoices: %s. Choose one of its shares: what is more than it goes on the others "
            "by itself.",
            ", ".join(f"{share.move_id.name} ({line.currency_id.format(share[name])})" for share in shares),
        )

    @staticmethod
    def _meant(line):
        """The shares of the agreement that a line names, of which a person is to choose one."""
        domain = [("company_id", "=", line.company_id.id), ("pec_number", "=", line.pec_number)]
        return line.share_id.search(domain) if line.pec_number else line.share_id

    @staticmethod
    def _money_on(share):
        money = share._payer_lines().matched_credit_ids.credit_move_id
        if share:
            money |= share._open_money().filtered(lambda item: item.balance < 0)
        return money.filtered(lambda item: not item.optoamc_share_id)

    def _name_of(self, move):
        """An entry that paid, as whoever looks for it knows it."""
        if statement_line := move.statement_line_id:
            statement = statement_line.statement_id.name or move.name
            return self.env._("bank statement %s", " ".join(filter(None, (statement, statement_line.payment_ref))))
        if payment := move.origin_payment_id:
            return self.env._("payment %s", payment.name or move.name)
        return move.name

    def _names(self, entries):
        """Entries in words, the oldest first."""
        return ", ".join(f"{name} ({format_date(self.env, day)})" for day, name in sorted(entries))

    def _of_another_payer(self, line):
        """Who pays by the advice, and whose share was found, if any."""
        if line.share_id:
            return self.env._(
                "%(payer)s pays, and %(other)s owes the share: confirm if it pays for the other, else choose the "
                "share it means. If the advice is of another payer, correct that first.",
                payer=line._named_payer().name or "–",
                other=line.share_id.sudo().partner_id.name or "–",
            )
        return self.env._(
            "The invoice has no part of this payer: choose the share that it pays for another one, or “Open credit”."
        )

    def _returned(self, line):
        """The way out of a part that was returned; a credit note since then may leave less of it to be owed."""
        words = self.env._(
            "The patient owes this part now. Confirmed, it goes back on the payer, and what the patient has paid of "
            "it is refunded."
        )
        share = line.share_id.sudo()
        [owed_again] = share._undoable_returns().values() or [0.0]
        if line.currency_id.compare_amounts(line.amount - share.amount_residual, owed_again) <= 0:
            return words
        rest = self.env._(
            "No more than %s of it can be owed again: the rest waits as the payer's credit for this agreement.",
            line.currency_id.format(owed_again),
        )
        return f"{words} {rest}"

    def _without_share(self, line):
        """What becomes of money of an agreement that no invoice carries: its credit, booked with the agreement."""
        request = line.request_id.sudo()
        named = {"dossier": request.order_id.name or "–", "number": request.pec_number or "–"}
        if request._ended():
            return self._ended(line, request, named)
        if request.order_id.invoice_status == "invoiced":
            return self.env._(
                "Agreed, and no invoice of the dossier %(dossier)s carries a part of it: the patient has paid it, or "
                "the agreement is not transferred to the dossier. The money waits as the credit of this agreement: "
                "transfer the agreement, or use “Move to the patient”.",
                **named,
            )
        return self.env._(
            "Agreed, not yet invoiced (dossier %s): the money waits as the credit of this agreement, and its part "
            "takes it as soon as the dossier is invoiced.",
            named["dossier"],
        )

    def _ended(self, line, request, named):
        anew = line.share_id.sudo()._of_agreements({request._agreement()}).filtered("amount")
        if anew:
            way = self.env._(
                "It was asked for again under no. %s: as an open credit, the money goes on that part.",
                anew[0].pec_number or "–",
            )
        elif line.amount < 0:
            way = self.env._("As an open credit, it comes off what the payer has paid of this agreement.")
        else:
            way = self.env._(
                "As an open credit, the money waits for this agreement until the payer takes it back or is refunded."
            )
        words = self.env._(
            "The agreement %(number)s (dossier %(dossier)s) has ended, and nothing is owed of it.", **named
        )
        return f"{words} {way}"

    def _words_of_received(self, line):
        if line.received_move_id and line.decision and not line.uses_received:
            return self.env._(
                "The payer has paid once more: a payment is made of it, and what was found stays open. Tick “Use it” "
                "if it is the same money."
            )
        if line.received_move_id:
            return self.env._(
                "This money seems to be booked already, straight on the payer's account. With “Use it” ticked no "
                "payment is made of it: it goes on the share, or stays an open credit, as you decide. Untick it only "
                "if the payer has paid once more."
            )
        return self.env._(
            "As much is booked on the share already. Choose “Nothing” if this is the same money, “On the share” only "
            "if it comes once more."
        )

    def _words(self, line):
        return {
            "sense": self.env._(
                "The row says that the payer takes this money back, or may: ask it, and confirm only what is paid."
            ),
            "currency": self.env._("The row is not in euros: compare it with the bank statement before confirming."),
            "status": self.env._(
                "Nobody knows what the row's status means: ask the payer, and confirm only what is paid."
            ),
            "total": self.env._(
                "The lines do not add up to the file's total: compare with the payer's sheet, then confirm."
            ),
            "recipient": self.env._(
                "The file pays another number than this shop's FINESS: check whom the money goes to. Enter the FINESS "
                "in the settings, or import the file in its own shop."
            ),
            "shop": self.env._(
                "Another shop asks this amount by this invoice number: confirm only what this shop has invoiced."
            ),
            "payer": self._of_another_payer(line),
            "kind": self.env._("The AMO pays an insurer's part, or the other way round: choose the share it means."),
            "member": self.env._("The member number is not the patient's: check it with the payer before confirming."),
            "reversed": self.env._(
                "Nothing is owed of it any more. Confirmed, the money waits as the payer's credit for this agreement: "
                "it goes on the share that comes in its place, or is refunded."
            ),
            "returned": line.doubt == "returned" and self._returned(line),
            "written_off": self.env._("Confirmed, the loss is taken back by as much as is paid."),
            "nothing": self.env._("Ask the payer why nothing is paid, then choose “Nothing” or confirm a reject."),
            "asked": self._with_patients(
                self.env._("The payer says another amount than was asked: check the invoice, then confirm."), line
            ),
            "paid": self.env._(
                "This money is booked already: nothing is done of the line. Choose “On the share” only if the payer "
                "has paid twice; what is too much then waits as its credit."
            ),
            "received": self._words_of_received(line),
            "more": self._with_patients(
                self.env._("Confirmed, what is too much waits as the payer's credit for this agreement."), line
            ),
            "back": self.env._("The payer takes back more than it has paid: ask it for the payment that it means."),
            "anew": self.env._(
                "The agreement was asked for again, and what it was paid lies on the part in its place. Confirmed, it "
                "comes off that part, which is owed again until the payer pays the new agreement."
            ),
            "future": self.env._("Wait for the day of the transfer, or correct the date."),
            "several": line.doubt == "several" and self._several(line),
            "conflict": self.env._(
                "The agreement and the invoice are not of one dossier: choose the share, or an open credit."
            ),
            "invoice": self.env._(
                "The agreement is of the same dossier, on its invoice %s: confirm if the payer means that one, else "
                "choose the share.",
                line.share_id.sudo().move_id.name or "–",
            ),
            **dict.fromkeys(WITHOUT_SHARE, line.doubt in WITHOUT_SHARE and self._without_share(line)),
            "by_member": self.env._("Only the member number points to it: compare the amounts, then confirm."),
            "by_amount": self.env._("Only the amount points to it: check with the payer before confirming."),
        }
