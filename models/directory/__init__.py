from . import optoamc_import
from . import optoamc_import_line
from . import optoamc_import_directory
from . import optoamc_import_lpp
from . import optoamc_platform_directory
from . import res_partner_directory
