"""Odoo's records, a room for each reason to change.

The rooms stand in the order in which they may know each other: each imports from those above it alone, and from
``selections`` and ``lib/``; ``./dev lint`` keeps it so.
"""

from . import mixin
from . import company
from . import lpp
from . import platform
from . import patient
from . import consent
from . import request
from . import dossier
from . import quote
from . import share
from . import remittance
from . import closing
from . import directory
from . import privacy
