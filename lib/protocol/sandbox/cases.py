"""The life of a case: opened by a request, decided, cancelled or invoiced.

Everything here happens within one transaction of the ledger.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import replace

from .documents import Incoming, Rejection
from .grants import counts, grant
from .ledger import Case, Ledger
from .obstacles import obstacle
from .rules import Member, Rules


class Cases:
    """Decides cases by the rules, with the ledger as its memory.

    :param seed: of the chances that rules speak of; a request's own chance depends on
        the seed and its exchange id only, not on what came before
    """

    def __init__(self, ledger: Ledger, rules: Rules, seed: int) -> None:
        self._ledger = ledger
        self._rules = rules
        self._seed = seed

    def open(self, incoming: Incoming, now: dt.datetime) -> Case:
        """Open the case of a request, and decide it unless a person has to."""
        case = Case(
            number=0,
            exchange_id=incoming.exchange_id,
            kind=incoming.text("o:TypeDemande"),
            amc_number=incoming.text("o:Organisme/o:NumeroAMC"),
            member=incoming.member,
            year=incoming.date.year,
            status="pending",
            reason="",
            asked_at=now.isoformat(timespec="seconds"),
            decided_at=None,
            valid_until=None,
            consultations=0,
            invoiced=False,
            lines=tuple(incoming.lines()),
        )
        reason = obstacle(self._rules, incoming, case)
        if reason:
            return self._ledger.save(_refused(case, reason, now))
        if self._waits(case):
            return self._ledger.save(case)
        return self._decide(case, now)

    def find(self, incoming: Incoming) -> Case:
        """The case that a message speaks of, by the request's identifier, or by its own number where that is all.

        :raises Rejection: ``unknown_reference`` when there is none
        """
        request_id, number = incoming.text("o:IdDemande"), incoming.text("o:NumeroPEC")
        if request_id:
            case = self._ledger.case_of(request_id)
        else:
            case = self._ledger.case(int(number)) if number.isascii() and number.isdecimal() else None
        if case is None or number not in ("", str(case.number)):
            raise Rejection("unknown_reference", "Demande inconnue")
        return case

    def consult(self, case: Case, now: dt.datetime) -> Case:
        """Count a consultation; it may bring the decision."""
        counted = replace(case, consultations=case.consultations + 1)
        return self.settle(self._ledger.save(counted), now)

    def settle(self, case: Case, now: dt.datetime) -> Case:
        """Decide a pending case whose time has come."""
        if case.status == "pending" and self._is_due(case, now):
            return self._decide(case, now)
        return case

    def retry_after(self, case: Case, now: dt.datetime) -> int | None:
        """The seconds until a pending case is decided, where the rules know."""
        pending = self._rules.members[case.member].pending if case.status == "pending" else None
        if pending is None or pending.seconds is None:
            return None
        return pending.seconds - int((now - _moment(case.asked_at)).total_seconds())

    def cancel(self, case: Case) -> str:
        """Cancel coverage that is granted, giving back to the ceilings, or withdraw it before; else say why not."""
        is_withdrawn = case.kind == "PEC" and case.status == "pending"
        reason = "" if is_withdrawn else self._why_closed(case)
        if not reason:
            if not is_withdrawn:
                self._consume(case, -1)
            self._ledger.save(replace(case, status="cancelled"))
        return reason

    def invoice(self, case: Case, incoming: Incoming) -> str:
        """Accept the invoice of granted coverage, to the cent of the grant or less."""
        reason = self._why_closed(case)
        if not reason and not _covers(case, incoming.invoiced()):
            reason = "invoice_differs"
        if not reason:
            self._ledger.save(replace(case, invoiced=True))
        return reason

    def _waits(self, case: Case) -> bool:
        pending = self._rules.members[case.member].pending
        if pending is None:
            return False
        return random.Random(f"{self._seed}:{case.exchange_id}").random() < pending.probability  # noqa: S311 - repeatable, hides nothing

    def _is_due(self, case: Case, now: dt.datetime) -> bool:
        pending = self._rules.members[case.member].pending
        if pending is None:
            return True
        if pending.consultations is not None and case.consultations >= pending.consultations:
            return True
        if pending.seconds is None:
            return False
        return now >= _moment(case.asked_at) + dt.timedelta(seconds=pending.seconds)

    def _decide(self, case: Case, now: dt.datetime) -> Case:
        member = self._rules.members[case.member]
        if member.refusal:
            return self._ledger.save(_refused(case, member.refusal, now))
        lines = grant(case.lines, member.plan, self._left(member, case.year))
        if not any(line.granted for line in lines):
            reason = next((line.reason for line in lines if line.reason), "not_covered")
            return self._ledger.save(_refused(case, reason, now))
        case = replace(
            case,
            status="granted",
            lines=lines,
            decided_at=now.isoformat(timespec="seconds"),
            valid_until=(now.date() + dt.timedelta(days=member.validity_days)).isoformat(),
        )
        self._consume(case, 1)
        return self._ledger.save(case)

    def _left(self, member: Member, year: int) -> dict[str, int]:
        return {
            category: cover.annual_max - self._ledger.consumed(member.number, category, year)
            for category, cover in member.plan.items()
            if cover.annual_max is not None
        }

    def _consume(self, case: Case, sign: int) -> None:
        """Take a coverage's grants from the ceilings, or give them back; a quote takes nothing."""
        if case.kind != "PEC":
            return
        amounts: Counter[str] = Counter()
        for line in filter(counts, case.lines):
            amounts[line.category] += line.granted
        for category, amount in amounts.items():
            self._ledger.consume(case.member, category, case.year, sign * amount)

    def _why_closed(self, case: Case) -> str:
        """Why a case can be neither cancelled nor invoiced, or nothing."""
        if case.status == "cancelled":
            return "already_cancelled"
        if case.kind != "PEC" or case.status != "granted":
            return "not_granted"
        return "already_invoiced" if case.invoiced else ""


def _refused(case: Case, reason: str, now: dt.datetime) -> Case:
    return replace(case, status="refused", reason=reason, decided_at=now.isoformat(timespec="seconds"))


def _covers(case: Case, invoiced: dict[int, tuple[int, int, int]]) -> bool:
    """Whether each invoiced line is one of the case's, at its price, within its grant."""
    lines = {line.number: line for line in case.lines}
    return all(
        number in lines and (price, amo) == (lines[number].price, lines[number].amo) and amc <= lines[number].granted
        for number, (price, amo, amc) in invoiced.items()
    )


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
