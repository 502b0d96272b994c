"""The mirror is the machine's own, in whichever format its sources are written."""

import shutil

import pytest

from devtools import debian
from devtools.console import Failure

CLASSIC = """
# deb cdrom:[Debian]/ trixie main
deb [arch=amd64] http://mirror.example/vendor/linux/debian bookworm stable
deb http://mirror.example/debian bookworm main contrib
deb http://mirror.example/debian bookworm-updates main
deb http://security.example/debian-security bookworm-security main
"""

DEB822 = """
Types: deb
URIs: https://security.example/debian-security/
Suites: trixie-security
Components: main

Types: deb deb-src
URIs: https://mirror.example/nexus/debian-proxy/
Suites: trixie trixie-updates
Components: main non-free-firmware
"""


@pytest.fixture
def apt(tmp_path, monkeypatch):
    """Write the sources of a machine, which apt then takes for this one's."""
    if not shutil.which("apt-get"):
        pytest.skip("no apt-get here")

    def sources(name: str, content: str) -> None:
        for folder in ("sources.list.d", "lists/partial", "cache/archives/partial"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "sources.list.d" / name).write_text(content)
        settings = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": tmp_path / "sources.list.d",
            "Dir::State::lists": tmp_path / "lists",
            "Dir::Cache": tmp_path / "cache",
        }
        (tmp_path / "apt.conf").write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
        monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))

    return sources


def test_classic_sources(apt):
    apt("debian.list", CLASSIC)
    assert debian.mirror() == "http://mirror.example/debian"


def test_deb822_sources(apt):
    apt("debian.sources", DEB822)
    assert debian.mirror() == "https://mirror.example/nexus/debian-proxy"


def test_another_distribution_has_none(apt):
    apt("ubuntu.list", "deb http://archive.example/ubuntu noble main\n")
    with pytest.raises(Failure, match="ODOO_SOURCE"):
        debian.mirror()


def test_a_lone_suite_will_do():
    assert debian.mirror_among(["'http://m.example/debian/dists/sid/InRelease' m 0 "]) == "http://m.example/debian"


def test_partial_archives_are_no_mirror():
    uris = [
        "'http://m.example/debian-security/dists/trixie-security/InRelease' a 0 ",
        "'http://m.example/pub/repos/debian/dists/trixie-pgdg/InRelease' b 0 ",
    ]
    assert debian.mirror_among(uris) is None
