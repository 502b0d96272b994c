"""An insurer to try things on, which decides by rules.

The same engine answers in process (:class:`Sandbox`, used by the ``sandbox``
transport) and behind a small server (``python -m lib.protocol.sandbox``) over SOAP and
HTTP. ``README.md`` lists its demonstration members and how to script its faults.
"""

from .documents import Rejection
from .engine import Sandbox
from .interpreter import Interpreter
from .ledger import Ledger
from .rules import Rules

__all__ = ["Interpreter", "Ledger", "Rejection", "Rules", "Sandbox"]
