"""A step is done again when what it was done from has changed."""

import os
import subprocess
import sys
import time

import pytest

from devtools import console, paths, state


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "HOME", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "log")
    return tmp_path


def test_a_stamp_is_of_its_checksum(home):
    stamp = state.Stamp(home / "folder" / "stamp")
    assert not stamp.is_of("a")
    stamp.set("a")
    assert stamp.is_of("a")
    assert not stamp.is_of("b")


def test_a_broken_stamp_is_of_nothing(home):
    (home / "stamp").write_text("{")
    assert not state.Stamp(home / "stamp").is_of("{")


def test_a_digest_is_of_contents(home):
    (home / "a").write_text("1")
    (home / "b").write_text("1")
    assert state.digest(home / "a") == state.digest(home / "b") == state.digest("1")
    assert state.digest("a", "b") != state.digest("ab") != state.digest("b", "a")


def test_the_lock_is_free_again_after_a_killed_holder(home):
    hold = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", f"{hold}; time.sleep(60)", home / "lock"], stdout=subprocess.PIPE, text=True
    )
    with holder:
        holder.stdout.readline()
        holder.kill()
    start = time.monotonic()
    with state.lock(), state.lock():
        assert time.monotonic() - start < 1


def test_each_run_has_its_own_log_and_the_last_few_stay(home, monkeypatch):
    monkeypatch.setattr(console, "_LOGS_KEPT", 3)
    (home / "log").mkdir()
    for number in range(5):
        with (home / "log" / f"test-20260101-00000{number}-1.log").open("w") as old:
            old.write(str(number))
    with console.open_own_log("test") as log:
        log.write("mine")
    logs = [file for file in (home / "log").iterdir() if not file.is_symlink()]
    assert len(logs) == 3
    assert (home / "log" / "test.log").read_text() == "mine"


def test_a_failure_tells_the_last_line_of_the_output(home):
    command = [sys.executable, "-c", "import sys; print('E: not found\\n'); sys.exit(1)"]
    with pytest.raises(console.Failure, match=r"it failed: E: not found \(all of it: .*/try\.log\)"):
        console.run(command, log="try", failure="it failed")


@pytest.mark.parametrize("found", [None, 0o755])
def test_what_is_made_is_closed_to_the_machines_other_users(home, monkeypatch, found):
    """A folder that an earlier version left open is closed too."""
    folder = home / ".dev"
    monkeypatch.setattr(paths, "HOME", folder)
    if found:
        folder.mkdir()
        folder.chmod(found)
    with state.lock():
        assert folder.stat().st_mode & 0o777 == 0o700


def test_the_lock_leaves_no_folder_open_whatever_the_umask(home, monkeypatch):
    monkeypatch.setattr(paths, "HOME", home / ".dev")
    before = os.umask(0)
    try:
        with state.lock():
            assert (home / ".dev").stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_programs_are_run_under_the_umask_that_they_need(home):
    command = [sys.executable, "-c", "import os; print(oct(os.umask(0)))"]
    console.run(command, log="own", umask=0o077, failure="it failed")
    console.run(command, log="theirs", umask=0o022, failure="it failed")
    assert "0o77" in (home / "log" / "own.log").read_text()
    assert "0o22" in (home / "log" / "theirs.log").read_text()
