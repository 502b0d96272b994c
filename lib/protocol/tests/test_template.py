"""What a platform's form can say of an envelope, of headers, of parameters and of a login, over real sockets."""

from __future__ import annotations

import base64
import gzip
import hashlib
import threading
import time
from urllib.parse import parse_qs

import open_messages as m
import pytest
from lxml import etree
from sandbox_server import HERE, listen, read_request

from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.sandbox.documents import SCHEMA
from lib.protocol.transport import Endpoint, Login, open_transport, register, template
from lib.protocol.transport.base import Transport

ASK = b'<?xml version="1.0" encoding="UTF-8"?>\n<ask>\xc3\xa9 &amp; ]]></ask>'.replace(b"]]>", b"]]&gt;")
ROOTS = {MessageKind.REQUEST: "ask", MessageKind.ANSWER: "told"}
TOLD = b"<told><sum>1.00</sum></told>"
SOAP = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>
<Acces xmlns="urn:p"><Code>{{login}}</Code><Cle>{{key}}</Cle></Acces></e:Header>
<e:Body><p:{{operation}} xmlns:p="urn:p"><version>2</version><flux>{message}</flux></p:{{operation}}></e:Body>
</e:Envelope>"""
ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'


class Platform:
    """A server that answers by a function of (request line, head, body) and keeps what it received."""

    def __init__(self, *answers):
        self.received = []
        self._answers = list(answers)
        self._lock = threading.Lock()

    def __call__(self, connection):
        head, _, body = read_request(connection).partition(b"\r\n\r\n")
        with self._lock:
            self.received.append((head.decode(), body))
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        status, body = answer if isinstance(answer, tuple) else ("200 OK", answer)
        connection.sendall(
            f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        )


def call(platform, transport, xml=ASK, **options):
    """What one call to a platform brings."""
    usual = {"roots": ROOTS, "reach": HERE, "read_timeout": 5, "operations": {MessageKind.REQUEST: "Deposer"}}
    with listen(platform) as url, open_transport(Endpoint(kind=transport, url=url, **{**usual, **options})) as opened:
        return opened.call(MessageKind.REQUEST, xml).xml


def error_of(platform, transport, **options):
    with pytest.raises(OptoamcError) as caught:
        call(platform, transport, **options)
    return caught.value


PLACES = {
    "{message}": lambda flux: etree.tostring(flux[0], encoding="utf-8", with_tail=False),
    "{message:text}": lambda flux: flux.text.encode(),
    "{message:cdata}": lambda flux: flux.text.encode(),
    "{message:base64}": lambda flux: base64.b64decode(flux.text),
    "{message:gzip}": lambda flux: gzip.decompress(base64.b64decode(flux.text)),
}
ANSWERS = {
    "element": TOLD.decode(),
    "text": TOLD.decode().replace("<", "&lt;"),
    "cdata": f"<![CDATA[<?xml version='1.0' encoding='ISO-8859-1'?>{TOLD.decode()}]]>",
    "base64": base64.b64encode(TOLD).decode(),
    "gzip": base64.b64encode(gzip.compress(TOLD)).decode(),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("answer", ANSWERS)
def test_soap_by_a_template(place, answer):
    platform = Platform(ENVELOPE.format(f"<p:r xmlns:p='urn:p'><c>0</c><d>{ANSWERS[answer]}</d></p:r>").encode())
    told = call(platform, "soap", template=SOAP.format(message=place), username="a<b", key="k&1")
    assert etree.fromstring(told).findtext("sum") == "1.00"
    head, body = platform.received[0]
    sent = etree.fromstring(body)
    assert (sent.findtext(".//{urn:p}Code"), sent.findtext(".//{urn:p}Cle")) == ("a<b", "k&1")
    assert sent.findtext(".//{urn:p}Deposer/version") == "2"
    assert etree.fromstring(PLACES[place](sent.find(".//{urn:p}Deposer/flux"))).text == "é & ]]>"
    assert 'SOAPAction: "Deposer"' in head


def test_a_digest_is_of_this_call(monkeypatch):
    wsdl = (SCHEMA / "open.wsdl").read_bytes()
    files = {"open.wsdl": wsdl, "open.xsd": (SCHEMA / "open.xsd").read_bytes()}
    platform = Platform(ENVELOPE.format(TOLD.decode()).encode())
    nonces = set()
    for _call in range(2):
        xml = m.request()
        call(platform, "soap", xml=xml, wsdl="open.wsdl", files=files, username="shop", password="sécret",
             operations={}, is_digest=True)  # fmt: skip
        token = etree.fromstring(platform.received[-1][1]).find(".//{*}UsernameToken")
        nonce, created = base64.b64decode(token.findtext("{*}Nonce")), token.findtext("{*}Created")
        expected = base64.b64encode(hashlib.sha1(nonce + created.encode() + "sécret".encode()).digest()).decode()  # noqa: S324
        assert token.findtext("{*}Password") == expected
        assert "sécret".encode() not in platform.received[-1][1]
        nonces.add(nonce)
    assert len(nonces) == 2


def test_a_form_with_parameters_and_headers():
    platform = Platform(base64.b64encode(gzip.compress(TOLD)))
    told = call(
        platform,
        "https",
        template="client={login}&flux={message:base64}&v=2",
        headers={"X-Cle": "{key}", "X-Version": "2"},
        operations={MessageKind.REQUEST: "depot/pec?client={login}"},
        username="a b&c",
        password="p",
        key="k 1",
    )
    assert told == TOLD
    head, body = platform.received[0]
    assert head.startswith("POST /depot/pec?client=a%20b%26c HTTP/1.1")
    assert "X-Cle: k 1" in head
    assert "X-Version: 2" in head
    assert "application/x-www-form-urlencoded" in head
    assert "Authorization" not in head  # the login is in the form
    fields = parse_qs(body.decode(), strict_parsing=True)
    assert fields == {"client": ["a b&c"], "flux": [base64.b64encode(ASK).decode()], "v": ["2"]}


LATIN = '<?xml version="1.0" encoding="ISO-8859-1"?><ask>\xe9</ask>'.encode("latin-1")


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="UTF-8"?>\n'])
@pytest.mark.parametrize("place", ["{message}", "{message:text}", "{message:cdata}"])
@pytest.mark.parametrize("kind", ["https", "soap"])
def test_an_envelope_says_its_encoding(kind, place, declared):
    text = SOAP.format(message=place) if kind == "soap" else f"<d><v>\u0153</v><flux>{place}</flux></d>"
    platform = Platform(TOLD if kind == "https" else ENVELOPE.format(TOLD.decode()).encode())
    call(platform, kind, xml=LATIN, template=declared + text, username="a", key="k")
    head, body = platform.received[0]
    assert "charset=ISO-8859-1" in head
    flux = etree.fromstring(body).find(".//flux")
    read = flux.findtext("ask") if place == "{message}" else etree.fromstring(flux.text.encode("latin-1")).text
    assert read == "\xe9"
    if kind == "https":
        assert etree.fromstring(body).findtext("v") == "\u0153"


def test_a_form_is_in_the_messages_encoding():
    platform = Platform(TOLD)
    call(platform, "https", xml=LATIN, template="flux={message:text}")
    (flux,) = parse_qs(platform.received[0][1].decode(), encoding="latin-1")["flux"]
    assert etree.fromstring(flux.encode("latin-1")).text == "\xe9"


@pytest.mark.parametrize("kind", ["https", "soap"])
def test_two_answers_in_one_are_none(kind):
    other = TOLD.replace(b"1.00", b"2.00")
    for found, twice in ((TOLD, False), (other, True)):
        body = b"<r>" + TOLD + found + b"</r>"
        platform = Platform(body if kind == "https" else ENVELOPE.format(body.decode()).encode())
        options = {"template": SOAP.format(message="{message}"), "username": "a", "key": "k"} if kind == "soap" else {}
        if twice:
            assert error_of(platform, kind, **options).code == "inconsistent"
        else:
            assert etree.fromstring(call(platform, kind, **options)).findtext("sum") == "1.00"


def test_a_path_and_an_operation():
    platform = Platform(TOLD)
    operations = {MessageKind.REQUEST: "depot?m={login} | Deposer"}
    template_text = "<{operation}>{message}</{operation}>"
    call(platform, "https", template=template_text, operations=operations, username="M 7")
    head, body = platform.received[0]
    assert head.startswith("POST /depot?m=M%207 ")
    assert etree.fromstring(body).tag == "Deposer"
    wrong = {MessageKind.REQUEST: "depot?m={login}"}
    assert error_of(platform, "https", template=template_text, operations=wrong, username="M").code == "configuration"
    with (
        open_transport(
            Endpoint(
                kind="https",
                url="https://p.example",
                roots=ROOTS,
                template=template_text,
                operations=wrong,
                username="M",
            )
        ) as transport,
        pytest.raises(OptoamcError, match="pas un nom d'op"),
    ):
        transport.check()


@pytest.mark.parametrize(
    ("body", "code"), [(b"<r><c>E1</c></r>", "auth"), (b"<html><body>Bonjour</body></html>", "html"), (TOLD, None)]
)
def test_the_test_reads_what_it_is_answered(body, code):
    with listen(Platform(body)) as url:
        endpoint = Endpoint(kind="https", url=url, roots=ROOTS, reach=HERE, fault_codes={"E1": "auth"})
        with open_transport(endpoint) as transport:
            if code is None:
                transport.ping()
                return
            with pytest.raises(OptoamcError) as caught:
                transport.ping()
    assert caught.value.code == code


@pytest.mark.parametrize("kind", ["https", "soap"])
def test_messages_leave_compressed(kind):
    platform = Platform(TOLD if kind == "https" else ENVELOPE.format(TOLD.decode()).encode())
    options = {"template": SOAP.format(message="{message}"), "username": "a", "key": "k"} if kind == "soap" else {}
    call(platform, kind, is_gzip=True, **options)
    head, body = platform.received[0]
    assert "Content-Encoding: gzip" in head
    assert b"<ask>" in gzip.decompress(body)


JSON = b'{"access_token": "T1", "expires_in": 3600}'
LOGIN = Login(path="oauth/token")


def test_a_token_is_asked_for_once():
    platform = Platform(JSON, TOLD)
    with listen(platform) as url:
        endpoint = Endpoint(kind="token", url=url, roots=ROOTS, reach=HERE, username="u", password="p&", login=LOGIN)
        with open_transport(endpoint) as transport:
            for _call in range(3):
                assert transport.call(MessageKind.REQUEST, ASK).xml == TOLD
    heads = [head for head, _body in platform.received]
    assert [head.split()[1] for head in heads] == ["/oauth/token", *["/OPAMCREQ"] * 3]
    fields = {"grant_type": ["client_credentials"], "client_id": ["u"], "client_secret": ["p&"]}
    assert parse_qs(platform.received[0][1].decode()) == fields
    assert "Authorization" not in heads[0]
    assert all("Authorization: Bearer T1" in head for head in heads[1:])


def test_a_token_that_ends_is_renewed_and_one_in_xml_is_found():
    short = b"<r xmlns='urn:q'><jeton>T%d</jeton><duree>31</duree></r>"
    platform = Platform(short % 1, TOLD, short % 2, TOLD)
    login = Login(path="jeton", template="<l><u>{login}</u></l>", member="jeton", seconds_member="duree")
    with listen(platform) as url:
        headers = {"X-Jeton": "{token}"}
        endpoint = Endpoint(
            kind="token", url=url, roots=ROOTS, reach=HERE, username="<u>", login=login, headers=headers
        )
        with open_transport(endpoint) as transport:
            transport.call(MessageKind.REQUEST, ASK)
            time.sleep(1.1)  # it holds 31 s, and is not used in its last 30
            transport.call(MessageKind.REQUEST, ASK)
    heads = [head for head, _body in platform.received]
    assert [head.split()[1] for head in heads] == ["/jeton", "/OPAMCREQ"] * 2
    assert etree.fromstring(platform.received[0][1]).findtext("u") == "<u>"
    assert "X-Jeton: T1" in heads[1]
    assert "X-Jeton: T2" in heads[3]
    assert all("Authorization" not in head for head in heads)


def test_a_refused_token_leaves_the_message_unknown_and_is_not_used_again():
    platform = Platform(JSON, ("401 Unauthorized", b""), JSON.replace(b"T1", b"T2"), TOLD)
    with listen(platform) as url:
        endpoint = Endpoint(kind="token", url=url, roots=ROOTS, reach=HERE, username="u", password="p", login=LOGIN)
        with open_transport(endpoint) as transport:
            with pytest.raises(OptoamcError) as caught:
                transport.call(MessageKind.REQUEST, ASK)
            assert caught.value.maybe_sent  # asked about, never sent again blindly
            assert caught.value.http_status == 401
            assert transport.call(MessageKind.REQUEST, ASK).xml == TOLD
    assert "Authorization: Bearer T2" in platform.received[3][0]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (("401 Unauthorized", b""), "auth"),
        (("400 Bad", b'{"error": "invalid_client"}'), "auth"),
        (("200 OK", b'{"error": "x"}'), "configuration"),
        (("200 OK", b"[" * 5000), "configuration"),
        (("404 Not Found", b""), "configuration"),
        (("503 Busy", b""), "connection"),
        (("302 Found", b""), "configuration"),
    ],
)
def test_no_token_no_message(answer, code):
    platform = Platform(answer)
    error = error_of(platform, "token", username="u", password="p", login=LOGIN)
    assert (error.code, error.maybe_sent) == (code, False)
    assert len(platform.received) == 1


def test_a_login_that_is_cut_has_sent_no_message():
    def cut(connection):
        read_request(connection)

    error = error_of(cut, "token", username="u", password="p", login=LOGIN)
    assert (error.code, error.maybe_sent) == ("connection", False)


WRONG = {
    "a {mesage} b": "place inconnue {mesage}",
    '{{"flux":"{message:base64}"}}': "ou un formulaire",
    "flux {message:base64}": "ou un formulaire",
    "a=1": "une place {message}",
    "a={message}": "un formulaire porte",
    "a={message:text}&b={message:text}": "et une seule",
    "<a>{message}": "n'est pas du XML",
    "<a b='{message'>": "accolade isolée",
    "<a>{message}</a>}": "accolade isolée",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_template_is_told(text):
    with pytest.raises(OptoamcError) as caught:
        template.body(text)
    assert caught.value.code == "configuration"
    assert WRONG[text] in caught.value.detail


def test_braces_and_values_that_are_not_set():
    assert template.body('<a b="{{}}">{message}</a>').render({}, b"<x/>") == '<a b="{}"><x/></a>'
    with pytest.raises(OptoamcError, match="sans valeur"):
        template.body("<a b='{key}'>{message}</a>").render({"key": ""}, b"<x/>")


@pytest.mark.parametrize("headers", [{"Host": "x"}, {"A B": "x"}, {"X": "{message:text}"}, {"": "x"}])
def test_headers_that_cannot_be_given(headers):
    assert error_of(Platform(TOLD), "https", headers=headers).code == "configuration"


@pytest.mark.parametrize("key", ["a\r\nX-Evil: 1", "a\0", "a\n"])
def test_a_secret_ends_no_header(key):
    platform = Platform(TOLD)
    assert error_of(platform, "https", headers={"X-Cle": "{key}"}, key=key).code == "configuration"
    assert not platform.received


class _Echo(Transport):
    """A kind of its own, as another module writes one."""

    def __init__(self, endpoint):
        super().__init__("echo")
        self.told = endpoint.settings["told"]

    def _exchange(self, _kind, _xml):
        return self.told, 200

    def ping(self):
        pass

    def close(self):
        pass


def test_another_modules_kind():
    register("echo", _Echo)
    register("echo", _Echo)  # imported twice
    with pytest.raises(ValueError, match="echo"):
        register("echo", Transport)
    with open_transport(Endpoint(kind="echo", settings={"told": TOLD})) as transport:
        assert transport.call(MessageKind.REQUEST, ASK).xml == TOLD
    with pytest.raises(OptoamcError, match="type de transport inconnu"):
        open_transport(Endpoint(kind="other"))
