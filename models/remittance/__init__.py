"""What payers pay: payment advices read, matched with shares, booked and undone.

It may import the rooms above. Its verbs: ``_match`` and the validation of an advice, and its undoing.
"""

from . import optoamc_remittance
from . import optoamc_remittance_matching
from . import optoamc_remittance_unannounced
from . import optoamc_remittance_received
from . import optoamc_remittance_allocation
from . import optoamc_remittance_undo
from . import optoamc_remittance_line
from . import optoamc_remittance_line_received
from . import optoamc_remittance_line_late
from . import optoamc_remittance_screen
from . import optoamc_share_remittance
from . import optoamc_remittance_counted_on
from . import optoamc_request
from . import account_payment
from . import account_move
from . import account_move_line_received
from . import optoamc_remittance_mapping
