"""How hypothesis runs here: the same examples each time, or (``./dev test --search``) others, and more of them."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

#: ``OPTOAMC_EXAMPLES=10000`` sets their number.
EXAMPLES = int(os.environ.get("OPTOAMC_EXAMPLES", "0"))
SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "fixed",
    max_examples=EXAMPLES or 100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=SLOW_IS_FINE,
)
settings.register_profile(
    "search",
    max_examples=EXAMPLES or 5000,
    deadline=None,
    database=None,
    print_blob=True,  # what was found once is tried again from the log
    suppress_health_check=SLOW_IS_FINE,
)
settings.load_profile("fixed")
