"""How headers and choices are recognised, however they are typed."""

from __future__ import annotations

import re
import unicodedata


def plain(text: str) -> str:
    """A text without accents, capitals and separators.

    >>> plain("N° AMC ")
    'n amc'
    >>> plain("Délai de paiement (jours)")
    'delai de paiement jours'
    """
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()
