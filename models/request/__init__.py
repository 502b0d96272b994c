"""What is asked of an insurer: a request's states, message, sending, answer and time limits; checks of rights.

It may import the rooms above. Its verbs: ``action_send``, ``action_retry``, ``action_consult``, ``action_cancel``,
``action_transfer``, ``action_convert_to_coverage``, ``action_print``, ``check``; ``_set_state`` is the one writer of
the state (:mod:`.states`) and :class:`.dispatcher.Dispatcher` the one place from which messages leave, those of each
model that inherits ``optoamc.outbox``.
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
from . import optoamc_mailbox
from . import optoamc_request_message
from . import optoamc_request_obstacles
from . import optoamc_request_checks
from . import optoamc_request_examination
from . import optoamc_request_replay
from . import optoamc_request_answer
from . import optoamc_request_later_answer
from . import optoamc_request_cancellation
from . import optoamc_request_reason
from . import optoamc_request_address
from . import optoamc_platform_checklist
from . import res_company_first_steps
from . import optoamc_request_deadlines
from . import optoamc_request_manual_answer
from . import optoamc_request_letter
from . import sale_order_currency
from . import ir_actions_report
from . import optoamc_request_selection
from . import optoamc_request_follow_up
from . import optoamc_request_comparison
from . import ir_websocket
from . import optoamc_statistics
from . import optoamc_answer_time
