"""HTTPS with a token: a login call gives it, each message carries it until it ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from ..errors import OptoamcError
from ..messages import MessageKind
from ..safe_xml import read_xml
from . import template
from .endpoint import Endpoint, Login
from .https import FORM, HttpsTransport
from .poster import HttpAnswer, Poster

#: A token is renewed this long before it ends: the message must arrive while it holds.
_MARGIN_SECONDS = 30

_BEARER = {"Authorization": "Bearer {token}"}


class TokenTransport(HttpsTransport):
    """Logs in by the endpoint's :class:`.endpoint.Login` and names the token ``{token}``.

    It goes as ``Authorization: Bearer`` unless a template, a path or a header says where. Nothing is sent again
    by itself: a message whose token is refused may have been taken, and is asked about with another token.

    :raises OptoamcError: ``configuration`` without a login call
    """

    is_basic = False

    def __init__(self, endpoint: Endpoint) -> None:
        if endpoint.login is None:
            raise OptoamcError("configuration", "l'appel de connexion qui donne le jeton n'est pas décrit")
        self._login: Login = endpoint.login
        self._login_body = template.login(endpoint.login.template)
        self._lock = threading.Lock()
        self._token = ""
        self._ends = float("inf")
        texts = (endpoint.template, *endpoint.operations.values(), *endpoint.headers.values())
        if not any("{token}" in text for text in texts):
            endpoint = replace(endpoint, headers={**endpoint.headers, **_BEARER})
        super().__init__(endpoint)
        # The login call has none of the headers that name a token.
        self._login_poster = Poster(replace(endpoint, headers={}), endpoint.url)

    def close(self) -> None:
        super().close()
        self._login_poster.close()

    def ping(self) -> None:
        self._forget()
        super().ping()

    def _values(self) -> Mapping[str, str]:
        return {**super()._values(), "token": self._current()}

    def _exchange(self, kind: MessageKind, xml: bytes) -> tuple[bytes, int]:
        self._current()  # its own errors are not the message's
        try:
            return super()._exchange(kind, xml)
        except OptoamcError as error:
            if error.code != "auth":
                raise
            self._forget()
            # The body had left when the token was refused: whether it was taken, only a question tells.
            raise OptoamcError("http", f"the token was refused: {error.detail}").with_response(
                error.http_status, error.body
            ) from error

    def _forget(self) -> None:
        with self._lock:
            self._token = ""

    def _current(self) -> str:
        """The token that holds now; the first thread that finds none logs in for all.

        :raises OptoamcError: ``auth``: no token was given; ``connection``: the login call failed, nothing left
        """
        with self._lock:
            if not self._token or time.monotonic() > self._ends - _MARGIN_SECONDS:
                self._token = ""
                try:
                    answer = self._log_in()
                except OptoamcError as error:
                    if error.maybe_sent:  # the login may have been, no message was
                        raise OptoamcError("connection", f"login: {error}") from error
                    raise
                self._token, self._ends = self._read(answer)
            return self._token

    def _log_in(self) -> HttpAnswer:
        url = f"{self._endpoint.url.rstrip('/')}/{template.path(self._login.path).render(self._endpoint.values)}"
        body = self._login_body.render(self._endpoint.values).encode()
        headers = {"Content-Type": "application/xml"} if template.is_xml(self._login.template) else FORM
        return self._login_poster.post(url, body, headers)

    def _read(self, answer: HttpAnswer) -> tuple[str, float]:
        """The token in an answer, and the moment of :func:`time.monotonic` when it ends."""
        names = self._login.member, self._login.seconds_member
        if answer.status >= 500:
            raise OptoamcError("connection", f"login: HTTP {answer.status}")
        token, seconds = _members(answer, names, self._endpoint.max_bytes) if answer.status < 400 else ("", "")
        if not token:
            raise OptoamcError("auth", f"HTTP {answer.status}, sans {self._login.member}")
        lasts = float(seconds) if seconds.isdecimal() else float("inf")
        return token, time.monotonic() + lasts


def _members(answer: HttpAnswer, names: tuple[str, ...], max_bytes: int) -> list[str]:
    """The texts of some members of a JSON object, or of some elements of XML; empty where there is none."""
    try:
        document = answer.document
        if document.lstrip().startswith(b"<"):
            root = read_xml(document, max_bytes)
            found: dict[str, Any] = {etree.QName(part).localname: part.text for part in reversed([*root.iter("*")])}
        else:
            found = json.loads(document)
            found = found if isinstance(found, dict) else {}
    except (OptoamcError, ValueError, RecursionError):
        return [""] * len(names)
    values = (found.get(name) for name in names)
    return [str(value).strip() if isinstance(value, (str, int)) else "" for value in values]
