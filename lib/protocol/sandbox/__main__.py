"""``python -m lib.protocol.sandbox``: serve the sandbox insurer, or look at its ledger."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from ..dialect import Dialect
from .app import App
from .engine import Sandbox
from .interpreter import Interpreter
from .ledger import Ledger
from .rules import DEFAULT_RULES, Rules
from .script import Script
from .server import open_server, tls_context


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; ``ledger FILE`` prints a ledger as JSON lines instead."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["ledger"]:
        return show_ledger(arguments[1:])
    return serve(_options().parse_args(arguments))


def show_ledger(arguments: Sequence[str]) -> int:
    """Print the entries of a ledger file, one JSON object a line, then the counts."""
    parser = argparse.ArgumentParser(prog="python -m lib.protocol.sandbox ledger")
    parser.add_argument("file", type=Path)
    parser.add_argument("exchange_id", nargs="?", default="")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        parser.error(f"{options.file}: no such ledger")
    ledger = Ledger(str(options.file))
    for entry in ledger.entries(options.exchange_id):
        print(json.dumps(entry, ensure_ascii=False))
    print(json.dumps(ledger.summary()))
    ledger.close()
    return 0


def serve(options: argparse.Namespace) -> int:
    """Print where the sandbox listens, once it does, and serve until SIGTERM or SIGINT."""
    rules = Rules.load(options.rules)
    ledger = Ledger(options.ledger, rules.first_file_number)
    steps = json.loads(Path(options.script).read_bytes()) if options.script else []
    sandbox = Sandbox(ledger, rules, seed=options.seed)
    app = App(
        Interpreter(sandbox, _dialect(options.dialect)) if options.dialect else sandbox,
        Script(steps, options.seed),
        user=options.user,
        password=options.password,
        delay=options.delay / 1000,
    )
    tls = None
    if options.cert:
        tls = tls_context(options.cert, options.key or options.cert, options.client_ca)
    server = open_server(app, options.host, options.port, tls)
    scheme = "https" if tls else "http"
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    print(f"sandbox ready {scheme}://{options.host}:{server.port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        app.stop()
        server.server_close()
        ledger.close()
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.protocol.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--ledger", default="", help="SQLite file; in memory by default")
    parser.add_argument("--delay", type=float, default=0, metavar="MS", help="of each call")
    parser.add_argument("--seed", type=int, default=0, help="of all that happens by chance")
    parser.add_argument("--user", default="", help="that calls must give")
    parser.add_argument("--password", default="")
    parser.add_argument("--rules", default=str(DEFAULT_RULES), help="JSON; see README.md")
    parser.add_argument("--script", default="", help="JSON of the scripted faults")
    parser.add_argument(
        "--dialect", default="", metavar="DIR", help="speak that of a platform's folder (lib/protocol/kit/folder.py)"
    )
    parser.add_argument("--cert", default="", help="PEM: serve over TLS")
    parser.add_argument("--key", default="", help="PEM")
    parser.add_argument("--client-ca", default="", help="PEM: ask clients for a certificate")
    return parser


def _dialect(folder: str) -> Dialect:
    from ..kit.folder import Folder

    return Folder(Path(folder)).codec().dialect


if __name__ == "__main__":
    sys.exit(main())
