"""A mailbox over HTTPS: tickets, batches as platforms write them, acknowledgements."""

from __future__ import annotations

import base64
import gzip
from urllib.parse import parse_qs

import pytest
from lxml import etree
from sandbox_server import HERE, listen, read_request
from test_template import ASK, ROOTS, TOLD, Platform

from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind
from lib.protocol.transport import Box, Endpoint, open_transport
from lib.protocol.transport.batch import MAX_ITEMS, items_in
from lib.protocol.transport.probe import is_passed, probe

BOX = Box(
    fetch="reponses?max=2", fetch_template="client={login}", acknowledge="accuses",
    acknowledge_template="<ack><n>{receipt}</n></ack>", ticket="ticket", receipt="numero",
)  # fmt: skip


def endpoint(url="https://localhost/", box=BOX, **options):
    return Endpoint(**{"kind": "mailbox", "url": url, "roots": ROOTS, "reach": HERE, "box": box, "username": "u&",
                       "read_timeout": 5, **options})  # fmt: skip


def told(amount):
    return TOLD.replace(b"1.00", amount.encode()).decode()


def items(batch, box=BOX, **options):
    return items_in(etree.fromstring(batch), endpoint(box=box, **options))


def sums(found):
    return [(item.ticket, item.receipt, etree.fromstring(item.xml).findtext("sum")) for item in found]


def packed(text):
    return base64.b64encode(gzip.compress(text.encode())).decode()


#: One way to write an answer each, with the place of its number and of its message.
ANSWERS = {
    "attributes": ("<lot>", "<r ticket='{n}' numero='{n}0'>{told}</r>", "</lot>"),
    "elements beside": ("<lot>", "<r><ticket>{n}</ticket><numero>{n}0</numero><flux>{told}</flux></r>", "</lot>"),
    "another branch": (
        "<lot>",
        "<r><e><ticket>{n}</ticket><numero>{n}0</numero></e><c><flux>{packed}</flux></c></r>",
        "</lot>",
    ),
    "texts": ("<l xmlns='urn:l'>", "<r ticket='{n}' numero='{n}0'><![CDATA[{told}]]></r>", "</l>"),
}
BATCHES = {
    name: start + "".join(answer.format(n=n, told=told(n), packed=packed(told(n))) for n in "12") + end
    for name, (start, answer, end) in ANSWERS.items()
}


@pytest.mark.parametrize("batch", BATCHES)
def test_a_batch_as_platforms_write_it(batch):
    assert sums(items(BATCHES[batch])) == [("1", "10", "1"), ("2", "20", "2")]


def test_a_batch_acknowledged_as_a_whole():
    batch = f"<lot numero='7'><r ticket='1'>{told('1')}</r><r>{told('2')}</r></lot>"
    # The ticket of one is never another's: the second is known by what it repeats.
    assert sums(items(batch)) == [("1", "7", "1"), ("", "7", "2")]


def test_an_answer_that_holds_a_field_of_the_ticket_s_name():
    message = "<told><sum>1</sum><ticket>99</ticket></told>"
    assert sums(items(f"<lot><r ticket='5' numero='6'>{message}</r></lot>")) == [("5", "6", "1")]
    assert sums(items(f"<lot>{message}</lot>")) == [("", "", "1")]


def test_an_error_under_a_ticket():
    batch = (
        f"<lot><r ticket='1' numero='10'>{told('1')}</r>"
        "<r><e><ticket>2</ticket><numero>20</numero></e><Erreur><Code>E42</Code></Erreur></r>"
        "<r ticket='3' numero='30'>rien</r></lot>"
    )
    found = {item.ticket: item for item in items(batch, fault_codes={"E42": "unknown_reference"})}
    assert found["1"].error is None
    assert (found["2"].receipt, found["2"].error.code) == ("20", "unknown_reference")
    assert (found["3"].receipt, found["3"].error.code) == ("30", "schema")
    assert b"E42" in found["2"].xml


def test_what_cannot_be_unpacked_spoils_nothing_else():
    broken = base64.b64encode(b"\x1f\x8b" + b"x" * 40).decode()
    batch = f"<lot><r ticket='1' numero='10'>{broken}</r><r ticket='2' numero='20'>{told('2')}</r></lot>"
    first, second = items(batch)
    assert (first.ticket, first.receipt, first.error.code) == ("1", "10", "not_xml")
    assert (second.ticket, second.error) == ("2", None)


def test_bounds_of_a_batch():
    with pytest.raises(OptoamcError) as caught:
        items(f"<lot>{told('1') * (MAX_ITEMS + 1)}</lot>")
    assert caught.value.code == "too_large"
    large = packed(told("1" * 900))
    with pytest.raises(OptoamcError) as caught:
        items(f"<lot>{f'<r>{large}</r>' * 5}</lot>", max_bytes=1000)
    assert caught.value.code == "too_large"


def test_an_empty_batch_and_an_error_in_its_place():
    assert items("<lot/>") == []
    assert items("<lot><etat>Aucune réponse</etat></lot>", Box(fetch="r", nothing="AUCUNE RÉPONSE")) == []
    for unknown in ("<lot><etat>Aucune réponse</etat></lot>", "<Anomalie><Code>12</Code></Anomalie>"):
        with pytest.raises(OptoamcError) as caught:
            items(unknown)
        assert caught.value.code == "schema"
    with pytest.raises(OptoamcError) as caught:
        items("<Erreur><Code>E9</Code></Erreur>", fault_codes={"E9": "auth"})
    assert caught.value.code == "auth"


@pytest.mark.parametrize(
    ("receipt", "box", "ticket"),
    [
        (b"<depot><ticket>T1</ticket></depot>", BOX, "T1"),
        (b"<depot ticket=' T1 '/>", BOX, "T1"),
        (b'{"ticket": "T1"}', BOX, "T1"),
        (b"", Box(fetch="r"), "id-1"),
        (b"<ok/>", Box(fetch="r"), "id-1"),
        (TOLD, BOX, ""),
        (b"<r>" + TOLD + b"</r>", Box(fetch="r"), ""),
    ],
)
def test_what_a_deposit_brings(receipt, box, ticket):
    with listen(Platform(receipt)) as url, open_transport(endpoint(url, box)) as transport:
        reply = transport.call(MessageKind.REQUEST, ASK, exchange_id="id-1")
    assert (reply.ticket, reply.xml.endswith(receipt)) == (ticket, bool(ticket) or receipt == TOLD)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (("200 OK", b""), "schema"),
        (("200 OK", b"<depot/>"), "schema"),
        (("200 OK", b"<depot><c>E1</c></depot>"), "rejected"),
        (("200 OK", b"<html/>"), "html"),
        (("400 Bad", b"<e>E1</e>"), "rejected"),
        (("500 Broken", b""), "http"),
    ],
)
def test_a_deposit_that_fails(answer, code):
    own = {"E1": "rejected"}
    with (
        listen(Platform(answer)) as url,
        open_transport(endpoint(url, fault_codes=own)) as transport,
        pytest.raises(OptoamcError) as caught,
    ):
        transport.call(MessageKind.REQUEST, ASK, exchange_id="id-1")
    assert caught.value.code == code


def test_it_is_fetched_and_acknowledged_as_the_form_says():
    platform = Platform(BATCHES["attributes"].encode(), b"", b"", ("500 Broken", b""))
    with listen(platform) as url, open_transport(endpoint(url)) as box:
        found = box.fetch()
        box.acknowledge(item.receipt for item in found)
        with pytest.raises(OptoamcError):
            box.acknowledge(["10"])
    assert [head.split()[1] for head, _body in platform.received] == ["/reponses?max=2", *["/accuses"] * 3]
    assert parse_qs(platform.received[0][1].decode()) == {"client": ["u&"]}
    assert platform.received[1][1] == b"<ack><n>10</n></ack>"


def test_a_platform_that_hands_out_once_is_not_told():
    platform = Platform(("204 No Content", b""))
    with listen(platform) as url, open_transport(endpoint(url, Box(fetch="r"))) as box:
        box.acknowledge(["10"])
        assert box.fetch() == []
    assert len(platform.received) == 1


def test_the_test_looks_and_acknowledges_nothing():
    platform = Platform(BATCHES["texts"].encode())
    with listen(platform) as url:
        assert is_passed(probe(endpoint(url)))
    assert [head.split()[1] for head, _body in platform.received] == ["/reponses?max=2"]


def test_a_batch_that_is_cut():
    def cut(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<lot>")

    with (
        listen(cut) as url,
        open_transport(endpoint(url, Box(fetch="r"))) as box,
        pytest.raises(OptoamcError) as caught,
    ):
        box.fetch()
    assert (caught.value.code, caught.value.http_status) == ("connection_lost", 200)


def test_a_box_that_nobody_described():
    for box in (None, Box(fetch="")):
        with pytest.raises(OptoamcError) as caught:
            open_transport(endpoint(box=box))
        assert caught.value.code == "configuration"


def test_one_acknowledgement_that_fails_stops_no_other():
    platform = Platform(("500 Broken", b""), b"", b"")
    with (
        listen(platform) as url,
        open_transport(endpoint(url)) as box,
        pytest.raises(OptoamcError, match="HTTP 500"),
    ):
        box.acknowledge(["1", "2", "3"])
    assert len(platform.received) == 3
