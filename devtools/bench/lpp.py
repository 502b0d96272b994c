"""The CNAM's LPP archive, 20,000 codes of two tariffs: previewed, applied, and imported again without a change.

Memory is the process's peak after the import over its peak after one of a tenth of the codes.
"""

import base64
import resource
import time

N = 20_000
ODOO = True


def run(n, tools):
    from odoo.addons.l10n_fr_optoamc.tests import cnam_archive as cnam

    label, tree = "OPTIQUE, VERRE UNIFOCAL CLASSE A, SPHERE] -4,00 A -6,00]", (2, 2, 5, 1, 1, 1)

    def archive(first, count):
        fiches, histos, _expected = cnam.makers("2201814", label, tree, count, first)
        return cnam.write_archive([cnam.fiche("2201814", label, tree), *fiches], histos)

    _import(tools.env, archive(7_300_000, n // 10))
    before = _peak()
    data = archive(7_400_000, n)
    started = time.perf_counter()
    job = _import(tools.env, data)
    seconds = time.perf_counter() - started
    memory = _peak() / before
    started = time.perf_counter()
    again = _import(tools.env, data)
    figures = {
        "codes": job.new_count,
        "seconds": round(seconds, 1),
        "again_seconds": round(time.perf_counter() - started, 1),
        "again_differences": len(again.line_ids),
        "memory_ratio": round(memory, 2),
    }
    return figures, {
        "codes": (">=", n),
        "seconds": ("<=", 60),
        "again_differences": ("<=", 0),
        "memory_ratio": ("<=", 1.25),
    }


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _import(env, data):
    job = env["optoamc.import"].create({"kind": "lpp", "file": base64.b64encode(data), "file_name": "LPP999.zip"})
    job.action_read()
    env["optoamc.import"]._cron_work()
    assert job.state == "preview", job.message
    job.action_apply()
    env["optoamc.import"]._cron_work()
    assert job.state == "done", job.message
    return job
