"""Programs that come from the system's packages."""

import os
import shutil

from devtools.console import Failure, run, say, step
from devtools.state import lock

CHROMIUM = "chromium"
WKHTMLTOPDF = "wkhtmltopdf"


def install(*packages: str, purpose: str) -> None:
    """Install Debian packages when root; say how to otherwise."""
    if os.geteuid() or not shutil.which("apt-get"):
        raise Failure(f"{' and '.join(packages)} missing ({purpose}): sudo apt-get install {' '.join(packages)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with lock(), step(f"system packages {', '.join(packages)}"):
        # Lists as old as an image name files that mirrors have dropped since.
        run(["apt-get", "update"], log="apt-update", env=env, failure="apt-get update failed")
        command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
        run(command, log="apt-install", env=env, failure=f"apt-get could not install {' '.join(packages)}")


def missing(*programs: str) -> list[str]:
    """Have these programs, whose package is called like them: returns those that cannot be had, saying so."""
    absent = [program for program in programs if not shutil.which(program)]
    if absent:
        try:
            install(*absent, purpose="used by some steps")
        except Failure as failure:
            say(f"  {failure}")
            return absent
    return []
