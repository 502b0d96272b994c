"""The numbers of French health insurance, and what tells a person: names, age.

It may import plain Python and ``python-stdnum``, no room of ``lib/`` and no ``odoo``. Each ``*_problem`` function
takes a number made compact (:func:`compact`) and returns ``None`` when nothing is wrong, or the first thing that is,
:data:`FORMAT` or :data:`KEY`; names and age are in :mod:`.person_name` and :mod:`.age`. Messages for people are the
callers' business, and never quote the number: Odoo logs the errors that it shows.
"""

from .adeli import adeli_problem
from .amc import amc_number_problem
from .amo import AMO_CODE_WIDTHS, amo_code_problem
from .finess import finess_problem
from .nir import mask_nirs, nir_birth, nir_problem
from .number import FORMAT, KEY, compact
from .rpps import rpps_problem
from .siret import siret_problem
