"""Imports: lists of insurers and the CNAM's LPP table, shown before they are applied.

It may import the rooms above. Its verbs: reading, preview and applying of an import, and the weekly download.
"""

from . import optoamc_import
from . import optoamc_import_line
from . import optoamc_import_directory
from . import optoamc_import_lpp
from . import optoamc_platform_directory
from . import res_partner_directory
