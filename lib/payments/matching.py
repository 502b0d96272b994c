"""Which share a payer's line is about: by PEC number, invoice, member number, amount. No ORM.

A PEC number or an invoice number that names one share, with nothing that speaks against it, is a
*match*. Whatever else points to one share is *doubtful*: a person looks at it, and the reason says
what at. The rest is *unknown*.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .advice import PAID, AdviceLine

MATCHED, DOUBTFUL, UNKNOWN = "matched", "doubtful", "unknown"


@dataclass(slots=True)
class Candidate:
    """A share, as far as matching goes. Amounts are cents."""

    id: int
    payer: int
    kind: str
    pec_number: str
    invoice_number: str
    member_number: str
    amount: int
    open: int
    paid: int
    returned: int = 0
    """What is owed by the patient again, for good."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a line of an advice was found to pay.

    ``share`` is the place of the share among those that were given, ``None`` where there is none to name.
    """

    verdict: str
    share: int | None = None
    reason: str = ""
    """Why it is doubtful: ``payer``, ``kind``, ``member``, ``returned``, ``nothing``, ``asked``, ``more``,
    ``back``, ``future``, ``several``, ``conflict``, ``by_member``, ``by_amount``."""


def compact(text: str) -> str:
    """Letters and digits, without the zeros that fill a field."""
    return re.sub(r"[\W_]", "", text).upper().lstrip("0")


def digits(text: str) -> str:
    """What a field of digits keeps of ``FAC/2026/00012``."""
    return re.sub(r"\D", "", text).lstrip("0")


class Matcher:
    """Finds the shares of a whole file; an amount that a line takes is not there for the next one.

    :param latest: the last day that a payment may be dated; a later one is for a person to look at
    """

    def __init__(self, candidates: Iterable[Candidate], latest: date | None = None) -> None:
        self.latest = latest
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
        """The matches of lines given with their payer, where it is known; money taken back goes first."""
        lines = list(lines)
        found: dict[int, Match] = {}
        for place in sorted(range(len(lines)), key=lambda place: lines[place][0].amount >= 0):
            found[place] = self._match(*lines[place])
        return [found[place] for place in range(len(lines))]

    def _match(self, line: AdviceLine, payer: int | None) -> Match:
        named = self._named(line)
        if named is None:
            return Match(DOUBTFUL, reason="conflict")
        if not named:
            return self._guess(line, payer)
        share = self._narrow(named, line, payer)
        if not share:
            return Match(DOUBTFUL, reason="several")
        doubt = self._doubt(share, line, payer)
        self._take(share, line)
        return Match(DOUBTFUL if doubt else MATCHED, share.id, doubt)

    def _named(self, line: AdviceLine) -> list[Candidate] | None:
        """The shares that the numbers of agreement and invoice name; None: they name different ones."""
        by_pec = self.by_pec.get(compact(line.pec_number), []) if line.pec_number else []
        by_invoice = self.by_invoice.get(compact(line.invoice_number), []) if line.invoice_number else []
        if not (by_pec and by_invoice):
            return by_pec or by_invoice
        ids = {share.id for share in by_invoice}
        return [share for share in by_pec if share.id in ids] or None

    def _narrow(self, shares: list[Candidate], line: AdviceLine, payer: int | None) -> Candidate | None:
        """One of several: each test that leaves some is kept."""
        tests = (
            lambda share: share.amount,
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
        if line.kind and share.kind != line.kind:
            return "kind"
        if payer is not None and share.payer != payer:
            return "payer"
        if line.member_number and share.member_number and compact(line.member_number) != compact(share.member_number):
            return "member"
        if line.pec_number and share.pec_number and compact(line.pec_number) != compact(share.pec_number):
            # Another shop numbers its invoices alike.
            return "conflict"
        if self.latest and line.date and line.date > self.latest:
            return "future"
        if share.returned and _cents(line.amount) > share.open:
            return "returned"
        if line.outcome == PAID and not line.amount:
            return "nothing"
        if line.asked and _cents(line.asked) != share.amount:
            return "asked"
        if _cents(line.amount) > share.open:
            return "more"
        if -_cents(line.amount) > share.paid:
            return "back"
        return ""

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
        share.open -= _cents(line.amount)
        share.paid += _cents(line.amount)


def _cents(amount: Decimal | float) -> int:
    return round(amount * 100)
