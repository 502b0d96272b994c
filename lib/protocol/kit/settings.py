"""``plateforme.ini``: all that a platform's form asks of the connection, by French names.

A setting stands for one field of the form, whatever the form is made with; what a shop holds of its own (login,
password, key, certificate) is in no file.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..dictionary import Dictionary
from ..errors import OptoamcError

SECTION = "plateforme"


def _text(text: str) -> str:
    return text


def _flag(text: str) -> bool:
    answers = {"oui": True, "non": False}
    if text.lower() not in answers:
        raise ValueError("oui ou non")
    return answers[text.lower()]


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**6:
        raise ValueError("un nombre entier")
    return int(text)


def _identifier(text: str) -> str:
    if text not in ("uuid", "chiffres", "numero"):
        raise ValueError("uuid, chiffres ou numero")
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of the file.

    :param key: its name there
    :param field: the field of the platform's form that it stands for
    :param about: what it says, in French
    :param example: as it may be written
    :param read: its value
    """

    key: str
    field: str
    about: str
    example: str
    read: Callable[[str], Any] = _text


SETTINGS = (
    Setting("transport", "transport", "soap, https, token, mailbox ou sftp", "https"),
    Setting("adresse", "url_test", "l'adresse de test", "https://plateforme.example/service"),
    Setting("wsdl", "wsdl_name", "SOAP : le fichier WSDL", "service.wsdl"),
    Setting("condense", "is_digest", "SOAP : le mot de passe part en condensé (PasswordDigest)", "oui", _flag),
    Setting("gzip", "is_gzip", "le corps part compressé (Content-Encoding: gzip)", "oui", _flag),
    Setting("chemin_connexion", "login_path", "jeton : le chemin de l'appel de connexion", "oauth/token"),
    Setting("appel_connexion", "login_template", "jeton : le corps de cet appel", "login={login}&cle={key}"),
    Setting("nom_jeton", "token_name", "jeton : son nom dans la réponse ; access_token sinon", "jeton"),
    Setting("nom_duree", "token_seconds_name", "jeton : le nom de sa durée ; expires_in sinon", "validite"),
    Setting("chemin_releve", "fetch_path", "boîte : l'appel, ou le dossier, des réponses", "reponses?max=50"),
    Setting("appel_releve", "fetch_template", "boîte : le corps de cet appel", "<Releve/>"),
    Setting("chemin_accuse", "acknowledge_path", "boîte : l'appel d'accusé", "accuses/{receipt}"),
    Setting("appel_accuse", "acknowledge_template", "boîte : le corps de cet appel", "<Accuse>{receipt}</Accuse>"),
    Setting("nom_ticket", "ticket_name", "boîte : le nom du ticket", "ticket"),
    Setting("nom_recu", "receipt_name", "boîte : le nom de ce par quoi on accuse", "numero"),
    Setting("boite_vide", "nothing_words", "boîte : le texte qui dit que rien n'attend", "AUCUNE"),
    Setting("empreintes", "host_keys", "SFTP : les empreintes du serveur", "SHA256:…"),
    Setting("identifiants", "identifier_kind", "uuid, chiffres ou numero", "chiffres", _identifier),
    Setting("prefixe", "identifier_prefix", "ce qui précède les chiffres d'un identifiant", "OPT"),
    Setting("chiffres", "identifier_digits", "combien il y en a ; 20 sinon", "14", _number),
    Setting("delai_connexion", "connect_timeout", "secondes pour joindre la plateforme ; 5 sinon", "10", _number),
    Setting("delai_reponse", "read_timeout", "secondes pour avoir la réponse ; 90 sinon", "60", _number),
)

#: Fields of the form that have a section, or a file, of their own.
ELSEWHERE = {
    "operations": "[operations]",
    "http_headers": "[en-tetes]",
    "fault_codes": "[codes-de-rejet]",
    "body_template": "enveloppe.xml",
    "table_file": "table.csv",
    "schema_ids": "*.xsd, *.wsdl",
    "dialect": "le nom du dossier",
}

_BY_KEY = {setting.key: setting for setting in SETTINGS}


def read(file: str, lines: Mapping[str, str]) -> dict[str, Any]:
    """The values of a section's lines, by the form's fields; a line that is not there is not in it.

    :raises OptoamcError: ``configuration``: which line cannot be understood, what was expected, an example
    """
    values = {}
    for key, text in lines.items():
        setting = _BY_KEY.get(key)
        if setting is None:
            near = difflib.get_close_matches(key, _BY_KEY, 1)
            meant = f"voulez-vous dire « {near[0]} » ?" if near else f"il y a {', '.join(_BY_KEY)}"
            raise OptoamcError("configuration", f"{file}, [{SECTION}] : « {key} » n'est pas un réglage ; {meant}")
        try:
            values[setting.field] = setting.read(text)
        except ValueError as error:
            wanted = f"{key} = {setting.example}"
            raise OptoamcError(
                "configuration", f"{file}, [{SECTION}] : « {key} » attend {error}. Exemple : {wanted}"
            ) from error
    return values


def like_identifier(values: Mapping[str, Any]) -> str:
    """What a message's identifier looks like by these values; empty when there are none."""
    if not values:
        return ""
    kind, prefix = values.get("identifier_kind"), values.get("identifier_prefix", "")
    count = values.get("identifier_digits", 20)
    if kind == "chiffres":
        return f"{prefix}{10 ** (count - 1)}"
    return f"{prefix}{1:0{count}}" if kind == "numero" else "00000000-0000-4000-8000-000000000001"


def identifiers_for(dictionary: Dictionary) -> dict[str, str]:
    """The lines that make identifiers a table takes; none where a UUID is one, or nothing is."""
    formats = [field.codec for field in dictionary.fields if field.attribute == "header.exchange_id"]
    for kind, digits in (("uuid", 0), ("chiffres", 20), ("chiffres", 14)):
        example = like_identifier({"identifier_kind": kind, "identifier_digits": digits})
        try:
            for codec in formats:
                codec.write(example)
        except ValueError:
            continue
        return {"identifiants": kind, "chiffres": str(digits)} if digits else {}
    return {}


def commented(given: Mapping[str, str]) -> str:
    """The section as a person fills it in: what is given, and every other line as a comment."""
    lines = [f"[{SECTION}]"]
    for setting in SETTINGS:
        text = given.get(setting.key, "")
        lines += [f"; {setting.about}", f"{setting.key} = {text}" if text else f"; {setting.key} = {setting.example}"]
    return "\n".join(lines)
