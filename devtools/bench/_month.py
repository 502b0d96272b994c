"""What a worker of the month does: dossiers prepared, played, and Odoo's own part of them."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from devtools.bench._shop import Shop
from devtools.bench._worker import Cores, memory

#: What a dossier goes through. In the rare order the last comes first, and is not counted.
PARTS = ("ask", "dispatch", "transfer", "invoice_and_post")

#: How many dossiers the module's lists and crons handle in one transaction.
BATCH = 100

_MEMBER = "1012345684"  # one in five waits for a person, and is granted when it is asked about


def prepare(env: Any, n: int, *, invoiced: bool) -> list[int]:
    """New confirmed dossiers, invoiced and posted where asked for."""
    shop = Shop(env)
    orders = shop.orders(n, _MEMBER)
    sold = orders.with_context(tracking_disable=True)
    sold.action_confirm()
    if invoiced:
        sold.with_env(shop.root)._create_invoices(grouped=True).action_post()  # one an order
    return orders.ids


def part(env: Any, name: str, orders: list[int], batch: int) -> dict[str, float]:
    """Do a part of some dossiers' lives.

    :param name: one of ``PARTS``
    :param batch: how many are transferred, invoiced and posted in one transaction
    :return: the seconds of a core that it takes, ``cores``, and those of the clock, ``seconds``
    """
    shop, cores = Shop(env), Cores(env.registry)
    env.cr.commit()
    before, start = cores(), time.perf_counter()
    _PARTS[name](shop, shop.env["sale.order"].browse(orders), batch)
    env.cr.commit()
    return {"seconds": time.perf_counter() - start, "cores": cores() - before}


def _ask(shop: Shop, orders: Any, _batch: int) -> None:
    _each(orders, 1, shop.ask)


def _dispatch(shop: Shop, _orders: Any, _batch: int) -> None:
    """What is due, whosever it is: another process may do so too, on the same queue."""
    while shop.root["optoamc.request"]._count_due():
        with shop.root.registry.cursor() as cr:
            shop.root(cr=cr)["optoamc.request"]._cron_dispatch()
        shop.root.cr.commit()  # sees what others have left


def _transfer(_shop: Shop, orders: Any, batch: int) -> None:
    """By the button of a request, or by that of the list."""
    verb = "action_transfer" if batch == 1 else "action_transfer_selected"
    _each(orders.optoamc_request_ids, batch, lambda requests: getattr(requests, verb)())


def _invoice_and_post(shop: Shop, orders: Any, batch: int) -> None:
    """An invoice a dossier, as Odoo's *Create Invoices* and *Confirm* do it of one or of a selection."""
    _each(orders.with_env(shop.root), batch, lambda some: some._create_invoices(grouped=True).action_post())


_PARTS = dict(zip(PARTS, (_ask, _dispatch, _transfer, _invoice_and_post), strict=True))


def _each(records: Any, batch: int, verb: Callable[[Any], object]) -> None:
    """As HTTP requests have it: each committed, and done again where another process was quicker."""
    from odoo.service.model import retrying

    for some in _batches(records, batch):
        retrying(lambda some=some: verb(some) and None, some.env)


def _batches(records: Any, batch: int) -> Iterator[Any]:
    """So many records as one transaction has them: with nothing read ahead for the others."""
    for start in range(0, len(records), batch):
        yield records.browse(records.ids[start : start + batch])


def make_due(env: Any, orders: list[int]) -> int:
    """Let the time pass that the insurer still needs; returns how many dossiers it has not granted yet.

    While nobody dispatches: what is in flight is claimed by that very time.
    """
    shop = Shop(env)
    requests = shop.env["sale.order"].browse(orders).optoamc_request_ids
    shop.make_due(requests)
    return len(orders) - shop.states(requests).get("granted", 0)


def check(env: Any, orders: list[int]) -> float:
    """Check that each dossier has its insurer's share in the books; returns the process's memory, in MB."""
    domain = [("order_id", "in", orders), ("request_id", "!=", False), ("state", "=", "open")]
    shares = env["optoamc.share"].search_count(domain)
    if shares != len(orders):
        raise AssertionError(f"{shares} shares of {len(orders)}")
    return memory()


def odoo_alone(env: Any, orders: list[int], *, invoiced: bool, batch: int = BATCH) -> float:
    """Create, post and reconcile bare invoices and entries like those of played dossiers, each in a call a batch.

    :param invoiced: whether the invoices are there before, not counted
    :param batch: of how many dossiers in one transaction
    :return: the seconds of a core
    """
    shop = Shop(env)
    played = list(_batches(shop.root["sale.order"].browse(orders), batch))
    # Here too, each person's first invoice makes a customer of him.
    shop.root["sale.order"].browse(orders).invoice_ids.partner_id.customer_rank = 0
    return sum(_odoo_batch(shop, some, invoiced=invoiced) for some in played)


def _odoo_batch(shop: Shop, orders: Any, *, invoiced: bool) -> float:
    """Odoo's own part of one batch, up to its commit."""
    env = shop.root
    invoices = orders.invoice_ids.with_company(shop.env.company)
    shares = invoices.optoamc_share_ids
    domain = [("company_id", "=", shop.env.company.id), ("type", "=", "general")]
    journals = env["account.journal"].search(domain) - shares.line_ids.journal_id
    invoice_vals = [_bare_invoice(invoice) for invoice in invoices]
    entry_vals = [_bare_entry(share.line_ids.move_id, journals[:1]) for share in shares]
    cores = Cores(env.registry)
    env.cr.commit()
    env.invalidate_all()
    start = cores()
    bare = invoices.browse().create(invoice_vals)
    bare.action_post()
    if invoiced:
        env.cr.commit()
        start = cores()
    entries = bare.browse().create(entry_vals)
    entries.action_post()
    of_invoice = dict(zip(invoices, bare, strict=True))
    plan = [
        _receivable(of_invoice[share.move_id] + entry, share.move_id.partner_id)
        for share, entry in zip(shares, entries, strict=True)
    ]
    entries.line_ids._reconcile_plan(plan)
    env.cr.commit()
    taken = cores() - start
    if bare.mapped("amount_residual") != invoices.mapped("amount_residual"):
        raise AssertionError("Odoo's own part leaves something else open")
    return taken


def _receivable(moves: Any, partner: Any) -> Any:
    """The lines of some entries that a patient owes, or that take from what the patient owes."""
    return moves.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable" and line.partner_id == partner
    )


def _bare_invoice(invoice: Any) -> dict[str, Any]:
    from odoo.fields import Command

    lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    return {
        "move_type": invoice.move_type,
        "partner_id": invoice.partner_id.id,
        "journal_id": invoice.journal_id.id,
        "invoice_date": invoice.invoice_date,
        "invoice_line_ids": [
            Command.create(
                {
                    "name": line.name,
                    "product_id": line.product_id.id,
                    "account_id": line.account_id.id,
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                }
            )
            for line in lines
        ],
    }


def _bare_entry(entry: Any, journal: Any) -> dict[str, Any]:
    from odoo.fields import Command

    fields = ("name", "debit", "credit")
    return {
        "move_type": "entry",
        "journal_id": journal.id,
        "date": entry.date,
        "line_ids": [
            Command.create(
                {name: line[name] for name in fields}
                | {"account_id": line.account_id.id, "partner_id": line.partner_id.id}
            )
            for line in entry.line_ids
        ],
    }
