"""The same over a mailbox: killed while it deposits, fetches, stores and acknowledges; nothing lost, nothing twice."""

from typing import Any

from devtools.bench import crash
from devtools.bench._victims import BOX_PHASES

N = 300
SMALL = 150
ODOO = True

MAILBOX = {
    "transport": "mailbox",
    "fetch_path": "reponses",
    "acknowledge_path": "accuses/{receipt}",
    "ticket_name": "ticket",
    "receipt_name": "numero",
}


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, Any]]:
    return crash.crash(n, tools, "box", MAILBOX, BOX_PHASES)
