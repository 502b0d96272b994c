"""Mutual TLS with a certificate that lies in memory."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from ..errors import OptoamcError
from .connection import POOL_SIZE


class CertificateAdapter(HTTPAdapter):
    """Presents a client certificate, given as PEM bytes, to the platform.

    The context is made once, here: no record and no file is read while a call is
    under way. (Odoo's own adapter of the same name reads the certificate's record
    in the thread of the call, swaps the TLS library of the whole process and
    relies on a hook that requests no longer calls since 2.32.)

    :param certificate: the certificate and, after it, the chain to its authority
    :param key: its private key
    :param password: of the private key, when it is encrypted
    :raises OptoamcError: ``configuration`` when they do not fit together
    """

    def __init__(self, certificate: bytes, key: bytes, password: str | None = None) -> None:
        self._context = create_urllib3_context()
        # The ssl module loads a chain from files only.
        with tempfile.TemporaryDirectory() as folder:
            files = Path(folder, "certificate.pem"), Path(folder, "key.pem")
            files[0].write_bytes(certificate)
            files[1].write_bytes(key)
            try:
                # A password is always given: without one OpenSSL would ask at the terminal.
                self._context.load_cert_chain(*files, password=password or "")
            except (ssl.SSLError, ValueError) as error:
                detail = "le certificat du magasin et sa clé ne sont pas lisibles"
                raise OptoamcError("configuration", detail) from error
        super().__init__(pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, ssl_context=self._context, **kwargs)
