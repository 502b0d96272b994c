"""The calls of ``./dev``."""

import argparse
import os
import signal
import sys
from pathlib import Path

from devtools import (
    addons,
    benchmark,
    databases,
    demo,
    i18n,
    lint,
    odoo,
    paths,
    postgres,
    sandbox,
    server,
    suites,
    testing,
    uninstall,
    venv,
)
from devtools.console import Failure
from devtools.outcomes import Outcome


def main(arguments: list[str]) -> int:
    """Run a call; returns the exit code."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.run not in _PASS_ON:
        _parser().error(f"unknown: {' '.join(rest)}")
    # What is made from here on, also outside of the closed folder, is nobody else's to read.
    os.umask(0o077)
    # Ended politely, clean up as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if options.run in _ON_DEMO and not _names_database(rest):
            databases.require_demo()
        venv.enter()
        return options.run(options, rest) or 0
    except (Failure, OSError) as failure:
        # An OSError names the file, such as one of another user's or a program that is not there.
        print(f"dev: {failure}", file=sys.stderr)
        if options.run is _test:
            # Tests that cannot even start have failed: whoever reads the last line is to know.
            if options.odoo:
                suites.report(suites.Comparison())
            else:
                testing.report(Outcome(failed=1))
        return 1
    except KeyboardInterrupt:
        return 130


def _demo(options: argparse.Namespace, _rest: list[str]) -> None:
    demo.demo(serve=options.serve, file=options.json)


def _serve(_options: argparse.Namespace, _rest: list[str]) -> None:
    name = databases.demo(update=True)
    with sandbox.running() as url:
        server.serve(name, url)


def _test(options: argparse.Namespace, _rest: list[str]) -> bool:
    if options.uninstall:
        return not uninstall.check(keep=options.keep)
    if options.odoo:
        return not suites.compare(options.tags, keep=options.keep)
    return not testing.test(
        options.tags, beside=options.beside, keep=options.keep, search=options.search, coverage=options.coverage
    )


def _lint(_options: argparse.Namespace, _rest: list[str]) -> bool:
    return not lint.lint()


def _i18n(_options: argparse.Namespace, _rest: list[str]) -> None:
    i18n.update()


def _bench(options: argparse.Namespace, _rest: list[str]) -> int:
    if options.name == benchmark.ALL:
        return benchmark.run_all(options.json)
    if options.name:
        return benchmark.run(options.name, options.n, options.json)
    for name, text in benchmark.names().items():
        print(f"{name:24} {text}")
    print(f"{benchmark.ALL:24} Each of these at its small size, with a table of their targets.")
    return 0


def _shell(_options: argparse.Namespace, rest: list[str]) -> None:
    name = databases.DEMO if _names_database(rest) else databases.demo()
    command = odoo.command("shell", f"--database={name}", "--no-http", *rest)
    os.execve(command[0], command, odoo.environment())


def _psql(_options: argparse.Namespace, rest: list[str]) -> None:
    name = databases.DEMO if _names_database(rest) else databases.demo()
    program = postgres.programs() / "psql"
    env = odoo.environment()
    env["PGDATABASE"] = name
    os.execve(program, [str(program), *rest], env)


def _names_database(rest: list[str]) -> bool:
    """Whether another database is to be opened, such as one that ``--keep`` has kept."""
    return any(word.startswith(("-d", "--dbname", "--database")) for word in rest)


def _sandbox(_options: argparse.Namespace, rest: list[str]) -> None:
    command = sandbox.command(*rest)
    os.chdir(paths.PLAIN)
    os.execve(command[0], command, odoo.plain_environment())


def _platform(_options: argparse.Namespace, rest: list[str]) -> None:
    addons.ensure()
    # The folders that a person names are seen from where the person is.
    env = {**odoo.plain_environment(), "PYTHONPATH": str(paths.PLAIN)}
    os.execve(paths.PYTHON, [str(paths.PYTHON), "-m", "lib.protocol.kit", *rest], env)


_PASS_ON = {_shell, _psql, _sandbox, _platform}

#: Calls that open the demo database.
_ON_DEMO = {_serve, _shell, _psql}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description="The project's one command.")
    calls = parser.add_subparsers(title="calls", metavar="CALL", required=True)

    call = calls.add_parser("demo", help="play the main job on a fresh demo shop, then serve it")
    call.add_argument("--no-serve", dest="serve", action="store_false", help="stop after the job")
    call.add_argument("--json", type=Path, metavar="FILE", help="also write the outcome there")
    call.set_defaults(run=_demo)

    call = calls.add_parser("test", help="all tests, or those of some Odoo test tags")
    call.add_argument("tags", nargs="*", metavar="TAG", help="Odoo test tag; 'lib': the tests without Odoo")
    call.add_argument(
        "--with",
        dest="beside",
        action="append",
        default=[],
        metavar="MODULE",
        help="install this module of Odoo's too (sale_stock: what the module does where Inventory is installed)",
    )
    call.add_argument("--keep", action="store_true", help="keep the test database")
    call.add_argument("--coverage", action="store_true", help="measure how much of the code the tests run")
    call.add_argument("--search", action="store_true", help="let properties look for new examples, for a night")
    call.add_argument(
        "--odoo",
        action="store_true",
        help="instead Odoo's own tests of the modules named, without the module and with it"
        f" (default: {' '.join(suites.DEFAULT)})",
    )
    call.add_argument(
        "--uninstall", action="store_true", help="instead remove the module from a played database and look what stays"
    )
    call.set_defaults(run=_test)

    call = calls.add_parser("bench", help="a benchmark, or all; without a name, the list of them")
    call.add_argument("name", nargs="?", metavar="NAME")
    call.add_argument("--n", type=int, help="how many")
    call.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    call.set_defaults(run=_bench)

    for name, run, text in (
        ("lint", _lint, "all checks"),
        ("i18n", _i18n, "regenerate the template of the translations and merge French"),
        ("serve", _serve, "serve the demo database"),
        ("shell", _shell, "Odoo's Python shell on the demo database; reads a script on standard input"),
        ("psql", _psql, "psql on the demo database"),
        ("sandbox", _sandbox, "the sandbox insurer alone"),
    ):
        calls.add_parser(name, help=text).set_defaults(run=run)
    # Its own help lists its calls.
    call = calls.add_parser("platform", help="connect a platform from its papers: new, check, play", add_help=False)
    call.set_defaults(run=_platform)
    return parser
