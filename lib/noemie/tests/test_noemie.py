"""The reader against files of the independent writer: exact on sound ones, precise on damaged ones."""

from __future__ import annotations

import contextlib
import random
import re
from datetime import date
from decimal import Decimal

import noemie_writer as writer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.noemie.blocks import MAX_BYTES
from lib.noemie.errors import NoemieError
from lib.noemie.layout import ENTITIES, OTHERS
from lib.noemie.reader import read
from lib.noemie.values import Payer, State

days = st.dates(date(2004, 1, 1), date(2099, 12, 31))
words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 éàç€'-./@", max_size=30)
numbers = st.text("0123456789", min_size=1, max_size=9)
amounts = st.integers(0, 99_999_999)


@st.composite
def parts(draw, payer):
    state = draw(st.sampled_from("PPPRD "))
    paid = draw(st.integers(-99_999_999, 99_999_999)) if state == "P" else 0
    return writer.Part(payer, draw(amounts), state, paid, draw(numbers), draw(st.text("ABC123", max_size=15)))


@st.composite
def invoices(draw):
    drawn = [draw(parts(payer)) for payer in ("198", "199") if draw(st.booleans())]
    act = st.builds(writer.Act, care=st.none() | days, expense=amounts, base=amounts, rate=st.integers(0, 100))
    reject = st.builds(
        writer.Reject,
        st.text("0123456789", min_size=1, max_size=4),
        words,
        st.sampled_from("OC"),
        st.sampled_from("FLA"),
    )
    return writer.Invoice(
        draw(numbers), drawn, draw(st.lists(act, max_size=3)), draw(st.lists(reject, max_size=2)),
        draw(st.none() | days), draw(numbers)[:6], draw(st.booleans()),
    )  # fmt: skip


files = st.builds(
    writer.File,
    st.lists(
        st.builds(
            writer.Transfer, days, words, words, numbers, st.lists(invoices(), max_size=4),
            st.lists(st.integers(-99_999_999, 99_999_999), max_size=2), st.booleans(),
        ),
        min_size=1, max_size=4,
    ),
    dated=days,
    file_id=numbers.map(lambda text: text[:6]),
    flow=st.sampled_from("RTD "),
    payee=st.booleans(),
)  # fmt: skip


def euros(amount):
    return Decimal(amount) / 100


def plain(text):
    return re.sub(r"\s+", " ", text).strip()


@given(files, st.sampled_from([b"", b"\r\n", b"\n"]))
def test_reads_what_was_written(file, ending):
    found = read(file.data(ending))
    assert (found.recipient, found.file_id, found.date) == (file.recipient, file.file_id, file.dated)
    assert found.is_real == (file.flow in "R ")
    assert found.total == euros(file.total)
    assert len(found.transfers) == len(file.transfers)
    for transfer, wrote in zip(found.transfers, file.transfers, strict=True):
        assert transfer.date == wrote.dated
        assert transfer.label == plain(f"{plain(wrote.line1)} {plain(wrote.line2)}")
        assert transfer.total == euros(wrote.total)
        assert [movement.amount for movement in transfer.movements] == [euros(amount) for amount in wrote.held_back]
        assert len(transfer.invoices) == len(wrote.invoices)
        for invoice, sent in zip(transfer.invoices, wrote.invoices, strict=True):
            check_invoice(invoice, sent)


def check_invoice(invoice, wrote):
    assert invoice.number == wrote.number
    if wrote.parts:
        assert [(part.asked, part.state.value, part.paid) for part in invoice.parts] == [
            (euros(part.asked), part.state.strip(), euros(part.paid)) for part in wrote.parts
        ]
    for part, sent in zip(invoice.parts, wrote.parts, strict=False):
        if part.payer is Payer.AMC:
            assert (part.amc_number, part.member_number) == (sent.amc, sent.member)
    assert [(reject.code, reject.label, reject.level) for reject in invoice.rejects] == [
        (reject.code, plain(reject.label), reject.level) for reject in wrote.rejects
    ]


def sample():
    """One transfer: an invoice paid by both payers, one refused, one taken back."""
    part, reject = writer.Part, writer.Reject("A114", "DROITS NON OUVERTS")
    return writer.File(
        [
            writer.Transfer(
                date(2026, 11, 19),
                "ADPR REGLT 4471",
                "20/11/26",
                invoices=[
                    writer.Invoice("202600012", [part("198", 444, "P", 444), part("199", 30000, "P", 30000)]),
                    writer.Invoice("202600013", [part("199", 12050, "R")], rejects=[reject]),
                    writer.Invoice("202600007", [part("199", 0, "P", -5000)]),
                ],
            )
        ]
    )  # fmt: skip


def test_sample():
    found = read(sample().data())
    paid, refused, back = found.transfers[0].invoices
    assert [part.paid for part in paid.parts] == [Decimal("4.44"), Decimal("300.00")]
    assert refused.parts[0].state is State.REJECTED
    assert (refused.rejects[0].code, refused.rejects[0].payer) == ("A114", Payer.AMC)
    assert back.total == Decimal("-50.00")
    assert found.key == "00000001750123/00000750000018/000042/20261120"


def test_two_payers_number_their_files_alike():
    other = sample()
    other.emitter = "00000001750999"
    assert read(other.data()).key != read(sample().data()).key


def test_amounts_of_the_acts_where_there_are_no_parts():
    file = sample()
    file.transfers[0].invoices[0].parts = []
    file.transfers[0].invoices[0].acts = [writer.Act(paid=137, amc=10000), writer.Act(paid=170, amc=5000)]
    found = read(file.data()).transfers[0].invoices[0]
    assert {part.payer: part.paid for part in found.parts} == {
        Payer.AMO: Decimal("3.07"),
        Payer.AMC: Decimal("150.00"),
    }


def test_unknown_entities_are_stepped_over():
    file = sample()
    known = file.payload
    file.payload = lambda: known().replace("99099", "77704XYZ@99099")
    assert len(read(file.data()).transfers[0].invoices) == 3


def refused(data, code, pattern):
    with pytest.raises(NoemieError, match=pattern) as caught:
        read(data)
    assert caught.value.code == code
    assert "MONTFORT" not in str(caught.value)
    assert "2530707300470" not in str(caught.value)
    return caught.value


def test_truncated():
    data = sample().data()
    refused(data[:-128], "truncated", "999")
    refused(data[:-7], "truncated", "121 octets")
    refused(data[:128], "truncated", "dernier bloc|999")
    refused(data[:256] + data[-128:], "order", "« 1 »")
    refused(b"", "format", "vide")


@given(st.integers(0, 10_000), st.integers(1, 9))
def test_any_missing_piece_is_seen(start, length):
    data = sample().data()
    start %= len(data)
    with pytest.raises(NoemieError):
        read(data[:start] + data[start + length :] if start + length < len(data) else data[:start])


def test_reordered_blocks():
    blocks = sample().blocks()
    for seed in range(200):
        shuffled = blocks[1:-1]
        random.Random(seed).shuffle(shuffled)
        if shuffled != blocks[1:-1]:
            with pytest.raises(NoemieError):
                read(b"".join([blocks[0], *shuffled, blocks[-1]]))
    refused(b"".join([blocks[0], blocks[-1], *blocks[1:-1]]), "truncated", "999")


def test_reordered_entities():
    file = sample()
    transfer = file.transfers[0].text()
    file.payload = lambda: transfer[transfer.index("10206") :] + transfer[: transfer.index("10206")]
    refused(file.data(), "order", r"Bloc 2, entité 102 : aucun virement")
    file = sample()
    part = file.transfers[0].invoices[0].parts[1].text()
    known = file.payload()
    file.payload = lambda: known.replace(part, "").replace("10206202600012", f"{part}10206202600012")
    refused(file.data(), "order", "entité 199 : aucune facture")


def test_another_files_end():
    other = sample()
    other.file_id = "000043"
    refused(b"".join([*sample().blocks()[:-1], other.blocks()[-1]]), "order", "position 50")


def test_wrong_totals():
    data = sample().data()
    refused(data.replace(b"00000025444P", b"00000025445P", 1), "total", "entité 990.*254,45 €.*254,44 €")
    end = data.rindex(b"00000025444P")
    refused(data[:end] + data[end:].replace(b"25444P", b"25444N"), "total", "entité 999.*-254,44 €")
    refused(data.replace(b"00000003000000", b"00000009000000", 1), "total", "le compteur")
    refused(data.replace(b"00030000P00030000P", b"00030000P00030001P", 1), "total", "254,45")
    broken = sample().blocks()
    broken[-1] = broken[-1][:55] + b"00000099" + broken[-1][63:]
    refused(b"".join(broken), "total", "99 enregistrements")


def test_wrong_encoding():
    file = sample()
    file.transfers[0].line1 = "RÈGLEMENT ÉTÉ"
    data = file.data()
    assert read(data).transfers[0].label.startswith("RÈGLEMENT ÉTÉ")
    text = data.decode("iso-8859-15")
    with pytest.raises(NoemieError):
        read(text.encode())
    refused(text.encode("utf-8-sig"), "encoding", "Unicode")
    refused(text.encode("utf-16"), "encoding", "Unicode")
    refused(text.encode("utf-16-le"), "encoding", "Unicode")
    refused(text.encode("cp500"), "encoding", "EBCDIC")
    refused(data.replace(b"REGLT", b"RE\x00LT").replace(b"T\xc9 ", b"T\x07 ", 1), "encoding", "commande")


def test_wrong_values():
    data = sample().data()
    error = refused(data.replace(b"00000444P", b"0000O444P", 1), "value", "nombre")
    assert (error.entity, error.position) == ("198", 6)
    error = refused(data.replace(b"00012050R", b"00012050X", 1), "value", "l'état P, R, D")
    assert (error.entity, error.position) == ("199", 14)
    refused(data.replace(b"07102261119", b"07102261319", 1), "value", "AAMMJJ")
    refused(data.replace(b"00000000N", b"00000000P").replace(b"U" + b"R", b"F" + b"R", 1), "value", "euro")


def test_size():
    refused(b"0" * (MAX_BYTES + 1), "size", "Mo")


@given(st.data())
def test_never_anything_but_its_own_error(data):
    raw = bytearray(sample().data())
    for _turn in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(NoemieError):
        read(bytes(raw))


@given(st.binary(max_size=600))
def test_noise(noise):
    with pytest.raises(NoemieError):
        read(b"000" + noise)


def test_layout_is_sound():
    assert not set(ENTITIES) & set(OTHERS)
    for kind, layout in ENTITIES.items():
        ends = [field.end for field in layout.fields.values()]
        assert ends == sorted(ends), kind
        assert max(ends) < layout.length, kind
