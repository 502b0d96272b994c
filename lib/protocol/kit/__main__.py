"""``python -m lib.protocol.kit``: from a platform's papers to a dialect (``./dev platform``)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..dialect import Dialect
from ..errors import OptoamcError
from . import report
from .check import check
from .draft import draft
from .folder import SETTINGS, TABLE, Folder, initial
from .papers import Papers
from .play import Play
from .samples import samples
from .settings import like_identifier

_PROPOSAL, _CHECK, _PLAY = "proposition.md", "verification.md", "essai.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a call; the exit code is 1 when something has to be mended first."""
    options = _options().parse_args(arguments)
    try:
        return int(options.run(Folder(options.folder), options))
    except OptoamcError as error:
        print(f"{error.kind.advice}\n{error.detail}", file=sys.stderr)
        return 1


def new(folder: Folder, options: argparse.Namespace) -> int:
    """Propose a table for the XSD and WSDL files of a folder."""
    table = folder.path / TABLE
    if table.exists() and not options.force:
        raise OptoamcError("configuration", f"{table} existe déjà : « --force » la remplace")
    papers = Papers(folder.files)
    told = dict(line.split("=", 1) for line in options.message) or folder.section("messages")
    roots = papers.messages({kind.strip(): path for kind, path in told.items()})
    made = draft(folder.name, papers, roots)
    table.write_text(made.table, encoding="utf-8")
    for name, body in made.files.items():
        if not (folder.path / name).exists():
            (folder.path / name).write_bytes(body)
    if not (folder.path / SETTINGS).exists():
        dialect = Dialect(folder.name, made.table.encode(), folder.files)
        wsdl = next((name for name in folder.files if name.lower().endswith(".wsdl")), "")
        (folder.path / SETTINGS).write_text(initial("soap" if wsdl else "https", wsdl, dialect), encoding="utf-8")
    (folder.path / _PROPOSAL).write_text(report.of_draft(folder.name, made), encoding="utf-8")
    for message in made.messages:
        print(f"{message.kind} ({message.element}) : {len(message.mapped)} reliés, {len(message.unmapped)} à relier")
    print("\n".join(report.unattributed(made)))
    share = f"{100 * made.share:.0f}\N{NO-BREAK SPACE}%"
    print(f"{share} relié. Table : {table} ; scores et candidats : {folder.path / _PROPOSAL}")
    return 0


def verify(folder: Folder, _options: argparse.Namespace) -> int:
    """Hold a folder's table against its schemas, and show samples."""
    codec = folder.codec()
    found = check(codec)
    page = report.of_check(codec, found, samples(codec, folder.endpoint(codec), like_identifier(folder.values)))
    (folder.path / _CHECK).write_text(page, encoding="utf-8")
    print(f"{report.summary(found)}. Rapport et exemples : {folder.path / _CHECK}")
    for finding in found.errors[:20]:
        print(f"- {finding.kind or ''} {finding.what}".replace("  ", " "))
    return 1 if found.errors else 0


def play(folder: Folder, options: argparse.Namespace) -> int:
    """Have the sandbox insurer speak the dialect: once for each of its members, then as a server."""
    codec = folder.codec()
    turns = list(Play(codec).turns())
    page = report.of_play(turns)
    (folder.path / _PLAY).write_text(page, encoding="utf-8")
    print(page)
    if not all(turn.is_played for turn in turns):
        return 1
    if options.once:
        return 0
    from ..sandbox.__main__ import main as serve

    print(
        "Adresse de démonstration à donner sur la fiche : celle ci-dessous suivie de /soap (SOAP) ou de /xml (HTTPS)."
    )
    return serve(["--dialect", str(folder.path), *(["--port", str(options.port)] if options.port else [])])


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev platform", description="Connect a platform from its papers, in French."
    )
    calls = parser.add_subparsers(metavar="CALL", required=True)
    call = calls.add_parser("new", help="propose a field table for the XSD and WSDL files of a folder")
    call.add_argument("folder", type=Path, metavar="DIR")
    call.add_argument("--force", action="store_true", help="replace the table that is there")
    call.add_argument(
        "--message", action="append", default=[], metavar="MESSAGE=ELEMENT", help="OPAMCREQ=flux[@nature='DEM']"
    )
    call.set_defaults(run=new)
    call = calls.add_parser("check", help="hold the table against its schemas both ways, with samples")
    call.add_argument("folder", type=Path, metavar="DIR")
    call.set_defaults(run=verify)
    call = calls.add_parser("play", help="have the sandbox insurer speak the dialect, then serve it")
    call.add_argument("folder", type=Path, metavar="DIR")
    call.add_argument("--once", action="store_true", help="do not serve")
    call.add_argument("--port", type=int, default=0)
    call.set_defaults(run=play)
    return parser


if __name__ == "__main__":
    sys.exit(main())
