"""TLS both ways: whom we trust, and who trusts us."""

from __future__ import annotations

import dataclasses
import shutil
import signal
import subprocess
from pathlib import Path

import open_messages as m
import pytest
from sandbox_server import HERE, listen, serve

from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.sandbox.__main__ import main
from lib.protocol.sandbox.server import tls_context
from lib.protocol.transport import Endpoint, open_transport
from lib.protocol.transport.certificates import CertificateAdapter
from lib.protocol.transport.probe import probe

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificates")


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """Paths of an authority, and of the certificate and key of a server and of a client."""
    folder = tmp_path_factory.mktemp("pki")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for authority in ("ca", "other"):
        openssl(
            *("req", "-x509", *new_key, "-subj", f"/CN={authority}", "-days", "2"),
            *("-keyout", f"{authority}.key", "-out", f"{authority}.pem"),
        )
    (folder / "names").write_text("subjectAltName=DNS:localhost")
    for name, authority in (("server", "ca"), ("client", "ca"), ("stranger", "other")):
        openssl("req", *new_key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"),
            *("-CAcreateserial", "-days", "2", "-extfile", "names", "-out", f"{name}.pem"),
        )
    openssl("ec", "-in", "client.key", "-aes128", "-passout", "pass:code", "-out", "locked.key")
    return folder


def adapter(pki: Path, name: str) -> CertificateAdapter:
    return CertificateAdapter((pki / f"{name}.pem").read_bytes(), (pki / f"{name}.key").read_bytes())


def send(endpoint: Endpoint) -> str:
    with open_transport(endpoint) as transport:
        return m.read(transport.call(MessageKind.REQUEST, m.request()).xml).status


def failure(endpoint: Endpoint) -> OptoamcError:
    with pytest.raises(OptoamcError) as caught:
        send(endpoint)
    return caught.value


@pytest.fixture
def server(pki):
    with serve(tls_context(str(pki / "server.pem"), str(pki / "server.key"))) as served:
        yield served


@pytest.fixture
def strict_server(pki):
    """A server that asks for a certificate of our authority."""
    paths = (str(pki / name) for name in ("server.pem", "server.key", "ca.pem"))
    with serve(tls_context(*paths)) as served:
        yield served


@pytest.mark.parametrize("kind", ["soap", "https"])
def test_a_trusted_platform(server, pki, kind):
    endpoint = server.endpoint(kind, verify=str(pki / "ca.pem"))
    assert send(endpoint) == "ACCORDEE"
    assert [step.name for step in probe(endpoint)] == ["configuration", "dns", "tcp", "tls", "http", "limits"]


@pytest.mark.parametrize("verify", [True, "other.pem"])
def test_a_platform_that_is_not_trusted(server, pki, verify):
    endpoint = server.endpoint("https", verify=verify is True or str(pki / verify))
    error = failure(endpoint)
    assert (error.code, error.maybe_sent) == ("tls", False)
    assert [step.ok for step in probe(endpoint)] == [True, True, True, False]
    assert server.sandbox.ledger.summary()["exchanges"] == 0


def test_authorities_that_the_environment_names_do_not_count(server, pki, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(pki / "ca.pem"))
    assert failure(server.endpoint("https", verify=True)).code == "tls"


def test_a_platform_of_another_name(server, pki):
    endpoint = server.endpoint("https", verify=str(pki / "ca.pem"))
    numeric = dataclasses.replace(endpoint, url=endpoint.url.replace("localhost", "127.0.0.1"))
    assert failure(numeric).code == "tls"


def test_a_platform_without_tls():
    def plain(connection):
        connection.recv(1024)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listen(plain) as url:
        endpoint = Endpoint(kind="https", url=url.replace("http:", "https:"), reach=HERE)
        error = failure(endpoint)
    assert (error.code, error.maybe_sent) == ("tls", False)


def test_a_handshake_that_never_ends():
    with listen(lambda connection: connection.recv(9999) and connection.recv(9999)) as url:
        endpoint = Endpoint(kind="https", url=url.replace("http:", "https:"), connect_timeout=0.3, reach=HERE)
        error = failure(endpoint)
    assert (error.code, error.maybe_sent) == ("timeout_before_send", False)


@pytest.mark.parametrize("kind", ["soap", "https"])
def test_mutual_tls(strict_server, pki, kind):
    endpoint = strict_server.endpoint(kind, verify=str(pki / "ca.pem"), adapter=adapter(pki, "client"))
    assert send(endpoint) == "ACCORDEE"


@pytest.mark.parametrize("name", [None, "stranger"])
def test_the_platform_does_not_know_us(strict_server, pki, name):
    """Heard after the sending, with TLS 1.3; and yet nobody read what was sent."""
    endpoint = strict_server.endpoint("https", verify=str(pki / "ca.pem"), adapter=name and adapter(pki, name))
    error = failure(endpoint)
    # The alert may be overtaken by the reset of the connection.
    assert error.code in ("tls", "connection_lost")
    assert strict_server.sandbox.ledger.summary()["exchanges"] == 0


def test_a_locked_key(strict_server, pki):
    certificate, key = (pki / "client.pem").read_bytes(), (pki / "locked.key").read_bytes()
    endpoint = strict_server.endpoint(
        "https", verify=str(pki / "ca.pem"), adapter=CertificateAdapter(certificate, key, "code")
    )
    assert send(endpoint) == "ACCORDEE"
    for password in (None, "wrong"):
        with pytest.raises(OptoamcError) as caught:
            CertificateAdapter(certificate, key, password)
        assert caught.value.code == "configuration"


def test_one_file_for_certificate_and_key(strict_server, pki):
    both = (pki / "client.pem").read_bytes() + (pki / "client.key").read_bytes()
    endpoint = strict_server.endpoint("https", verify=str(pki / "ca.pem"), adapter=CertificateAdapter(both, both))
    assert send(endpoint) == "ACCORDEE"


def test_a_certificate_with_another_key(pki):
    with pytest.raises(OptoamcError) as caught:
        CertificateAdapter((pki / "client.pem").read_bytes(), (pki / "stranger.key").read_bytes())
    assert caught.value.code == "configuration"


@pytest.mark.parametrize("options", [("--cert", "server.pem", "--key", "server.key"), ("--cert", "whole.pem")])
def test_the_sandbox_process_over_tls(pki, monkeypatch, capsys, options):
    (pki / "whole.pem").write_bytes((pki / "server.pem").read_bytes() + (pki / "server.key").read_bytes())
    monkeypatch.chdir(pki)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr("werkzeug.serving.BaseWSGIServer.serve_forever", lambda _self: None)
    assert main(options) == 0
    assert "ready https://127.0.0.1:" in capsys.readouterr().out
