"""Odoo 19 itself: the one the user names, or Debian's package unpacked here."""

import os
import re
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from devtools import debian, paths
from devtools.console import Failure, say, step
from devtools.state import digest, lock

_FOLDER = paths.HOME / "odoo"
_IN_PACKAGE = Path("usr/lib/python3/dist-packages/odoo")

# Third-party files that Debian takes out of Odoo: in Odoo's package they are links to these packages' files.
_LIBRARIES = {
    "libjs-jquery": "sid",
    "libjs-jquery-form": "sid",
    "libjs-underscore": "sid",
    "fonts-montserrat": "sid",
    "fonts-roboto-unhinted": "sid",
    "fonts-inconsolata": "sid",
    "fonts-ocr-b": "sid",
    # Version 4, whose file names Odoo uses; later suites have others and every icon would be missing.
    "fonts-font-awesome": "bookworm",
}


@dataclass(frozen=True)
class Odoo:
    """An Odoo that lies on the disk."""

    package: Path
    """The folder of the Python package ``odoo``."""

    @property
    def addons(self) -> list[Path]:
        """Where its modules are; a git checkout keeps most of them beside the package."""
        return [folder for folder in (self.package.parent / "addons", self.package / "addons") if folder.is_dir()]

    @property
    def version(self) -> str:
        """Its release, as it tells it, and what tells two builds of it apart."""
        release = self.package / "release.py"
        found = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
        return f"{found[1]}.{found[2]}" if found else "unknown"

    @property
    def build(self) -> str:
        """A checksum that changes with the build."""
        return digest(str(self.package), self.version, (self.package / "release.py"))


def ensure() -> Odoo:
    """Have an Odoo 19, and make it importable in the virtual environment."""
    named = os.environ.get("ODOO_SOURCE")
    with lock():
        odoo = _named(Path(named).expanduser()) if named else _from_debian()
        if not odoo.version.startswith("19."):
            raise Failure(f"{odoo.package} is Odoo {odoo.version}: this module is for Odoo 19 (see ODOO_SOURCE)")
        _fill_gaps(odoo)
        link = Path(sysconfig.get_path("purelib")) / "odoo"
        if not link.is_symlink() or link.readlink() != odoo.package:
            link.unlink(missing_ok=True)
            link.symlink_to(odoo.package)
    return odoo


def _named(source: Path) -> Odoo:
    source = source.resolve()
    if source.suffix == ".deb" and source.is_file():
        folder = _FOLDER / digest(source)
        _build(folder, f"Odoo from {source.name}", lambda into: debian.extract(source, into), _LIBRARIES)
        source = folder
    for package in (source, source / "odoo", source / _IN_PACKAGE):
        if (package / "release.py").is_file():
            return Odoo(package)
    raise Failure(f"no Odoo in ODOO_SOURCE={source}: name a git checkout, a .deb, or a folder that holds one unpacked")


def _from_debian() -> Odoo:
    # The suite moves: whatever Odoo 19 was unpacked once stays, until the folder is removed.
    folder = _FOLDER / "sid"
    _build(folder, "Odoo 19 (from Debian, 120 MB)", None, {"odoo-19": "sid", **_LIBRARIES})
    return Odoo(folder / _IN_PACKAGE)


def _build(folder: Path, title: str, first, packages: dict[str, str]) -> None:
    """Unpack everything into a folder that has its name only when it is complete."""
    if folder.is_dir():
        return
    building = folder.with_suffix(".part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    with step(title):
        if first:
            first(building)
        debian.unpack(packages, building)
    building.rename(folder)


def _fill_gaps(odoo: Odoo) -> None:
    """Debian ships no face detection, yet names its file in a bundle: without a file, each tour fails."""
    for addons in odoo.addons:
        library = addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
        if library.parent.parent.is_dir() and not library.exists():
            try:
                library.parent.mkdir(exist_ok=True)
                library.touch()
            except OSError:
                say(f"  {library} is missing and cannot be made: browser tours will fail")
