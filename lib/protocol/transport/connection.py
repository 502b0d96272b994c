"""Connections that keep a promise: an answer is whole within the read timeout.

A timeout of requests bounds each wait for some bytes, not their sum: a platform
that sends one byte a minute would hold a thread for ever. Here the clock starts
when the message has been sent and every read, of headers or of body, gets only
what is left of it.

They also keep within a platform's reach (:mod:`.reach`): what is connected to is
the address that was judged.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from functools import partial
from typing import Any

from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.util.retry import Retry

from .reach import Reach

#: Connections kept open to a platform; the dispatcher has 32 calls in flight.
POOL_SIZE = 64


class DeadlineReader(io.RawIOBase):
    """What a socket receives until a moment of :func:`time.monotonic`, then ``TimeoutError``."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer is not whole in time")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class DeadlineResponse(http.client.HTTPResponse):
    """An answer whose deadline is the socket's timeout, counted from its first line."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        timeout = sock.gettimeout()
        if timeout is not None:
            self.fp.close()
            self.fp = io.BufferedReader(DeadlineReader(sock, time.monotonic() + timeout))


class _Connection(HTTPConnection):
    """A connection to the platform itself, or to the proxy that leads to it, whose answers are whole in time."""

    response_class = DeadlineResponse

    def __init__(self, *args: Any, reach: Reach, is_proxied: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reach = reach
        self._is_proxied = is_proxied

    def _new_conn(self) -> socket.socket:
        if self._is_proxied:
            self._reach.check_behind_proxy(self._tunnel_host or self.host)
            return super()._new_conn()  # the proxy is the administrator's choice
        name = self._dns_host
        try:
            found = self._reach.resolve(name, self.port)
        except OSError as error:
            raise NewConnectionError(self, f"Failed to resolve {name}: {error}") from error
        failure: Exception | None = None
        for *_kind, address in found:
            # urllib3 connects to this one and calls the peer by the other name, TLS included.
            self._dns_host = address[0]
            try:
                return super()._new_conn()
            except NewConnectionError as error:
                failure = error
            finally:
                self._dns_host = name
        raise failure or NewConnectionError(self, f"{name} has no address")


class _TlsConnection(_Connection, HTTPSConnection):
    pass


def _new_pool(
    pool_class: type, connection_class: type, reach: Reach, is_proxied: bool, *args: Any, **options: Any
) -> HTTPConnectionPool:
    pool = pool_class(*args, **options)
    pool.ConnectionCls = partial(connection_class, reach=reach, is_proxied=is_proxied)
    return pool


def harden(adapter: BaseAdapter, proxies: dict[str, str], reach: Reach) -> BaseAdapter:
    """Give an adapter such connections, to the platform and through proxies, and no retry.

    An adapter that is not one of urllib3's (a test's, say) is left as it is.

    :param reach: the machines that it may connect to; another one needs another adapter
    """
    if isinstance(adapter, HTTPAdapter):
        adapter.max_retries = Retry(0, read=False)
        managers = [(adapter.proxy_manager_for(proxy), True) for proxy in set(proxies.values())]
        for manager, is_proxied in [(adapter.poolmanager, False), *managers]:
            manager.pool_classes_by_scheme = {
                "http": partial(_new_pool, HTTPConnectionPool, _Connection, reach, is_proxied),
                "https": partial(_new_pool, HTTPSConnectionPool, _TlsConnection, reach, is_proxied),
            }
    return adapter
