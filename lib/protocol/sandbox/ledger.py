"""What the sandbox insurer remembers: one SQLite file, or memory.

Three tables, each read and written by key only, so that the hundred-thousandth
call costs what the first one did:

* ``exchange``: each exchange id received, what was answered, how often it came;
* ``coverage_case``: each request's case (*dossier*), whose number is the insurer's;
* ``consumption``: what a member has used of a category in a year, in cents.

A transaction holds the file's write lock from its first statement, so that of
any number of threads, processes or machines that deliver one exchange id at once
exactly one decides and the others read the decision.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, fields, replace
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS exchange (
    exchange_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    case_number INTEGER,
    deliveries INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS coverage_case (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    exchange_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    amc_number TEXT NOT NULL,
    member TEXT NOT NULL,
    year INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    decided_at TEXT,
    valid_until TEXT,
    consultations INTEGER NOT NULL,
    invoiced INTEGER NOT NULL,
    lines TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS consumption (
    member TEXT NOT NULL,
    category TEXT NOT NULL,
    year INTEGER NOT NULL,
    cents INTEGER NOT NULL,
    PRIMARY KEY (member, category, year)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange id as received.

    ``outcome`` is ``answered`` (a request or a question: the decision is the case's),
    ``accepted`` or ``refused`` (an act on a case), or the code of a rejection, which
    decides nothing. ``reason`` is a key of the rules' reasons, or empty. Times are ISO
    8601, local. ``deliveries`` counts how often the exchange id arrived.
    """

    exchange_id: str
    kind: str
    digest: str
    outcome: str
    reason: str
    case_number: int | None
    deliveries: int
    first_at: str
    last_at: str


@dataclass(frozen=True, slots=True)
class Line:
    """A priced line of a case; amounts in cents, ``granted`` 0 until it is.

    ``reason`` is a key of the rules' reasons when less is granted than the plan says.
    """

    number: int
    category: str
    product_class: str
    price: int
    amo: int
    granted: int = 0
    reason: str = ""
    other: int = 0  # granted by an insurer that was asked before

    @property
    def rest(self) -> int:
        """What is left to be granted before any decision."""
        return self.price - self.amo - self.other


@dataclass(frozen=True, slots=True)
class Case:
    """A request's case. ``status`` is that of :class:`lib.protocol.messages.Status`."""

    number: int
    exchange_id: str
    kind: str
    amc_number: str
    member: str
    year: int
    status: str
    reason: str
    asked_at: str
    decided_at: str | None
    valid_until: str | None
    consultations: int
    invoiced: bool
    lines: tuple[Line, ...]

    @property
    def granted(self) -> int:
        """The granted total, in cents."""
        return sum(line.granted for line in self.lines)


class Ledger:
    """The sandbox's memory. One object serves any number of threads.

    :param path: the SQLite file, made when absent; empty for memory
    :param first_number: the number of the first case of a new ledger
    """

    def __init__(self, path: str = "", first_number: int = 1) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        # A crash of the machine may lose the last calls of a sandbox; one of a process does not.
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT 'coverage_case', ?"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence)",
                (first_number - 1,),
            )

    def close(self) -> None:
        """Close the database; nothing more can be asked of it."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that follows happens at once, or (on an exception) not at all."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    # Exchanges

    def exchange(self, exchange_id: str) -> Exchange | None:
        """The exchange of that identifier, if it was recorded."""
        row = self._one("SELECT * FROM exchange WHERE exchange_id = ?", exchange_id)
        return Exchange(*row) if row else None

    def record(self, exchange: Exchange) -> None:
        """Store an exchange, or what changed of it."""
        marks = ", ".join("?" * len(fields(Exchange)))
        self._run(f"INSERT OR REPLACE INTO exchange VALUES ({marks})", *astuple(exchange))  # noqa: S608 - marks alone

    # Cases

    def case(self, number: int) -> Case | None:
        """The case of that number, if there is one."""
        return _case(self._one("SELECT * FROM coverage_case WHERE number = ?", number))

    def case_of(self, exchange_id: str) -> Case | None:
        """The case that a request opened."""
        return _case(self._one("SELECT * FROM coverage_case WHERE exchange_id = ?", exchange_id))

    def save(self, case: Case) -> Case:
        """Store a case, or what changed of it; a case numbered 0 gets its number."""
        marks = ", ".join("?" * len(fields(Case)))
        lines = json.dumps([astuple(line) for line in case.lines])
        values = [case.number or None, *astuple(case)[1:-1], lines]
        number = self._run(f"INSERT OR REPLACE INTO coverage_case VALUES ({marks})", *values)  # noqa: S608 - marks alone
        return replace(case, number=number)

    # Consumption

    def consumed(self, member: str, category: str, year: int) -> int:
        """What a member's granted coverage took of a category in a year, in cents."""
        row = self._one(
            "SELECT cents FROM consumption WHERE member = ? AND category = ? AND year = ?",
            member, category, year,
        )  # fmt: skip
        return row["cents"] if row else 0

    def consume(self, member: str, category: str, year: int, cents: int) -> None:
        """Take from a ceiling, or (a negative amount) give back to it."""
        self._run(
            "INSERT INTO consumption VALUES (?, ?, ?, ?) ON CONFLICT (member, category, year)"
            " DO UPDATE SET cents = cents + excluded.cents",
            member, category, year, cents,
        )  # fmt: skip

    # Inspection

    def summary(self) -> dict[str, Any]:
        """Counts: exchanges, deliveries, cases by kind and status."""
        (total,) = self._all("SELECT count(*), coalesce(sum(deliveries), 0) FROM exchange")
        cases = self._all("SELECT kind, status, count(*) FROM coverage_case GROUP BY kind, status ORDER BY 1, 2")
        return {
            "exchanges": total[0],
            "deliveries": total[1],
            "cases": [{"kind": kind, "status": status, "count": count} for kind, status, count in cases],
        }

    def entries(self, exchange_id: str = "") -> Iterator[dict[str, Any]]:
        """All exchanges (or one), in the order they came, each with its case; for JSON."""
        rows = self._all(
            "SELECT * FROM exchange LEFT JOIN coverage_case ON number = case_number"
            " WHERE ? IN ('', exchange.exchange_id) ORDER BY first_at, exchange.exchange_id",
            exchange_id,
        )
        width = len(fields(Exchange))
        for row in rows:
            case = _case(row[width:]) if row["case_number"] else None
            details = case and asdict(case) | {"granted": case.granted}
            yield asdict(Exchange(*row[:width])) | {"case": details}

    def _run(self, statement: str, *values: Any) -> int:
        with self._lock:
            return self._db.execute(statement, values).lastrowid or 0

    def _one(self, statement: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            return self._db.execute(statement, values).fetchone()

    def _all(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()


def _case(row: Sequence[Any] | None) -> Case | None:
    if row is None:
        return None
    case = Case(*row)
    return replace(case, invoiced=bool(case.invoiced), lines=tuple(Line(*line) for line in json.loads(row[-1])))
