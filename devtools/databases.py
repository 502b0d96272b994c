"""The databases, each made by cloning another one with its files.

base        Odoo's modules that ours builds on, with demo data and French; made once for an Odoo build
own         the same in English alone, for Odoo's own tests
installed   base with the module and its demo data; made once for a state of the module's files
demo        what ``demo`` plays on and ``serve``, ``shell`` and ``psql`` open
"""

import ast
import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from devtools import addons, odoo, paths, postgres
from devtools.console import Failure, say, step
from devtools.state import Stamp, digest, lock

_BASE_MODULES = ",".join(ast.literal_eval((paths.ROOT / "__manifest__.py").read_text(encoding="utf-8"))["depends"])
_PREFIX = f"optoamc_{paths.CLONE_ID}"
DEMO = f"{_PREFIX}_demo"
_DEMO_STAMP = "demo-made-from"
_INSTALLATION = "install"


def base() -> str:
    """Have the database that every other one is cloned from; returns its name."""
    name = _base_name()
    with lock():
        if not _exists(name):
            _drop_all_like(f"{_PREFIX}_base_")
            with _building(name) as building, step("database with Odoo's own modules, demo data and French", every=30):
                _install(building, _BASE_MODULES, "--load-language=fr_FR", log="base")
    return name


def odoos_own() -> str:
    """Have the base as Odoo's own tests want it: in English alone; returns its name."""
    name = f"{_PREFIX}_own_{digest(odoo.ensure().build, _BASE_MODULES)}"
    with lock():
        if not _exists(name):
            _drop_all_like(f"{_PREFIX}_own_")
            with _building(name) as building, step("database with Odoo's own modules and demo data", every=30):
                _install(building, _BASE_MODULES, log="own")
    return name


def installed() -> str:
    """Have the database with the module and its demo data, as its files are now; returns its name."""
    name = _installed_name()
    with lock():
        if not _exists(name):
            source = base()
            _drop_all_like(f"{_PREFIX}_installed_")
            with _building(name) as building, step("installation of the module with its demo data"):
                clone(source, building)
                _install(building, paths.MODULE, log=_INSTALLATION)
                for line in complaints():
                    say(f"  {line}")
    return name


def complaints() -> list[str]:
    """What Odoo complained of when it last installed the module."""
    log = paths.LOGS / f"{_INSTALLATION}.log"
    return odoo.complaints(log.read_text(encoding="utf-8").splitlines()) if log.exists() else []


def require_demo() -> None:
    """Tell at once that there is no demo database to open, before anything is set up for it.

    :raises Failure: ``demo`` has not made it here
    """
    if _demo_made_from().file.exists():
        return
    if any(paths.HOME.glob(f"{_DEMO_STAMP}*")):
        here = (
            f"the PostgreSQL server that PGHOST names ({server})" if (server := postgres.named()) else "our own server"
        )
        raise Failure(
            f"there is no demo database on {here}, one was made on another: set PGHOST and PGPORT as then, or make one"
            " here (./dev demo --no-serve)"
        )
    raise Failure("there is no demo database yet: ./dev demo --no-serve makes it")


def demo(*, afresh: bool = False, update: bool = False) -> str:
    """Open the demo database, made anew or brought up to the module's files when asked; returns its name.

    :raises Failure: there is none, and none is to be made
    """
    made_from = _demo_made_from()
    with lock():
        if afresh:
            source = installed()
            clone(source, DEMO)
            made_from.set(_ingredients())
        elif not _exists(DEMO):
            # Dropped by hand, or with its server.
            made_from.file.unlink(missing_ok=True)
            require_demo()
        elif changed := _changed_since(made_from.read()):
            if update:
                _update(DEMO, changed)
                made_from.set(_ingredients())
            else:
                say(f"  {changed} since the demo database was made: ./dev demo --no-serve makes it anew")
    return DEMO


@contextlib.contextmanager
def temporary(purpose: str, source: str, *, keep: bool = False) -> Iterator[str]:
    """A clone that goes away, however the work on it ends."""
    name = f"{_PREFIX}_{purpose}_{secrets.token_hex(3)}"
    marker = paths.HOME / "temporary" / name
    with lock():
        _drop_orphans(purpose)
        marker.parent.mkdir(exist_ok=True)
        marker.write_text(str(os.getpid()))
    try:
        with lock():
            clone(source, name)
        yield name
    finally:
        if keep:
            say(f"kept: ./dev psql --dbname={name}")
        else:
            drop(name)
        marker.unlink(missing_ok=True)


def add_modules(name: str, modules: Sequence[str], *options: str) -> None:
    """Install on a database those of some modules that it does not have."""
    missing = sorted(set(modules) - _installed_modules(name))
    if missing:
        init = f"--init={','.join(missing)}"
        command = odoo.command(f"--database={name}", init, "--no-http", "--stop-after-init", *options)
        odoo.run(command, log="add", failure=f"Odoo could not install {', '.join(missing)}")
    if unknown := sorted(set(missing) - _installed_modules(name)):
        raise Failure(f"Odoo has no module {', '.join(unknown)}")


def use_sandbox(name: str, url: str) -> None:
    """Lead the demo platform of a database to the sandbox insurer that runs."""
    _sql(
        """
        UPDATE optoamc_platform SET url_demo = %s
         WHERE id = (SELECT res_id FROM ir_model_data WHERE module = %s AND name = 'platform_demo')
        """,
        f"{url.rstrip('/')}/soap",
        paths.MODULE,
        database=name,
    )


def leave_out_views(name: str, keys: Sequence[str]) -> None:
    """Switch off views of a database."""
    _sql("UPDATE ir_ui_view SET active = false WHERE key = ANY(%s)", list(keys), database=name)


def clone(source: str, name: str) -> None:
    """Copy a database and its files; whatever bore the name goes."""
    drop(name)
    _sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    if (paths.FILESTORE / source).is_dir():
        # Files are named after their content and never written again: they can be shared.
        shutil.copytree(paths.FILESTORE / source, paths.FILESTORE / name, copy_function=os.link)


def drop(name: str) -> None:
    """Remove a database and its files, whoever still looks at it."""
    _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(paths.FILESTORE / name, ignore_errors=True)


def _demo_made_from() -> Stamp:
    # A shell may name a server and another one not: each has its demo database, and neither tells of the other's.
    server = postgres.named()
    return Stamp(paths.HOME / (f"{_DEMO_STAMP}-{digest(server)}" if server else _DEMO_STAMP))


def _ingredients() -> str:
    """What an installed module is made from: Odoo's own modules, and ours."""
    return f"{_base_name()} {addons.checksum()}"


def _changed_since(ingredients: str | None) -> str:
    """What has changed since something was made, in words; empty: nothing."""
    if ingredients == (now := _ingredients()):
        return ""
    is_module = (ingredients or "").rpartition(" ")[2] != now.rpartition(" ")[2]
    return "the module has changed" if is_module else "Odoo is another (ODOO_SOURCE, or a new build)"


def _base_name() -> str:
    return f"{_PREFIX}_base_{digest(odoo.ensure().build, _BASE_MODULES)}"


def _installed_name() -> str:
    return f"{_PREFIX}_installed_{digest(_base_name(), addons.checksum())}"


@contextlib.contextmanager
def _building(name: str) -> Iterator[str]:
    """A database that gets its name only once it is complete."""
    building = f"{_PREFIX}_building"
    drop(building)
    yield building
    shutil.rmtree(paths.FILESTORE / name, ignore_errors=True)
    if (paths.FILESTORE / building).is_dir():
        (paths.FILESTORE / building).rename(paths.FILESTORE / name)
    _sql(f'ALTER DATABASE "{building}" RENAME TO "{name}"')


def _install(name: str, modules: str, *options: str, log: str) -> None:
    command = odoo.command(
        f"--database={name}", f"--init={modules}", "--with-demo", "--no-http", "--stop-after-init", *options
    )
    odoo.run(command, log=log, failure=f"Odoo could not install {modules}")


def _update(name: str, why: str) -> None:
    command = odoo.command(f"--database={name}", f"--update={paths.MODULE}", "--no-http", "--stop-after-init")
    with step(f"update of the demo database: {why}"):
        odoo.run(command, log="update", failure="not possible (./dev demo --no-serve makes it anew)")


def _drop_orphans(purpose: str) -> None:
    """Remove what a killed call left."""
    for marker in (paths.HOME / "temporary").glob(f"{_PREFIX}_{purpose}_*"):
        if not Path("/proc", marker.read_text()).exists():
            drop(marker.name)
            marker.unlink(missing_ok=True)


def _installed_modules(name: str) -> set[str]:
    return {module for (module,) in _sql("SELECT name FROM ir_module_module WHERE state = 'installed'", database=name)}


def _exists(name: str) -> bool:
    return bool(_sql("SELECT 1 FROM pg_database WHERE datname = %s", name))


def _drop_all_like(prefix: str) -> None:
    for (name,) in _sql("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", prefix):
        drop(name)


def _sql(query: str, *values: object, database: str = "postgres") -> list[tuple[Any, ...]]:
    import psycopg2

    settings = postgres.ensure()
    connection = psycopg2.connect(
        host=settings["PGHOST"],
        port=settings.get("PGPORT"),
        user=settings["PGUSER"],
        password=settings.get("PGPASSWORD"),
        dbname=database,
    )
    try:
        # Databases are made and dropped outside of transactions.
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []
    except psycopg2.Error as error:
        raise Failure(f"PostgreSQL: {' '.join(str(error).split())}") from None
    finally:
        connection.close()
