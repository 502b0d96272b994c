"""Why the insurer refuses a request before anybody looks at what it would pay.

What it knows of its members is in the rules; what it reads is the message. It asks nothing of the client's code.
"""

from __future__ import annotations

import datetime as dt

from .documents import Incoming
from .ledger import Case
from .rules import Insurer, Member, Rules

#: What is answered about a member's rights where a request would be refused for the reason; else they are open.
_RIGHTS = {
    "insurer_unknown": "INCONNUS",
    "member_unknown": "INCONNUS",
    "beneficiary_unknown": "INCONNUS",
    "contract_closed": "FERMES",
    "portability_over": "FERMES",
    "declined": "FERMES",
}


def obstacle(rules: Rules, incoming: Incoming, case: Case) -> str:
    """The key of the reason, or nothing."""
    if reason := _uncovered(rules, incoming):
        return reason
    insurer, member = rules.insurers[case.amc_number], rules.members[case.member]
    return (
        _amounts(incoming, case)
        or _content(incoming, insurer, member)
        or _guarantee(incoming, case, insurer, member)
        or _clock(rules, incoming, member)
    )


def rights(rules: Rules, incoming: Incoming) -> str:
    """What a question about rights is answered: the same as a request of that day would meet."""
    reason = _uncovered(rules, incoming)
    return _RIGHTS.get(reason or rules.members[incoming.member].refusal, "OUVERTS")


def _uncovered(rules: Rules, incoming: Incoming) -> str:
    """Why the person has no cover on the day, whatever is asked for."""
    if incoming.text("o:Organisme/o:NumeroAMC") not in rules.insurers:
        return "insurer_unknown"
    member = rules.members.get(incoming.member)
    if member is None:
        return "member_unknown"
    if not member.is_open(incoming.date):
        return "contract_closed"
    if member.portability_until and incoming.date.isoformat() > member.portability_until:
        return "portability_over"
    if member.beneficiaries and incoming.text("o:Beneficiaire/o:DateNaissance") not in member.beneficiaries:
        return "beneficiary_unknown"
    return ""


def _amounts(incoming: Incoming, case: Case) -> str:
    totals = sum(line.price for line in case.lines), sum(line.amo for line in case.lines)
    if totals != incoming.totals() or any(line.rest < 0 for line in case.lines):
        return "amounts_inconsistent"
    return ""


def _content(incoming: Incoming, insurer: Insurer, member: Member) -> str:
    for requirement in (*insurer.requires, *member.requires):
        if not incoming.holds(requirement.xpath):
            return requirement.reason
    for excess in insurer.refuses:
        if incoming.holds(excess.xpath):
            return excess.reason
    return ""


def _guarantee(incoming: Incoming, case: Case, insurer: Insurer, member: Member) -> str:
    for line in case.lines:
        most = insurer.class_a_prices.get(line.category)
        if line.product_class == "A" and most is not None and line.price > most:
            return "price_too_high"
        if line.product_class == "B" and member.class_a_only:
            return "class_a_only"
    return ""


def _clock(rules: Rules, incoming: Incoming, member: Member) -> str:
    """Whether a pair comes too early after the last one, for what the insurer knows of it."""
    if not member.last_equipment or incoming.text("o:Equipement/@type") == "LENTILLES":
        return ""
    born = dt.date.fromisoformat(incoming.text("o:Beneficiaire/o:DateNaissance"))
    day = incoming.date
    years = (day.year - born.year) - ((day.month, day.day) < (born.month, born.day))
    waits = rules.renewal.get(incoming.text("o:RenouvellementAnticipe/o:Motif") or "", ())
    months = next((months for least, months in waits if years >= least), None)
    if months is None:
        return "renewal_early"
    last = dt.date.fromisoformat(member.last_equipment)
    passed = (day.year - last.year) * 12 + day.month - last.month - (day.day < last.day)
    return "renewal_early" if passed < months else ""
