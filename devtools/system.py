"""Programs that come from the system's packages."""

import os
import shutil

from devtools.console import Failure, run, say, step
from devtools.state import lock

CHROMIUM = "chromium"
WKHTMLTOPDF = "wkhtmltopdf"
POPPLER = "poppler-utils"

_USED_FOR = {
    CHROMIUM: "browser tours are skipped without it",
    WKHTMLTOPDF: "no PDF without it",
    POPPLER: "the text of PDFs is not read without it",
}
_ALSO_CALLED = {
    CHROMIUM: ("google-chrome", "chromium-browser", "google-chrome-stable"),
    POPPLER: ("pdftotext",),
}


def install(package: str, *, purpose: str) -> None:
    """Install a Debian package when root; say how to otherwise."""
    if os.geteuid() or not shutil.which("apt-get"):
        raise Failure(f"{package} is missing ({purpose}): sudo apt-get install {package}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with lock(), step(f"system package {package}"):
        command = ["apt-get", "install", "--yes", "--no-install-recommends", package]
        # Lists as old as an image name files that mirrors have dropped since.
        missing = f"{package} is missing ({purpose})"
        # The machine's own files are for all its users.
        run(["apt-get", "update"], log="apt-update", env=env, umask=0o022, failure=f"{missing}, no lists")
        run(command, log="apt-install", env=env, umask=0o022, failure=f"{missing}, not installed")


def program(package: str, *, purpose: str) -> str:
    """The path of a program, by any of its names.

    :raises Failure: it is missing: how to install it
    """
    for name in (package, *_ALSO_CALLED.get(package, ())):
        if path := shutil.which(name):
            return path
    raise Failure(f"{package} is missing ({purpose}): sudo apt-get install {package}")


def want(*packages: str) -> None:
    """Have these programs where possible, and say which one is not to be had: what needs it does without."""
    for package in packages:
        if not any(map(shutil.which, (package, *_ALSO_CALLED.get(package, ())))):
            try:
                install(package, purpose=_USED_FOR[package])
            except Failure as failure:
                say(f"  {failure}")
