"""How hypothesis runs here: the same examples each time, as many as asked for."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

#: ``PROTOCOL_EXAMPLES=10000`` runs the properties at their full count.
settings.register_profile(
    "protocol",
    max_examples=int(os.environ.get("PROTOCOL_EXAMPLES", "300")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("protocol")
