"""The shop: its identity, its day, and its settings.

It may import ``mixin``. Its verbs are those of ``res.company``: the shop's day (``_optoamc_today``), its set-up.
"""

from . import ir_actions_report
from . import res_company
from . import res_company_numbers
from . import res_company_france
from . import res_company_layout
from . import res_company_prices
from . import res_config_settings
