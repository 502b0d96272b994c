"""Every error of a transport, shown by a real socket."""

from __future__ import annotations

import dataclasses
import logging
import socket
import threading
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import formatdate

import open_messages as m
import pytest
import requests
from sandbox_server import HERE, listen, local_endpoint, read_request, respond, serve

from lib.protocol.errors import ERRORS, KEPT_BYTES, OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.transport import Box, Endpoint, Login, open_transport
from lib.protocol.transport.connection import harden
from lib.protocol.transport.probe import is_passed, probe

KINDS = ("soap", "https")
NIR = "180027512345617"


@pytest.fixture(scope="module")
def shared():
    with serve() as served:
        yield served


@pytest.fixture
def served(shared):
    yield shared
    shared.script.load([])


def send(endpoint, xml=None, kind=MessageKind.REQUEST):
    with open_transport(endpoint) as transport:
        return transport.call(kind, xml or m.request())


def failure(endpoint, xml=None, kind=MessageKind.REQUEST):
    """The error that a call ends with."""
    with pytest.raises(OptoamcError) as caught:
        send(endpoint, xml, kind)
    assert NIR not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("kind", [*KINDS, "sandbox"])
def test_round_trip(served, kind):
    endpoint = Endpoint(kind="sandbox") if kind == "sandbox" else served.endpoint(kind)
    xml = m.request()
    reply = send(endpoint, xml)
    answer = m.read(reply.xml)
    assert (answer.reply_to, answer.total, reply.http_status) == (m.exchange_id_of(xml), "300.00", 200)
    assert 0 < reply.duration_s < 5


def test_the_three_kinds_see_the_same_message(served):
    xml = m.request()
    send(served.endpoint("soap"), xml)
    send(served.endpoint("https"), xml)
    served.sandbox.handle(xml)
    assert served.sandbox.ledger.exchange(m.exchange_id_of(xml)).deliveries == 3


def test_every_message_has_its_operation(served):
    request = m.request()
    request_id = m.exchange_id_of(request)
    number = m.read(send(served.endpoint("soap"), request).xml).number
    messages = {
        MessageKind.CONSULTATION: m.consultation(request_id),
        MessageKind.ELIGIBILITY_REQUEST: m.eligibility("1012345678"),
        MessageKind.PRICE_REQUEST: m.prices(),
        MessageKind.INVOICE: m.invoice(request_id, number, ((1, "250.00", "1.37", "100.00"),)),
        MessageKind.CANCELLATION: m.cancellation(request_id, number),
    }
    kinds = [m.read(send(served.endpoint("soap"), xml, kind).xml).kind for kind, xml in messages.items()]
    assert kinds == ["OPAMCRSP", "OPAMCRIA", "OPAMCRPN", "OPAMCADV", "OPAMCADV"]


SCRIPTED = {
    "drop": ("connection_lost", "connection_lost"),
    "cut": ("connection_lost", "connection_lost"),
    "hang": ("timeout_after_send", "timeout_after_send"),
    "slow_drip": ("timeout_after_send", "timeout_after_send"),
    "http_500": ("http", "http"),
    "html": ("html", "html"),
    "soap_fault": ("fault", "fault"),
    "duplicate": ("duplicate", "duplicate"),
    "auth": ("auth", "auth"),
    "truncated": ("not_xml", "not_xml"),
    "wrong_encoding": ("not_xml", "not_xml"),
    "too_large": ("too_large", "too_large"),
}
#: The faults that only our patience ends.
ENDLESS = ("hang", "slow_drip")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", SCRIPTED)
def test_scripted_fault(served, fault, kind):
    served.script.load([{"fault": fault, "seconds": 0.1}])
    error = failure(served.endpoint(kind, read_timeout=0.6 if fault in ENDLESS else 30))
    assert error.code == SCRIPTED[fault][KINDS.index(kind)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("html", 200, b"<html"),
        ("http_500", 500, b""),
        ("auth", None, b""),
        ("truncated", 200, b"OPAMCRSP"),
        ("cut", 200, b"OPAMCRSP"),
        ("soap_fault", None, b"unavailable"),
        ("drop", 0, None),
    ],
)
def test_what_came_instead_is_kept(served, fault, status, words, kind):
    served.script.load([{"fault": fault}])
    error = failure(served.endpoint(kind))
    assert status in (None, error.http_status)
    if words is None:
        assert not error.body
    else:
        assert words in error.body


def test_what_is_kept_is_bounded(served):
    served.script.load([{"fault": "too_large"}])
    assert len(failure(served.endpoint("https")).body) == KEPT_BYTES


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_before_or_after_processing(served, when):
    served.script.load([{"fault": "drop", "when": when}])
    xml = m.request()
    assert failure(served.endpoint("soap"), xml).maybe_sent
    known = served.sandbox.ledger.exchange(m.exchange_id_of(xml))
    assert (known is not None) == (when == "after")


@pytest.mark.parametrize("fault", ["wrong_schema", "other_answer", "delay"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_transport_hands_over(served, kind, fault):
    """What the answer says is the codec's business."""
    other = m.read(send(served.endpoint(kind)).xml)
    served.script.load([{"fault": fault, "seconds": 0.05}])
    xml = m.request()
    reply = send(served.endpoint(kind), xml)
    assert (b"Inattendu" in reply.xml) == (fault == "wrong_schema")
    assert (m.read(reply.xml).reply_to == other.reply_to) == (fault == "other_answer")


@pytest.mark.parametrize("kind", KINDS)
def test_rejections(served, kind):
    endpoint = served.endpoint(kind)
    invalid = m.request().replace(b"<Taux>", b"<Taux>9")
    error = failure(endpoint, invalid)
    assert (error.code, error.maybe_sent) == ("rejected", False)
    assert "Taux" in error.reference
    assert failure(endpoint, m.consultation("nobody"), MessageKind.CONSULTATION).code == "unknown_reference"
    request_id = m.exchange_id_of(m.request())
    send(endpoint, m.request(exchange_id=request_id))
    assert failure(endpoint, m.request(kind="COT", exchange_id=request_id)).code == "duplicate"


def test_local_rejections():
    endpoint = Endpoint(kind="sandbox")
    assert failure(endpoint, b"<x/>").code == "rejected"
    assert failure(endpoint, m.consultation("nobody")).code == "unknown_reference"


def test_local_transports_share_a_ledger(tmp_path):
    endpoint = Endpoint(kind="sandbox", url=str(tmp_path / "ledger.sqlite"))
    xml = m.request()
    numbers = [m.read(send(endpoint, xml).xml).number for _ in range(2)]
    assert numbers == ["373", "373"]


@pytest.mark.parametrize("kind", KINDS)
def test_credentials(kind):
    with serve(user="boutique", password="clé secrète") as served:
        right = served.endpoint(kind, username="boutique", password="clé secrète")
        assert m.read(send(right).xml).status == "ACCORDEE"
        assert failure(dataclasses.replace(right, password="wrong")).code == "auth"
        error = failure(served.endpoint(kind))
        assert (error.code, error.maybe_sent) == ("auth", False)
        assert served.sandbox.ledger.summary()["exchanges"] == 1
        assert "secrète" not in repr(right)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("behave", "code"),
    [
        (respond("301 Moved", headers="Location: http://127.0.0.1:1/\r\n"), "http"),
        (respond("307 Moved", headers="Location: http://127.0.0.1:1/\r\n"), "http"),
        (respond("304 Not Modified"), "not_xml"),
        (respond("401 Unauthorized"), "auth"),
        (respond("403 Forbidden", b"<html>"), "auth"),
        (respond("404 Not Found", b"nothing"), "http"),
        (respond("502 Bad Gateway", b"<html><body>nginx</body></html>"), "html"),
        (respond("503 Unavailable", b"<down/>"), "http"),
        (respond("200 OK"), "not_xml"),
        (respond("200 OK", b"\x1f\x8b", "Content-Encoding: gzip\r\n"), "not_xml"),
        (respond("200 OK", b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>"), "forbidden_xml"),
        (read_request, "connection_lost"),
        (lambda connection: (read_request(connection), connection.sendall(b"HT")), "connection_lost"),
        (lambda connection: (read_request(connection), connection.sendall(b"garbage\r\n\r\n")), "connection_lost"),
    ],
)
def test_other_answers(kind, behave, code):
    with listen(behave) as url:
        assert failure(local_endpoint(kind, url)).code == code


@pytest.mark.parametrize("kind", ["soap", "https", "token", "mailbox"])
@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        ("503 Unavailable", "Retry-After: 120", 120),
        ("429 Too Many", "Retry-After:  7 ", 7),
        ("503 Unavailable", "Retry-After: 99999999999999999999", 999_999_999),
        ("503 Unavailable", "Retry-After: %s", 90),
        ("503 Unavailable", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("503 Unavailable", "Retry-After: -5", None),
        ("503 Unavailable", "Retry-After: demain", None),
        ("500 Broken", "Retry-After: 120", None),
        ("503 Unavailable", "X: 1", None),
    ],
)
def test_how_long_a_platform_wants_to_be_left_alone(kind, status, header, seconds):
    login, box = Login(path="jeton"), Box(fetch="releve")
    header = header.replace("%s", formatdate(time.time() + 90, usegmt=True))
    with listen(respond(status, b"<down/>", f"{header}\r\n")) as url:
        endpoint = local_endpoint(kind, url, login=login, box=box, username="u", password="p")
        with open_transport(endpoint) as transport, pytest.raises(OptoamcError) as caught:
            transport.call(MessageKind.REQUEST, m.request())
    told = caught.value.retry_after
    assert told == seconds or abs(told - seconds) < 5


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_slow_drip_is_bounded_as_a_whole(part):
    def drip(connection):
        read_request(connection)
        data = b"HTTP/1.1 200 OK\r\nX: " if part == "head" else b"HTTP/1.1 200 OK\r\n\r\n<x>"
        connection.sendall(data)
        try:
            while True:
                connection.sendall(b"a")
                time.sleep(0.05)
        except OSError:
            pass

    with listen(drip) as url:
        # What is sent has no end: that the call has one is what is shown.
        assert failure(local_endpoint("https", url, read_timeout=0.4)).code == "timeout_after_send"


@pytest.mark.parametrize("head", ["", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n"])
def test_an_answer_without_end_is_bounded_in_memory_and_time(head):
    """Sent as fast as the line takes it: no time-out stops it."""
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b"10000\r\n" + b"x" * 2**16 + b"\r\n" if "chunked" in head else b"x" * 2**16

    def pour(connection):
        read_request(connection)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode())
        with suppress(OSError):
            while True:
                connection.sendall(packed.compress(piece * 64) if "gzip" in head else piece)

    with listen(pour) as url:
        tracemalloc.start()
        error = failure(local_endpoint("https", url, max_bytes=10**6, read_timeout=2))
        assert error.code in ("too_large", "timeout_after_send"), error
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 * 10**6  # the server's own pieces are among it


@pytest.mark.parametrize(
    "options",
    [
        {"url": "https://platform.example/\r\nX-Forged: 1"},
        {"username": "shop\nX-Forged: 1"},
        {"operations": {MessageKind.REQUEST: "ask\r\nX-Forged: 1"}},
    ],
)
def test_no_header_is_forged(options):
    with pytest.raises(OptoamcError) as caught:
        Endpoint(**{"kind": "https", "url": "https://platform.example/", **options})
    assert caught.value.code == "configuration"


def test_too_large_by_its_announcement():
    with listen(respond("200 OK", b"x" * 2000)) as url:
        assert failure(local_endpoint("https", url, max_bytes=1000)).code == "too_large"


def test_nobody_listens():
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    error = failure(local_endpoint("soap", url))
    assert (error.code, error.maybe_sent) == ("connection", False)


def test_unknown_host():
    endpoint = Endpoint(kind="https", url="https://plateforme.invalid/xml", connect_timeout=2)
    assert failure(endpoint).code == "connection"


def test_timeout_before_send():
    """A queue of connections that is full, and a server that accepts none."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    blockers = []
    try:
        for _ in range(4):
            blocker = socket.socket()
            blocker.setblocking(False)
            blocker.connect_ex(("127.0.0.1", port))
            blockers.append(blocker)
        error = failure(local_endpoint("https", f"http://127.0.0.1:{port}", connect_timeout=0.3))
    finally:
        for each in (listener, *blockers):
            each.close()
    assert (error.code, error.maybe_sent) == ("timeout_before_send", False)


def test_a_connection_closed_while_it_was_kept():
    """The doubtful case: the platform hangs up on a kept connection as we send on it."""
    body = b"<x/>"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    calls = []

    def keep_then_hang_up(connection):
        read_request(connection)
        calls.append("answered")
        connection.sendall(answer)
        read_request(connection)
        calls.append("dropped")

    with listen(keep_then_hang_up) as url, open_transport(local_endpoint("https", url)) as transport:
        transport.call(MessageKind.REQUEST, m.request())
        with pytest.raises(OptoamcError) as caught:
            transport.call(MessageKind.REQUEST, m.request())
    assert (caught.value.code, caught.value.maybe_sent) == ("connection_lost", True)
    assert calls == ["answered", "dropped"]  # and never a third time


def test_nothing_is_sent_twice(served):
    served.script.load([{"fault": "drop", "when": "after"}, {"fault": "http_500"}])
    xml = m.request()
    failure(served.endpoint("soap"), xml)
    assert served.sandbox.ledger.exchange(m.exchange_id_of(xml)).deliveries == 1


@pytest.mark.parametrize("kind", KINDS)
def test_many_calls_in_flight(kind):
    """The platform answers sixteen together or nobody: calls made one after the other would never be answered."""
    meeting = threading.Barrier(16)
    with serve() as served, open_transport(served.endpoint(kind)) as transport:
        answer = served.sandbox.answer

        def answer_together(incoming):
            meeting.wait(timeout=20)
            return answer(incoming)

        served.sandbox.answer = answer_together
        messages = [m.request() for _ in range(64)]
        with ThreadPoolExecutor(32) as pool:
            replies = list(pool.map(lambda xml: transport.call(MessageKind.REQUEST, xml), messages))
        assert [m.read(reply.xml).reply_to for reply in replies] == [m.exchange_id_of(xml) for xml in messages]


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "pigeon"},
        {"kind": "https", "url": ""},
        {"kind": "https", "url": "ftp://example.com"},
        {"kind": "https", "url": "http://example.com/xml"},
        {"kind": "https", "url": "https://user:secret@example.com/xml"},
        {"kind": "https", "url": "https://example.com:99999/xml"},
        {"kind": "https", "url": "https://example.com/xml", "verify": False},
        {"kind": "soap", "url": "https://example.com"},
    ],
)
def test_endpoints_that_cannot_work(options):
    with pytest.raises(OptoamcError) as caught:
        open_transport(Endpoint(**options))
    assert caught.value.code == "configuration"
    assert "secret" not in str(caught.value)


def test_a_missing_bundle_of_authorities():
    error = failure(Endpoint(kind="https", url="https://localhost:1/xml", verify="/nowhere.pem", reach=HERE))
    assert error.code == "configuration"


def test_own_fault_codes(served):
    endpoint = served.endpoint("soap", fault_codes={"unknown_reference": "duplicate"})
    assert failure(endpoint, m.consultation("nobody"), MessageKind.CONSULTATION).code == "duplicate"


def test_an_adapter_of_another_kind_is_used_as_it_is():
    class Canned(requests.adapters.BaseAdapter):
        def send(self, request, **_options):
            raise requests.ConnectTimeout("no network here")

        def close(self):
            pass

    adapter = Canned()
    assert harden(adapter, {}, HERE) is adapter
    assert failure(Endpoint(kind="https", url="https://example.com", adapter=adapter)).code == "timeout_before_send"


def test_proxies_of_the_environment(monkeypatch):
    """Through a proxy the same bounds hold; what the proxy refuses never left."""
    with listen(respond("407 Proxy Authentication Required")) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        with listen(lambda connection: connection.recv(65536)) as broken:
            monkeypatch.setenv("https_proxy", broken)
            assert failure(Endpoint(kind="https", url="https://example.com/xml")).code == "connection"


def test_one_line_of_log_and_nothing_in_it(served, caplog):
    caplog.set_level(logging.INFO)
    served.script.load([{"fault": "http_500", "match": {"nth": 2}}])
    options = {"username": "boutique", "password": "clé secrète"}
    with open_transport(served.endpoint("soap", **options)) as transport:
        for exchange_id in ("first", "second"):
            xml = m.request("1012345689", nir=NIR, exchange_id=exchange_id)
            with suppress(OptoamcError):
                transport.call(MessageKind.REQUEST, xml, exchange_id=exchange_id)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert lines[0].startswith("OPAMCREQ 127.0.0.1:")
    assert ": 200 in " in lines[0]
    assert "exchange first" in lines[0]
    assert ": http in " in lines[1]
    for secret in (NIR, "MARTIN", "boutique", "secrète", "1012345689"):
        assert secret not in caplog.text


def test_every_code_is_one_of_the_table():
    codes = {code for pair in SCRIPTED.values() for code in pair}
    assert codes <= set(ERRORS)


class TestProbe:
    def test_sandbox(self):
        assert [step.ok for step in probe(Endpoint(kind="sandbox"))] == [True]

    @pytest.mark.parametrize("kind", KINDS)
    def test_all_well(self, served, kind):
        before = served.sandbox.ledger.summary()
        steps = probe(served.endpoint(kind))
        assert [step.name for step in steps] == ["configuration", "dns", "tcp", "http", "limits"]
        assert is_passed(steps), steps
        assert served.sandbox.ledger.summary() == before

    @pytest.mark.parametrize("kind", KINDS)
    def test_credentials(self, kind):
        with serve(user="u", password="p") as served:
            assert is_passed(probe(served.endpoint(kind, username="u", password="p")))
            refused = probe(served.endpoint(kind))[-1]
        assert not refused.ok
        assert refused.sentence.startswith(ERRORS["auth"].advice)

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("status", ["404 Not Found", "503 Unavailable"])
    def test_a_web_site_is_no_platform(self, kind, status):
        with listen(respond(status, b"<html><body>?</body></html>")) as url:
            assert not probe(local_endpoint(kind, url))[-1].ok

    @pytest.mark.parametrize(
        ("endpoint", "step"),
        [
            (Endpoint(kind="soap", wsdl="x.wsdl"), "configuration"),
            (Endpoint(kind="https", url="http://example.com"), "configuration"),
            (Endpoint(kind="https", url="https://plateforme.invalid"), "dns"),
            (Endpoint(kind="https", url="https://localhost:1", reach=HERE), "tcp"),
            (Endpoint(kind="https", url="https://localhost:1"), "dns"),
        ],
    )
    def test_the_first_step_that_fails(self, endpoint, step):
        *passed, failed = probe(endpoint)
        assert all(each.ok for each in passed)
        assert (failed.name, failed.ok) == (step, False)
