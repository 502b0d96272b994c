"""HTTPS with a token: a login call gives it, each message carries it until it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace

from ..errors import OptoamcError
from ..messages import MessageKind
from ..safe_xml import read_xml
from .endpoint import Endpoint, Login
from .faults import error_document
from .https import HttpsTransport
from .members import members
from .plain_call import PlainCall
from .poster import HttpAnswer, Poster

#: A token is renewed this long before it ends: the message must arrive while it holds.
_MARGIN_SECONDS = 30

#: Statuses of a login that is refused, besides 401 and 403 (RFC 6749, 5.2).
_REFUSED = (400, 422)

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
        self._login_call = PlainCall(endpoint.login.path, endpoint.login.template)
        self._lock = threading.Lock()
        self._token = ""
        self._ends = float("inf")
        texts = (endpoint.template, *endpoint.operations.values(), *endpoint.headers.values())
        self._is_bearer = not any("{token}" in text for text in texts)
        if self._is_bearer:
            endpoint = replace(endpoint, headers={**endpoint.headers, **_BEARER})
        super().__init__(endpoint)
        # The login call has none of the headers that name a token.
        self._login_poster = Poster(replace(endpoint, headers={}), endpoint.url)

    def close(self) -> None:
        super().close()
        self._login_poster.close()

    def ping(self) -> str | None:
        self._forget()
        return super().ping()

    def assumed(self) -> list[str]:
        bearer = ["Aucun modèle ni en-tête ne nomme {token} : le jeton part en « Authorization: Bearer »."]
        return super().assumed() + bearer * self._is_bearer

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
            raise OptoamcError("http", f"le jeton a été refusé : {error.detail}").with_response(
                error.http_status, error.body
            ) from error

    def _forget(self) -> None:
        with self._lock:
            self._token = ""

    def _current(self) -> str:
        """The token that holds now; the first thread that finds none logs in for all.

        :raises OptoamcError: ``auth``, the login is refused; ``configuration``, there is no token in the answer;
            ``connection``: the login call failed, nothing left
        """
        with self._lock:
            if not self._token or time.monotonic() > self._ends - _MARGIN_SECONDS:
                self._token = ""
                try:
                    answer = self._log_in()
                except OptoamcError as error:
                    if error.maybe_sent:  # the login may have been, no message was
                        raise OptoamcError("connection", f"appel de connexion : {error}") from error
                    raise
                with answer.being_read():
                    self._token, self._ends = self._read(answer)
            return self._token

    def _log_in(self) -> HttpAnswer:
        return self._login_call.post(self._login_poster, self._endpoint.url, self._endpoint.values)

    def _read(self, answer: HttpAnswer) -> tuple[str, float]:
        """The token in an answer, and the moment of :func:`time.monotonic` when it ends."""
        names = self._login.member, self._login.seconds_member
        if answer.status >= 500:
            raise OptoamcError("connection", f"appel de connexion : HTTP {answer.status}")
        token, seconds = self._members(answer, names)
        if not token:
            raise self._no_token(answer)
        lasts = float(seconds) if seconds.isdecimal() else float("inf")
        return token, time.monotonic() + lasts

    def _no_token(self, answer: HttpAnswer) -> OptoamcError:
        """Why an answer holds no token: a login that is refused says so by its status or by a code."""
        path, name, status = self._login.path, self._login.member, answer.status
        detail = f"l'appel de connexion « {path} » répond HTTP {status} sans « {name} »"
        if status in _REFUSED:
            return OptoamcError("auth", detail)
        other = OptoamcError(
            "configuration",
            f"{detail} : le chemin, l'appel ou le nom du jeton n'est pas le bon, ou l'identifiant est refusé",
        )
        try:
            said = error_document(read_xml(answer.document, self._endpoint.max_bytes), self._endpoint, other)
        except OptoamcError:  # JSON, most often
            return other
        if said.code == "fault":
            return OptoamcError("connection", f"appel de connexion : {said}", said.reference)
        return said if said.code == "auth" else other

    def _members(self, answer: HttpAnswer, names: tuple[str, ...]) -> list[str]:
        try:
            return members(answer.document if answer.status < 400 else b"", names, self._endpoint.max_bytes)
        except OptoamcError:  # a multipart answer that is none
            return [""] * len(names)
