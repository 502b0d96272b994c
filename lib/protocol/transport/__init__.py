"""How a message reaches a platform: one interface, some kinds, and those of other modules.

::

    with open_transport(endpoint) as transport:
        reply = transport.call(MessageKind.REQUEST, xml, exchange_id="…")

* ``soap``: :mod:`lib.protocol.transport.soap`, from the platform's WSDL;
* ``https``: :mod:`lib.protocol.transport.https`, a POST of the bare XML, or of what a template says;
* ``token``: :mod:`lib.protocol.transport.token`, the same with a token that a call of its own gives;
* ``mailbox``: :mod:`lib.protocol.transport.mailbox`, where answers are fetched later, in batches;
* ``sftp``: :mod:`lib.protocol.transport.sftp`, the same with files in two folders;
* ``sandbox``: :mod:`lib.protocol.transport.local`, the sandbox insurer in this process.

A transport is opened once a platform and kept: reading a WSDL costs more than a
call. Nothing is fetched but the answer, and nothing is ever sent twice: there
are no retries below this line. Another module adds a kind of its own by :func:`register`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import OptoamcError
from .base import Reply, Transport
from .endpoint import Box, Endpoint, Login

__all__ = ["Box", "Endpoint", "Login", "Reply", "Transport", "open_transport", "register", "scheme_of"]


def _soap(endpoint: Endpoint) -> Transport:
    from .soap import SoapTransport

    return SoapTransport(endpoint)


def _https(endpoint: Endpoint) -> Transport:
    from .https import HttpsTransport

    return HttpsTransport(endpoint)


def _token(endpoint: Endpoint) -> Transport:
    from .token import TokenTransport

    return TokenTransport(endpoint)


def _mailbox(endpoint: Endpoint) -> Transport:
    from .mailbox import MailboxTransport

    return MailboxTransport(endpoint)


def _sftp(endpoint: Endpoint) -> Transport:
    from .sftp import SftpTransport

    return SftpTransport(endpoint)


def _sandbox(endpoint: Endpoint) -> Transport:
    from .local import LocalTransport

    return LocalTransport(endpoint)


# Imported when needed: a shop that never speaks SOAP does not load zeep, nor paramiko who has no drop-box.
_KINDS: dict[str, Callable[[Endpoint], Transport]] = {
    "soap": _soap,
    "https": _https,
    "token": _token,
    "mailbox": _mailbox,
    "sftp": _sftp,
    "sandbox": _sandbox,
}


#: What the address of a kind begins with, where it is not https.
_SCHEMES = {"sftp": "sftp"}


def register(kind: str, opener: Callable[[Endpoint], Transport], scheme: str = "https") -> None:
    """Make a kind of transport known; to be called when another module is imported.

    :param kind: what :attr:`Endpoint.kind` names it by
    :param opener: gives the transport to an endpoint, without calling the network
    :param scheme: what its addresses begin with; it must encrypt
    :raises ValueError: the name is taken by another opener
    """
    if _KINDS.setdefault(kind, opener) is not opener:
        raise ValueError(f"there is already a transport {kind!r}")
    _SCHEMES[kind] = scheme


def scheme_of(kind: str) -> str:
    """What the addresses of a kind of transport begin with."""
    return _SCHEMES.get(kind, "https")


def open_transport(endpoint: Endpoint) -> Transport:
    """The transport to a platform. No network call is made.

    :raises OptoamcError: ``configuration`` when the endpoint cannot work
    """
    if endpoint.kind not in _KINDS:
        raise OptoamcError("configuration", f"type de transport inconnu : {endpoint.kind!r}")
    return _KINDS[endpoint.kind](endpoint)
