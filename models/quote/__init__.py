"""The legal quote (*devis normalisé*): the 100 % Santé offer beside the chosen one, what it says, and the choice.

Arrêté of 28/04/2017 as amended on 29/08/2019, article L165-9 of the code de la sécurité sociale. It may import the
rooms above. Its verbs: propose an offer of class A, say what keeps a quote from being printed, record the choice.
"""

from . import res_company
from . import sale_order_line_offer
from . import sale_order_offer
from . import sale_order_returned
from . import sale_order_remainder
from . import optoamc_request_line_rule
from . import sale_order_line_check
from . import sale_order_limits
from . import sale_order_quote
from . import sale_order_validity
from . import sale_order_class_a
from . import sale_order_codes
from . import sale_order_undue
from . import sale_order_problems
from . import sale_order_gaps
from . import sale_order_choice
from . import sale_order_seal
from . import sale_order_acceptance
from . import sale_order_signing
from . import sale_order_reminder
from . import sale_order_traceability
from . import sale_order_reading
from . import report_legal_quote
from . import optoamc_class_a_share
from . import account_move
