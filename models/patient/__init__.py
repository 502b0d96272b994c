from . import res_partner
from . import res_partner_desk
from . import optoamc_scheme
from . import optoamc_contract
from . import optoamc_contract_rights
from . import optoamc_prescription
from . import optoamc_prescription_eye
from . import res_partner_trial
