"""SFTP: a drop-box of two folders, one that messages are put into, one that answers are taken from.

The address is ``sftp://host/folder``, the folder that messages are put into. Each is written under another name first,
so that nobody reads half of it, and named after what is in it: put again, it is the same file. An answer is removed
when it is acknowledged. The server is known by its key's fingerprint, compared before anything is said to it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import posixpath
import socket
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives import serialization

from ..errors import OptoamcError
from ..messages import MessageKind
from ..safe_xml import read_xml
from . import template
from .batch import Item, message_or_error
from .endpoint import Endpoint
from .mailbox import Mailbox, box_of
from .opening import message_in
from .poster import check_address

#: Answers taken in one go.
MAX_FILES = 50

_PORT = 22
_UNFINISHED = (".part", ".tmp", ".filepart")


def library() -> Any:
    """The module paramiko, which a shop without a drop-box need not have.

    :raises OptoamcError: ``configuration``, with how it is installed
    """
    try:
        import paramiko
    except ImportError as error:
        hint = "SFTP demande la bibliothèque Python paramiko : apt install python3-paramiko, ou pip install paramiko"
        raise OptoamcError("configuration", hint) from error
    return paramiko


class SftpTransport(Mailbox):
    """Puts files and takes files; each time over a connection of its own.

    :raises OptoamcError: ``configuration``: no library, no fingerprint of the server's key, no folder
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._library = library()
        super().__init__(check_address(endpoint.url, "sftp"), endpoint.url)
        self._endpoint = endpoint
        self._box = box_of(endpoint)
        self._template = template.body(endpoint.template) if endpoint.template else None
        if not endpoint.host_keys:
            raise OptoamcError("configuration", "l'empreinte de la clé du serveur SFTP n'est pas saisie")
        self._key = _own_key(self._library, endpoint) if endpoint.private_key else None
        parts = urlsplit(endpoint.url)
        self._name, self._port = parts.hostname or "", parts.port or _PORT
        self._folder = unquote(parts.path) or "."

    def ping(self) -> str:
        """Log in, and look at both folders."""
        with self._session() as sftp:
            for folder in (self._folder, self._box.fetch):
                self._stat(sftp, folder)
        return "Le serveur accepte l'identifiant, et les deux dossiers se lisent ; aucun fichier n'a été déposé."

    def close(self) -> None:
        """Nothing is kept open."""

    def preview(self, kind: MessageKind, xml: bytes) -> tuple[str, bytes]:
        """The file of a message, and what is in it."""
        # What is in it says how it is called: an identifier may hold what a file's name may not.
        name = f"{kind.value}-{hashlib.sha256(xml).hexdigest()[:32]}"
        return posixpath.join(self._folder, f"{name}.xml"), self._wrapped(kind, xml)

    def _deposit(self, kind: MessageKind, xml: bytes, exchange_id: str) -> tuple[tuple[bytes, str], int]:
        path, content = self.preview(kind, xml)
        with self._session() as sftp, _leaving():
            with sftp.open(f"{path}.part", "wb") as file:
                file.write(content)
            sftp.posix_rename(f"{path}.part", path)
        return (b"", posixpath.splitext(posixpath.basename(path))[0]), 200

    def _fetch(self) -> tuple[list[Item], int]:
        with self._session() as sftp:
            entries = sorted(self._listed(sftp), key=lambda entry: (entry.st_mtime or 0, entry.filename))
            return [self._item(sftp, entry) for entry in entries[:MAX_FILES]], 200

    def _acknowledge(self, receipts: Iterable[str]) -> None:
        with self._session() as sftp:
            for name in receipts:
                with suppress(FileNotFoundError):
                    sftp.remove(posixpath.join(self._box.fetch, name))

    def _wrapped(self, kind: MessageKind, xml: bytes) -> bytes:
        if self._template is None:
            return xml
        values = {**self._endpoint.values, "operation": self._endpoint.operation(kind)}
        return template.document(self._template.render(values, xml), template.encoding_of(xml))

    def _listed(self, sftp: Any) -> Iterator[Any]:
        """The files that are whole, by their names and by what they are."""
        for entry in sftp.listdir_iter(self._box.fetch):
            name, mode = entry.filename, entry.st_mode
            is_file = mode is None or stat.S_ISREG(mode)
            if is_file and "/" not in name and not name.startswith(".") and not name.endswith(_UNFINISHED):
                yield entry

    def _item(self, sftp: Any, entry: Any) -> Item:
        """An answer; its file may be called after the question's."""
        name, most = entry.filename, self._endpoint.max_bytes
        ticket = posixpath.splitext(name)[0]
        with sftp.open(posixpath.join(self._box.fetch, name), "rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            # It stays there: what is not read whole is not stored.
            return Item(ticket, "", b"", OptoamcError("too_large", f"{name} : plus de {most} octets"))
        try:
            document = message_in(
                read_xml(content, most), self._endpoint, OptoamcError("schema", "aucun message dans le fichier")
            )
        except OptoamcError as error:
            return Item(ticket, name, content, error)
        return Item(ticket, name, document, message_or_error(document, self._endpoint))

    @staticmethod
    def _stat(sftp: Any, folder: str) -> None:
        try:
            sftp.stat(folder)
        except OSError as error:
            raise OptoamcError("configuration", f"le dossier {folder} n'est pas lisible") from error

    # -- the connection -----------------------------------------------------------------------

    @contextmanager
    def _session(self) -> Iterator[Any]:
        """A session with the server, which ends in time whatever the server does.

        :raises OptoamcError: ``connection``, ``timeout_before_send``, ``tls`` (another key), ``auth``,
            ``forbidden_address``
        """
        link = self._library.Transport(self._connected())
        watch = threading.Timer(self._endpoint.read_timeout, link.close)
        watch.daemon = True
        watch.start()
        try:
            with self._typed():
                link.start_client(timeout=self._endpoint.connect_timeout)
                self._check_key(link.get_remote_server_key())
                self._log_in(link)
                sftp = self._library.SFTPClient.from_transport(link)
                sftp.get_channel().settimeout(self._endpoint.read_timeout)
                yield sftp
        finally:
            watch.cancel()
            link.close()

    def _connected(self) -> socket.socket:
        """A socket to an address of the server that was judged: see :mod:`.reach`."""
        failure: OSError = OSError("no address")
        try:
            found = self._endpoint.reach.resolve(self._name, self._port)
        except OSError as error:
            raise OptoamcError("connection", type(error).__name__) from error
        for *_kind, address in found:
            try:
                return socket.create_connection(address[:2], self._endpoint.connect_timeout)
            except OSError as error:
                failure = error
        code = "timeout_before_send" if isinstance(failure, TimeoutError) else "connection"
        raise OptoamcError(code, type(failure).__name__) from failure

    def _check_key(self, key: Any) -> None:
        """:raises OptoamcError: ``tls``: it is another server than the one whose key was typed"""
        digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
        if f"SHA256:{digest}" not in self._endpoint.host_keys:
            raise OptoamcError("tls", f"le serveur présente une autre clé : SHA256:{digest}")

    def _log_in(self, link: Any) -> None:
        if self._key is not None:
            link.auth_publickey(self._endpoint.username, self._key)
        else:
            link.auth_password(self._endpoint.username, self._endpoint.password)

    @contextmanager
    def _typed(self) -> Iterator[None]:
        """Errors before a message leaves, or where none does."""
        try:
            yield
        except OptoamcError:
            raise
        except self._library.AuthenticationException as error:
            raise OptoamcError("auth", type(error).__name__) from error
        except (self._library.SSHException, EOFError, OSError, ValueError) as error:
            raise OptoamcError("connection", type(error).__name__) from error


@contextmanager
def _leaving() -> Iterator[None]:
    """Whatever goes wrong while a message is put there, it may be there."""
    try:
        yield
    except PermissionError as error:
        raise OptoamcError("rejected", "le serveur refuse le dépôt dans ce dossier") from error
    except Exception as error:
        raise OptoamcError("connection_lost", type(error).__name__) from error


def _own_key(paramiko: Any, endpoint: Endpoint) -> Any:
    """The shop's key as the library wants it, from any PEM.

    :raises OptoamcError: ``configuration``
    """
    try:
        key = serialization.load_pem_private_key(endpoint.private_key, endpoint.key_password.encode() or None)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        ).decode()
        for kind in (paramiko.RSAKey, paramiko.ECDSAKey, paramiko.Ed25519Key):
            with suppress(paramiko.SSHException, ValueError):
                return kind.from_private_key(io.StringIO(text))
    except (TypeError, ValueError) as error:
        raise OptoamcError("configuration", "la clé privée du certificat n'est pas lisible") from error
    raise OptoamcError("configuration", "la clé privée du certificat n'est d'aucun type que SFTP emploie")
