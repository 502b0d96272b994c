"""Names that the module gives on Odoo's own models: prefixed, since every other module shares these classes.

Runs in Odoo's process.
"""

import inspect
from collections.abc import Iterator
from typing import Any

from devtools import paths

#: What Odoo's conventions name: methods of fields, checks, screens.
_CONVENTIONS = ("_compute_", "_inverse_", "_search_", "_default_", "_check_", "_onchange_", "_unlink_")
_PREFIXES = ("_optoamc_", "action_optoamc_", "_cron_optoamc_")


def run(env: Any) -> list[str]:
    """The methods that the module adds to Odoo's models under a name that is not its own."""
    found = set()
    for name, model in env.registry.items():
        if not name.startswith("optoamc.") and not model._abstract:
            found.update(_unprefixed(model))
    return sorted(found)


def _unprefixed(model: type) -> Iterator[str]:
    ours = [cls for cls in model.mro() if _is_ours(cls)]
    others = [cls for cls in model.mro() if not _is_ours(cls)]
    for cls in ours:
        if str(cls._name or "").startswith("optoamc.") or cls.__name__.startswith("Optoamc"):
            continue  # a mixin of the module's own
        for name, value in vars(cls).items():
            if not inspect.isfunction(value) or name.startswith(("__", *_CONVENTIONS, *_PREFIXES)):
                continue
            if not any(name in vars(other) for other in others):
                file = inspect.getsourcefile(value) or ""
                place = file.partition(f"/{paths.MODULE}/")[2]
                yield f"{place}:{value.__code__.co_firstlineno}: {name} on {model._name}: begin it with _optoamc_"


def _is_ours(cls: type) -> bool:
    return cls.__module__.startswith(f"odoo.addons.{paths.MODULE}.")
