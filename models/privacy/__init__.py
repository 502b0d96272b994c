from . import optoamc_privacy_log
from . import optoamc_retention
from . import optoamc_prescription_erasure
from . import optoamc_request_erasure
from . import res_partner_privacy
from . import sale_order_privacy
from . import ir_binary
