"""A call that carries no message: a login, a question for answers, an acknowledgement."""

from __future__ import annotations

from collections.abc import Mapping

from . import template
from .poster import HttpAnswer, Poster

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
_XML = {"Content-Type": "application/xml", "Accept": "*/*"}


class PlainCall:
    """A path below an address and a body, a web form or XML, both with places.

    :raises OptoamcError: ``configuration``, in French: see :func:`.template.login`
    """

    def __init__(self, path: str, body: str) -> None:
        self._path = template.path(path)
        self._body = template.login(body)
        self._headers = _XML if template.is_xml(body) else FORM

    def post(self, poster: Poster, url: str, values: Mapping[str, str]) -> HttpAnswer:
        """Post it once.

        :raises OptoamcError: see :meth:`.poster.Poster.post`
        """
        address = f"{url.rstrip('/')}/{self._path.render(values)}"
        return poster.post(address, self._body.render(values).encode(), self._headers, values)
