"""The SFTP drop-box, against a real server on a socket."""

from __future__ import annotations

import io
import socket
import sys
import threading

import paramiko
import pytest
from sandbox_server import HERE
from sftp_server import sftp_server

from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.transport import Box, Endpoint, open_transport
from lib.protocol.transport.probe import is_passed, probe
from lib.protocol.transport.reach import Reach

ROOTS = {MessageKind.REQUEST: "ask", MessageKind.ANSWER: "told"}
ASK, TOLD = b"<ask>1</ask>", b"<told><sum>1.00</sum></told>"


@pytest.fixture
def server(tmp_path):
    with sftp_server(tmp_path) as running:
        yield running


def endpoint(server, **options):
    usual = {
        "url": f"{server.url}/depot", "box": Box(fetch="retour"), "host_keys": frozenset({server.fingerprint}),
        "username": server.user, "password": server.password, "roots": ROOTS, "reach": HERE, "read_timeout": 5,
    }  # fmt: skip
    return Endpoint(kind="sftp", **{**usual, **options})


def deposit(server, **options):
    return open_transport(endpoint(server, **options)).call(MessageKind.REQUEST, ASK, exchange_id="../../x 1")


def error_of(server, **options):
    with pytest.raises(OptoamcError) as caught:
        deposit(server, **options)
    return caught.value


def test_a_message_is_put_whole_and_put_again_it_is_the_same_file(server, tmp_path):
    seen = []
    server.put = lambda path: seen.append((path.name, path.read_bytes())) or True
    reply = deposit(server)
    assert deposit(server).ticket == reply.ticket
    assert (reply.xml, bool(reply.ticket)) == (b"", True)
    assert seen == [(f"{reply.ticket}.xml", ASK)] * 2
    assert [path.name for path in (tmp_path / "depot").iterdir()] == [f"{reply.ticket}.xml"]


def test_an_envelope_around_it(server, tmp_path):
    reply = deposit(server, template="<e><c>{login}</c>{message}</e>")
    content = (tmp_path / "depot" / f"{reply.ticket}.xml").read_bytes()
    assert content.endswith(b"<e><c>boutique</c><ask>1</ask></e>")


def test_answers_stay_until_they_are_acknowledged(server, tmp_path):
    files = {"b.xml": b"<lot><x>" + TOLD + b"</x></lot>", "a.xml": TOLD, "c.xml.part": TOLD, ".d": TOLD}
    for name, content in (*files.items(), ("e.xml", b"<Erreur><Code>unknown_reference</Code></Erreur>"), ("f", b"x")):
        (tmp_path / "retour" / name).write_bytes(content)
    (tmp_path / "retour" / "folder").mkdir()
    box = open_transport(endpoint(server))
    for _again in range(2):
        found = {item.receipt: item for item in box.fetch()}
        assert sorted(found) == ["a.xml", "b.xml", "e.xml", "f"]
    assert b"1.00" in found["a.xml"].xml
    assert found["b.xml"].xml.startswith(b"<?xml")
    assert (found["e.xml"].ticket, found["e.xml"].error.code) == ("e", "unknown_reference")
    assert found["f"].error.code == "not_xml"
    box.acknowledge(["a.xml", "f", "gone.xml"])
    assert sorted(item.receipt for item in box.fetch()) == ["b.xml", "e.xml"]


def test_a_file_that_is_too_large_stays_there(server, tmp_path):
    (tmp_path / "retour" / "a.xml").write_bytes(b"<told>" + b"x" * 200 + b"</told>")
    [item] = open_transport(endpoint(server, max_bytes=100)).fetch()
    assert (item.ticket, item.receipt, item.error.code) == ("a", "", "too_large")


def test_another_server_hears_nothing(server):
    error = error_of(server, host_keys=frozenset({"SHA256:" + "A" * 43}))
    assert (error.code, error.maybe_sent) == ("tls", False)
    assert server.fingerprint in error.detail
    assert not any(link.is_authenticated() for link in server.links)
    assert error_of(server, host_keys=frozenset()).code == "configuration"


def test_who_logs_in(server):
    assert error_of(server, password="autre").code == "auth"
    for key in (paramiko.RSAKey.generate(2048), paramiko.ECDSAKey.generate()):
        text = io.StringIO()
        key.write_private_key(text)
        server.client_key = key
        assert deposit(server, password="", private_key=text.getvalue().encode()).ticket
    assert error_of(server, private_key=b"no key").code == "configuration"


def test_addresses_are_judged_before_anything_is_said(server):
    error = error_of(server, reach=Reach())
    assert (error.code, server.links) == ("forbidden_address", [])
    for url in ("https://127.0.0.1/depot", "sftp:///depot", "sftp://u:p@127.0.0.1/depot", "sftp://127.0.0.1/de pot"):
        with pytest.raises(OptoamcError) as caught:
            open_transport(endpoint(server, url=url))
        assert caught.value.code == "configuration"


def test_whether_a_message_may_have_arrived(server, tmp_path):
    server.put = lambda path: False
    assert error_of(server).code == "connection_lost"
    assert len(list((tmp_path / "depot").iterdir())) == 1
    server.takes = False
    assert error_of(server).code == "rejected"
    server.stop()
    error = error_of(server)
    assert (error.code, error.maybe_sent) == ("connection", False)


def test_a_server_that_says_nothing_is_left_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=silent.accept, daemon=True).start()
        url = f"sftp://127.0.0.1:{silent.getsockname()[1]}/depot"
        mute = Endpoint(
            kind="sftp", url=url, box=Box(fetch="r"), host_keys=frozenset({"SHA256:x"}), reach=HERE,
            username="u", password="p", connect_timeout=0.5, read_timeout=1,
        )  # fmt: skip
        with pytest.raises(OptoamcError) as caught:
            open_transport(mute).fetch()
    assert caught.value.code == "connection"


def test_the_honest_test(server, tmp_path):
    steps = probe(endpoint(server))
    assert is_passed(steps)
    assert [(step.name, step.ok) for step in steps] == [
        *((name, True) for name in ("configuration", "dns", "tcp", "http")),
        ("limits", None),
    ]
    [*_others, last] = probe(endpoint(server, box=Box(fetch="nulle part")))
    assert not last.ok
    assert "nulle part" in last.sentence


def test_without_the_library_it_says_what_to_install(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "paramiko", None)
    error = error_of(server)
    assert (error.code, error.maybe_sent) == ("configuration", False)
    assert "python3-paramiko" in error.detail
