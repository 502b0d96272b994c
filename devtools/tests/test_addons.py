"""The folder of links follows the files, and touches nothing that it did not make."""

import shutil
import subprocess

import pytest

from devtools import addons, paths
from devtools.console import Failure


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """An empty repository in place of this one."""
    root = tmp_path / "a clone"
    root.mkdir()
    monkeypatch.setattr(paths, "ROOT", root)
    (root / "__manifest__.py").write_text("{}")
    (root / "models").mkdir()
    (root / "models" / "a.py").write_text("a = 1")
    return root


@pytest.fixture
def in_git(clone):
    if not shutil.which("git"):
        pytest.skip("no git here")
    subprocess.run(["git", "init", "--quiet", clone], check=True)
    (clone / ".gitignore").write_text("*.log\n")
    return clone


def test_links_follow_the_entries(clone, tmp_path):
    folder = tmp_path / "folder"
    addons._link(folder, {"models", "gone"})
    addons._link(folder, {"models", "__manifest__.py"})
    assert {link.name: link.readlink() for link in folder.iterdir()} == {
        "models": clone / "models",
        "__manifest__.py": clone / "__manifest__.py",
    }


def test_a_moved_clone_is_followed(clone, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "models").symlink_to(tmp_path / "where the clone was" / "models")
    addons._link(folder, {"models"})
    assert (folder / "models" / "a.py").read_text() == "a = 1"


def test_what_others_put_there_stays(clone, tmp_path):
    folder = tmp_path / "folder"
    (folder / ".hypothesis" / "examples").mkdir(parents=True)
    (folder / ".coverage").write_text("")
    addons._link(folder, {"models"})
    assert sorted(entry.name for entry in folder.iterdir()) == [".coverage", ".hypothesis", "models"]


def test_a_folder_in_a_link_s_place_stays_and_is_named(clone, tmp_path):
    folder = tmp_path / "folder"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "kept.txt").write_text("")
    with pytest.raises(Failure, match="folder/models is in the way"):
        addons._link(folder, {"models"})
    assert (folder / "models" / "kept.txt").exists()


def test_plain_packages_are_those_without_odoo(clone):
    for package in ("models", "tests", "lib", "devtools"):
        (clone / package).mkdir(exist_ok=True)
        (clone / package / "__init__.py").write_text("")
    (clone / "views").mkdir()
    assert addons.plain_packages() == ["devtools", "lib"]


def test_files_are_those_git_would_add(in_git):
    (in_git / "noise.log").write_text("")
    (in_git / "dev").write_text("")
    (in_git / "devtools").mkdir()
    (in_git / "devtools" / "cli.py").write_text("")
    assert addons.files() == ["__manifest__.py", "models/a.py"]


def test_a_file_git_knows_but_that_is_gone_is_none(in_git):
    subprocess.run(["git", "-C", in_git, "add", "."], check=True)
    (in_git / "models" / "a.py").unlink()
    assert addons.files() == ["__manifest__.py"]


def test_without_git_what_lies_there(clone, monkeypatch):
    monkeypatch.setenv("PATH", "")
    (clone / ".dev").mkdir()
    (clone / ".dev" / "big").write_text("")
    (clone / "models" / "__pycache__").mkdir()
    (clone / "models" / "__pycache__" / "a.pyc").write_text("")
    assert addons.files() == ["__manifest__.py", "models/a.py"]


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("models/a.py", True),
        ("models/b.py", True),
        ("tests/test_a.py", False),
        ("lib/sheets/tests/test_a.py", False),
        ("README.rst", False),
    ],
)
def test_checksum_is_of_what_is_installed(in_git, file, changes):
    before = addons.checksum()
    (in_git / file).parent.mkdir(parents=True, exist_ok=True)
    (in_git / file).write_text("b = 2")
    assert (addons.checksum() != before) is changes


def test_checksum_tells_a_renamed_file(in_git):
    before = addons.checksum()
    (in_git / "models" / "a.py").rename(in_git / "models" / "b.py")
    assert addons.checksum() != before
