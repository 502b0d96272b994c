from . import optoamc_platform
from . import optoamc_platform_circuit
from . import optoamc_platform_setup
from . import optoamc_exchange
from . import optoamc_field
from . import optoamc_reason
