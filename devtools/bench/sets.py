"""Agreements transferred, invoiced and posted in one batch, against Odoo's own part of it.

In turns with it Odoo's own part is done again: the same invoices and entries created bare, posted and reconciled, in
one call each (the module is installed for both). Then the shares are returned to the patients and taken back, in one
call each. Seconds are of a core, Odoo's and PostgreSQL's together.
"""

import statistics
from collections.abc import Callable
from typing import Any

from devtools.bench import _month, post
from devtools.bench._worker import Cores
from devtools.comparison import interleaved

N = 100
SMALL = 30
ODOO = True

_ROUNDS = 3


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """
    :param n: agreements of a batch
    """
    env, insurer, products = post.prepare(tools.env)
    batches = _Batches(env, insurer, products, n)
    found = interleaved(batches.play, batches.odoo, _ROUNDS)
    figures = {
        "core_ms": 1000 * found.own / n,
        "odoo_core_ms": 1000 * found.reference / n,
        **found.ratio_as("times_odoo"),
        **{f"{verb}_core_ms": 1000 * statistics.median(taken[1:]) / n for verb, taken in batches.taken.items()},
    }
    return figures, {"times_odoo": ("<=", 1.25)}


class _Batches:
    """Batches of agreements, and what each verb takes of each, in seconds of a core."""

    def __init__(self, env: Any, insurer: Any, products: Any, n: int) -> None:
        self._env, self._insurer, self._products, self._n = env, insurer, products, n
        self._cores = Cores(env.registry)
        self._orders = env["sale.order"]
        self.taken: dict[str, list[float]] = {}

    def play(self) -> float:
        """Transfer, invoice and post a batch; returns what it takes."""
        env = self._env
        self._orders = orders = post.new_orders(env, self._insurer, self._products, self._n, shares=False)
        requests = post.agreed(orders, self._insurer)
        taken = self._measured("transfer", requests.action_transfer)
        taken += self._measured("invoice_and_post", lambda: orders._create_invoices().action_post())
        assert orders.optoamc_share_ids.mapped("amount") == [300.0] * self._n
        assert set(orders.invoice_ids.mapped("amount_residual")) == {414.0}
        return taken

    def odoo(self) -> float:
        """Have Odoo's own part of the last batch done again, then undo the batch; returns what Odoo's part takes."""
        taken = _month.odoo_alone(self._env, self._orders.ids, invoiced=False)
        shares = self._orders.optoamc_share_ids
        self._measured("return", shares.action_return_to_patient)
        self._measured("undo_return", shares.action_undo_return)
        assert set(self._orders.invoice_ids.mapped("amount_residual")) == {414.0}
        return taken

    def _measured(self, verb: str, work: Callable[[], object]) -> float:
        """The seconds of a core of some work up to its commit, with nothing read ahead."""
        self._env.cr.commit()
        self._env.invalidate_all()
        before = self._cores()
        work()
        self._env.cr.commit()
        taken = self._cores() - before
        self.taken.setdefault(verb, []).append(taken)
        return taken
