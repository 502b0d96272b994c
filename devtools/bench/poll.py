"""Consulting pending requests, the dispatcher against a plain loop: calls that take 200 ms, 32 in flight."""

import resource
import statistics
import time
from datetime import timedelta
from typing import Any

from zeep import Client, Settings
from zeep.transports import Transport

from devtools import paths
from devtools.bench._shop import Shop, folder, insurer
from devtools.comparison import interleaved, seconds, spread

N = 300
ODOO = True

_LATENCY_MS = 200
_IN_FLIGHT = 32
_ROUNDS = 5
_MEMBER = "1012345682"  # never decided: each request is polled, whatever went before
_WSDL = paths.PLAIN / "lib" / "protocol" / "schema" / "open.wsdl"


def run(n: int, tools: Any) -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    shop = Shop(tools.env)
    with folder() as ledger:
        with insurer(ledger / "ledger") as quick:
            shop.use(quick.url)
            requests = shop.queue(shop.orders(n, _MEMBER))
            shop.dispatch()
        if shop.states(requests) != {"pending": n}:
            raise AssertionError(shop.states(requests))
        with insurer(ledger / "ledger", delay_ms=_LATENCY_MS) as slow:
            shop.use(slow.url)
            shop.make_due(requests[:_IN_FLIGHT])
            shop.dispatch()  # connections are open, code is loaded, on both sides
            bound = n * _LATENCY_MS / 1000 / _IN_FLIGHT
            memory, bounds = [_memory()], []
            # As slow for the hundredth as for the first: a tenth of them says what one costs.
            some = requests[: max(n // 10, 2)]

            def plain_loop() -> float:
                return seconds(lambda: _plain_loop(some, slow.url)) / len(some)

            def dispatcher() -> float:
                shop.make_due(requests)
                asked = slow.ledger()["exchanges"]
                taken = seconds(shop.dispatch)
                asked = slow.ledger()["exchanges"] - asked
                if asked < n or shop.states(requests) != {"pending": n}:
                    raise AssertionError(f"{asked} consultations, {shop.states(requests)}")
                bounds.append(taken / bound)
                memory.append(_memory())
                return taken / n

            found = interleaved(dispatcher, plain_loop, _ROUNDS)
    figures = {
        "plain_loop_ms_per_request": 1000 * found.reference,
        "dispatcher_ms_per_request": 1000 * found.own,
        "bound_s": bound,
        **found.speed_up_as("times_faster"),
        "times_the_bound": statistics.median(bounds[1:]),
        "times_the_bound_spread": spread(bounds[1:]),
        "memory_growth_mb": memory[-1] - memory[0],
    }
    return figures, {"times_faster": (">=", 15), "times_the_bound": ("<=", 2.0), "memory_growth_mb": ("<=", 30)}


def _plain_loop(requests: Any, url: str) -> None:
    """What a connector does without thinking: zeep, a write, a commit, the next."""
    client = Client(str(_WSDL), transport=Transport(), settings=Settings(strict=False))
    binding = next(iter(client.wsdl.bindings))
    service = client.create_service(binding, f"{url}/soap")
    for number, request in enumerate(requests):
        message = request._enquiry_message("OPAMCGET", f"plain-{number}-{time.time_ns()}")
        answer = service.OPAMCGET(
            version="1.0",
            Entete={
                "IdEchange": message.header.exchange_id,
                "DateHeure": message.header.created_at,
                "Mode": "TEST",
                "Logiciel": message.header.software,
                "VersionLogiciel": message.header.software_version,
            },
            Opticien={"Finess": message.optician.finess, "RaisonSociale": message.optician.name},
            Organisme={"NumeroAMC": message.insurer.amc_number},
            IdDemande=message.request_id,
            NumeroPEC=message.file_number,
        )
        request.sudo().write(
            {
                "insurer_message": answer.Message,
                "attempts": request.attempts + 1,
                "next_poll_at": request.sent_at + timedelta(hours=1),
            }
        )
        request.env.cr.commit()


def _memory() -> float:
    """The most that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
