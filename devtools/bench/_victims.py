"""Processes that dispatch, forked one after the other and killed: at any moment, or in a phase of a call."""

import json
import os
import signal
import sys
import time
from typing import Any

from devtools import paths
from devtools.bench._phases import Phases
from devtools.bench._process import OdooProcess, load

#: What a call is doing: its bytes have left, or what came back is not yet written down.
PHASES = ("message_sent", "message_unstored")
BOX_PHASES = (*PHASES, "fetch_sent", "fetch_unstored", "acknowledge_sent", "acknowledge_unstored")


class Victims(OdooProcess):
    """Processes that dispatch, forked from one that has loaded Odoo, as Odoo's own workers are."""

    def work(self, seconds: float, phase: str = "") -> list[str] | None:
        """Have one dispatch for that long, or until it comes to a phase, then kill it.

        :return: the phases that its calls were in; ``None`` when it had ended by itself
        """
        self._process.stdin.write(json.dumps([seconds, phase]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def _fork_on_demand(database: str, config: str, addons_path: str) -> None:
    """The victims' parent: a line read is a child forked, and killed; in which phases is told."""
    from odoo.sql_db import close_all

    registry = load(database, config, addons_path, paths.LOGS / "crash.log")
    phases = Phases(BOX_PHASES)
    _hurry()
    _watch(phases)
    for line in sys.stdin:
        close_all()
        phases.clear()
        child = os.fork()
        if not child:
            _dispatch(registry)
            os._exit(0)
        print(json.dumps(_kill(child, phases, *json.loads(line))), flush=True)


def _kill(child: int, phases: Phases, seconds: float, phase: str) -> list[str] | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and phase not in phases.reached():
        if os.waitpid(child, os.WNOHANG)[0]:
            return None
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return phases.reached() if os.waitstatus_to_exitcode(status) == -signal.SIGKILL else None


def _watch(phases: Phases) -> None:
    """Have the dispatcher tell the phases of its calls."""
    from odoo.addons.l10n_fr_optoamc.models.request.dispatcher import Dispatcher

    perform, record = Dispatcher._perform, Dispatcher._record_one

    def tell_sent(self: Any, call: Any) -> None:
        phases.enter(f"{_act(call)}_sent")
        perform(self, call)
        phases.enter(f"{_act(call)}_unstored")
        phases.leave(f"{_act(call)}_sent")

    def tell_stored(self: Any, outcome: Any) -> Any:
        error = record(self, outcome)
        if outcome not in self.locked:
            phases.leave(f"{_act(outcome.call)}_unstored")
        return error

    Dispatcher._perform, Dispatcher._record_one = tell_sent, tell_stored


def _act(call: Any) -> str:
    if call.kind:
        return "message"
    return "acknowledge" if call.receipts else "fetch"


def _hurry() -> None:
    """Claims as short, and waits as small, as a test can bear."""
    from odoo.addons.l10n_fr_optoamc.models.platform import optoamc_platform_circuit
    from odoo.addons.l10n_fr_optoamc.models.request import (
        dispatcher,
        optoamc_mailbox,
        optoamc_outbox,
        optoamc_request_answer,
    )

    dispatcher.CLAIM_MARGIN, dispatcher.RUN_SECONDS = 1, 4
    dispatcher.CLAIM_SECONDS, dispatcher.SHORTEST_CALL = 3, 1
    # The longest is long beside the first: else what asks again and again fills a box faster than it is emptied.
    optoamc_outbox.FIRST_WAIT, optoamc_outbox.LONGEST_WAIT = 0.1, 60
    optoamc_mailbox.FIRST_WAIT, optoamc_mailbox.LONGEST_IDLE = 0.1, 1
    optoamc_request_answer.DEPOSIT_WAIT = 4
    optoamc_platform_circuit.FIRST_PAUSE, optoamc_platform_circuit.LONGEST_PAUSE = 1, 1


def _dispatch(registry: Any) -> None:
    from odoo.api import SUPERUSER_ID, Environment

    end = time.monotonic() + 5
    while time.monotonic() < end:
        with registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["optoamc.request"]._cron_dispatch()
        time.sleep(0.1)


if __name__ == "__main__":
    _fork_on_demand(*sys.argv[1:])
