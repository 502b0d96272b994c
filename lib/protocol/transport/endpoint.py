"""Where a platform is and how to speak with it, as one plain value."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from requests.adapters import BaseAdapter

from ..dialect import Dialect
from ..errors import OptoamcError
from ..messages import MessageKind
from ..safe_xml import MAX_BYTES
from .reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The call that a token is obtained by.

    :param path: below the endpoint's ``url``
    :param template: its body, a web form or XML, with places; empty: OAuth 2's client credentials
    :param member: the JSON member or XML element of the answer that holds the token
    :param seconds_member: the one that says how long it holds
    """

    path: str
    template: str = "grant_type=client_credentials&client_id={login}&client_secret={password}"
    member: str = "access_token"
    seconds_member: str = "expires_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where answers that come later are fetched, and how they are acknowledged.

    :param fetch: path below the endpoint's ``url`` (HTTPS), or folder of the answers (SFTP)
    :param fetch_template: body of the call that fetches, a web form or XML, with places
    :param acknowledge: path of the call that says that an answer is stored; empty: the platform hands out each once
    :param acknowledge_template: its body, which names ``{receipt}``
    :param ticket: name of the element, attribute or JSON member that holds a question's ticket; empty: answers are
        known by the identifier that they repeat
    :param receipt: name of what an answer, or a whole batch, is acknowledged by; empty: the ticket
    :param nothing: a text by which a document in a batch's place says that no answer waits
    """

    fetch: str
    fetch_template: str = ""
    acknowledge: str = ""
    acknowledge_template: str = ""
    ticket: str = ""
    receipt: str = ""
    nothing: str = ""


def has_controls(text: str) -> bool:
    r"""Whether a text holds what ends a line or a header, or what no screen shows.

    >>> has_controls("https://platform.example/\r\nX-Forged: 1"), has_controls("Opticien Dépôt")
    (True, False)
    """
    return any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A platform's address, files and credentials. Its ``repr`` shows no secret.

    :param kind: ``soap``, ``https``, ``token``, ``mailbox``, ``sftp`` or ``sandbox`` (in process), or one that
        :func:`lib.protocol.transport.register` was told of
    :param url: address of the service; for SOAP it replaces the WSDL's when given;
        for the sandbox, the file of its ledger (empty: one ledger in memory a process)
    :param wsdl: name of the WSDL in ``files`` (SOAP)
    :param files: the platform's WSDL, XSD (and, for the sandbox, ``rules.json``), by
        file name; nothing is ever read from elsewhere
    :param dialect: what the sandbox in this process speaks; ``None``: the dialect ``open``
    :param operations: a message's operation name (SOAP; the message's own name when
        absent) or path below ``url`` (HTTPS; the same default), which may have places
    :param username: with ``password``: a WS-Security token (SOAP) or basic
        authentication (HTTPS), unless a template says where they go
    :param key: another secret that templates may name
    :param template: what stands around a message (:mod:`.template`); empty: what the WSDL
        says (SOAP), nothing (HTTPS)
    :param headers: HTTP headers besides the usual ones, with places in their values
    :param login: the call that a ``token`` is obtained by (:class:`.token.Login`)
    :param box: where answers are fetched that come later (``mailbox``, ``sftp``)
    :param host_keys: SHA-256 fingerprints of the server's keys (``sftp``), as ``ssh-keygen -l`` writes them
    :param private_key: PEM of the shop's own key (``sftp``), encrypted by ``key_password`` if it is; without one,
        the password
    :param is_digest: whether the WS-Security token has the password's digest in its place
    :param is_gzip: whether messages leave compressed (``Content-Encoding: gzip``)
    :param settings: what a kind of one's own needs besides, plain values
    :param roots: the platform's messages and the names of their elements, as lxml writes them:
        an answer is found by its own, however the platform wraps it (SOAP); without them it is
        wrapped as the question is
    :param connect_timeout: seconds to reach the platform
    :param read_timeout: seconds between the end of the sending and the last byte of
        the answer, whatever the platform does in between
    :param max_bytes: the largest answer that is read
    :param verify: path of a bundle of authorities, or ``True`` for the usual ones
    :param adapter: an adapter of requests to reach the platform through, such as
        :class:`lib.protocol.transport.certificates.CertificateAdapter` for mutual TLS
    :param reach: the machines that the address may lead to; by default those of the Internet
    :param fault_codes: the platform's own fault codes to codes of
        :data:`lib.protocol.errors.ERRORS`; they come before the usual ones
        (:data:`lib.protocol.transport.faults.FAULT_CODES`)
    """

    kind: str
    url: str = ""
    wsdl: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    dialect: Dialect | None = field(default=None, repr=False)
    operations: Mapping[MessageKind, str] = field(default_factory=dict)
    roots: Mapping[MessageKind, str] = field(default_factory=dict)
    username: str = ""
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    template: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    login: Login | None = None
    box: Box | None = None
    host_keys: frozenset[str] = frozenset()
    private_key: bytes = field(default=b"", repr=False)
    key_password: str = field(default="", repr=False)
    is_digest: bool = False
    is_gzip: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    connect_timeout: float = 5.0
    read_timeout: float = 90.0
    max_bytes: int = MAX_BYTES
    verify: str | Literal[True] = True
    adapter: BaseAdapter | None = field(default=None, repr=False)
    reach: Reach = field(default_factory=Reach)
    fault_codes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.verify:
            raise OptoamcError("configuration", "les certificats doivent être vérifiés")
        # They become the request's line and headers (SOAPAction, the path, the credentials).
        if any(map(has_controls, (self.url, self.wsdl, self.username, self.password, *self.operations.values()))):
            raise OptoamcError("configuration", "caractère de contrôle dans l'adresse, l'identifiant ou une opération")

    def operation(self, kind: MessageKind) -> str:
        """The operation's name, or the path, of a message."""
        return self.operations.get(kind, kind.value)

    @property
    def values(self) -> dict[str, str]:
        """What templates may name."""
        return {"login": self.username, "password": self.password, "key": self.key}
