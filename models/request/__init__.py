"""Requests to insurers and checks of patients' rights: their states, what is said, and what replies do to them.

It knows the rooms above it: platform, patient, consent, and the norm in ``lib.protocol``. Others call the verbs of
``optoamc.request`` (``action_send``, ``action_consult``, ``action_cancel``, ``action_transfer``,
``action_convert_to_coverage``, ``action_retry``, ``action_print``, ``check``) and ``_ask`` of a check of rights; all
that leaves does so by the dispatcher, which works on every model that inherits ``optoamc.outbox``.
"""

from . import optoamc_outbox
from . import optoamc_request
from . import optoamc_request_line
from . import optoamc_request_dispatch
from . import optoamc_request_state
from . import optoamc_request_verbs
from . import optoamc_request_sending
from . import optoamc_request_missing
from . import optoamc_rights_check
from . import optoamc_request_message
from . import optoamc_request_answer
from . import optoamc_request_cancellation
from . import optoamc_request_reason
from . import optoamc_request_address
from . import optoamc_platform_checklist
from . import optoamc_request_deadlines
from . import optoamc_request_manual_answer
from . import optoamc_request_selection
from . import optoamc_request_follow_up
from . import ir_websocket
from . import optoamc_statistics
from . import optoamc_answer_time
