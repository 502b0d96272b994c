"""The sandbox insurer in this process: no socket is ever opened."""

from __future__ import annotations

import os
from functools import cache

from ..dialect import Dialect
from ..messages import MessageKind
from ..sandbox import Interpreter, Ledger, Rejection, Rules, Sandbox
from .base import Transport
from .endpoint import Endpoint
from .faults import fault_error


class LocalTransport(Transport):
    """Hands messages to a :class:`~lib.protocol.sandbox.Sandbox`.

    The endpoint's ``url`` is the path of the ledger, which other processes may share;
    its file ``rules.json``, when given, replaces the rules. Transports with the same
    ledger and rules share one sandbox, so closing one closes nothing.

    It speaks the endpoint's dialect when that is not its own.

    :param sandbox: one made otherwise
    """

    def __init__(self, endpoint: Endpoint, sandbox: Sandbox | None = None) -> None:
        super().__init__("sandbox")
        made = sandbox or _sandbox(endpoint.url, endpoint.files.get("rules.json"), os.getpid())
        is_own = endpoint.dialect in (None, Dialect.shipped("open"))
        self._sandbox = made if is_own or endpoint.dialect is None else Interpreter(made, endpoint.dialect)

    def _exchange(self, kind: MessageKind, xml: bytes) -> tuple[bytes, int]:
        try:
            return self._sandbox.handle(xml), 200
        except Rejection as rejection:
            raise fault_error([rejection.code], rejection.label, {}) from rejection

    def ping(self) -> None:
        pass

    def close(self) -> None:
        pass


@cache
def _sandbox(ledger: str, rules: bytes | None, _process: int) -> Sandbox:
    """The sandbox of a process: an SQLite connection must not be carried over a fork."""
    loaded = Rules.parse(rules) if rules else Rules.load()
    return Sandbox(Ledger(ledger, loaded.first_file_number), loaded)
