"""The demo: the main job, then the shop to look at."""

import json
import time
from pathlib import Path

from devtools import databases, in_odoo, sandbox, server
from devtools.console import say


def demo(*, serve: bool, file: Path | None) -> None:
    """Play the job on a fresh demo database; leave it served or not."""
    name = databases.demo(afresh=True)
    with sandbox.running(afresh=True) as url:
        start = time.monotonic()
        outcome = in_odoo.run("devtools.demo_job:run", name, log="job", sandbox_url=url)
        outcome["seconds"] = round(time.monotonic() - start, 1)
        if file:
            file.write_text(json.dumps(outcome, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        say(f"The job took {outcome['seconds']} s.")
        if serve:
            server.serve(name, url)
