"""A real SFTP server on this machine: a folder, one key, one login."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import paramiko


class _Login(paramiko.ServerInterface):
    def __init__(self, server: SftpServer) -> None:
        self._server = server

    def check_auth_password(self, username: str, password: str) -> int:
        known = (username, password) == (self._server.user, self._server.password)
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: Any) -> int:
        known = username == self._server.user and key == self._server.client_key
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Files(paramiko.SFTPServerInterface):
    """Files below the server's folder."""

    def __init__(self, login: _Login, *args: Any, **kwargs: Any) -> None:
        self._owner = login._server
        super().__init__(login, *args, **kwargs)

    def _path(self, path: str) -> str:
        return f"{self._owner.folder}{self.canonicalize(path)}"

    def list_folder(self, path: str) -> Any:
        self._owner.calls.append("list")
        try:
            return [self._attributes(Path(self._path(path), name)) for name in os.listdir(self._path(path))]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path: str) -> Any:
        try:
            return self._attributes(Path(self._path(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    @staticmethod
    def _attributes(path: Path) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.stat(path), path.name)

    def open(self, path: str, flags: int, attr: Any) -> Any:
        if flags & os.O_WRONLY and not self._owner.takes:
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            file = os.fdopen(os.open(self._path(path), flags, 0o600), "wb" if flags & os.O_WRONLY else "rb")
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = handle.writefile = file
        return handle

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        os.replace(self._path(oldpath), self._path(newpath))
        if self._owner.put(Path(self._path(newpath))):
            return paramiko.SFTP_OK
        self._owner.links[-1].close()  # the line breaks before the server says that it is done
        return paramiko.SFTP_FAILURE

    def remove(self, path: str) -> int:
        if not self._owner.forgets:
            return paramiko.SFTP_FAILURE
        try:
            os.remove(self._path(path))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK


class SftpServer:
    """Listens until it is stopped.

    :param folder: what it serves as ``/``
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user, self.password, self.client_key = "boutique", "tres secret", None
        self.takes = self.forgets = True
        self.put = lambda path: True  # called once a message is there whole; whether the server still says so
        self.calls: list[str] = []
        self.links: list[Any] = []
        self._key = paramiko.ECDSAKey.generate()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"sftp://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self._key.asbytes()).digest()).decode().rstrip("=")

    def stop(self) -> None:
        with suppress(OSError):  # stopped before
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in self.links:
            link.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            link = paramiko.Transport(connection)
            link.add_server_key(self._key)
            link.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            self.links.append(link)
            try:
                link.start_server(server=_Login(self))
            except (paramiko.SSHException, EOFError):
                link.close()  # a client that does not like the key


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpServer]:
    """A server for as long as the block lasts, with the folders ``depot`` and ``retour``."""
    for name in ("depot", "retour"):
        (folder / name).mkdir()
    server = SftpServer(folder)
    try:
        yield server
    finally:
        server.stop()
