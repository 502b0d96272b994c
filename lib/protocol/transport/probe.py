"""« Tester la connexion »: from the platform's address to its credentials, step by step.

Nothing of a patient is sent and nothing is decided: the steps open connections,
and the last one is :meth:`.base.Transport.ping`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import OptoamcError
from . import open_transport
from .base import Transport
from .endpoint import Endpoint
from .reach import AddressInfo

_LIMITS = (
    "Ce que ce test ne prouve pas : aucun message n'est parti. Que la plateforme comprend l'enveloppe et les champs, "
    "et connaît le magasin, la demande d'essai du mode Test le montre."
)


_PORTS = {"https": 443, "http": 80, "sftp": 22}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the diagnosis. ``sentence`` is for the manager, in French."""

    name: str
    ok: bool
    sentence: str


def probe(endpoint: Endpoint) -> list[Step]:
    """The steps, up to and with the first that fails.

    ``configuration`` (address, WSDL and schema are readable), ``dns`` and ``tcp`` (but
    behind a proxy), ``tls`` (for an https address), ``http`` (the platform answers,
    and accepts the credentials as far as that can be told without a message) and
    ``limits`` (what all that does not prove).
    """
    try:
        transport = open_transport(endpoint)
        transport.check()
    except OptoamcError as error:
        return [_refusal("configuration", error)]
    steps = [Step("configuration", True, "L'adresse et les fichiers de la plateforme sont lisibles.")]
    with transport:
        for step in _network_steps(transport, endpoint) if transport.url else ():
            steps.append(step)
            if not step.ok:
                return steps
    return [*steps, Step("limits", True, _LIMITS)] if transport.url else steps


def _network_steps(transport: Transport, endpoint: Endpoint) -> Iterator[Step]:
    parts = urlsplit(transport.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or _PORTS[parts.scheme]
    if parts.scheme == "sftp" or not endpoint.reach.proxies(transport.url):
        try:
            addresses = endpoint.reach.resolve(host, port)
        except OptoamcError as refusal:
            yield _refusal("dns", refusal)
            return
        except OSError:
            yield Step(
                "dns",
                False,
                f"Le nom {host} est introuvable : vérifiez l'adresse et l'accès à Internet.",
            )
            return
        yield Step("dns", True, f"Le nom {host} est connu.")
        yield _connect(host, port, addresses, endpoint.connect_timeout)
    error = _ping(transport)
    if secure:
        ok = Step("tls", True, "La connexion est chiffrée et vérifiée.")
        yield _refusal("tls", error) if error and error.code == "tls" else ok
    yield _refusal("http", error) if error else Step("http", True, "La plateforme répond et accepte la connexion.")


def _connect(host: str, port: int, addresses: list[AddressInfo], timeout: float) -> Step:
    for *_kind, address in addresses:
        try:
            socket.create_connection(address[:2], timeout).close()
        except OSError:
            continue
        return Step("tcp", True, f"{host} répond sur le port {port}.")
    return Step("tcp", False, f"{host} ne répond pas sur le port {port} : plateforme arrêtée ou pare-feu.")


def _ping(transport: Transport) -> OptoamcError | None:
    try:
        transport.ping()
    except OptoamcError as error:
        return error
    return None


def _refusal(name: str, error: OptoamcError) -> Step:
    # The detail is the libraries' and the norm's: for who mends it.
    detail = f" (détail technique : {error.detail})" if error.detail else ""
    return Step(name, False, error.advice + detail)
