"""A list of 5,000 insurers: previewed and applied in a new shop, then again with every tenth changed.

Seconds of both steps together. Queries are flat per batch for new insurers; a changed address costs one each,
which Odoo's own snailmail makes.
"""

import base64
import time

N = 5000
ODOO = True

MODULE = "l10n_fr_optoamc"


def run(n, tools):
    env = tools.env
    platform = env["optoamc.platform"].create({"name": "Bench"})
    env["res.partner"].search([("is_amc", "=", True)]).active = False
    columns = _columns()
    figures = {}
    for name, change in (("new", ""), ("changed", " bis"), ("unchanged", " bis")):
        started, queries = time.perf_counter(), env.cr.sql_log_count
        job = _import(env, platform, columns(n, change))
        assert job.state == "done", job.message
        figures[f"{name}_seconds"] = round(time.perf_counter() - started, 1)
        figures[f"{name}_queries"] = env.cr.sql_log_count - queries
    figures["insurers"] = env["res.partner"].search_count([("directory_platform_id", "=", platform.id)])
    return figures, {"new_seconds": ("<=", 30), "changed_seconds": ("<=", 30), "insurers": (">=", n)}


def _columns():
    header = (
        "N° AMC;Nom;OptoAMC;Tiers payant;Adresse;Code postal;Localité;Téléphone PEC;Régimes associés;Champs exigés"
    )

    def rows(n, change):
        lines = [header]
        for number in range(n):
            street = f"{number} rue des Essais" + (change if number % 10 == 0 else "")
            schemes = "01=Local | 02=Cadres" if number % 10 == 0 else ""
            required = "insured_nir" if number % 7 == 0 else ""
            name, address = f"Mutuelle {number}", f"{street};75009;Paris"
            lines.append(f"{98_000_000 + number};{name};oui;oui;{address};+33 1 99 00 00 01;{schemes};{required}")
        return "\r\n".join(lines).encode()

    return rows


def _import(env, platform, data):
    job = env["optoamc.import"].create(
        {"platform_id": platform.id, "file": base64.b64encode(data), "is_complete": True, "file_name": "bench.csv"}
    )
    job.action_read()
    env["optoamc.import"]._cron_work()
    assert job.state == "preview", job.message
    job.action_apply()
    env["optoamc.import"]._cron_work()
    return job
