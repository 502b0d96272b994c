"""The dossier: the sale order with its equipments, its patient and the money of its lines.

It may import the rooms above. Its verbs: the screen to ask an insurer, variants of a quotation, what each payer owes
of a line (:mod:`...lib.payments`).
"""

from . import ir_rule
from . import res_company_app
from . import sale_order
from . import sale_order_prescription
from . import sale_order_prescription_kind
from . import sale_order_money
from . import sale_order_line
from . import sale_order_line_typed
from . import sale_order_line_name
from . import sale_order_line_eye
from . import sale_order_line_code
from . import sale_order_line_money
from . import sale_order_line_base
from . import sale_order_line_request
from . import sale_order_line_tariff
from . import optoamc_lpp_price
from . import sale_order_currency
from . import sale_order_day
from . import sale_order_delivery
from . import sale_order_family
from . import sale_order_shop
from . import sale_order_transmission
from . import sale_order_reading
from . import res_partner_renewal
from . import sale_order_renewal
from . import sale_order_own_expense
from . import sale_order_trial
from . import sale_order_over
from . import sale_order_left_out
from . import sale_order_variants
from . import sale_order_sums
from . import sale_order_einvoicing
