"""From a file's bytes to a :class:`~.values.Return`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from .blocks import BLOCK, block_of, split, split_files
from .errors import NoemieError
from .layout import ENTITIES, HEADER, OTHERS, TRAILER, Field, FieldError, read_fields
from .values import Act, Invoice, Movement, Part, Payer, Reject, Return, State, Transfer

#: The levels that a control total may stand for, from the outside in, with the entities that open them.
#: A level that is opened opens those inside it.
_LEVELS = ("file", "020", "040", "071", "080")
_OPENERS = {"020": "020", "040": "040", "070": "071", "071": "071", "080": "080"}
#: What a level counts of those inside it. Transfers are counted where their date is known to be sound.
_COUNTERS = {"020": "agents", "040": "payees", "080": "lots"}


def read_all(data: bytes) -> list[Return]:
    """Read a file, which may be several returns one after the other: all of them, or none.

    :raises NoemieError: one of them is not one, is damaged, or its totals are not those it announces
    """
    files = split_files(data)
    if len(files) == 1:
        return [read(data)]
    found = []
    for number, file in enumerate(files, start=1):
        try:
            found.append(read(file))
        except NoemieError as error:
            raise error.within(number, len(files)) from None
    return found


def read(data: bytes) -> Return:
    """Read a return.

    :raises NoemieError: the file is not one, is damaged, or its totals are not those it announces
    """
    blocks = split(data)
    header = _ends(blocks.header, HEADER, 1)
    trailer = _ends(blocks.trailer, TRAILER, blocks.number)
    if header["length"] not in (0, BLOCK):
        raise NoemieError("format", f"des enregistrements de {BLOCK} octets sont attendus.", block=1, position=83)
    if not header["date"]:
        raise NoemieError("value", "la date du fichier manque.", block=1, position=56)
    if not header["file_id"] or not header["recipient"]:
        raise NoemieError("value", "le destinataire ou l'identification du fichier manque.", block=1, position=28)
    for name in ("emitter", "recipient", "file_id"):
        if trailer[name] != header[name]:
            raise NoemieError(
                "order",
                "la fin de fichier n'est pas celle de cet en-tête.",
                block=blocks.number,
                position=TRAILER[name].start,
            )
    body = _Body(header["recipient"])
    for entity in _entities(blocks.payload):
        body.add(entity)
    body.close_invoice()
    result = Return(
        emitter=header["emitter"],
        recipient=header["recipient"],
        file_id=header["file_id"],
        date=header["date"],
        is_real=header["flow"] in ("", "R"),
        transfers=tuple(transfer.freeze() for transfer in body.transfers),
    )
    _check_total(result.total, trailer["sign"] * trailer["total"], blocks.number, "999", TRAILER["total"].start)
    # The public layout does not say what a record is here: a block, or an entity.
    if trailer["records"] not in {*range(blocks.number - 2, blocks.number + 1), *range(body.count, body.count + 3)}:
        raise NoemieError(
            "total",
            f"{trailer['records']} enregistrements sont annoncés, il y a {blocks.number} blocs.",
            block=blocks.number,
            entity="999",
            position=TRAILER["records"].start,
        )
    return result


def _ends(raw: str, fields: Mapping[str, Field], block: int) -> dict[str, Any]:
    try:
        return read_fields(raw, fields)
    except FieldError as error:
        raise NoemieError("value", f"{error}.", block=block, position=error.position) from None


class _Entity(NamedTuple):
    type: str
    block: int
    values: dict[str, Any]

    def error(self, code: str, message: str, position: int | None = None) -> NoemieError:
        return NoemieError(code, message, block=self.block, entity=self.type, position=position)


def _entities(payload: str) -> Iterator[_Entity]:
    start = 0
    while start < len(payload):
        block = block_of(start)
        kind = payload[start : start + 3]
        if not (kind.isascii() and kind.isdigit() and payload[start + 3 : start + 5].isdigit()):
            raise NoemieError(
                "format", "le début d'une entité (type et niveau) est attendu.", block=block,
                position=start % (BLOCK - 1) + 2,
            )  # fmt: skip
        layout = ENTITIES.get(kind)
        length = layout.length if layout else OTHERS.get(kind) or payload.find("@", start) - start + 1
        raw = payload[start : start + length]
        if length <= 0 or len(raw) < length:
            raise NoemieError("truncated", "l'entité n'est pas complète.", block=block, entity=kind)
        if raw[-1] != "@":
            words = "le « @ » qui termine l'entité n'est pas à sa place."
            raise NoemieError("format", words, block=block_of(start + length - 1), entity=kind, position=length)
        try:
            yield _Entity(kind, block, read_fields(raw, layout.fields) if layout else {})
        except FieldError as error:
            block = block_of(start + error.position - 1)
            raise NoemieError("value", f"{error}.", block=block, entity=kind, position=error.position) from None
        start += length


@dataclass(slots=True)
class _InvoiceDraft:
    values: dict[str, Any]
    parts: list[Part] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def freeze(self) -> Invoice:
        parts = self.parts or self._parts_of_acts()
        return Invoice(**self.values, parts=tuple(parts), rejects=tuple(self.rejects))

    def _parts_of_acts(self) -> list[Part]:
        """Files older than entities 198 and 199 give the amounts act by act alone."""
        refused = {reject.payer for reject in self.rejects}
        paid = {
            Payer.AMO: sum((act.paid for act in self.acts), Decimal(0)),
            Payer.AMC: sum((act.amc_paid for act in self.acts), Decimal(0)),
        }
        return [
            Part(payer, Decimal(0), State.PAID if amount else State.REJECTED, amount)
            for payer, amount in paid.items()
            if amount or payer in refused
        ]


@dataclass(slots=True)
class _TransferDraft:
    values: dict[str, Any]
    invoices: list[Invoice] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)

    def freeze(self) -> Transfer:
        return Transfer(**self.values, invoices=tuple(self.invoices), movements=tuple(self.movements))


@dataclass(slots=True)
class _Level:
    """What was read since a level was opened."""

    total: Decimal = Decimal(0)
    invoiced: Decimal = Decimal(0)
    """The total without the money that answers no invoice."""
    invoices: int = 0
    movements: int = 0
    lots: int = 0
    transfers: int = 0
    payees: int = 0
    agents: int = 0
    controls: int = 0

    def counts(self) -> set[int]:
        """What a control total may count here."""
        below = {self.lots, self.transfers, self.payees, self.agents, self.controls} - {0}
        return {self.invoices, self.invoices + self.movements, *below}


class _Body:
    """Puts entities together, in the order in which they come."""

    def __init__(self, recipient: str) -> None:
        self.transfers: list[_TransferDraft] = []
        self._recipient = recipient
        self._agent = self._payee = ""
        self.count = 0
        self._invoice: _InvoiceDraft | None = None
        self._levels = {name: _Level() for name in _LEVELS}

    def add(self, entity: _Entity) -> None:
        self.count += 1
        if level := _OPENERS.get(entity.type):
            self.close_invoice()
            for inner in _LEVELS[_LEVELS.index(level) :]:
                self._levels[inner] = _Level()
            if counter := _COUNTERS.get(level):
                for outer in _LEVELS[: _LEVELS.index(level)]:
                    setattr(self._levels[outer], counter, getattr(self._levels[outer], counter) + 1)
        if handler := getattr(self, f"_add_{entity.type}", None):
            handler(entity)

    def close_invoice(self) -> None:
        """The invoice is complete: what follows is not about it."""
        if self._invoice:
            invoice = self._invoice.freeze()
            self._invoice = None
            self.transfers[-1].invoices.append(invoice)
            self._count(total=invoice.total, invoiced=invoice.total, invoices=1)

    def _count(self, **added: Any) -> None:
        for level in self._levels.values():
            for name, amount in added.items():
                setattr(level, name, getattr(level, name) + amount)

    def _transfer(self, entity: _Entity) -> _TransferDraft:
        if not self.transfers:
            raise entity.error("order", "aucun virement (071) ni journée comptable (070) ne précède.")
        return self.transfers[-1]

    def _of_invoice(self, entity: _Entity) -> _InvoiceDraft:
        if not self._invoice:
            raise entity.error("order", "aucune facture (102) ne précède.")
        return self._invoice

    def _add_020(self, entity: _Entity) -> None:
        self._agent, self._payee = entity.values["number"], ""

    def _add_040(self, entity: _Entity) -> None:
        self._payee = entity.values["number"]

    def _add_070(self, entity: _Entity) -> None:
        self._open(entity, entity.values["date"], "", "")

    def _add_071(self, entity: _Entity) -> None:
        values = entity.values
        label = " ".join(filter(None, (values["line1"], values["line2"])))
        self._open(entity, values["date"], label, values["payer"])

    def _open(self, entity: _Entity, date: Any, label: str, payer: str) -> None:
        if not date:
            raise entity.error("value", "la date du virement manque.", 6)
        payee = self._payee or self._agent or self._recipient
        self.transfers.append(_TransferDraft({"date": date, "label": label, "payer": payer, "payee": payee}))
        self._count(transfers=1)

    def _add_100(self, entity: _Entity) -> None:
        if not entity.values["number"]:
            raise entity.error("value", "le numéro de facture manque.", 6)
        self.close_invoice()
        self._transfer(entity)
        self._invoice = _InvoiceDraft(entity.values)

    _add_102 = _add_100

    def _add_198(self, entity: _Entity) -> None:
        self._add_part(entity, Payer.AMO)

    def _add_199(self, entity: _Entity) -> None:
        self._add_part(entity, Payer.AMC)

    def _add_part(self, entity: _Entity, payer: Payer) -> None:
        invoice = self._of_invoice(entity)
        values = dict(entity.values)
        # Two insurers may share an invoice; each gives its part once.
        same = [part for part in invoice.parts if part.payer is payer]
        numbers = {part.amc_number for part in same}
        if same and (not values.get("amc_number") or numbers & {"", values["amc_number"]}):
            raise entity.error("order", "cette part a déjà été donnée pour cette facture.")
        values["paid"] *= values.pop("sign")
        values["state"] = State(values["state"])
        if values["paid"] and values["state"] is not State.PAID:
            raise entity.error("value", "un montant est payé pour une part qui n'est pas à l'état payé.", 14)
        invoice.parts.append(Part(payer, **values))

    def _add_210(self, entity: _Entity) -> None:
        values = dict(entity.values)
        sign = values.pop("sign")
        for name in ("paid", "amc_paid"):
            values[name] *= sign
        self._of_invoice(entity).acts.append(Act(**values))

    def _add_250(self, entity: _Entity) -> None:
        # Only what is held back from this transfer (RPR) is money here; the rest is the debt's history.
        if entity.values["operation"] == "RPR":
            self._move(entity, entity.values["amount"] * entity.values["sign"])

    def _add_261(self, entity: _Entity) -> None:
        self._move(entity, entity.values["amount"])

    def _move(self, entity: _Entity, amount: Decimal) -> None:
        self.close_invoice()
        self._transfer(entity).movements.append(Movement(entity.values["reference"], amount))
        self._count(total=amount, movements=1)

    def _add_290(self, entity: _Entity) -> None:
        values = entity.values
        self._of_invoice(entity).rejects.append(Reject(values["code"], values["label"], Payer.AMO, "L"))

    def _add_294(self, entity: _Entity) -> None:
        values = entity.values
        payer = Payer.AMC if values["part"] == "C" else Payer.AMO
        self._of_invoice(entity).rejects.append(Reject(values["code"], values["label"], payer, values["level"]))

    def _add_990(self, entity: _Entity) -> None:
        """A control total closes the level that is open: lot, transfer, payee, agent or file.

        It gives the total of that level, and counts what is next below: the invoices of a lot, the lots of a
        transfer (its invoices where it has no lots), the transfers of a payee, the payees of an agent. Which level
        it is a file may say in words of its own alone, so the total must be that of a level that is open. Money that
        answers no invoice is in the total of the transfer; emitters differ on whether it is in the lot's, and counts.
        """
        self.close_invoice()
        announced = entity.values["sign"] * entity.values["total"]
        levels = [level for level in self._levels.values() if announced in (level.total, level.invoiced)]
        if not levels:
            _check_total(self._levels["071"].total, announced, entity.block, "990", 31)
        if not any(entity.values["count"] in level.counts() for level in levels):
            raise entity.error("total", "le compteur n'est pas le nombre de factures ou de virements lus.", 23)
        self._count(controls=1)


def _check_total(found: Decimal, announced: Decimal, block: int, entity: str, position: int) -> None:
    if found != announced:
        words = f"le total annoncé est {_euros(announced)}, celui des montants lus {_euros(found)}."
        raise NoemieError("total", words, block=block, entity=entity, position=position)


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f} €".replace(".", ",")
