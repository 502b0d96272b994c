"""Posting a message over HTTP, and telling exactly what went wrong.

The question that decides what a shop may do next is whether the message may have
reached the platform. The libraries' exceptions do not answer it: requests'
``ConnectionError`` is raised before, while and after sending. So the body tells:
it is handed over as a stream (:class:`_Message`), which the HTTP client begins to
read only once it is connected, the TLS handshake is done and the headers are
written. Nobody read it: nothing left. Somebody did: the message may have arrived.

A connection kept open that the platform closes at that very moment is the doubtful
case: the message was read from us, most likely nobody received it, and it counts
as maybe sent (``connection_lost``): the request is then asked about, never resent.
"""

from __future__ import annotations

import gzip
import io
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ..errors import OptoamcError
from . import template
from .connection import POOL_SIZE, harden
from .content import document, inflated
from .endpoint import Endpoint, has_controls
from .reach import is_loopback

_CHUNK = 2**16

#: What OpenSSL says when the platform refuses our certificate (or that we have none). With
#: TLS 1.3 it is heard after the sending, though nobody read what was sent.
_CERTIFICATE_ALERTS = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "UNSUPPORTED_CERTIFICATE",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_UNKNOWN",
    "UNKNOWN_CA",
    "ACCESS_DENIED",
)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status and body of an HTTP answer, whole and within the bounds; ``content_type`` is its header.

    :param retry_after: seconds that the platform wants to be left alone, when it says so
    """

    status: int
    body: bytes
    content_type: str = ""
    retry_after: float | None = None

    @property
    def document(self) -> bytes:
        """The XML document in the body.

        :raises OptoamcError: see :func:`.content.document`
        """
        return document(self.body, self.content_type)

    @contextmanager
    def being_read(self) -> Iterator[None]:
        """Errors met in reading the answer carry it."""
        try:
            yield
        except OptoamcError as error:
            raise error.with_response(self.status, self.body, self.retry_after)  # noqa: B904 - the same error


class _Message(io.BytesIO):
    """A body that knows whether the HTTP client has begun to send it."""

    leaving = False

    def read(self, size: int | None = -1) -> bytes:
        self.leaving = True
        return super().read(size)


class Poster:
    """Posts to one address, from any number of threads.

    :param basic: whether the endpoint's credentials go as basic authentication
    :raises OptoamcError: ``configuration`` for an address that cannot be used
    """

    def __init__(self, endpoint: Endpoint, url: str, *, basic: bool = False) -> None:
        self.host = check_address(url)
        self._timeout = endpoint.connect_timeout, endpoint.read_timeout
        self._max_bytes = endpoint.max_bytes
        self._session = open_session(endpoint, url)
        self._auth = None
        self._is_gzip = endpoint.is_gzip
        self._values = endpoint.values
        self._headers = {_header_name(name): template.header(text) for name, text in endpoint.headers.items()}
        if basic and endpoint.username:
            self._auth = HTTPBasicAuth(endpoint.username.encode(), endpoint.password.encode())

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], values: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        """Post once; neither redirects nor authentication challenges are followed.

        :param values: what the endpoint's headers may name besides its own values
        :raises OptoamcError: ``connection``, ``timeout_before_send``, ``tls``, ``auth``,
            ``timeout_after_send``, ``connection_lost``, ``forbidden_address``, ``http`` (a redirect),
            ``too_large``, ``not_xml`` (an answer whose compression is not gzip), ``configuration``
        """
        own = {**self._values, **(values or {})}
        sent = {"Accept-Encoding": "gzip", **headers, **{k: v.render(own) for k, v in self._headers.items()}}
        if self._is_gzip:
            body, sent["Content-Encoding"] = gzip.compress(body, mtime=0), "gzip"
        message = _Message(body)
        status, received, wait = 0, bytearray(), None
        try:
            with self._session.post(
                url,
                data=message if body else None,  # an empty stream would be sent in chunks
                headers=sent,
                auth=self._auth,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                status, wait = response.status_code, _retry_after(response)
                if refusal := _refusal(response):
                    with suppress(OptoamcError, HTTPError, OSError):
                        self._read(response, received)
                    raise refusal
                self._read(response, received)
                received[:] = inflated(bytes(received), response.headers.get("Content-Encoding", ""), self._max_bytes)
                return HttpAnswer(status, bytes(received), response.headers.get("Content-Type", ""), wait)
        except OptoamcError as error:
            raise error.with_response(status, bytes(received), wait)  # noqa: B904 - the same error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            # Of an empty body nothing is read; who answers has received it.
            raise _typed(error, message.leaving or status != 0).with_response(status, bytes(received), wait) from error

    def close(self) -> None:
        self._session.close()

    def _read(self, response: requests.Response, body: bytearray) -> None:
        """Put the answer into ``body``, as it came."""
        length = response.headers.get("Content-Length", "")
        expected = int(length) if length.isdecimal() else 0
        while expected <= self._max_bytes and (chunk := response.raw.read(_CHUNK)):
            body += chunk
            expected = max(expected, len(body))
        if expected > self._max_bytes:
            raise OptoamcError("too_large", f"plus de {self._max_bytes} octets")
        if len(body) < expected:  # urllib3 1 does not tell
            raise OptoamcError("connection_lost", f"{len(body)} octets reçus sur {expected}")


#: Headers that HTTP itself writes.
_TAKEN = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "content-encoding", "accept-encoding"}
)


def _header_name(name: str) -> str:
    """A header's name.

    :raises OptoamcError: ``configuration``, no name, or one of HTTP's own
    """
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or name.lower() in _TAKEN:
        raise OptoamcError("configuration", f"« {name} » n'est pas un en-tête que l'on peut donner")
    return name


def check_address(url: str, scheme: str = "https") -> str:
    """The host and port of an address that health data may be sent to.

    :param scheme: the one that encrypts; ``http`` is fit on this machine, for ``https`` alone
    :raises OptoamcError: ``configuration`` when there is no such host, when the address
        carries credentials, or when it is not ``https`` and leaves this machine
    """
    # Python drops tabs and line ends before it reads an address: nobody typed what it would call.
    if has_controls(url) or " " in url:
        raise OptoamcError("configuration", "espace ou caractère de contrôle dans l'adresse")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OptoamcError("configuration", "adresse illisible") from error
    if parts.scheme not in (("http", "https") if scheme == "https" else (scheme,)) or not parts.hostname:
        raise OptoamcError("configuration", f"ce n'est pas une adresse en {scheme}://")
    if parts.username or parts.password:
        raise OptoamcError("configuration", "un identifiant ou un mot de passe n'a pas sa place dans l'adresse")
    if parts.scheme == "http" and not is_loopback(url):
        raise OptoamcError("configuration", f"{parts.hostname} doit être joint en https")
    return f"{parts.hostname}:{port}" if port else parts.hostname


def open_session(endpoint: Endpoint, url: str) -> requests.Session:
    """A session with the endpoint's certificate, without retries, whose answers are whole in time.

    It connects to no machine beyond the endpoint's reach.
    """
    session = requests.Session()
    # Proxies are read once; nothing else of the environment (.netrc, CA bundles) counts.
    session.trust_env = False
    session.proxies = endpoint.reach.proxies(url)
    session.verify = endpoint.verify
    session.headers.clear()
    session.headers.update({"User-Agent": "l10n_fr_optoamc", "Accept-Encoding": "identity"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = endpoint.adapter or requests.adapters.HTTPAdapter(pool_maxsize=POOL_SIZE)
    harden(adapter, session.proxies, endpoint.reach)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session


def _refusal(response: requests.Response) -> OptoamcError | None:
    """The error of the statuses that say everything, whatever the body."""
    if response.status_code in (401, 403):
        return OptoamcError("auth", f"HTTP {response.status_code}")
    if response.is_redirect:
        return OptoamcError("http", f"HTTP {response.status_code} : le service a changé d'adresse")
    return None


def _retry_after(response: requests.Response) -> float | None:
    """Seconds that an overloaded platform wants to be left alone (RFC 9110, 10.2.3); ``None`` without a word."""
    said = response.headers.get("Retry-After", "").strip()
    if response.status_code not in (429, 503) or not said:
        return None
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    return max(moment.timestamp() - time.time(), 0.0)


def _typed(error: Exception, leaving: bool) -> OptoamcError:
    """The error of a failed post; ``leaving`` is whether the message may have been sent."""
    causes = list(_causes(error))
    detail = type(causes[-1]).__name__
    if leaving:
        if any(isinstance(cause, ssl.SSLError) and _is_refusal(cause) for cause in causes):
            return OptoamcError("tls", "la plateforme refuse notre certificat")
        if isinstance(error, (requests.Timeout, ReadTimeoutError)):
            return OptoamcError("timeout_after_send", detail)
        return OptoamcError("connection_lost", detail)
    if isinstance(error, requests.Timeout):
        return OptoamcError("timeout_before_send", detail)
    if isinstance(error, requests.exceptions.SSLError):
        return OptoamcError("tls", _tls_reason(causes))
    if isinstance(error, requests.ConnectionError):
        return OptoamcError("connection", detail)
    return OptoamcError("configuration", f"l'adresse ou un fichier de certificat : {detail}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it was made of, the first cause last."""
    seen: set[int] = set()
    todo: list[object] = [error]
    while todo:
        item = todo.pop()
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            todo += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]


def _is_refusal(error: ssl.SSLError) -> bool:
    return (error.reason or "").endswith(_CERTIFICATE_ALERTS)


def _tls_reason(causes: list[BaseException]) -> str:
    reasons = (cause for cause in causes if isinstance(cause, ssl.SSLError))
    return next((getattr(one, "verify_message", "") or one.reason or type(one).__name__ for one in reasons), "")
