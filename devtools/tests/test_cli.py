"""What a call says when it cannot do its work."""

import os

import pytest

from devtools import cli, databases, paths, venv
from devtools.console import Failure


def test_what_the_system_refuses_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def enter() -> None:
        raise PermissionError(13, "Permission denied", "/clone/.dev/lock")

    monkeypatch.setattr(venv, "enter", enter)
    assert cli.main(["demo"]) == 1
    assert capsys.readouterr().err == "dev: [Errno 13] Permission denied: '/clone/.dev/lock'\n"
    # Whoever reads the last line of the tests is to know that they have failed.
    before = os.umask(0o022)
    assert cli.main(["test"]) == 1
    assert os.umask(before) == 0o077  # what is made is nobody else's to read
    assert capsys.readouterr().out == "0 passed, 1 failed\n"


def test_a_platform_is_connected_from_where_a_person_is(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """The kit has its own calls and help, and takes folders by relative paths."""
    ran = []
    monkeypatch.setattr(venv, "enter", lambda: None)
    monkeypatch.setattr(os, "execve", lambda program, command, env: ran.append((command, env)))
    monkeypatch.chdir(tmp_path)
    cli.main(["platform", "check", "papiers"])
    cli.main(["platform", "--help"])
    (command, env), (helped, _env) = ran
    assert command[1:] == ["-m", "lib.protocol.kit", "check", "papiers"]
    assert env["PYTHONPATH"] == str(paths.PLAIN)
    assert helped[-1] == "--help"
    assert os.getcwd() == str(tmp_path)


@pytest.mark.parametrize("call", ["serve", "shell", "psql"])
def test_without_a_demo_database_nothing_is_set_up(call: str, monkeypatch, tmp_path, capsys) -> None:
    def enter() -> None:
        raise AssertionError("set up")

    monkeypatch.setattr(venv, "enter", enter)
    monkeypatch.setattr(paths, "HOME", tmp_path)
    assert cli.main([call]) == 1
    assert capsys.readouterr().err == "dev: there is no demo database yet: ./dev demo --no-serve makes it\n"


def test_a_demo_database_is_of_its_server(monkeypatch, tmp_path) -> None:
    """A shell that names a server, and one that does not, each have their own: neither forgets the other's."""
    known = {"127.0.0.1:5433": True, "": False}
    monkeypatch.setattr(paths, "HOME", tmp_path)
    monkeypatch.setattr(databases, "_base_name", lambda: "base_1")
    monkeypatch.setattr(databases, "installed", lambda: "installed_1")
    monkeypatch.setattr(databases, "clone", lambda source, name: None)
    monkeypatch.setattr(databases, "_exists", lambda name: known[databases.postgres.named()])
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "5433")
    databases.demo(afresh=True)
    with monkeypatch.context() as other:
        other.delenv("PGHOST")
        other.delenv("PGPORT")
        for call in (databases.require_demo, databases.demo):
            with pytest.raises(Failure, match=r"on our own server, one was made on another: set PGHOST"):
                call()
    databases.require_demo()
    assert databases.demo() == databases.DEMO


def test_what_has_changed_since_the_demo_database_was_made(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(paths, "HOME", tmp_path)
    monkeypatch.setattr(databases, "_base_name", lambda: "base_1")
    monkeypatch.setattr(databases, "installed", lambda: "installed_1")
    monkeypatch.setattr(databases, "clone", lambda source, name: None)
    monkeypatch.setattr(databases, "_exists", lambda name: True)
    databases.demo(afresh=True)
    databases.demo()
    assert not capsys.readouterr().err
    monkeypatch.setattr(databases, "_base_name", lambda: "base_2")
    databases.demo()
    assert "  Odoo is another (ODOO_SOURCE, or a new build) since the demo" in capsys.readouterr().err
    monkeypatch.setattr(databases.addons, "checksum", lambda: "of other files")
    databases.demo()
    assert "  the module has changed since the demo" in capsys.readouterr().err


def test_a_kept_database_is_opened_without_the_demo(monkeypatch, tmp_path) -> None:
    ran = []
    monkeypatch.setattr(venv, "enter", lambda: None)
    monkeypatch.setattr(paths, "HOME", tmp_path)
    monkeypatch.setattr(databases.odoo, "environment", dict)
    monkeypatch.setattr(os, "execve", lambda program, command, env: ran.append(command))
    assert cli.main(["psql", "--dbname=optoamc_kept"]) == 0
    assert ran[0][1:] == ["--dbname=optoamc_kept"]
