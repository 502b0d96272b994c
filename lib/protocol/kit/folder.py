"""A platform's files in one folder: its papers (XSD, WSDL), its field table and how it is reached.

``table.csv``         the field table
``*.xsd``, ``*.wsdl``  the platform's own files
``plateforme.ini``    how it is reached: what the platform's form asks, by the same names
``enveloppe.xml``     what stands around a message, when the WSDL does not say it (``enveloppe.txt`` for a web form)
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..codec import Codec
from ..dialect import Dialect
from ..errors import OptoamcError
from ..messages import MessageKind
from ..safe_xml import MAX_BYTES
from ..transport import Box, Endpoint, Login
from . import settings

TABLE = "table.csv"
SETTINGS = "plateforme.ini"
_ENVELOPES = ("enveloppe.xml", "enveloppe.txt")
#: No table or schema of a platform is larger.
_MAX_FILES = 200

_TEMPLATE = """\
; Ce que la fiche de la plateforme demandera (doc/plateformes.rst). Les identifiants réels n'ont rien à faire ici.
{settings}

; L'élément de chaque message, quand il ne se devine pas : OPAMCREQ = flux[@nature='DEM']
[messages]

; Le nom de l'opération (SOAP) ou le chemin (HTTPS) de chaque message
[operations]

; En-têtes HTTP : X-Cle = {{key}}
[en-tetes]

; Sens des codes de rejet : E42 = unknown_reference
[codes-de-rejet]
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """A platform's folder.

    :raises OptoamcError: ``configuration``, in French: what is missing or cannot be read
    """

    path: Path

    def __post_init__(self) -> None:
        if not self.path.is_dir():
            raise OptoamcError("configuration", f"{self.path} n'est pas un dossier")

    @property
    def name(self) -> str:
        """The dialect's name."""
        return self.path.resolve().name

    @property
    def files(self) -> dict[str, bytes]:
        """The XSD and WSDL files."""
        found = [file for file in sorted(self.path.iterdir()) if file.suffix.lower() in (".xsd", ".wsdl")]
        if len(found) > _MAX_FILES:
            raise OptoamcError("configuration", f"{self.path} : plus de {_MAX_FILES} fichiers XSD et WSDL")
        return {file.name: _read(file) for file in found}

    @property
    def _lines(self) -> configparser.ConfigParser:
        """``plateforme.ini``; empty when there is none."""
        parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        file = self.path / SETTINGS
        try:
            if file.is_file():
                parser.read_string(_read(file).decode("utf-8-sig"))
        except (configparser.Error, UnicodeDecodeError) as error:
            raise OptoamcError("configuration", f"{SETTINGS} : {error}") from error
        return parser

    def section(self, name: str) -> dict[str, str]:
        """The lines of a section that are filled in."""
        lines = self._lines
        return {key: text.strip() for key, text in (lines[name].items() if name in lines else ()) if text.strip()}

    def codec(self) -> Codec:
        """The codec of its table.

        :raises OptoamcError: ``dialect``, what is wrong in which row and column
        """
        table = self.path / TABLE
        if not table.is_file():
            raise OptoamcError("configuration", f"{table} manque : « ./dev platform new » le propose")
        return Codec(Dialect(self.name, _read(table), self.files))

    def endpoint(self, codec: Codec) -> Endpoint | None:
        """How the platform is reached, with no login; ``None`` when the settings do not say."""
        values = self.values
        if not values.get("url_test"):
            return None
        layouts = codec.dialect.layouts
        return Endpoint(
            kind=values.get("transport", "soap"),
            url=values["url_test"],
            wsdl=values.get("wsdl_name", ""),
            files=codec.dialect.files,
            roots={kind: layout.step.name.text for kind, layout in layouts.items()},
            operations=_by_message("operations", self.section("operations")),
            headers=self.section("en-tetes"),
            fault_codes=self.section("codes-de-rejet"),
            template=self._envelope(),
            login=_login(values),
            box=_box(values),
            host_keys=frozenset(values.get("host_keys", "").replace("=", "").split()),
            is_digest=values.get("is_digest", False),
            is_gzip=values.get("is_gzip", False),
            connect_timeout=values.get("connect_timeout", 5),
            read_timeout=values.get("read_timeout", 90),
            username="IDENTIFIANT",
            password="MOT-DE-PASSE",  # noqa: S106 - stands where a shop's own goes
            key="CLE-D-ACCES",
        )

    @property
    def values(self) -> dict[str, Any]:
        """How the platform is reached, by the fields of its form.

        :raises OptoamcError: ``configuration``, which line cannot be understood
        """
        return settings.read(SETTINGS, self.section(settings.SECTION))

    def _envelope(self) -> str:
        for name in _ENVELOPES:
            if (self.path / name).is_file():
                return _read(self.path / name).decode("utf-8-sig")
        return ""


def initial(transport: str, wsdl: str, dialect: Dialect | None = None) -> str:
    """``plateforme.ini`` as it is first written: all its lines, with what is known already."""
    known = {"transport": transport, "adresse": "https://plateforme.example/service", "wsdl": wsdl}
    if dialect:
        known |= settings.identifiers_for(dialect.dictionary)
    return _TEMPLATE.format(settings=settings.commented(known))


def _login(values: Mapping[str, Any]) -> Login | None:
    if not values.get("login_path"):
        return None
    given = {
        "template": values.get("login_template"),
        "member": values.get("token_name"),
        "seconds_member": values.get("token_seconds_name"),
    }
    return Login(path=values["login_path"], **{name: text for name, text in given.items() if text})


def _box(values: Mapping[str, Any]) -> Box | None:
    if not values.get("fetch_path"):
        return None
    return Box(
        fetch=values["fetch_path"],
        fetch_template=values.get("fetch_template", ""),
        acknowledge=values.get("acknowledge_path", ""),
        acknowledge_template=values.get("acknowledge_template", ""),
        ticket=values.get("ticket_name", ""),
        receipt=values.get("receipt_name", ""),
        nothing=values.get("nothing_words", ""),
    )


def _by_message(section: str, lines: Mapping[str, str]) -> dict[MessageKind, str]:
    found = {}
    for name, text in lines.items():
        try:
            found[MessageKind(name)] = text
        except ValueError as error:
            known = ", ".join(kind.value for kind in MessageKind)
            raise OptoamcError(
                "configuration", f"{SETTINGS}, [{section}] : « {name} » n'est pas un message ; il y a {known}"
            ) from error
    return found


def _read(file: Path) -> bytes:
    if file.stat().st_size > MAX_BYTES:
        raise OptoamcError("configuration", f"{file.name} : plus de {MAX_BYTES} octets")
    return file.read_bytes()
