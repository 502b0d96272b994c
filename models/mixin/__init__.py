from . import optoamc_access_logged
from . import optoamc_cached_table
from . import optoamc_shipped_table
from . import optoamc_trial_mixin
from . import optoamc_shop_links
from . import optoamc_shop_owned
