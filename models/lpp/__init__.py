"""LPP codes, their tariffs and rates by day, and the products that are sold under them.

It may import ``mixin`` and ``company``. Its verbs: which code a lens or a frame falls under (``_propose``), and what
the tariff, the ceiling price and the AMO's rate are on a day.
"""

from . import optoamc_lpp
from . import optoamc_lpp_fit
from . import optoamc_lpp_group_code
from . import optoamc_lpp_pairing
from . import optoamc_lpp_price
from . import optoamc_responsible_limit
from . import optoamc_maker
from . import optoamc_amo_rate
from . import product_template
from . import product_catalogue
from . import product_import
from . import product_trial
