"""``plateforme.ini``: all that the form asks of a connection, and the examples of calls that it makes."""

from __future__ import annotations

import re
import socket
from dataclasses import fields

import pytest
from dialects_under_test import codec

from lib.protocol.errors import OptoamcError
from lib.protocol.kit.folder import Folder, initial
from lib.protocol.kit.samples import samples
from lib.protocol.kit.settings import SETTINGS, like_identifier
from lib.protocol.transport import Endpoint

OPEN = codec("open")
BASE = {"adresse": "https://plateforme.example/s", "chemin_connexion": "oauth", "chemin_releve": "reponses"}

#: What of an endpoint no file says: a shop's own, the server's, and what the table says already.
NOT_OF_A_FILE = {
    *("username", "password", "key", "private_key", "key_password", "adapter"),
    *("max_bytes", "verify", "reach", "settings", "dialect"),
}


@pytest.fixture(autouse=True)
def nobody_is_called(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("an example was sent")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def _folder(tmp_path, lines, rest=""):
    text = "\n".join(["[plateforme]", *(f"{key} = {text}" for key, text in lines.items()), rest])
    (tmp_path / "plateforme.ini").write_text(text, encoding="utf-8")
    return Folder(tmp_path)


def _shown(tmp_path, lines, rest="", template=""):
    if template:
        (tmp_path / "enveloppe.xml").write_text(template, encoding="utf-8")
    folder = _folder(tmp_path, lines, rest)
    return {str(made.kind): made for made in samples(OPEN, folder.endpoint(OPEN), like_identifier(folder.values))}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_each_setting_says_something(tmp_path, setting):
    # Prefix and digits only say something of an identifier that is no UUID.
    base = BASE if setting.key == "identifiants" else BASE | {"identifiants": "numero"}
    base = {key: "autre" if key == setting.key else text for key, text in base.items()}
    before, after = (
        (folder.endpoint(OPEN), like_identifier(folder.values), folder.values.get(setting.field))
        for lines in (base, base | {setting.key: setting.example})
        for folder in [_folder(tmp_path, lines)]
    )
    assert before[:2] != after[:2]
    assert after[2] == setting.read(setting.example)


def test_all_of_an_endpoint_is_in_the_files(tmp_path):
    (tmp_path / "enveloppe.xml").write_text("<a>{message}</a>", encoding="utf-8")
    given = {setting.key: setting.example for setting in SETTINGS}
    rest = "[operations]\nOPAMCREQ = x\n[en-tetes]\nX-Cle = {key}\n[codes-de-rejet]\nE42 = unknown_reference"
    made, bare = _folder(tmp_path, given, rest).endpoint(OPEN), Endpoint(kind="soap")
    silent = {field.name for field in fields(Endpoint) if getattr(made, field.name) == getattr(bare, field.name)}
    assert silent <= NOT_OF_A_FILE
    assert made.headers == {"X-Cle": "{key}"}


def test_the_first_file_names_every_setting(tmp_path):
    text = initial("https", "")
    (tmp_path / "plateforme.ini").write_text(text, encoding="utf-8")
    assert Folder(tmp_path).values == {"transport": "https", "url_test": "https://plateforme.example/service"}
    keys = "|".join(setting.key for setting in SETTINGS)
    (tmp_path / "plateforme.ini").write_text(re.sub(rf"(?m)^; ({keys}) =", r"\1 =", text), encoding="utf-8")
    assert set(Folder(tmp_path).values) == {setting.field for setting in SETTINGS}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"tranport": "https"}, "« tranport » n'est pas un réglage ; voulez-vous dire « transport » ?"),
        ({"xyz": "1"}, "« xyz » n'est pas un réglage ; il y a transport, adresse"),
        ({"gzip": "1"}, "« gzip » attend oui ou non. Exemple : gzip = oui"),
        ({"chiffres": "vingt"}, "« chiffres » attend un nombre entier. Exemple : chiffres = 14"),
        ({"identifiants": "guid"}, "« identifiants » attend uuid, chiffres ou numero. Exemple"),
    ],
)
def test_a_line_that_says_nothing_is_told(tmp_path, line, words):
    with pytest.raises(OptoamcError) as caught:
        _ = _folder(tmp_path, BASE | line).values
    assert words in caught.value.detail


def test_examples_show_a_digest_and_what_is_compressed(tmp_path):
    (first, *_rest) = _shown(
        tmp_path,
        {"adresse": "https://plateforme.example/s", "wsdl": "open.wsdl", "condense": "oui", "gzip": "oui"},
    ).values()
    assert "PasswordDigest" in first.call
    assert "MOT-DE-PASSE" not in first.call
    assert "Content-Encoding: gzip" in first.call
    assert re.search(r"compressé par gzip, \d+ octets ; ici décompressé\)\n<\?xml[^\n]*\n?<soap:Envelope", first.call)


def test_examples_of_a_token_in_the_platforms_words(tmp_path):
    made = _shown(
        tmp_path,
        {
            "transport": "token",
            "adresse": "https://plateforme.example",
            "chemin_connexion": "session",
            "appel_connexion": "<Login><Id>{login}</Id></Login>",
            "nom_jeton": "Jeton",
        },
        "[en-tetes]\nX-Session = {token}",
    )["OPAMCREQ"]
    assert made.call.startswith("POST https://plateforme.example/session\n")
    assert "<Login><Id>IDENTIFIANT</Id></Login>" in made.call
    assert "X-Session: JETON" in made.call


def test_examples_of_a_mailbox_show_how_it_is_emptied(tmp_path):
    made = _shown(
        tmp_path,
        BASE | {"transport": "mailbox", "chemin_accuse": "accuses/{receipt}", "appel_releve": "<Releve/>"},
    )
    assert made["Relève des réponses"].call.startswith("POST https://plateforme.example/s/reponses\n")
    assert made["Relève des réponses"].call.endswith("<Releve/>")
    assert made["Accusé d'une réponse"].call.startswith("POST https://plateforme.example/s/accuses/RECU\n")


def test_an_example_of_a_drop_box_connects_to_nobody(tmp_path):
    lines = {"transport": "sftp", "adresse": "sftp://depot.example/entree", "chemin_releve": "sortie"}
    made = _shown(tmp_path, lines | {"empreintes": "SHA256:" + "A" * 43}, template="<e>{message}</e>")["OPAMCREQ"]
    assert re.match(r"/entree/OPAMCREQ-[0-9a-f]{32}\.xml\n\n", made.call)
    assert "<e><OPAMCREQ" in made.call


def test_a_transport_that_cannot_show_is_not_called(monkeypatch):
    from lib.protocol import transport
    from lib.protocol.transport.local import LocalTransport

    class Pigeon(LocalTransport):
        def call(self, *_args, **_kwargs):
            raise AssertionError("sent")

    for table in ("_KINDS", "_SCHEMES"):
        monkeypatch.setattr(transport, table, dict(getattr(transport, table)))
    transport.register("pigeon", Pigeon)
    (first, *_rest) = samples(OPEN, Endpoint(kind="pigeon"))
    assert first.message
    assert "ne sait pas montrer" in first.problem


def test_an_identifier_that_the_table_does_not_take(tmp_path):
    made = _shown(tmp_path, BASE | {"transport": "https", "identifiants": "numero", "prefixe": "É" * 60})["OPAMCREQ"]
    assert "ne prend pas d'identifiant comme" in made.problem
    assert "« identifiants » dans plateforme.ini" in made.problem
    assert "<OPAMCREQ" in made.call
