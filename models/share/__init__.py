"""The payers' parts in the books: decided by :mod:`...lib.payments`, entered, reversed, returned and written off here.

It may import the rooms above. Its verbs: ``_optoamc_sync_shares`` of invoices and orders, ``action_reverse``,
``action_return_to_patient`` and the write-off of a share.
"""

from . import account_chart_template
from . import account_journal
from . import account_move
from . import account_move_payment
from . import account_move_line
from . import account_move_line_money
from . import optoamc_share
from . import optoamc_share_entry
from . import optoamc_share_settlement
from . import optoamc_share_undo
from . import optoamc_share_follow_up
from . import optoamc_share_age
from . import res_partner_share
from . import sale_order
