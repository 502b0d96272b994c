"""Patients, insurers, funds and prescribers; contracts and prescriptions. Health data are each shop's own.

It may import the rooms above. Its verbs: a patient's current contracts and age on a day, a prescription's validity,
the sharing of a file between two shops.
"""

from . import res_partner
from . import res_partner_name
from . import res_partner_directory_access
from . import res_partner_health
from . import res_partner_shared
from . import res_partner_bank
from . import res_users_health
from . import optoamc_scheme
from . import optoamc_contract
from . import optoamc_contract_join
from . import optoamc_contract_rights
from . import res_partner_family
from . import res_partner_choice
from . import res_partner_form
from . import res_partner_country
from . import optoamc_renewal_period
from . import optoamc_prescription
from . import optoamc_prescription_validity
from . import optoamc_prescription_eye
from . import optoamc_prescription_first
from . import optoamc_prescription_indication
from . import res_partner_desk
from . import res_partner_same
from . import res_partner_trial
from . import optoamc_patient_sharing
from . import res_partner_sharing
