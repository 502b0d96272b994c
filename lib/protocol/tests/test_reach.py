"""Where a call may go: judged on the address that is connected to, shown by real sockets."""

from __future__ import annotations

import socket
from itertools import chain, repeat

import open_messages as m
import pytest
from sandbox_server import HERE, listen, local_endpoint, serve

from lib.directory.download import download
from lib.directory.errors import DirectoryError
from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.transport import Endpoint, open_transport
from lib.protocol.transport.probe import probe
from lib.protocol.transport.reach import Reach, is_inner, is_public

NAME = "plateforme.example"
SYSTEM_RESOLVER = socket.getaddrinfo


@pytest.fixture
def resolver(monkeypatch):
    """Answers for :data:`NAME` with each of the given addresses in turn, the last one for ever."""

    def resolve_to(*addresses):
        turns, asked = chain(addresses, repeat(addresses[-1])), []

        def getaddrinfo(host, port, *args, **kwargs):
            if host != NAME:
                return SYSTEM_RESOLVER(host, port, *args, **kwargs)
            asked.append(host)
            return [info for one in next(turns).split() for info in SYSTEM_RESOLVER(one, port, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return resolve_to


@pytest.fixture
def proxy(monkeypatch):
    """A proxy of the environment that nothing is exempt from; yields what connects to it."""
    came = []
    with listen(lambda connection: came.append(connection.recv(65536))) as url:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
            monkeypatch.setenv(name, url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, "")
        yield came


def failure(endpoint):
    with pytest.raises(OptoamcError) as caught, open_transport(endpoint) as transport:
        transport.call(MessageKind.REQUEST, m.request())
    assert not caught.value.maybe_sent
    return caught.value.code


def at_name(url, **options):
    """The endpoint of a server of this machine, by the name that the fake resolver knows."""
    return local_endpoint("https", url.replace("http://127.0.0.1", f"https://{NAME}"), **options)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::7f00:1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_not_on_the_internet(address):
    assert not is_public(address)
    with pytest.raises(OptoamcError) as caught:
        Reach().check("host", address)
    assert caught.value.code == "forbidden_address"
    Reach(hosts=frozenset({"host"})).check("Host.", address)


@pytest.mark.parametrize("address", ["1.1.1.1", "185.34.32.1", "2a01:e0a::1", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_on_the_internet(address):
    assert is_public(address)
    Reach().check("host", address)
    with pytest.raises(OptoamcError):
        HERE.check("host", address)


def test_seen_as_it_is_typed():
    assert [is_inner(host) for host in ("localhost", "LOCALHOST.", "10.0.0.1", "::1")] == [True] * 4
    assert not is_inner(NAME)


# "127.1", "2130706433" and the like are no addresses to Python, and are to the resolver.
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("kind", ["soap", "https"])
def test_this_machine_is_refused_however_it_is_written(kind, host):
    came = []
    with listen(came.append) as url:
        endpoint = local_endpoint(kind, url.replace("http://127.0.0.1", f"https://{host}"), reach=Reach())
        assert failure(endpoint) == "forbidden_address"
        assert [step.name for step in probe(endpoint) if not step.ok] == ["dns"]
    assert not came


def test_a_name_that_leads_inside(resolver):
    resolver("10.0.0.1")
    assert failure(at_name("http://127.0.0.1:9", reach=Reach())) == "forbidden_address"


def test_one_inner_address_among_others_is_enough(resolver):
    resolver("1.1.1.1 127.0.0.1")
    assert failure(at_name("http://127.0.0.1:9", reach=Reach())) == "forbidden_address"


def test_a_name_that_leads_elsewhere_when_it_is_used(resolver):
    """DNS rebinding: what was judged is what is connected to, and it is asked once a connection."""
    good, evil = [], []
    with listen(good.append) as url:
        port = int(url.rpartition(":")[2])
        with socket.create_server(("127.0.0.2", port)) as listener:
            listener.settimeout(0.2)
            asked = resolver("127.0.0.1", "127.0.0.2")
            # Without TLS there: it does not matter how it ends, but where it went.
            assert failure(at_name(url)) == "tls"
            with pytest.raises(TimeoutError):
                evil.append(listener.accept())
    assert (len(good), evil, len(asked)) == (1, [], 1)


def test_judged_again_at_each_connection(resolver):
    """Good when it was set up and tested, then led inside: refused, nothing is connected to."""
    came = []
    with listen(came.append) as url:
        resolver("127.0.0.1", "10.0.0.1")
        with open_transport(at_name(url)) as transport:
            codes = []
            for _turn in range(2):
                with pytest.raises(OptoamcError) as caught:
                    transport.call(MessageKind.REQUEST, m.request())
                codes.append(caught.value.code)
    assert (codes, len(came)) == (["tls", "forbidden_address"], 1)


def test_the_next_address_is_tried(resolver):
    with serve() as served:
        resolver("127.0.0.9 127.0.0.1")  # nobody listens at the first
        endpoint = served.endpoint("https", reach=Reach(hosts=frozenset({NAME})))
        port = int(served.url.rpartition(":")[2])
        found = endpoint.reach.resolve(NAME, port)
        assert [info[4][0] for info in found] == ["127.0.0.9", "127.0.0.1"]
        assert failure(at_name(served.url)) == "tls", "somebody answered"


def test_what_the_administrator_names_is_called():
    with serve() as served:
        for reach in (Reach(hosts=frozenset({"127.0.0.1"})), HERE):
            with open_transport(served.endpoint("https", reach=reach)) as transport:
                assert m.read(transport.call(MessageKind.REQUEST, m.request()).xml).status == "ACCORDEE"


@pytest.mark.parametrize("reach", [HERE, Reach(hosts=frozenset({"127.0.0.1"}))])
def test_this_machine_is_never_reached_through_a_proxy(proxy, reach):
    with serve() as served, open_transport(served.endpoint("soap", reach=reach)) as transport:
        transport.call(MessageKind.REQUEST, m.request())
    assert not proxy


def test_behind_a_proxy_inner_names_are_refused_too(proxy, resolver):
    resolver("192.168.0.1")
    assert failure(at_name("http://127.0.0.1:9", reach=Reach())) == "forbidden_address"
    assert failure(Endpoint(kind="https", url="https://10.0.0.1/xml")) == "forbidden_address"
    assert not proxy
    # Only the proxy may know this one.
    assert failure(Endpoint(kind="https", url="https://plateforme.invalid/xml")) == "connection"
    assert proxy[0].startswith(b"CONNECT plateforme.invalid:443 ")


def test_lists_are_fetched_within_the_same_reach(resolver):
    resolver("127.0.0.1", "10.0.0.1")
    came = []
    with listen(came.append) as url:
        for address in (url, url.replace("http://127.0.0.1", f"https://{NAME}")):
            with pytest.raises(DirectoryError) as caught:
                download(Endpoint(kind="https", url="https://example.com"), f"{address}/list.csv")
            assert caught.value.code == "address"
    assert not came


def test_a_redirect_is_not_followed():
    came = []
    with listen(came.append) as inner:

        def redirect(connection):
            connection.recv(65536)
            connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {inner}/x\r\nContent-Length: 0\r\n\r\n".encode())

        with listen(redirect) as url:
            endpoint = local_endpoint("https", url)
            with pytest.raises(OptoamcError) as caught, open_transport(endpoint) as transport:
                transport.call(MessageKind.REQUEST, m.request())
            assert caught.value.code in ("http", "connection_lost")
            with pytest.raises(DirectoryError) as refused:
                download(endpoint, f"{url}/list.csv")
            assert (refused.value.code, refused.value.detail) == ("http", "302")
    assert not came
