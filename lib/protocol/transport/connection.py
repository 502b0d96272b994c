"""Connections that keep a promise: an answer is whole within the read timeout.

A timeout of requests bounds each wait for some bytes, not their sum: a platform
that sends one byte a minute would hold a thread for ever. Here the clock starts
when the message has been sent and every read, of headers or of body, gets only
what is left of it.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.retry import Retry

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


class _Connection(HTTPConnectionPool.ConnectionCls):
    response_class = DeadlineResponse


class _TlsConnection(HTTPSConnectionPool.ConnectionCls):
    response_class = DeadlineResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def harden(adapter: BaseAdapter, proxies: dict[str, str]) -> BaseAdapter:
    """Give an adapter such connections, to the platform and through proxies, and no retry.

    An adapter that is not one of urllib3's (a test's, say) is left as it is.
    """
    if isinstance(adapter, HTTPAdapter):
        adapter.max_retries = Retry(0, read=False)
        managers = [adapter.proxy_manager_for(proxy) for proxy in set(proxies.values())]
        for manager in [adapter.poolmanager, *managers]:
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return adapter
