"""« Tester la connexion »: a tick for what was proved, the platform's own error for the rest, over real sockets."""

from __future__ import annotations

import base64
import gzip

import pytest
from sandbox_server import HERE, listen, respond
from test_template import ENVELOPE, LOGIN, ROOTS, SOAP, TOLD, Platform, error_of

from lib.protocol.errors import ERRORS, OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.transport import Box, Endpoint
from lib.protocol.transport.probe import is_passed, probe
from lib.protocol.transport.probe_words import verdict

#: What the platform's own form says of its codes.
CODES = {"R1": "rejected", "P1": "fault", "A1": "auth", "U1": "unknown_reference"}
OPERATIONS = {MessageKind.REQUEST: "depot", MessageKind.CONSULTATION: "etat"}


ASKED = SOAP.format(message="{message}")


def anomaly(code):
    return f"<Anomalie><Code>{code}</Code><Libelle>Service fermé</Libelle></Anomalie>".encode()


def steps_of(*answers, **options):
    usual = {"kind": "https", "roots": ROOTS, "reach": HERE, "fault_codes": CODES, "operations": OPERATIONS,
             "read_timeout": 20, "username": "u", "password": "p", "key": "k"}  # fmt: skip
    with listen(Platform(*answers)) as url:
        return probe(Endpoint(url=url, **{**usual, **options}))


def http_of(*answers, **options):
    [step] = [step for step in steps_of(*answers, **options) if step.name == "http"]
    return step


#: What a platform answers to what is no message: whether it proves anything, and words that name it.
ANSWERS = {
    "a message": (TOLD, True, "accepte la connexion"),
    "the code of a rejection": (anomaly("R1"), True, "rejette"),
    "the same with its status": (("400 Bad", anomaly("R1")), True, "rejette"),
    "the code of a breakdown": (anomaly("P1"), False, "en panne"),
    "the code of a refused login": (anomaly("A1"), False, "refuse l'identifiant"),
    "an unknown code": (anomaly("X9"), None, "ne connaît pas"),
    "an unknown code with a status": (("400 Bad", anomaly("X9")), None, "HTTP 400"),
    "500": (("500 Broken", b""), False, "HTTP 500"),
    "500 in words": (("500 Broken", anomaly("X9")), False, "Service fermé"),
    "503": (("503 Busy", b"down"), False, "HTTP 503"),
    "405": (("405 No", b""), False, "n'accepte pas d'envoi"),
    "404": (("404 No", b""), False, "ce chemin"),
    "404 in XML": (("404 No", b"<Rien>inconnu</Rien>"), False, "ce chemin"),
    "401": (("401 No", b""), False, "refuse l'identifiant"),
    "a web page": (b"<html><body>Bonjour</body></html>", False, "page web"),
    "nothing": (b"", None, "rien"),
    "JSON": (b'{"ok": true}', None, "autre chose que du XML"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_an_answer_proves(name):
    answer, proves, words = ANSWERS[name]
    steps = steps_of(answer)
    [step] = [step for step in steps if step.name == "http"]
    assert step.ok is proves
    assert words in step.sentence
    assert is_passed(steps) is bool(proves)
    # Only what is proved is ticked: the limits of the test never are.
    assert step.line.startswith({True: "✓", False: "✗", None: "–"}[proves])
    assert all(each.line.startswith("– ") for each in steps if each.name in ("limits", "assumed"))


@pytest.mark.parametrize(
    ("fault", "proves"),
    [
        ("<e:Fault><faultcode>e:Client</faultcode><faultstring>vide</faultstring></e:Fault>", True),
        ("<e:Fault><faultcode>e:Server</faultcode><faultstring>vide</faultstring></e:Fault>", False),
        ("<Anomalie><Code>X9</Code></Anomalie>", None),
        ("", None),
    ],
)
def test_what_a_soap_answer_proves(fault, proves):
    said = ENVELOPE.format(fault).encode()
    assert http_of(said, kind="soap", template=ASKED).ok is proves
    assert http_of(("503 Busy", b""), kind="soap", template=ASKED).ok is False


def test_the_words_of_a_test_speak_of_no_request():
    for code in ERRORS:
        for status in (0, 200, 302, 400, 404, 405, 429, 500, 599):
            _proves, sentence = verdict(OptoamcError(code).with_response(status, b""))
            assert "demande" not in sentence.replace("ce que l'essai lui demande", "")
            assert "envoyez" not in sentence


def test_an_answer_that_never_comes_or_breaks_off():
    def silent(connection):
        connection.recv(9999)

    with listen(silent) as url:
        last = probe(Endpoint(kind="https", url=url, roots=ROOTS, reach=HERE, read_timeout=1))[-1]
    assert (last.name, last.ok) == ("http", False)
    assert "interrompue" in last.sentence


def test_paths_and_operations_that_nobody_typed_are_told():
    steps = steps_of(anomaly("X9"), operations={})
    [told] = [step for step in steps if step.name == "assumed"]
    assert told.ok is None
    assert "OPAMCREQ → http://127.0.0.1:" in told.sentence
    assert not [step for step in steps_of(TOLD) if step.name == "assumed"]
    [told] = [step for step in steps_of(TOLD, operations={}, kind="soap", template=ASKED) if step.name == "assumed"]
    assert "OPAMCREQ" in told.sentence


def test_a_token_that_nothing_names_is_told():
    options = {"kind": "token", "login": LOGIN}
    [told] = [step for step in steps_of(b'{"access_token": "T"}', TOLD, **options) if step.name == "assumed"]
    assert "Authorization: Bearer" in told.sentence
    named = steps_of(b'{"access_token": "T"}', TOLD, **options, headers={"X-Jeton": "{token}"})
    assert not [step for step in named if step.name == "assumed"]


@pytest.mark.parametrize(
    ("answer", "told", "untold"),
    [
        # The name of the token, or the path, is wrong: nobody refused the login.
        (b'{"jeton": "T"}', "sans « access_token »", "La plateforme refuse"),
        (anomaly("X9"), "oauth/token", "La plateforme refuse"),
        (("404 No", b""), "HTTP 404", "La plateforme refuse"),
        (("400 Bad", b'{"error": "invalid_client"}'), "La plateforme refuse l'identifiant", "paramétrage"),
        (anomaly("A1"), "La plateforme refuse l'identifiant", "paramétrage"),
        (("503 Busy", b""), "injoignable", "refuse"),
    ],
)
def test_why_there_is_no_token(answer, told, untold):
    step = http_of(answer, kind="token", login=LOGIN)
    assert step.ok is False
    assert told in step.sentence
    assert untold not in step.sentence


BOX = Box(fetch="r", acknowledge="a/{receipt}", ticket="ticket", nothing="AUCUNE")


@pytest.mark.parametrize(
    ("answer", "proves"),
    [
        (b"<lot/>", True),
        (b"<lot nombre='0' date='2026-01-02T03:04:05Z'><statut>OK</statut></lot>", True),
        (b"<lot><etat>aucune</etat></lot>", True),
        (("204 No Content", b""), True),
        (b"", None),
        (anomaly("X9"), None),
        (b"<Anomalie><Code>999</Code></Anomalie>", None),
        (b"<lot code='12'/>", None),
        (anomaly("P1"), False),
        (("500 Broken", b""), False),
        (b"pas du XML", None),
    ],
)
def test_a_box(answer, proves):
    steps = steps_of(answer, kind="mailbox", box=BOX)
    [step] = [step for step in steps if step.name == "http"]
    assert step.ok is proves
    if proves:
        assert "dépôt d'un message n'a pas été essayé" in step.sentence


def test_encryption_is_not_claimed_before_anybody_answered():
    def slam(connection):
        connection.recv(9999)

    with listen(slam) as url:
        steps = probe(Endpoint(kind="https", url=url.replace("http:", "https:"), reach=HERE, connect_timeout=1))
    assert "tls" not in [step.name for step in steps if step.ok]
    assert steps[-1].ok is False


#: An agreement in ways that this form does not read.
AGREEMENT = "<told><sum>30.00</sum><no>OPT000000000012</no><mot>Accord donné</mot></told>"
PACKED = base64.b64encode(gzip.compress(AGREEMENT.encode() * 9, mtime=0)).decode()
ZIPPED = "UEsDBBQAAAAIAGJ1" * 30


@pytest.mark.parametrize("status", ["200 OK", "404 No", "500 Broken"])
@pytest.mark.parametrize(
    "body",
    [
        f"<Retour><Statut>OK</Statut><Flux>{ZIPPED}</Flux></Retour>",
        f"<Retour><Statut>Voici la réponse</Statut><Flux>{base64.b64encode(PACKED.encode()).decode()}</Flux></Retour>",
        AGREEMENT.replace("<told>", "<told xmlns='urn:autre'>"),
        f"<r><flux><![CDATA[{AGREEMENT.replace('told', 'autre')}]]></flux></r>",
    ],
)
def test_what_cannot_be_read_is_never_the_platform_s_words(status, body):
    error = error_of(respond(status, body.encode()), "https", fault_codes=CODES)
    assert error.maybe_sent
    for part in ("UEsDB", PACKED[:20], "OPT0", "Accord", "30.00", "=="):
        assert part not in error.reference
    assert error.body, "it is kept as it came"


def test_an_answer_under_an_error_s_status_is_not_its_words():
    for body in (f"<r><f>{PACKED}</f></r>", AGREEMENT):
        error = error_of(respond("500 Broken", body.encode()), "https")
        assert (error.code, error.reference) == (
            "http",
            "La réponse n'a pas pu être lue ; elle est gardée dans les échanges.",
        )
