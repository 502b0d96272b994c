"""Privacy: the access log, retention, patients' rights, erasure, and the door closed on searches.

It may import all rooms above. Its verbs: ``_record`` of the log, ``_optoamc_erase_personal_data`` and
``_optoamc_personal_data`` of a person, ``_cron_erase``.
"""

from . import base
from . import optoamc_privacy_log
from . import optoamc_retention
from . import optoamc_kept_data
from . import optoamc_prescription_erasure
from . import optoamc_request_erasure
from . import optoamc_remittance_erasure
from . import account_erasure
from . import res_users_erasure
from . import res_partner_privacy
from . import res_partner_paper
from . import res_partner_kept
from . import res_partner_erased
from . import res_partner_erasure
from . import res_users_privacy
from . import res_users_kept
from . import role_trail
from . import mail_thread
from . import sale_order_privacy
from . import ir_actions_report
from . import ir_attachment_log
from . import ir_attachment_scan
from . import ir_binary
from . import ir_attachment
