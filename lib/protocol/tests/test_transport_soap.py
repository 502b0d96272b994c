"""The envelope and the WSDL: bare and wrapped, SOAP 1.1 and 1.2, and WSDLs that are wrong."""

from __future__ import annotations

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor

import open_messages as m
import pytest
from lxml import etree
from sandbox_server import FILES, HERE, listen, local_endpoint, read_request, respond, serve

from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.transport import Endpoint, open_transport
from lib.protocol.transport.probe import probe
from lib.protocol.transport.wsdl import MemoryTransport, read_wsdl

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"

WSDL = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:t="urn:other" targetNamespace="urn:other">
  <wsdl:types><xs:schema targetNamespace="urn:other" elementFormDefault="qualified">
    <xs:element name="Submit"><xs:complexType><xs:sequence>{content}</xs:sequence></xs:complexType></xs:element>
  </xs:schema></wsdl:types>
  <wsdl:message name="in"><wsdl:part name="p" {part}/></wsdl:message>
  <wsdl:portType name="P"><wsdl:operation name="Send"><wsdl:input message="t:in"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="t:P">
    <soap:binding style="{style}" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Send"><soap:operation soapAction="urn:send"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input></wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="S">
    <wsdl:port name="Q" binding="t:B"><soap:address location="{address}"/></wsdl:port></wsdl:service>
</wsdl:definitions>"""
ANY = '<xs:any processContents="lax"/>'
TEXT = '<xs:element name="xml" type="xs:string"/>'
NESTED = f'<xs:element name="doc"><xs:complexType><xs:sequence>{ANY}</xs:sequence></xs:complexType></xs:element>'


def platform(content, *, part='element="t:Submit"', style="document", address="https://example.com/s"):
    """An endpoint of another platform, whose WSDL wraps messages."""
    wsdl = WSDL.format(content=content, part=part, style=style, address=address)
    return Endpoint(
        kind="soap",
        wsdl="other.wsdl",
        files={"other.wsdl": wsdl.encode()},
        operations={MessageKind.REQUEST: "Send"},
        reach=HERE,
    )


def exchange(endpoint, answer, xml=b"<ask>1</ask>", status="200 OK"):
    """Call a server that answers so; return the reply's XML and what the server received."""
    received = []

    def behave(connection):
        received.append(read_request(connection))
        body = answer.encode()
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    with listen(behave) as url, open_transport(dataclasses.replace(endpoint, url=url)) as transport:
        reply = transport.call(MessageKind.REQUEST, xml)
    return reply.xml, received[0]


def error_of(endpoint, answer, **options):
    with pytest.raises(OptoamcError) as caught:
        exchange(endpoint, answer, **options)
    return caught.value


def envelope(body, namespace=SOAP_11):
    return f'<s:Envelope xmlns:s="{namespace}"><s:Body>{body}</s:Body></s:Envelope>'


def test_the_frozen_bytes_go_into_the_body_as_they_are():
    xml = b'<?xml version="1.0" encoding="UTF-8"?>\n<ask  a=\'1\'><!-- kept --><b></b>\xc3\xa9</ask>'
    _reply, request = exchange(platform(ANY), envelope("<r><w>1</w></r>"), xml)
    head, _, body = request.partition(b"\r\n\r\n")
    assert b"<ask  a='1'><!-- kept --><b></b>\xc3\xa9</ask>" in body
    assert body.count(b"<?xml") == 1
    assert b"Content-Type: text/xml; charset=utf-8" in head or b"charset=UTF-8" in head
    assert b'SOAPAction: "urn:send"' in head
    etree.fromstring(body)


def test_a_document_in_another_encoding():
    xml = '<?xml version="1.0" encoding="ISO-8859-1"?><ask>é</ask>'.encode("latin-1")
    endpoint = dataclasses.replace(platform(ANY), username="œil", password="p")
    _reply, request = exchange(endpoint, envelope("<r><w>1</w></r>"), xml)
    body = etree.fromstring(request.partition(b"\r\n\r\n")[2])
    assert body.findtext(".//ask") == "é"
    assert body.findtext(".//{*}Username") == "œil"
    assert b"charset=ISO-8859-1" in request


@pytest.mark.parametrize(
    ("content", "sent", "answer"),
    [
        (ANY, "{urn:other}Submit/ask", "<r><w>1</w></r>"),
        (NESTED, "{urn:other}Submit/{urn:other}doc/ask", "<r><d><w>1</w></d></r>"),
        (TEXT, "{urn:other}Submit/{urn:other}xml", "<r><t>&lt;w>1&lt;/w></t></r>"),
    ],
)
def test_wrapped_messages(content, sent, answer):
    reply, request = exchange(platform(content), envelope(answer))
    body = etree.fromstring(request.partition(b"\r\n\r\n")[2])[0]
    assert "".join(body.find(sent).itertext()) in ("1", "<ask>1</ask>")
    assert etree.fromstring(reply).tag == "w"


def test_a_wrapped_text_that_is_empty():
    assert exchange(platform(TEXT), envelope("<r><t/></r>"))[0] == b""


def test_no_place_for_a_message():
    for content in (ANY + TEXT, '<xs:element name="n" type="xs:int"/>', ""):
        assert error_of(platform(content), "").code == "configuration"


def test_bare_messages_over_soap_12():
    """The second port of the shipped WSDL, made the first."""
    wsdl = FILES["open.wsdl"].decode()
    soap_11_port, soap_12_port = re.findall(r"<wsdl:port name.*?</wsdl:port>", wsdl, re.DOTALL)
    files = FILES | {"open.wsdl": wsdl.replace(soap_11_port, "").encode()}
    assert soap_12_port in wsdl
    with serve(user="u", password="p") as served:
        right = served.endpoint("soap", files=files, username="u", password="p")
        with open_transport(right) as transport:
            assert m.read(transport.call(MessageKind.REQUEST, m.request()).xml).status == "ACCORDEE"
            with pytest.raises(OptoamcError) as caught:
                transport.call(MessageKind.CONSULTATION, m.consultation("nobody"))
            assert caught.value.code == "unknown_reference"
            assert "Demande inconnue" in caught.value.reference
            served.script.load([{"fault": "soap_fault"}])
            with pytest.raises(OptoamcError) as caught:
                transport.call(MessageKind.REQUEST, m.request())
            assert caught.value.code == "fault"
        with (
            open_transport(dataclasses.replace(right, password="x")) as transport,
            pytest.raises(OptoamcError) as caught,
        ):
            transport.call(MessageKind.REQUEST, m.request())
        assert caught.value.code == "auth"


FAULT_11 = "<s:Fault><faultcode>{}</faultcode><faultstring>words</faultstring>{}</s:Fault>"
FAULT_12 = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{}</s:Value></s:Subcode></s:Code>"
    "<s:Reason><s:Text>words</s:Text></s:Reason></s:Fault>"
)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (FAULT_11.format("s:Client", ""), "rejected"),
        (FAULT_11.format("s:Client.Authentication", ""), "rejected"),
        (FAULT_11.format("s:Server.userException", ""), "fault"),
        (FAULT_11.format("wsse:FailedAuthentication", ""), "auth"),
        (FAULT_11.format("mystery", ""), "fault"),
        (FAULT_11.format("s:Client", "<detail><c>duplicate</c></detail>"), "duplicate"),
        (FAULT_11.format("s:Client", "<detail><c>E42</c></detail>"), "unknown_reference"),
        (FAULT_12.format("p:E42"), "unknown_reference"),
        (FAULT_12.format("p:other"), "rejected"),
        (FAULT_12.format("wsse:InvalidSecurityToken"), "auth"),
        ("<s:Fault/>", "fault"),
    ],
)
def test_faults(fault, code):
    endpoint = dataclasses.replace(platform(ANY), fault_codes={"E42": "unknown_reference"})
    for status in ("200 OK", "500 Internal Server Error"):
        error = error_of(endpoint, envelope(fault, SOAP_12 if "s:Code" in fault else SOAP_11), status=status)
        assert error.code == code
        assert error.reference == ("words" if "words" in fault else "")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("<x/>", "schema"),
        (f'<s:Envelope xmlns:s="{SOAP_11}"/>', "schema"),
        (envelope(""), "schema"),
        (envelope("<a/><b/>"), "schema"),
        (envelope("<a/>"), "schema"),
        ("nothing", "not_xml"),
        ("<html><body/></html>", "html"),
    ],
)
def test_answers_that_are_no_envelope_of_a_message(answer, code):
    assert error_of(platform(ANY), answer).code == code
    if code != "html":
        assert error_of(platform(ANY), answer, status="500 Error").code == "http"


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("open.wsdl", {}),
        ("open.wsdl", {"open.wsdl": FILES["open.wsdl"]}),  # its schema is missing
        ("open.wsdl", {"open.wsdl": b"not xml"}),
        ("open.wsdl", {"open.wsdl": b"<definitions/>"}),
        ("open.wsdl", {"open.wsdl": b"<!DOCTYPE x><x/>"}),
        ("open.wsdl", {"open.wsdl": FILES["open.wsdl"].replace(b"tns:OPAMCREQ", b"tns:NOWHERE")}),
        ("open.xsd", FILES),
    ],
)
def test_wsdls_that_cannot_be_used(name, files):
    with pytest.raises(OptoamcError) as caught:
        open_transport(Endpoint(kind="soap", wsdl=name, files=files))
    assert caught.value.code == "configuration"


@pytest.mark.parametrize("options", [{"style": "rpc"}, {"part": 'type="xs:string"', "style": "rpc"}])
def test_operations_that_are_not_document_literal(options):
    with pytest.raises(OptoamcError) as caught:
        open_transport(platform(ANY, **options))
    assert caught.value.code == "configuration"


def test_an_operation_that_is_not_in_the_wsdl():
    endpoint = dataclasses.replace(platform(ANY), operations={})
    assert error_of(endpoint, "").code == "configuration"


def test_the_wsdl_gives_the_address():
    behave = respond("200 OK", envelope("<r><w/></r>").encode())
    with listen(behave) as url, open_transport(platform(ANY, address=url)) as transport:
        assert transport.url == url
        assert etree.fromstring(transport.call(MessageKind.REQUEST, b"<ask/>").xml).tag == "w"
    with pytest.raises(OptoamcError) as caught:
        open_transport(platform(ANY, address="http://example.com"))
    assert caught.value.code == "configuration"


def test_files_are_found_by_name_and_nowhere_else(tmp_path):
    wsdl = FILES["open.wsdl"]
    for place in (b"https://example.com/schemas/open.xsd", b"../x/open.xsd", b"Service.svc?xsd=xsd0", b"open.xsd?v=1"):
        moved = wsdl.replace(b'schemaLocation="open.xsd"', b'schemaLocation="%b"' % place)
        files = {"open.wsdl": moved, "open.xsd": FILES["open.xsd"], "Service.svc?xsd=xsd0": FILES["open.xsd"]}
        assert len(read_wsdl("open.wsdl", files)) == 6
    secret = tmp_path / "secret.xsd"
    secret.write_bytes(FILES["open.xsd"])
    for place in (str(secret), secret.as_uri(), "http://127.0.0.1:1/secret.xsd"):
        moved = wsdl.replace(b'schemaLocation="open.xsd"', f'schemaLocation="{place}"'.encode())
        with pytest.raises(OptoamcError) as caught:
            read_wsdl("open.wsdl", {"open.wsdl": moved})
        assert "secret.xsd manque" in caught.value.detail


def test_zeep_never_posts():
    with pytest.raises(NotImplementedError):
        MemoryTransport({}).post("", "", {})


def test_the_shipped_wsdl_declares_what_the_messages_need():
    operations = read_wsdl("open.wsdl", FILES)
    names = [kind.value for kind in MessageKind if kind.value in operations]
    assert names == ["OPAMCREQ", "OPAMCGET", "OPAMCDEL", "OPAMCQIA", "OPAMCQPN", "FCTREC"]
    actions = {operation.action for operation in operations.values()}
    assert len(actions) == 6


def test_concurrent_first_calls_prepare_one_envelope():
    with serve() as served, open_transport(local_endpoint("soap", served.url)) as transport:
        with ThreadPoolExecutor(16) as pool:
            replies = list(pool.map(lambda _n: transport.call(MessageKind.REQUEST, m.request()), range(16)))
        assert len({m.read(reply.xml).number for reply in replies}) == 16
        assert len(transport._calls) == 1


SUBMITTED = '<r:SubmitResponse xmlns:r="urn:other">{}</r:SubmitResponse>'


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "utf-16"])
def test_a_declaration_in_a_text_says_nothing_of_the_texts_encoding(encoding):
    inner = f'<![CDATA[\ufeff<?xml version="1.0" encoding="{encoding}"?><a>é€</a>]]>'
    reply, _request = exchange(platform(TEXT), envelope(SUBMITTED.format(f"<r:xml>{inner}</r:xml>")))
    assert etree.fromstring(reply).text == "é€"


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (ANY, SUBMITTED.format("<r:Result><a>1</a></r:Result>")),  # one deeper than the question
        (NESTED, "<a>1</a>"),
        (TEXT, SUBMITTED.format("<r:Result><a>1</a></r:Result>")),
        (TEXT, SUBMITTED.format("<r:code>0</r:code><r:xml>&lt;a&gt;1&lt;/a&gt;</r:xml>")),
    ],
)
def test_an_answer_is_found_by_its_name_however_it_is_wrapped(content, answer):
    endpoint = dataclasses.replace(platform(content), roots={MessageKind.ANSWER: "a"})
    reply, _request = exchange(endpoint, envelope(answer))
    assert (etree.fromstring(reply).tag, etree.fromstring(reply).text) == ("a", "1")
    assert error_of(endpoint, envelope(SUBMITTED.format("<r:xml>rien</r:xml>"))).code == "schema"


@pytest.mark.parametrize("binding", ['<soap:operation soapAction=""/>', '<soap:operation soapAction="" style="rpc"/>'])
def test_an_operation_that_is_not_called_may_be_of_any_style(binding):
    wsdl = platform(ANY).files["other.wsdl"].decode()
    for end, more in (
        ("<wsdl:portType", '<wsdl:message name="none"/><wsdl:portType'),
        (
            "</wsdl:portType>",
            '<wsdl:operation name="Version"><wsdl:input message="t:none"/></wsdl:operation></wsdl:portType>',
        ),
        (
            "</wsdl:binding>",
            f'<wsdl:operation name="Version">{binding}<wsdl:input><soap:body use="literal"/></wsdl:input>'
            "</wsdl:operation></wsdl:binding>",
        ),
    ):
        wsdl = wsdl.replace(end, more, 1)
    assert list(read_wsdl("other.wsdl", {"other.wsdl": wsdl.encode()})) == ["Send"]


@pytest.mark.parametrize(
    "detail",
    ['<e code="E42" libelle="inconnu"/>', '<e code="E42">inconnu</e>', "<e><de>Server</de><code>E42</code></e>"],
)
def test_a_platforms_own_code_wherever_it_stands(detail):
    endpoint = dataclasses.replace(platform(ANY), fault_codes={"E42": "unknown_reference"})
    fault = envelope(FAULT_11.format("s:Server", f"<detail>{detail}</detail>"))
    assert error_of(endpoint, fault, status="500 Error").code == "unknown_reference"
    # Some answer without an envelope what their gateway refuses, with any status.
    for status in ("200 OK", "500 Error"):
        assert error_of(endpoint, f"<erreur>{detail}</erreur>", status=status).code == "unknown_reference"


def test_a_header_that_the_wsdl_asks_for_and_nothing_gives():
    wsdl = WSDL.format(content=ANY, part='element="t:Submit"', style="document", address="https://example.com/s")
    wsdl = wsdl.replace("</xs:schema>", '<xs:element name="Acces" type="xs:string"/></xs:schema>')
    wsdl = wsdl.replace(
        "<wsdl:portType", '<wsdl:message name="h"><wsdl:part name="a" element="t:Acces"/></wsdl:message><wsdl:portType'
    ).replace("<wsdl:input><soap:body", '<wsdl:input><soap:header message="t:h" part="a" use="literal"/><soap:body')
    endpoint = dataclasses.replace(
        platform(ANY),
        files={"other.wsdl": wsdl.encode()},
        roots={MessageKind.REQUEST: "ask"},
        username="u",
        password="p",
    )
    (step,) = probe(endpoint)
    assert (step.name, step.ok) == ("configuration", False)
    assert "l'en-tête Acces, que rien ne donne" in step.sentence
    text = f'<e:Envelope xmlns:e="{SOAP_11}"><e:Header><Acces xmlns="urn:other">{{login}}</Acces></e:Header>'
    text += "<e:Body>{message}</e:Body></e:Envelope>"
    with open_transport(dataclasses.replace(endpoint, template=text)) as transport:
        transport.check()
