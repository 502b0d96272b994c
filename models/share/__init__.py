"""The payers' parts in the books: decided by :mod:`...lib.payments`, entered, reversed, returned and written off here.

It may import the rooms above. Its verbs: ``_optoamc_sync_shares`` of invoices and orders, ``action_reverse``,
``action_return_to_patient`` and the write-off of a share.
"""

from . import account_chart_template
from . import account_chart_counter
from . import account_journal
from . import account_move
from . import account_move_cancelled
from . import account_move_collect
from . import account_move_agreements
from . import account_move_payment
from . import account_move_payers
from . import account_move_currency
from . import account_move_line
from . import optoamc_undone_match
from . import account_partial_reconcile
from . import account_move_line_money
from . import account_move_due
from . import account_cash_basis
from . import optoamc_share
from . import optoamc_share_posting
from . import optoamc_share_entry
from . import optoamc_share_settlement
from . import optoamc_share_lent
from . import optoamc_share_undo
from . import optoamc_share_money_gone
from . import optoamc_share_credited
from . import optoamc_share_fund
from . import optoamc_share_selection
from . import optoamc_share_follow_up
from . import optoamc_share_age
from . import res_partner_share
from . import sale_order_not_advanced
from . import sale_order
from . import unbooked
from . import sale_order_cancellation
from . import sale_order_cancelled
from . import sale_order_collect
from . import returned
from . import sale_order_returned
from . import sale_order_patient_money
from . import sale_order_till
from . import optoamc_request_invoiced
