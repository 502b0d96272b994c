"""« Tester la connexion »: from the platform's address to its credentials, step by step.

Nothing of a patient is sent and nothing is decided: the steps open connections,
and the last one is :meth:`.base.Transport.ping`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ..errors import OptoamcError
from . import open_transport
from .base import Transport
from .endpoint import Endpoint
from .probe_words import verdict
from .reach import AddressInfo

_LIMITS = (
    "Ce que ce test ne prouve pas : aucun message n'est parti. Que la plateforme comprend l'enveloppe et les champs, "
    "et connaît le magasin, la demande d'essai du mode Test le montre."
)

#: In demonstration: a tick that promises nothing of a platform.
_SIMULATED = "Démonstration : un organisme simulé répond ici même ; aucune adresse n'est appelée."

_PORTS = {"https": 443, "http": 80, "sftp": 22}

#: Steps that say what is not proved, whatever the platform does.
NOTES = ("assumed", "limits")

_MARKS = {True: "✓", False: "✗", None: "–"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the diagnosis. ``sentence`` is for the manager, in French.

    :param ok: whether it went well; ``None``: nothing is proved, either way
    """

    name: str
    ok: bool | None
    sentence: str

    @property
    def line(self) -> str:
        """The step as it is shown: only what is proved is ticked."""
        return f"{_MARKS[self.ok]} {self.sentence}"


def is_passed(steps: list[Step]) -> bool:
    """Whether all that can be tried was proved."""
    return all(step.ok for step in steps if step.name not in NOTES)


def probe(endpoint: Endpoint) -> list[Step]:
    """The steps, up to and with the first that fails.

    ``configuration`` (address, WSDL and schema are readable; alone where the platform is
    simulated), ``dns`` and ``tcp`` (but behind a proxy), ``tls`` (for an https address),
    ``http`` (the platform answers, and accepts the credentials as far as that can be told
    without a message), ``assumed`` (what nobody typed) and ``limits`` (what all that does
    not prove).
    """
    try:
        transport = open_transport(endpoint)
        transport.check()
    except OptoamcError as error:
        return [Step("configuration", *verdict(error))]
    if not transport.url:
        return [Step("configuration", True, _SIMULATED)]
    steps = [Step("configuration", True, "L'adresse et les fichiers de la plateforme sont lisibles.")]
    with transport:
        for step in _network_steps(transport, endpoint):
            steps.append(step)
            if step.ok is False:
                return steps
    assumed = [Step("assumed", None, sentence) for sentence in transport.assumed()]
    return [*steps, *assumed, Step("limits", None, _LIMITS)]


def _network_steps(transport: Transport, endpoint: Endpoint) -> Iterator[Step]:
    parts = urlsplit(transport.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or _PORTS[parts.scheme]
    if parts.scheme == "sftp" or not endpoint.reach.proxies(transport.url):
        try:
            addresses = endpoint.reach.resolve(host, port)
        except OptoamcError as refusal:
            yield Step("dns", *verdict(refusal))
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
    found = _ping(transport)
    if secure and found.name == "tls":
        yield found
        return
    # A connection that failed before anybody answered proves nothing of its encryption.
    if secure and found.name != "before":
        yield Step("tls", True, "La connexion est chiffrée et vérifiée.")
    yield replace(found, name="http")


def _connect(host: str, port: int, addresses: list[AddressInfo], timeout: float) -> Step:
    for *_kind, address in addresses:
        try:
            socket.create_connection(address[:2], timeout).close()
        except OSError:
            continue
        return Step("tcp", True, f"{host} répond sur le port {port}.")
    return Step("tcp", False, f"{host} ne répond pas sur le port {port} : plateforme arrêtée ou pare-feu.")


def _ping(transport: Transport) -> Step:
    """What the platform's answer proves; named ``before`` when there was none, ``tls`` when that is why."""
    try:
        proof = transport.ping()
    except OptoamcError as error:
        is_before = not (error.http_status or error.maybe_sent)
        return Step("tls" if error.code == "tls" else "before" if is_before else "http", *verdict(error))
    return Step("http", True, proof or "La plateforme répond et accepte la connexion.")
