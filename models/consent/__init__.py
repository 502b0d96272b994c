from . import optoamc_consent
from . import optoamc_consent_text
