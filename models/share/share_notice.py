"""What a person is told of shares that cannot be booked as they should be."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from odoo.tools import format_date, plaintext2html

from ..mixin.chatter import schedule
from ..mixin.reader_lang import in_lang_of
from .agreement_effects import effects_of

#: For who follows an invoice: a payer owes a part that is on no invoice.
UNALLOCATED_ACTIVITY = "l10n_fr_optoamc.mail_activity_type_unallocated_amount"


class ShareNotices:
    """Activities on the invoices of some orders, in the language of who follows them.

    :param readings: the orders by their ids, see :class:`.order_reading.OrderReading`
    :param invoices: those that shares may lie on
    """

    def __init__(self, readings, invoices):
        self.readings = readings
        self.invoices = invoices
        self.env = invoices.env
        self._asked = defaultdict(dict)

    def tell(self, decision):
        """Tell what is decided and not booked; take back what was told and is settled.

        :param decision: a :class:`...lib.payments.allocation.Decision`
        """
        for (move, partner), amount in self._by_partner(decision.unallocated).items():
            self._tell_unallocated(move, partner, amount)
        for (move_id, _payer), amount in decision.unknown_payers.items():
            self._tell_unknown_fund(self.invoices.browse(move_id), amount)
        for move_id, payer in decision.invalid_agreements:
            self._warn_invalid_agreement(self.invoices.browse(move_id), payer)
        notified = {move_id for move_id, _payer in (*decision.unallocated, *decision.unknown_payers)}
        settled = self.invoices.filtered(lambda move: move.id not in notified)
        settled.activity_unlink([UNALLOCATED_ACTIVITY])

    def tell_cancelled(self, decision):
        """Tell what the cancellation of agreements has moved: nobody is looking at the invoice when it comes."""
        requests = self.env["optoamc.request"]
        ended = {
            payer
            for _move, payer in decision.reductions
            if payer[1] and requests.browse(payer[1]).state == "cancelled"
        }
        for effect in effects_of(decision, self.invoices, ended):
            self._tell_cancelled(effect, [payer for payer in effect.changes if payer in ended])

    def _tell_cancelled(self, effect, ended):
        move = in_lang_of(effect.move, self._reader(effect.move))
        requests = move.env["optoamc.request"].browse([payer[1] for payer in ended])
        # An activity goes out by e-mail: the patient is not named.
        parts = [(self._name_of(move.env, payer), change) for payer, change in effect.changes.items()]
        parts.append((move.env._("the patient"), effect.patient))
        money = move.company_currency_id.format
        note = move.env._(
            "%(agreements)s cancelled after the invoice: %(parts)s. Tell the patient what is owed now, and the "
            "insurer whose part has grown.",
            agreements=", ".join(requests.mapped("display_name")),
            parts=", ".join(
                f"{name} {'+' if change > 0 else ''}{money(float(change))}" for name, change in parts if change
            ),
        )
        summary = move.env._(
            "%s: agreement cancelled after the invoice", ", ".join(requests.insurer_id.mapped("name"))
        )
        self._ask(move, "mail.mail_activity_data_todo", summary, note)

    def _name_of(self, env, payer):
        insurer = env["optoamc.request"].browse(payer[1]).insurer_id
        return (insurer or self.readings[payer[0]].partner(payer)).name

    def warn_ended(self, moves):
        """Warn of contracts that had ended on the day of these invoices: the agreement may be refused with them."""
        for reading in self.readings.values():
            for move in reading.record.order_line.invoice_lines.move_id & moves:
                day = move.invoice_date or move.date
                for request in reading.requests.filtered("contract_id.date_to"):
                    if request.contract_id.date_to < day:
                        self._warn_ended(move, request)

    def _warn_ended(self, move, request):
        partner = request.insurer_id.commercial_partner_id
        move = in_lang_of(move, self._reader(move))
        note = move.env._(
            "The contract with %(payer)s ended on %(date)s, before the invoice: check the patient's rights, it may "
            "refuse to pay.",
            payer=partner.name,
            date=format_date(move.env, request.contract_id.date_to),
        )
        self._ask(move, "mail.mail_activity_data_todo", move.env._("%s: the contract had ended", partner.name), note)

    def _by_partner(self, amounts):
        result = defaultdict(Decimal)
        for (move_id, payer), amount in amounts.items():
            result[self.invoices.browse(move_id), self.readings[payer[0]].partner(payer)] += amount
        return result

    def _tell_unallocated(self, move, partner, amount):
        """The invoice has no room for it: the patient has paid it, most often."""
        move = in_lang_of(move, self._reader(move))
        note = move.env._(
            "%(payer)s grants %(amount)s more than what is open on the invoice. Where the patient has "
            "paid it, take the payment off the invoice, update the third-party shares, then refund.",
            payer=partner.name,
            amount=move.currency_id.format(float(amount)),
        )
        self._ask(move, UNALLOCATED_ACTIVITY, move.env._("%s: unallocated third-party amount", partner.name), note)

    def _tell_unknown_fund(self, move, amount):
        """The shop practises the AMO's third-party payment, and does not know whom to ask."""
        move = in_lang_of(move, self._reader(move))
        note = move.env._(
            "The patient owes the AMO's part, %(amount)s. Enter the fund on the patient's form, then update the "
            "third-party shares.",
            amount=move.currency_id.format(float(amount)),
        )
        self._ask(move, UNALLOCATED_ACTIVITY, move.env._("AMO: the patient's fund is not known"), note)

    def _warn_invalid_agreement(self, move, payer):
        """The agreement is not about the invoice, by its day or by what was sold: nobody else would see it."""
        request = self.env["optoamc.request"].browse(payer[1])
        partner = request.insurer_id.commercial_partner_id
        in_time = request._is_in_time(move)
        move = in_lang_of(move, self._reader(move))
        if in_time:
            summary = move.env._("%s: the agreement is out of date", partner.name)
            note = move.env._(
                "The dossier has changed since %(payer)s agreed, which may refuse to pay: cancel the agreement "
                "and ask again, then update the third-party shares.",
                payer=partner.name,
            )
        else:
            summary = move.env._("%s: the agreement had ended", partner.name)
            note = move.env._(
                "%(payer)s agreed until %(date)s, and the invoice is of a later day: the patient owes its part. "
                "Ask again, then update the third-party shares.",
                payer=partner.name,
                date=format_date(move.env, request.valid_until),
            )
        self._ask(move, "mail.mail_activity_data_todo", summary, note)

    def _reader(self, move):
        return move.invoice_user_id or self.env.user

    def _ask(self, move, kind, summary, note):
        words = {"summary": summary, "note": plaintext2html(note)}
        self._asked[kind][move.id, summary] = {"res_id": move.id, "user_id": self._reader(move).id, **words}

    def schedule(self):
        """Ask all that was told, of which nobody is asked yet."""
        for kind, asked in self._asked.items():
            moves = self.invoices.browse({move_id for move_id, _summary in asked})
            known = {(activity.res_id, activity.summary) for activity in moves.activity_ids}
            schedule(self.invoices, kind, [values for key, values in asked.items() if key not in known])
        self._asked.clear()
