"""Platforms: how they are reached, what they speak, who may change them, and the messages exchanged.

It may import the rooms above. Its verbs: ``_codec`` and ``_open_transport`` of a platform, ``_record_out`` and
``_record_in`` of an exchange, ``_advice`` of a reason, ``_of_case`` of a profile, the diagnosis of a connection.
"""

from . import optoamc_platform
from . import optoamc_platform_circuit
from . import optoamc_platform_envelope
from . import optoamc_platform_mailbox
from . import optoamc_platform_identifier
from . import res_company
from . import optoamc_platform_setup
from . import optoamc_platform_guard
from . import optoamc_platform_switch
from . import optoamc_platform_change
from . import optoamc_exchange
from . import optoamc_field
from . import optoamc_profile
from . import optoamc_field_advice
from . import optoamc_reason
