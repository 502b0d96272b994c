"""A benchmark without its browser says how to install it."""

import shutil

import pytest

from devtools import system
from devtools.console import Failure


def test_a_program_that_is_missing_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Failure, match="sudo apt-get install chromium"):
        system.program(system.CHROMIUM, purpose="a benchmark")


def test_a_program_is_found_by_its_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "google-chrome" else None)
    assert system.program(system.CHROMIUM, purpose="a benchmark") == "/usr/bin/google-chrome"
