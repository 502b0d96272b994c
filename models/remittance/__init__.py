from . import optoamc_remittance
from . import optoamc_remittance_line
from . import optoamc_share_remittance
from . import account_payment
from . import optoamc_remittance_mapping
