"""What the benchmarks of the dispatcher share: many dossiers of the demo shop, and a sandbox of their own."""

import contextlib
import json
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devtools import paths, sandbox

MODULE = "l10n_fr_optoamc"
_CHUNK = 200


class Shop:
    """The demo shop, with as many dossiers as wanted. ``env`` is the optician's."""

    def __init__(self, env: Any) -> None:
        company = env.ref(f"{MODULE}.company_shop")
        self.root = env
        self.env = env(
            user=env.ref(f"{MODULE}.user_optician"), context={"lang": "fr_FR", "allowed_company_ids": company.ids}
        )
        self.platform = env.ref(f"{MODULE}.platform_demo").with_company(company)
        self.requests = self.env["optoamc.request"]

    def use(self, url: str, path: str = "soap", **settings: Any) -> None:
        """Have the platform at this address, and the shop what its requests need."""
        self.root["res.company"].browse(self.env.company.id).email = "contact@optique-demo.example"
        self.platform.write({"url_demo": f"{url}/{path}", "failure_count": 0, "circuit_open_until": False, **settings})
        self.root.cr.commit()

    def orders(self, count: int, member: str, patients: int = 50) -> Any:
        """New dossiers like the worked example, of some patients with that member number."""
        model = self.root.ref(f"{MODULE}.order_montfort").with_company(self.env.company)
        contract = self.root.ref(f"{MODULE}.contract_montfort")
        people = [self._patient(model, contract, member) for _number in range(min(patients, count))]
        orders = self.root["sale.order"]
        for start in range(0, count, _CHUNK):
            chosen = [people[number % len(people)] for number in range(start, min(start + _CHUNK, count))]
            vals_list = [model.copy_data(values)[0] for values in chosen]
            orders |= orders.with_context(tracking_disable=True).create(vals_list)
            self.root.cr.commit()
        return orders.with_env(self.env)

    def _patient(self, model: Any, contract: Any, member: str) -> dict[str, int]:
        known = {
            "nir": model.patient_id.nir,
            "birthdate": model.patient_id.birthdate,
            "amo_id": model.patient_id.amo_id.id,
        }
        patient = model.patient_id.copy({"name": "Fabienne MONTFORT", **known})
        contract = contract.with_company(self.env.company)
        contract.copy({"partner_id": patient.id, "insured_id": patient.id, "member_number": member})
        prescription = model.prescription_id.copy({"patient_id": patient.id})
        for purpose in ("quote", "coverage"):
            self.root["optoamc.consent"].with_company(self.env.company).create(
                {
                    "patient_id": patient.id,
                    "company_id": self.env.company.id,
                    "insurer_id": contract.insurer_id.id,
                    "purpose": purpose,
                    "dossier_date": model.optical_date,
                }
            )
        return {
            # A copy would be billed to its original's customer: all dossiers to one person, whose row is updated by
            # each invoice.
            **dict.fromkeys(("partner_id", "partner_invoice_id", "partner_shipping_id", "patient_id"), patient.id),
            "prescription_id": prescription.id,
            "optical_date": model.optical_date,
            "user_id": model.user_id.id,
        }

    def queue(self, orders: Any) -> Any:
        """A request for coverage of each dossier, as the optician asks it: one transaction each."""
        requests = self.requests
        for order in one_by_one(orders):
            requests |= self.ask(order)
            self.root.cr.commit()
        return requests

    def ask(self, order: Any) -> Any:
        """A request for coverage of a dossier, queued."""
        contract = order.patient_id.optoamc_contract_ids
        request = self.requests.create({"order_id": order.id, "contract_id": contract.id, "kind": "coverage"})
        request.action_send()
        return request

    def dispatch(self) -> None:
        """Run the cron, as Odoo's scheduler would, until it has nothing left."""
        self.root.cr.commit()
        cron = self.root.ref(f"{MODULE}.cron_dispatch")
        while True:
            cron.method_direct_trigger()
            self.root.cr.commit()
            if not self.root["optoamc.request"]._count_due():
                return

    def make_due(self, requests: Any) -> None:
        """As if the requests' waiting time had passed."""
        self.root.cr.execute(
            "UPDATE optoamc_request SET next_poll_at = now() AT TIME ZONE 'UTC' - INTERVAL '1 second'"
            " WHERE id = ANY(%s) AND next_poll_at IS NOT NULL",
            [requests.ids],
        )
        self.root.cr.commit()
        self.root.invalidate_all()

    def states(self, requests: Any) -> dict[str, int]:
        """How many requests are in each state, as other processes have left them."""
        self.root.cr.commit()
        groups = self.root["optoamc.request"]._read_group([("id", "in", requests.ids)], ["state"], ["__count"])
        return dict(groups)


class Insurer:
    """A sandbox process: its address and ledger."""

    def __init__(self, url: str) -> None:
        self.url = url

    def script(self, *steps: dict[str, Any]) -> None:
        """Meet these faults from now on."""
        request = urllib.request.Request(
            f"{self.url}/script", json.dumps(steps).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()  # nosec B310 - the sandbox on this machine

    def ledger(self) -> dict[str, Any]:
        """The counts and entries."""
        with urllib.request.urlopen(f"{self.url}/ledger", timeout=60) as answer:  # nosec B310 - the sandbox on this machine
            return json.load(answer)


def one_by_one(records: Any) -> Iterator[Any]:
    """Each record as an HTTP request of its own would have it: with nothing read ahead for the others."""
    return map(records.browse, records.ids)


@contextlib.contextmanager
def insurer(ledger: Path | None = None, *, delay_ms: int = 0, seed: int = 0) -> Iterator[Insurer]:
    """Have a sandbox process for a while; several on one ledger are one insurer."""
    options = ["--delay", str(delay_ms), "--seed", str(seed)]
    options += ["--ledger", str(ledger)] if ledger else []
    process = subprocess.Popen(
        sandbox.command(*options), cwd=paths.PLAIN, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield Insurer(process.stdout.readline().split()[-1])
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="optoamc-bench-") as name:
        yield Path(name)
