"""What a patient allowed to be sent: for what, to whom, in which words, signed by whom and as what.

It may import the rooms above. Its verbs: ``_covered`` (what the consents in force allow), ``_open_form`` and
``action_withdraw``.
"""

from . import optoamc_consent
from . import optoamc_consent_signatory
from . import optoamc_consent_scan
from . import optoamc_consent_coverage
from . import optoamc_consent_text
