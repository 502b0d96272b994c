"""Which share a payer's line is about: by PEC number, invoice, member number, amount. No ORM.

A PEC number or an invoice number that names one share, with nothing that speaks against it, is a
*match*. Whatever else points to one share is *doubtful*: a person looks at it, and the reason says
what at. The rest is *unknown*.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .advice import PAID, AdviceLine
from .payable import Agreed, Candidate, Elsewhere

MATCHED, DOUBTFUL, UNKNOWN = "matched", "doubtful", "unknown"

#: The reasons that say that the share has the money already.
BOOKED = frozenset({"paid", "received"})


@dataclass(frozen=True, slots=True)
class Match:
    """What a line of an advice was found to pay.

    ``share`` is the place of the share among those that were given, ``None`` where there is none to name.
    """

    verdict: str
    share: int | None = None
    reason: str = ""
    """Why it is doubtful: what the line says itself (:mod:`.senses`), ``recipient``, ``shop``, ``payer``, ``kind``,
    ``member``, ``reversed``, ``returned``, ``written_off``, ``nothing``, ``asked``, ``paid``, ``received``, ``more``,
    ``back``, ``future``, ``several``, ``conflict``, ``invoice``, ``unbilled``, ``uncarried``, ``ended``,
    ``by_member``, ``by_amount``."""
    parts: tuple[tuple[int, int], ...] = ()
    """Of a line that pays, or has paid, an agreement on several invoices: its shares, with each one's cents."""
    agreement: int | None = None
    """Of a line about an agreement that no invoice carries: its share is to come, or none ever will."""


def compact(text: str) -> str:
    """Letters and digits, without the zeros that fill a field."""
    return re.sub(r"[\W_]", "", text).upper().lstrip("0")


def digits(text: str) -> str:
    """What a field of digits keeps of ``FAC/2026/00012``."""
    return re.sub(r"\D", "", text).lstrip("0")


class Matcher:
    """Finds the shares of a whole file; an amount that a line takes is not there for the next one.

    :param latest: the last day that a payment may be dated; a later one is for a person to look at
    :param own: the shop's FINESS number
    :param elsewhere: other shops' invoices, which may be numbered alike
    :param agreed: the agreements that no invoice carries
    """

    def __init__(
        self,
        candidates: Iterable[Candidate],
        latest: date | None = None,
        own: str = "",
        elsewhere: Iterable[Elsewhere] = (),
        agreed: Iterable[Agreed] = (),
    ) -> None:
        self.latest = latest
        self.own = compact(own)
        self.elsewhere: dict[str, list[Elsewhere]] = defaultdict(list)
        for invoice in elsewhere:
            self.elsewhere[digits(invoice.invoice_number)].append(invoice)
        self.agreed: dict[str, list[Agreed]] = defaultdict(list)
        for agreement in agreed:
            self.agreed[compact(agreement.pec_number)].append(agreement)
        self.by_pec: dict[str, list[Candidate]] = defaultdict(list)
        self.by_invoice: dict[str, list[Candidate]] = defaultdict(list)
        self.by_member: dict[str, list[Candidate]] = defaultdict(list)
        self.by_open: dict[tuple[int, int], list[Candidate]] = defaultdict(list)
        for share in candidates:
            if key := compact(share.pec_number):
                self.by_pec[key].append(share)
            for key in {compact(share.invoice_number), digits(share.invoice_number)} - {""}:
                self.by_invoice[key].append(share)
            if key := compact(share.member_number):
                self.by_member[key].append(share)
            if share.open:
                self.by_open[share.payer, share.open].append(share)

    def match_all(self, lines: Iterable[tuple[AdviceLine, int | None]]) -> list[Match]:
        """The matches of lines given with their payer, where it is known.

        Money taken back goes first. What names a share goes before what is guessed: a guess takes what is left.
        """
        lines = list(lines)
        named = {place: self._named(line) for place, (line, _payer) in enumerate(lines)}
        found: dict[int, Match] = {}
        for place in sorted(named, key=lambda place: (named[place] == [], lines[place][0].amount >= 0)):
            found[place] = self._match(named[place], *lines[place])
        return [found[place] for place in range(len(lines))]

    def _match(self, named: list[Candidate] | None, line: AdviceLine, payer: int | None) -> Match:
        if known := self._of_agreement(line, payer):
            return known
        if named is None:
            return Match(DOUBTFUL, reason="conflict")
        if not named:
            return self._guess(line, payer)
        share = self._narrow(named, line, payer)
        if not share:
            known = self._split(named, line, payer) or self._paid_before(named, line, payer)
            is_ones = payer is None or any(share.payer == payer for share in named)
            return known or Match(DOUBTFUL, reason="several" if is_ones else "payer")
        doubt = self._doubt(share, line, payer)
        if doubt in BOOKED:
            _tell_of(_payments_of([share], _cents(line.amount)), [share])
        else:
            self._take(share, line)
        return Match(DOUBTFUL if doubt else MATCHED, share.id, doubt)

    def _split(self, named: list[Candidate], line: AdviceLine, payer: int | None) -> Match | None:
        """What one line pays, or takes back, of a payer: one agreement on several invoices, or several of one invoice.

        To the cent, or not at all.
        """
        shares = [share for share in named if (share.open if line.amount > 0 else share.paid)]
        if not line.pec_number:
            shares = [share for share in shares if share.payer == payer and line.kind in ("", share.kind)]
        amounts = [share.open if line.amount > 0 else -share.paid for share in shares]
        if len(shares) < 2 or sum(amounts) != _cents(line.amount):
            return None
        pieces = [replace(line, amount=Decimal(amount) / 100, asked=Decimal(0)) for amount in amounts]
        if any(self._doubt(share, piece, payer) for share, piece in zip(shares, pieces, strict=True)):
            return None
        for share, piece in zip(shares, pieces, strict=True):
            self._take(share, piece)
        return Match(MATCHED, parts=tuple((share.id, amount) for share, amount in zip(shares, amounts, strict=True)))

    def _paid_before(self, named: list[Candidate], line: AdviceLine, payer: int | None) -> Match | None:
        """One agreement on several invoices, whose money is booked already: the share, or the shares, it is on."""
        # For all of them, or a line an invoice.
        groups = [named, *([share] for share in named)]
        found = ((group, _payments_of(group, _cents(line.amount))) for group in groups)
        shares, payments = next(((group, payments) for group, payments in found if payments), ([], []))
        paid = {share.id: sum(share.unannounced.get(payment, 0) for payment in payments) for share in shares}
        parts = [(share, paid[share.id]) for share in shares if paid[share.id]]
        is_other_open = len(parts) == 1 and any(share.open for share in named)
        pieces = [replace(line, amount=Decimal(cents) / 100, asked=Decimal(0)) for _share, cents in parts]
        doubts = {self._doubt(share, piece, payer) for (share, _cents), piece in zip(parts, pieces, strict=True)}
        if not line.pec_number or is_other_open or not doubts or not doubts <= BOOKED:
            return None
        _tell_of(payments, shares)
        reason = "received" if "received" in doubts else "paid"
        if len(parts) == 1:
            return Match(DOUBTFUL, parts[0][0].id, reason)
        return Match(DOUBTFUL, reason=reason, parts=tuple((share.id, cents) for share, cents in parts))

    def _named(self, line: AdviceLine) -> list[Candidate] | None:
        """The shares that the numbers of agreement and invoice name; None: they name different dossiers."""
        by_pec, by_invoice = self._by_pec(line), self._by_invoice(line)
        if not (by_pec and by_invoice):
            return by_pec or by_invoice
        ids = {share.id for share in by_invoice}
        dossiers = _dossiers(by_invoice)
        return (
            [share for share in by_pec if share.id in ids]
            or [share for share in by_pec if share.dossier in dossiers]
            or None
        )

    def _by_pec(self, line: AdviceLine) -> list[Candidate]:
        return self.by_pec.get(compact(line.pec_number), []) if line.pec_number else []

    def _by_invoice(self, line: AdviceLine) -> list[Candidate]:
        return self.by_invoice.get(compact(line.invoice_number), []) if line.invoice_number else []

    def _narrow(self, shares: list[Candidate], line: AdviceLine, payer: int | None) -> Candidate | None:
        """One of several: each test that leaves some is kept."""
        tests = (
            lambda share: (share.paid or share.credit) if line.amount < 0 else share.amount,
            lambda share: not line.kind or share.kind == line.kind,
            lambda share: payer is None or share.payer == payer,
            lambda share: not line.member_number or compact(share.member_number) == compact(line.member_number),
            lambda share: _cents(line.asked or line.amount) in (share.amount, share.open),
        )
        for test in tests:
            if len(shares) > 1:
                shares = [share for share in shares if test(share)] or shares
        return shares[0] if len(shares) == 1 else None

    def _doubt(self, share: Candidate, line: AdviceLine, payer: int | None) -> str:
        return self._doubt_of_identity(share, line, payer) or self._doubt_of_amount(share, line, payer)

    def _doubt_of_identity(self, share: Candidate, line: AdviceLine, payer: int | None) -> str:
        """Whether the line is about another share, or another shop's."""
        is_elsewhere = _is_of_another_invoice(line, share)
        doubts = {
            line.doubt: bool(line.doubt),
            "recipient": bool(line.payee) and compact(line.payee) != self.own,
            "shop": self._may_be_elsewhere(line, payer),
            "kind": bool(line.kind) and share.kind != line.kind,
            "payer": payer is not None and share.payer != payer,
            "member": _differ(line.member_number, share.member_number),
            # Another shop numbers its invoices alike.
            "conflict": _differ(line.pec_number, share.pec_number)
            or (is_elsewhere and share.dossier not in _dossiers(self._by_invoice(line))),
            "invoice": is_elsewhere,
        }
        return next((reason for reason, holds in doubts.items() if holds), "")

    def _doubt_of_amount(self, share: Candidate, line: AdviceLine, payer: int | None) -> str:
        """Whether the share cannot take what the line says."""
        amount, asked = _cents(line.amount), _cents(line.asked)
        is_more, is_back = amount > share.open, -amount > share.paid + share.credit
        # The advice of money that is booked already: the statement, or a cheque, came before it.
        is_booked = payer is not None and bool(_payments_of([share], amount))
        doubts = {
            "future": bool(self.latest and line.date and line.date > self.latest),
            # Whatever else became of the share: it cannot take as much once more.
            "paid": is_booked and (is_more or is_back),
            "reversed": amount >= 0 and not (share.amount or share.returned),
            "returned": is_more and bool(share.returned),
            "written_off": is_more and bool(share.written_off),
            "nothing": line.outcome == PAID and not amount,
            # What was asked of a share may be credited since, when it is taken back.
            "asked": amount >= 0 and bool(asked) and asked != share.amount,
            "more": is_more,
            "back": is_back,
            # It could: the payer pays in instalments, or tells of the one that is booked.
            "received": is_booked,
        }
        return next((reason for reason, holds in doubts.items() if holds), "")

    def _may_be_elsewhere(self, line: AdviceLine, payer: int | None) -> bool:
        """Whether an invoice number, and it alone, names as well what another shop asks."""
        if line.payee or line.pec_number or line.member_number:
            return False
        amount = abs(_cents(line.asked or line.amount))
        return any(
            payer in (None, other.payer) and amount in other.amounts
            for other in self.elsewhere.get(digits(line.invoice_number), ())
        )

    def _of_agreement(self, line: AdviceLine, payer: int | None) -> Match | None:
        """The agreement without a share that a line pays, or takes back: its number says so, whatever else is like."""
        if not line.amount or line.kind == "amo" or any(payer in (None, share.payer) for share in self._by_pec(line)):
            return None
        one = self._agreed_by(line, payer)
        if not one:
            return None
        billed = _dossiers(self._by_invoice(line))
        is_more = -_cents(line.amount) > one.credit
        one.credit += _cents(line.amount)
        doubts = {
            "conflict": bool(billed) and one.dossier not in billed,
            "back": is_more,
            "ended": one.is_ended,
            "uncarried": one.is_billed,
        }
        found = next((reason for reason, holds in doubts.items() if holds), "unbilled")
        return Match(DOUBTFUL, reason=self._doubt_of_line(line) or found, agreement=one.id)

    def _agreed_by(self, line: AdviceLine, payer: int | None) -> Agreed | None:
        """The one agreement of a number; of those of one dossier, the one that holds, else the latest."""
        if not line.pec_number:
            return None
        found = [one for one in self.agreed.get(compact(line.pec_number), ()) if payer in (None, one.payer)]
        found = [one for one in found if not one.is_ended] or found
        return found[-1] if len({(one.payer, one.dossier) for one in found}) == 1 else None

    def _doubt_of_line(self, line: AdviceLine) -> str:
        """What speaks against a line, whatever it is about."""
        doubts = {
            line.doubt: bool(line.doubt),
            "recipient": bool(line.payee) and compact(line.payee) != self.own,
            "future": bool(self.latest and line.date and line.date > self.latest),
        }
        return next((reason for reason, holds in doubts.items() if holds), "")

    def _guess(self, line: AdviceLine, payer: int | None) -> Match:
        """Without a number that names a share: by the member, then by an amount that one share alone has."""
        member = compact(line.member_number)
        amount = _cents(line.asked or line.amount)
        near = [share for share in self.by_member.get(member, []) if self._fits(share, line, payer)] if member else []
        reason = "by_member"
        if len(near) > 1:
            near = [share for share in near if amount in (share.open, share.amount)]
        if not near and payer is not None and line.outcome == PAID and line.amount > 0:
            near = [share for share in self.by_open.get((payer, amount), []) if share.open == amount]
            reason = "by_amount"
        if len(near) != 1:
            return Match(UNKNOWN)
        self._take(near[0], line)
        return Match(DOUBTFUL, near[0].id, reason)

    @staticmethod
    def _fits(share: Candidate, line: AdviceLine, payer: int | None) -> bool:
        open_ = share.open if line.amount >= 0 else share.paid
        return bool(open_) and payer in (None, share.payer) and line.kind in ("", share.kind)

    @staticmethod
    def _take(share: Candidate, line: AdviceLine) -> None:
        amount = _cents(line.amount)
        if amount < 0:
            # What the payer takes back, it takes from its open credit first.
            eaten = min(share.credit, -amount)
            share.credit -= eaten
            amount += eaten
        share.open -= amount
        share.paid += amount


def _payments_of(shares: Iterable[Candidate], amount: int) -> list[Hashable]:
    """The payments that no advice told of and that come to an amount on some shares: one of them, else all.

    :param amount: negative: of what was taken back
    """
    totals: dict[Hashable, int] = defaultdict(int)
    for share in shares:
        for payment, cents in share.unannounced.items():
            if cents * amount > 0:
                totals[payment] += cents
    one = [payment for payment, cents in totals.items() if cents == amount][:1]
    return one or (list(totals) if totals and sum(totals.values()) == amount else [])


def _tell_of(payments: Iterable[Hashable], shares: Iterable[Candidate]) -> None:
    """Payments that an advice tells of are announced."""
    for share in shares:
        for payment in payments:
            share.unannounced.pop(payment, None)


def _dossiers(shares: Iterable[Candidate]) -> set[int]:
    return {share.dossier for share in shares if share.dossier is not None}


def _differ(one: str, other: str) -> bool:
    """Whether two numbers are both known, and not the same."""
    return bool(one and other) and compact(one) != compact(other)


def _is_of_another_invoice(line: AdviceLine, share: Candidate) -> bool:
    """Whether a line names an agreement, and an invoice that is not the share's, however it is written."""
    if not (line.pec_number and line.invoice_number and share.invoice_number):
        return False
    mine = {compact(share.invoice_number), digits(share.invoice_number)} - {""}
    return not mine & {compact(line.invoice_number), digits(line.invoice_number)}


def _cents(amount: Decimal | float) -> int:
    return round(amount * 100)
