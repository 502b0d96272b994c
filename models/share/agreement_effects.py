"""What an invoice loses and gains when agreements end: before it happens, and once it has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...lib.payments.money import ZERO, euros


@dataclass(slots=True)
class InvoiceEffects:
    """What moves on one invoice, in €: by payer's key, negative where a part comes off.

    :param move: the invoice
    :param changes: by payer, see :func:`.order_reading.payer_key`
    """

    move: Any
    changes: dict[tuple[int, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def patient(self) -> Decimal:
        """What the patient owes more of it."""
        return -sum(self.changes.values(), ZERO)


def effects_of(decision, moves, ended=None):
    """Read a decision invoice by invoice.

    :param decision: a :class:`...lib.payments.allocation.Decision`
    :param moves: what its invoices are browsed in
    :param ended: payers whose end is meant: only the invoices that they leave; default all
    :return: list of :class:`InvoiceEffects`
    """
    effects = {}
    for sign, amounts in ((-1, decision.reductions), (1, decision.increases)):
        for (move_id, payer), amount in amounts.items():
            effect = effects.setdefault(move_id, InvoiceEffects(moves.browse(move_id)))
            effect.changes[payer] += sign * amount
    left = {move_id for move_id, payer in decision.reductions if ended is None or payer in ended}
    return [effect for move_id, effect in sorted(effects.items()) if move_id in left]


def displayed(effect, shares):
    """The rows that a screen shows of an invoice: who bears what before and after, and what is paid already.

    :param shares: by (invoice, payer), those that exist
    :return: list of dicts ``{"name", "before", "after", "change", "paid"}``, the patient last; amounts are floats, €
    """
    rows = []
    for payer, change in effect.changes.items():
        share = shares.get((effect.move.id, payer))
        before = euros(share.amount) if share else ZERO
        rows.append(
            _row(_payer_name(effect.move.env, payer, share), before, change, share.amount_paid if share else 0)
        )
    patient = euros(effect.move.optoamc_patient_amount)
    return [*rows, _row(effect.move.partner_id.name, patient, effect.patient, 0.0)]


def _payer_name(env, payer, share):
    return (share.partner_id if share else env["optoamc.request"].browse(payer[1]).insurer_id).name


def _row(name, before, change, paid):
    return {
        "name": name,
        "before": float(before),
        "after": float(before + change),
        "change": float(change),
        "paid": paid if change < 0 else 0.0,
    }
