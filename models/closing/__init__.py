"""Month's end: what payers owed on a day, and what has to be looked at before a month is closed.

It may import the rooms above, and only reads them: each model is worked out by SQL, as of the day in the context
(``as_of``). Its verbs, on payers' open credits: ``action_match``, ``action_refund`` and the move to the patient.
"""

from . import as_of
from . import optoamc_closing_item
from . import optoamc_closing_credit
from . import optoamc_closing_payer
from . import optoamc_closing_refund
from . import optoamc_closing_dossier
from . import optoamc_closing_advice
from . import optoamc_closing_event
from . import optoamc_closing_loss
from . import account_payment
from . import account_move
