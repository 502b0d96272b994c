"""The one exception of this package."""

from __future__ import annotations

from ..sheets.errors import SheetError


class DirectoryError(SheetError):
    """A list cannot be had, or is none. Words for people are the caller's business.

    :param code: what went wrong, beside what makes no sheet at all:

        * the file: ``columns``
        * the way: ``address``, ``unreachable``, ``timeout``, ``interrupted``, ``tls``, ``auth``, ``http``,
          ``compressed``, ``web_page``, ``too_large``
    :param detail: which column, status or limit; never anything secret
    """
