"""How a message reaches a platform: one interface, three kinds.

::

    with open_transport(endpoint) as transport:
        reply = transport.call(MessageKind.REQUEST, xml, exchange_id="…")

* ``soap``: :mod:`lib.protocol.transport.soap`, from the platform's WSDL;
* ``https``: :mod:`lib.protocol.transport.https`, a POST of the bare XML;
* ``sandbox``: :mod:`lib.protocol.transport.local`, the sandbox insurer in this process.

A transport is opened once a platform and kept: reading a WSDL costs more than a
call. Nothing is fetched but the answer, and nothing is ever sent twice: there
are no retries below this line.
"""

from __future__ import annotations

from .base import Reply, Transport
from .endpoint import Endpoint

__all__ = ["Endpoint", "Reply", "Transport", "open_transport"]


def open_transport(endpoint: Endpoint) -> Transport:
    """The transport to a platform. No network call is made.

    :raises OptoamcError: ``configuration`` when the endpoint cannot work
    """
    # Imported when needed: a shop that never speaks SOAP does not load zeep.
    if endpoint.kind == "soap":
        from .soap import SoapTransport

        return SoapTransport(endpoint)
    if endpoint.kind == "https":
        from .https import HttpsTransport

        return HttpsTransport(endpoint)
    from .local import LocalTransport

    return LocalTransport(endpoint)
