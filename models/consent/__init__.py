from . import optoamc_consent
from . import optoamc_consent_signatory
from . import optoamc_consent_scan
from . import optoamc_consent_coverage
from . import optoamc_consent_text
