from . import optoamc_lpp
from . import optoamc_lpp_price
from . import optoamc_amo_rate
from . import product_template
from . import product_trial
