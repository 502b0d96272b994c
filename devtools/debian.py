"""Debian packages from another suite, unpacked into a folder: nothing is installed on the machine.

apt runs with a configuration of its own (sources, lists, cache) on top of the machine's (proxy, credentials), and
reads the mirror from the machine's sources.
"""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from devtools import paths
from devtools.console import Failure, run

_APT = paths.HOME / "apt"
_WAY_OUT = "name an Odoo 19 by ODOO_SOURCE=<git checkout, .deb or folder>"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def mirror() -> str:
    """The machine's Debian mirror, as apt itself reads it from either format of its sources."""
    try:
        result = subprocess.run(
            ["apt-get", "update", "--print-uris"], capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError:
        raise Failure(f"no apt-get here: {_WAY_OUT}") from None
    found = mirror_among(result.stdout.splitlines())
    if not found:
        raise Failure(f"no Debian mirror in apt's sources: {_WAY_OUT}")
    return found


def mirror_among(uris: Iterable[str]) -> str | None:
    """Find the mirror in the addresses that ``apt-get update --print-uris`` would fetch."""
    found: dict[str, set[str]] = {}
    for uri in uris:
        if match := re.match(r"'([^']*debian[^']*?)/+dists/([^/']+)/InRelease'", uri):
            found.setdefault(match[1], set()).add(match[2])
    # A vendor's repository for Debian may look the same, but has no suite of Debian's updates; a mirror may lack it.
    suites = {
        mirror: sum(f"{suite}-updates" in names for suite in names) for mirror, names in found.items() if _plain(names)
    }
    return max(suites, key=lambda mirror: suites[mirror], default=None)


def _plain(suites: set[str]) -> bool:
    """Whether one is a whole suite: security and other partial archives are in suites with a dash."""
    return any("-" not in suite for suite in suites)


def unpack(packages: dict[str, str], into: Path) -> None:
    """Download packages, each from its suite, and unpack them all into one folder."""
    cache = _APT / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (_APT / "lists").mkdir(exist_ok=True)
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    source = mirror()
    (_APT / "sources.list").write_text(
        "".join(f"deb {signed}{source} {suite} main\n" for suite in dict.fromkeys(packages.values()))
    )
    apt = ["apt-get", *(f"--option={key}={value}" for key, value in _options().items())]
    # Old lists are no reason to fail: without a network the packages may still lie in the cache.
    run([*apt, "update"], log="apt-private-update", failure="apt-get could not read the Debian mirror")
    names = [f"{package}/{suite}" for package, suite in packages.items()]
    run([*apt, "download", *names], cwd=cache, log="apt-download", failure=f"apt-get could not download {names[0]}")
    for file in sorted(cache.glob("*.deb")):
        extract(file, into)
        file.unlink()


def extract(file: Path, into: Path) -> None:
    """Unpack one package."""
    run(["dpkg", "-x", file, into], log="dpkg", failure=f"{file.name} could not be unpacked")


def _options() -> dict[str, object]:
    options: dict[str, object] = {
        "Dir::Etc::sourcelist": _APT / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": _APT / "lists",
        "Dir::Cache": _APT / "cache",
        "Acquire::Languages": "none",
        # The machine may fetch more indexes (icons, contents): none is read here.
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
    }
    if not os.geteuid():
        # apt's own user may not reach this folder.
        options["APT::Sandbox::User"] = "root"
    return options
