"""Fetching a list: https only, asked for once when it has not changed, bounded in bytes and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ..protocol.errors import OptoamcError
from ..protocol.transport import Endpoint
from ..protocol.transport.poster import check_address, open_session
from ..sheets.sheet import MAX_BYTES
from .errors import DirectoryError

#: Seconds for the whole of one attempt, and how often it is tried: reading a list changes nothing.
TIME_LIMIT, ATTEMPTS, FIRST_PAUSE = 60, 3, 1.0

#: What may go better the next time.
_PASSING = {"unreachable", "timeout", "interrupted"}

_CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Mark:
    """What a server gave to recognise the version of a list by."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> dict[str, str]:
        """The HTTP headers that ask for a newer version alone."""
        wanted = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in wanted.items() if value}


@dataclass(frozen=True, slots=True)
class Download:
    """A list as it came; ``body`` is ``None`` when it is still the one of the mark."""

    body: bytes | None
    mark: Mark


def download(
    endpoint: Endpoint,
    url: str,
    mark: Mark = Mark(),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Download:
    """Fetch a list.

    :param endpoint: gives time to connect, reach, certificate and, on its own host alone, credentials
    :param mark: of the list that is there already
    :param progress: called with the bytes that came and those expected (0: not known)
    :raises DirectoryError: see there
    """
    try:
        check_address(url)
    except OptoamcError as error:
        raise DirectoryError("address") from error
    endpoint = replace(endpoint, read_timeout=TIME_LIMIT)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _attempt(endpoint, url, mark, progress)
        except DirectoryError as error:
            passing = error.code in _PASSING or (error.code == "http" and error.detail.startswith("5"))
            if not passing or attempt == ATTEMPTS:
                raise
            time.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
    raise AssertionError


def _attempt(endpoint: Endpoint, url: str, mark: Mark, progress: Callable[[int, int], None]) -> Download:
    auth = None
    if endpoint.username and urlsplit(endpoint.url).netloc == urlsplit(url).netloc:
        auth = HTTPBasicAuth(endpoint.username.encode(), endpoint.password.encode())
    timeout = endpoint.connect_timeout, endpoint.read_timeout
    try:
        with (
            open_session(endpoint, url) as session,
            session.get(
                url, headers=mark.headers(), auth=auth, timeout=timeout, allow_redirects=False, stream=True
            ) as answer,
        ):
            if answer.status_code == 304 and mark.headers():
                return Download(None, mark)
            _check(answer)
            body = _read(answer, progress)
            return Download(body, Mark(answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")))
    except OptoamcError as error:  # the host leads where it may not
        raise DirectoryError("address") from error
    except requests.exceptions.SSLError as error:
        raise DirectoryError("tls") from error
    except (requests.Timeout, ReadTimeoutError) as error:
        raise DirectoryError("timeout", TIME_LIMIT) from error
    except requests.ConnectionError as error:
        raise DirectoryError("unreachable") from error
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise DirectoryError("interrupted") from error


def _check(answer: requests.Response) -> None:
    if answer.status_code in (401, 403):
        raise DirectoryError("auth", answer.status_code)
    if answer.status_code != 200:
        raise DirectoryError("http", answer.status_code)
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise DirectoryError("compressed")
    if answer.headers.get("Content-Type", "").partition(";")[0].strip() == "text/html":
        raise DirectoryError("web_page")


def _read(answer: requests.Response, progress: Callable[[int, int], None]) -> bytes:
    length = answer.headers.get("Content-Length", "")
    expected = int(length) if length.isdecimal() else 0
    body = bytearray()
    while max(expected, len(body)) <= MAX_BYTES and (chunk := answer.raw.read(_CHUNK)):
        body += chunk
        progress(len(body), expected)
    if max(expected, len(body)) > MAX_BYTES:
        raise DirectoryError("too_large", MAX_BYTES // 2**20)
    if len(body) < expected:
        raise DirectoryError("interrupted")
    return bytes(body)
