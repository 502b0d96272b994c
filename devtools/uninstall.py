"""Removing the module from a database on which a dossier was played: what it leaves, and whether Odoo works on.

Odoo's tests cannot do it: removing commits, and loads the registry anew.
"""

from devtools import databases, in_odoo, sandbox, testing
from devtools.console import step
from devtools.outcomes import Outcome

_JOB = "devtools.uninstall_job"


def check(*, keep: bool) -> bool:
    """Play, remove, sell, install again; tells whether nothing stayed and everything worked."""
    before = set(in_odoo.run(f"{_JOB}:snapshot", databases.base(), log="uninstall-before"))
    total = Outcome()
    with databases.temporary("uninstall", databases.installed(), keep=keep) as name:
        with sandbox.running(afresh=True) as url, step("a dossier from the question to the receivable"):
            in_odoo.run("devtools.demo_job:run", name, log="uninstall-job", sandbox_url=url)
        with step("removal of the module"):
            in_odoo.run(f"{_JOB}:uninstall", name, log="uninstall")
        left = sorted(set(in_odoo.run(f"{_JOB}:snapshot", name, log="uninstall-after")) - before)
        for line in left:
            print(f"left: {line}")
        with step("sales and books without it"):
            sold = in_odoo.run(f"{_JOB}:sell", name, log="uninstall-sell")
        with step("installation anew"):
            state = in_odoo.run(f"{_JOB}:reinstall", name, log="uninstall-reinstall")
    has_sold = (sold["order"], sold["invoice"]) == ("sale", "posted") and sold["payment"] in ("in_payment", "paid")
    for passed in (not left, has_sold, state == "draft"):
        total += Outcome(passed=int(passed), failed=int(not passed))
    print(f"sold without it: {sold}; asked after the second installation: {state}")
    testing.report(total)
    return not total.failed
