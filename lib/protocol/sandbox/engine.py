"""The sandbox insurer: one message in, one answer out.

What an exchange id guarantees:

* an *act* (request, cancellation, invoice) happens once, however often its exchange
  id is delivered: later deliveries of the same message read what was decided;
* a *question* (consultation, eligibility, prices) is answered anew each time;
* an exchange id that comes back with another message is rejected as ``duplicate``;
* a rejection decides nothing: the exchange id may be used again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from .answers import Writer
from .cases import Cases
from .documents import Incoming, Reader, Rejection
from .ledger import Exchange, Ledger
from .obstacles import rights
from .rules import Rules

_ACTS = ("OPAMCREQ", "OPAMCDEL", "FCTREC")
_DECIDED = ("answered", "accepted", "refused")


class Sandbox:
    """An insurer that decides by rules. Safe to use from many threads.

    :param ledger: its memory; one in memory by default
    :param rules: those shipped by default
    :param seed: of the chances that rules speak of
    :param clock: gives the local time
    """

    def __init__(
        self,
        ledger: Ledger | None = None,
        rules: Rules | None = None,
        *,
        seed: int = 0,
        clock: Callable[[], dt.datetime] = dt.datetime.now,
    ) -> None:
        self.rules = rules or Rules.load()
        self.ledger = ledger or Ledger("", self.rules.first_file_number)
        self.reader = Reader()
        self._cases = Cases(self.ledger, self.rules, seed)
        self._clock = clock

    def handle(self, xml: bytes) -> bytes:
        """Answer a message.

        :raises Rejection: when the message is refused before any decision
        """
        return self.answer(self.reader.read(xml))

    def answer(self, incoming: Incoming) -> bytes:
        """The same, for a message that is read already."""
        now = self._clock()
        with self.ledger.transaction():
            result = self._handle(incoming, now)
        # Raised out here: the delivery has to stay counted.
        if isinstance(result, Rejection):
            raise result
        return result

    def _handle(self, incoming: Incoming, now: dt.datetime) -> bytes | Rejection:
        known = self.ledger.exchange(incoming.exchange_id)
        exchange = _delivered(incoming, known, now)
        if known and known.outcome in _DECIDED:
            if known.digest != incoming.digest:
                self.ledger.record(replace(exchange, digest=known.digest))
                return Rejection("duplicate", "Identifiant d'échange déjà reçu, autre message")
            if incoming.kind in _ACTS:
                self.ledger.record(exchange)
                return self._reply(incoming, exchange, now)
        try:
            exchange = self._decide(incoming, exchange, now)
        except Rejection as rejection:
            self.ledger.record(replace(exchange, outcome=rejection.code))
            return rejection
        self.ledger.record(exchange)
        return self._reply(incoming, exchange, now)

    def _decide(self, incoming: Incoming, exchange: Exchange, now: dt.datetime) -> Exchange:
        """Do what the message asks; return its exchange with the outcome."""
        exchange = replace(exchange, outcome="answered")
        if incoming.kind in ("OPAMCQIA", "OPAMCQPN"):
            return exchange
        if incoming.kind == "OPAMCREQ":
            return replace(exchange, case_number=self._cases.open(incoming, now).number)
        case = self._cases.find(incoming)
        exchange = replace(exchange, case_number=case.number)
        if incoming.kind == "OPAMCGET":
            self._cases.consult(case, now)
            return exchange
        cancels = incoming.kind == "OPAMCDEL"
        reason = self._cases.cancel(case) if cancels else self._cases.invoice(case, incoming)
        return replace(exchange, outcome="refused" if reason else "accepted", reason=reason)

    def _reply(self, incoming: Incoming, exchange: Exchange, now: dt.datetime) -> bytes:
        """The answer to a message, from what is decided."""
        writer = Writer(incoming, now)
        insurer = self.rules.insurers.get(incoming.text("o:Organisme/o:NumeroAMC"))
        if incoming.kind == "OPAMCQIA":
            member = self.rules.members.get(incoming.member)
            return writer.eligibility(rights(self.rules, incoming), member, self._used(incoming))
        if incoming.kind == "OPAMCQPN":
            return writer.prices(insurer, dt.date(incoming.date.year, 12, 31))
        assert exchange.case_number
        if exchange.outcome != "answered":
            return writer.acknowledgement(exchange.case_number, self.rules.reasons.get(exchange.reason))
        case = self.ledger.case(exchange.case_number)
        assert case  # an answered exchange has one
        if incoming.kind == "OPAMCREQ":
            case = self._cases.settle(case, now)
        retry_after = self._cases.retry_after(case, now)
        insurer = self.rules.insurers.get(case.amc_number)
        return writer.coverage(case, self.rules.reasons, insurer.name if insurer else "", retry_after)

    def _used(self, incoming: Incoming) -> int:
        """What a member has used this year of all that has a ceiling, in cents."""
        member = self.rules.members.get(incoming.member)
        return sum(
            self.ledger.consumed(incoming.member, category, incoming.date.year)
            for category, cover in (member.plan.items() if member else ())
            if cover.annual_max is not None
        )


def _delivered(incoming: Incoming, known: Exchange | None, now: dt.datetime) -> Exchange:
    """The exchange as this delivery leaves it, before anything is decided."""
    moment = now.isoformat(timespec="microseconds")
    if known:
        return replace(known, digest=incoming.digest, deliveries=known.deliveries + 1, last_at=moment)
    return Exchange(
        exchange_id=incoming.exchange_id,
        kind=incoming.kind,
        digest=incoming.digest,
        outcome="",
        reason="",
        case_number=None,
        deliveries=1,
        first_at=moment,
        last_at=moment,
    )
