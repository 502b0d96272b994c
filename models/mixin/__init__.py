"""What records of several rooms share: who owns a screen, what the module alone writes, what leaves a trail.

It imports no other room of ``models/``. Its verbs are the mixins that other models inherit (``optoamc.own.screen``,
``optoamc.guarded``, ``optoamc.access.logged``, ``optoamc.shop.links``, ``optoamc.shop.screens``,
``optoamc.shared.data``) and the helpers beside them.
"""

from . import ir_rule
from . import constraint_words
from . import proposals
from . import optoamc_access_logged
from . import optoamc_ormcache_mixin
from . import optoamc_guarded
from . import optoamc_shop_links
from . import optoamc_shop_screens
from . import optoamc_shop_owned
from . import optoamc_shared_data
from . import optoamc_own_screen
from . import optoamc_live_screen
from . import optoamc_seed_data_mixin
from . import optoamc_trial_mixin
