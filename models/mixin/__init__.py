from . import ir_rule
from . import optoamc_access_logged
from . import optoamc_cached_table
from . import optoamc_guarded
from . import optoamc_own_screen
from . import optoamc_shipped_table
