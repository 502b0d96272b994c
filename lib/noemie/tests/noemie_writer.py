"""Writes NOEMIE returns for the tests. Knows nothing of the reader: positions are counted anew here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


def cents(amount: int, width: int = 8) -> str:
    return str(abs(amount)).rjust(width, "0")


def letter(amount: int) -> str:
    return "N" if amount < 0 else "P"


def day(value: date | None) -> str:
    return value.strftime("%y%m%d") if value else "000000"


@dataclass
class Part:
    """An amount asked and paid, in centimes. ``payer``: ``198`` AMO, ``199`` AMC."""

    payer: str
    asked: int = 0
    state: str = "P"
    paid: int = 0
    amc: str = "0075001234"
    member: str = ""

    def text(self) -> str:
        start = f"{self.payer}08{cents(self.asked)}{self.state}{cents(self.paid)}{letter(self.paid)}"
        return f"{start}@" if self.payer == "198" else f"{start}{self.amc:>10}{self.member:<15}@"


@dataclass
class Act:
    code: str = "V01"
    care: date | None = None
    expense: int = 0
    base: int = 0
    rate: int = 60
    paid: int = 0
    amc: int = 0
    quantity: int = 1

    def text(self) -> str:
        start = f"21009{'01':2}00{'0'}{'00'}{'000'}{day(self.care)}{day(self.care)}{'000000'}"
        sign = letter(self.paid or self.amc)
        middle = f"{cents(self.expense)}{cents(self.base)}{self.rate:03}{cents(self.paid)}{sign}"
        spent = f"{self.code:3}  {self.quantity:03}{'00100'}{'001'}{cents(self.expense)}  "
        end = f"{spent}{'000'}{cents(0)}{'000'}{cents(self.amc)}{cents(0)}"
        return f"{start}{middle}{end}@"


@dataclass
class Reject:
    code: str
    label: str
    part: str = "C"
    level: str = "F"

    def text(self) -> str:
        return f"29409{self.code:<4}{self.label:<86}{self.level}{self.part}{'':5}{'':6}{'':9}{'':3}{'':2}{'':30}@"


@dataclass
class Invoice:
    number: str
    parts: list[Part] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    dated: date | None = None
    complement: str = ""
    person: bool = True

    def text(self) -> str:
        out = f"10206{self.number:<9}{self.complement:<6}{'012'}{'000000'}D{day(self.dated)}V10@"
        if self.person:
            who = (
                f"{'2530707300470':13}75{'MONTFORT':25}{'':25}{'FABIENNE':15}{'':13}{'':2}5307141{'':25}{'':15}{'':4}"
            )
            out += f"10307{who}@"
        return out + "".join(item.text() for item in [*self.parts, *self.acts, *self.rejects])

    @property
    def total(self) -> int:
        return sum(part.paid for part in self.parts) or sum(act.paid + act.amc for act in self.acts)


@dataclass
class Transfer:
    dated: date
    line1: str = "VIR ADPR"
    line2: str = ""
    payer: str = ""
    invoices: list[Invoice] = field(default_factory=list)
    held_back: list[int] = field(default_factory=list)
    control: bool = True

    def text(self) -> str:
        out = f"07102{day(self.dated)}{self.line1:<32}{self.line2:<32}{self.payer:<10}@"
        out += "".join(invoice.text() for invoice in self.invoices)
        out += "".join(
            f"25009{'01'}{'DETTE1':<10}{'261101'}INDRPR{cents(amount)}{letter(amount)}{cents(0)}@"
            for amount in self.held_back
        )
        return out + (control(self.total, len(self.invoices)) if self.control else "")

    @property
    def total(self) -> int:
        return sum(invoice.total for invoice in self.invoices) + sum(self.held_back)


def control(total: int, count: int) -> str:
    return f"99099{'':17}{count:08}{cents(total, 11)}{letter(total)}@"


@dataclass
class File:
    transfers: list[Transfer]
    dated: date = date(2026, 11, 20)
    emitter: str = "00000001750123"
    recipient: str = "00000750000018"
    file_id: str = "000042"
    reference: str = "0580"
    flow: str = "R"
    payee: bool = True

    @property
    def total(self) -> int:
        return sum(transfer.total for transfer in self.transfers)

    def payload(self) -> str:
        out = f"02001{'750000018':0>15}@04002{'750000018':0>15}@" if self.payee else ""
        return out + "".join(transfer.text() for transfer in self.transfers)

    def blocks(self) -> list[bytes]:
        raw = self.payload().encode("iso-8859-15")
        texts = [raw[start : start + 127] for start in range(0, len(raw), 127)] or [b""]
        middle = [b"0" + text for text in texts[:-1]] + [b"1" + texts[-1].ljust(127)]
        ends = f"CP{self.emitter:14}{'NOEMIE':6}OP{self.recipient:14}{'OPTICI':6}RT{self.file_id:6}"
        header = f"000{ends}{day(self.dated)}{self.reference}{'01'}  U{self.flow}{'':11}128"
        trailer = f"999{ends}{len(middle) + 2:08}{self.flow}{'':18}001{cents(self.total, 11)}{letter(self.total)}"
        return [header.encode().ljust(128), *middle, trailer.encode().ljust(128)]

    def data(self, ending: bytes = b"") -> bytes:
        return b"".join(block + ending for block in self.blocks())
