"""The one exception of this package."""

from __future__ import annotations


class DirectoryError(Exception):
    """A list cannot be had or read. Words for people are the caller's business.

    :param code: what went wrong:

        * the file: ``too_large``, ``web_page``, ``encoding``, ``not_a_list``, ``sheets``, ``columns``, ``empty``,
          ``too_many``
        * the way: ``address``, ``unreachable``, ``timeout``, ``interrupted``, ``tls``, ``auth``, ``http``,
          ``compressed``
    :param detail: which column, status or limit; never anything secret
    """

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.detail = str(detail)
        super().__init__(f"{code}: {detail}" if detail else code)
