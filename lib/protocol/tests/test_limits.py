"""What ``doc/plateformes.rst`` says that a platform's form cannot say: all of it, and that it is so."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import io
import re
import zipfile
import zlib
from pathlib import Path

import pytest
from dialects_under_test import OPTIONS, codec
from message_samples import answer, request
from sandbox_server import HERE, listen
from test_template import TOLD, Platform, call, error_of

from lib.protocol.codec import Codec
from lib.protocol.consistency import verify_answer
from lib.protocol.dialect import Dialect
from lib.protocol.errors import OptoamcError
from lib.protocol.kit.settings import SETTINGS
from lib.protocol.messages import MessageKind
from lib.protocol.transport import Box, Endpoint, Login, open_transport, template
from lib.protocol.transport.content import document, inflated
from lib.protocol.transport.mailbox import MailboxTransport
from lib.protocol.transport.poster import open_session
from lib.protocol.transport.token import TokenTransport

PAGE = Path(__file__).resolve().parents[3] / "doc" / "plateformes.rst"
MUTUA = codec("mutua")
TABLE = (Path(__file__).parent / "dialects" / "mutua.csv").read_text(encoding="utf-8")


def refused(code, work):
    with pytest.raises(OptoamcError) as caught:
        work()
    assert caught.value.code == code


def mutua(old, new):
    assert old in TABLE
    return Codec(Dialect("mutua", TABLE.replace(old, new), MUTUA.dialect.files))


def no_signature():
    refused("configuration", lambda: template.body("<a>{message}<s>{signature}</s></a>"))


def no_attachments():
    refused("configuration", lambda: template.body("<a>{message:mtom}</a>"))
    two = b"--b\r\n\r\n<a/>\r\n--b\r\n\r\nx\r\n--b--"
    refused("not_xml", lambda: document(two, "multipart/related; boundary=b"))


def no_json():
    refused("configuration", lambda: template.body('{{"flux":"{message:base64}"}}'))
    assert error_of(Platform(b'{"told": 1}'), "https").code == "not_xml"
    with listen(Platform(b'[{"told": 1}]')) as url:
        box = open_transport(Endpoint(kind="mailbox", url=url, reach=HERE, box=Box(fetch="r")))
        refused("not_xml", box.fetch)


def always_post():
    platform = Platform(TOLD)
    call(platform, "https", operations={MessageKind.REQUEST: "GET depot"})
    assert platform.received[0][0].startswith("POST ")


def one_machine():
    platform = Platform(TOLD)
    call(platform, "https", operations={MessageKind.REQUEST: "https://autre.example/depot"})
    assert platform.received[0][0].startswith("POST /https")


def no_token_before_a_box():
    assert not issubclass(MailboxTransport, TokenTransport)
    options = {"template": "<a>{token}{message}</a>", "login": Login(path="jeton"), "box": Box(fetch="r")}
    error = error_of(Platform(TOLD), "mailbox", **options)
    assert (error.code, error.maybe_sent) == ("configuration", False)


def files_as_they_are():
    # Named by what is in them, whatever an operation says: see test_sftp.
    names = {field.name for field in dataclasses.fields(Box)}
    assert names == {"fetch", "fetch_template", "acknowledge", "acknowledge_template", "ticket", "receipt", "nothing"}


def one_code_written():
    assert b'etat="OK"' in MUTUA.build(answer())
    assert MUTUA.parse(MUTUA.build(answer()).replace(b'etat="OK"', b'etat="OKP"')) == answer()


def one_place_for_a_moment():
    row = "*;env/@horo;header.created_at;O;;horo;;;Horodatage\n"
    twice = row.replace("horo;;;", "datetime('%Y%m%d');;;") + row.replace("@horo", "@heure").replace(
        "horo;;;", "datetime('%H%M%S');;;"
    )
    refused("dialect", lambda: mutua(row, twice).parse(mutua(row, twice).build(request(), OPTIONS)))


def texts_as_they_are():
    for text_format in ("text(60, upper=True)", "ascii(60)", "amount(thousands=True)"):
        refused("dialect", lambda text_format=text_format: mutua("O;;text(36);;;Référence", f"O;;{text_format};;;R"))


def no_utf_16():
    refused("dialect", lambda: mutua("\nxmlns:m", "\nencoding;utf-16\nxmlns:m"))


def no_agreement_by_its_total():
    told = answer()
    total = dataclasses.replace(told, lines=tuple(dataclasses.replace(line, granted=None) for line in told.lines))
    refused("inconsistent", lambda: verify_answer(request(), total))


def no_packing_but_gzip():
    for place in ("{message:zlib}", "{message:zip}", "{message:base64:base64}"):
        refused("configuration", lambda place=place: template.body(f"flux={place}"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr("a.xml", TOLD)
    for packed in (zlib.compress(TOLD), archive.getvalue(), base64.b64encode(TOLD)):
        body = b"<r><flux>" + base64.b64encode(packed) + b"</flux></r>"
        assert error_of(Platform(body), "https").code == "schema"


def no_http_compression_but_gzip():
    for encoding in ("deflate", "br"):
        refused("not_xml", lambda encoding=encoding: inflated(zlib.compress(TOLD), encoding, 1000))
    assert inflated(gzip.compress(TOLD), "gzip", 1000) == TOLD


def nothing_computed():
    for place in ("{hmac}", "{sha256}", "{count}"):
        refused("configuration", lambda place=place: template.body(f"<a>{{message}}<h>{place}</h></a>"))
        refused("configuration", lambda place=place: template.header(place))
    row = "O;;text(36);;;Référence"
    refused("dialect", lambda: mutua(row, f"{row}\nOPAMCREQ;env/@nb;equipment.count;O;;int(0, 99);;;Lignes;Compte"))


def no_authority_of_its_own():
    # That the environment names none either: see test_transport_tls.
    assert not any("autorit" in setting.key for setting in SETTINGS)
    with open_session(Endpoint(kind="https", url="https://p.example"), "https://p.example") as session:
        assert (session.verify, session.trust_env) == (True, False)


#: The beginning of each line of the list, and what shows it.
LIMITS = {
    "une signature XML": no_signature,
    "des pièces jointes": no_attachments,
    "une question ou une réponse en JSON": no_json,
    "un appel autre que POST": always_post,
    "l'adresse d'une autre machine": one_machine,
    "un jeton devant une boîte": no_token_before_a_box,
    "des noms de fichiers": files_as_they_are,
    "deux codes écrits": one_code_written,
    "une date et son heure": one_place_for_a_moment,
    "des majuscules imposées": texts_as_they_are,
    "l'UTF-16": no_utf_16,
    "un accord donné pour le total seul": no_agreement_by_its_total,
    "un message compressé autrement": no_packing_but_gzip,
    "une compression HTTP autre": no_http_compression_but_gzip,
    "une empreinte ou un HMAC": nothing_computed,
    "une autorité de certification": no_authority_of_its_own,
}


def test_the_list_is_this_one():
    _before, _title, after = PAGE.read_text(encoding="utf-8").partition("Ce que la fiche ne sait pas dire\n")
    said = re.findall(r"^- (.*)$", after, re.M)
    assert len(said) == len(LIMITS)
    assert all(line.startswith(begin) for line, begin in zip(said, LIMITS, strict=True))


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_one(limit):
    LIMITS[limit]()
