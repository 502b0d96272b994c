"""The sandbox insurer's rules, in process."""

from __future__ import annotations

import base64
import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import open_messages as m
import pytest
from lxml import etree

from lib.protocol.sandbox import Ledger, Rejection, Rules, Sandbox
from lib.protocol.sandbox.conventions import CONVENTIONS
from lib.protocol.sandbox.grants import grant
from lib.protocol.sandbox.ledger import Line
from lib.protocol.sandbox.rules import DEFAULT_RULES, Cover
from lib.protocol.sandbox.troubles import TROUBLES

ROOT = Path(__file__).parents[1]
SCHEMA = etree.XMLSchema(file=str(ROOT / "schema" / "open.xsd"))
ONE_LENS = ((1, "Verre", "250.00", "1.37"),)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = dt.datetime.fromisoformat("2026-11-22T09:00:00")

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sandbox(clock):
    return Sandbox(clock=clock)


def ask(sandbox, xml):
    """The facts of an answer, which is valid and answers the message."""
    answer = sandbox.handle(xml)
    SCHEMA.assertValid(etree.fromstring(answer))
    facts = m.read(answer)
    assert facts.reply_to == m.exchange_id_of(xml)
    return facts


def grant_one(sandbox, member="1012345678", **options):
    """The exchange id and number of a new granted request."""
    xml = m.request(member, **options)
    answer = ask(sandbox, xml)
    assert answer.status == "ACCORDEE", answer
    return m.exchange_id_of(xml), answer.number


def test_worked_example(sandbox):
    answer = ask(sandbox, m.request())
    assert answer.status == "ACCORDEE"
    assert answer.number == "373"
    assert answer.total == "300.00"
    assert answer.lines == {
        "1": ("100.00", "1.37", "148.63"),
        "2": ("100.00", "1.37", "148.63"),
        "3": ("100.00", "1.70", "112.30"),
    }
    assert answer.valid_until == "2027-01-21"
    letter = base64.b64decode(answer.letter)
    assert letter.startswith(b"%PDF-1.4")
    assert letter.endswith(b"%%EOF\n")
    assert "Accord de prise en charge n° 373".encode("cp1252") in letter
    assert letter[int(letter.split()[-2]) :].startswith(b"xref")


def test_worked_example_as_quote(sandbox):
    answer = ask(sandbox, m.request(kind="COT"))
    assert (answer.status, answer.total, answer.letter) == ("ACCORDEE", "300.00", "")


def test_unknown_member(sandbox):
    answer = ask(sandbox, m.request("4242"))
    assert (answer.status, answer.message) == ("REFUSEE", "Adherent de demonstration inconnu")
    assert answer.reason == answer.message


def test_each_insurer_of_its_list_answers(sandbox):
    listed = [line.split(";")[0] for line in CONVENTIONS.read_text("utf-8-sig").splitlines()[1:]]
    answers = [ask(sandbox, m.request(amc=number)) for number in listed]
    assert "Organisme de démonstration inconnu" not in [answer.message for answer in answers]
    assert [answer.status for answer in answers].count("ACCORDEE") >= len(listed) - 2  # two ask for optional fields


def test_numbers_increase(sandbox):
    assert [ask(sandbox, m.request()).number for _ in range(3)] == ["373", "374", "375"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"amc": "12345678"}, "Organisme de démonstration inconnu"),
        ({"member": "1012345685"}, "Les droits de l'adhérent sont suspendus"),
        ({"member": "1012345686"}, "Le contrat n'est pas ouvert à la date du dossier"),
        ({"member": "1012345689"}, "Le n° de Sécurité sociale de l'assuré est exigé"),
        ({"member": "1012345690"}, "Le nom du prescripteur est exigé"),
        ({"total": "1.00"}, "Les montants de la demande sont incohérents"),
        ({"lines": ((1, "Verre", "1.00", "2.00"),)}, "Les montants de la demande sont incohérents"),
        ({"lines": ((1, "Supplement", "9.00", "0.00"),)}, "Le contrat ne couvre pas cet équipement"),
    ],
)
def test_refusals(sandbox, options, reason):
    answer = ask(sandbox, m.request(**options))
    assert (answer.status, answer.reason) == ("REFUSEE", reason)
    assert answer.lines == {}


def test_no_price_no_grant(sandbox):
    answer = ask(sandbox, m.request(lines=((1, "Verre", "1.37", "1.37"),)))
    assert (answer.status, answer.reason) == ("REFUSEE", "Le contrat ne couvre pas cet équipement")


def test_what_a_member_requires(sandbox):
    assert ask(sandbox, m.request("1012345689", nir="180027512345617")).status == "ACCORDEE"
    assert ask(sandbox, m.request("1012345690", prescriber="DURAND")).status == "ACCORDEE"
    assert ask(sandbox, m.request("1012345686", date="2025-06-01")).status == "ACCORDEE"
    assert ask(sandbox, m.request("1012345691")).valid_until == "2026-11-22"


def test_rate(sandbox):
    answer = ask(sandbox, m.request("1012345688", lines=ONE_LENS))
    assert answer.lines == {"1": ("149.18", "1.37", "99.45")}  # 60 % of 248.63 is 149.178


def test_a_second_insurer_pays_of_what_the_first_leaves(sandbox):
    lens = (1, "Verre", "250.00", "1.37", "", "148.63")
    answer = ask(sandbox, m.request("1012345688", lines=(lens,)))
    assert answer.lines == {"1": ("60.00", "1.37", "40.00")}  # 60 % of 100
    answer = ask(sandbox, m.request("1012345688", lines=((*lens[:4], "A", "148.63"),)))
    assert answer.lines == {"1": ("100.00", "1.37", "0.00")}


def test_class_a_is_paid_in_full_and_takes_no_ceiling(sandbox):
    class_a = ((1, "Verre", "250.00", "1.37", "A"),)
    for _ in range(2):
        answer = ask(sandbox, m.request("1012345687", lines=class_a))
        assert answer.lines == {"1": ("248.63", "1.37", "0.00")}
    assert ask(sandbox, m.eligibility("1012345687")).ceiling == ("370.00", "0.00")


def test_ceilings_by_year_for_coverage_alone(sandbox):
    def granted(**options):
        return ask(sandbox, m.request("1012345687", lines=ONE_LENS, **options))

    assert granted(kind="COT").total == "150.00"
    first = m.request("1012345687", lines=((1, "Verre", "101.00", "1.00"),))
    answer = ask(sandbox, first)
    assert answer.total == "100.00"
    second = granted()
    assert second.total == "50.00"
    assert second.lines["1"] == ("50.00", "1.37", "198.63", "PLF01")
    third = granted()
    assert (third.status, third.reason) == ("REFUSEE", "Le plafond annuel est atteint")
    assert granted(date="2027-01-02").total == "150.00"
    ask(sandbox, m.cancellation(m.exchange_id_of(first), answer.number))
    assert granted().total == "100.00"


def test_one_ceiling_for_all_lines_of_a_request(sandbox):
    answer = ask(sandbox, m.request("1012345687"))
    assert [line[0] for line in answer.lines.values()] == ["150.00", "0.00", "100.00"]


def test_pending_until_consulted(sandbox):
    xml = m.request("1012345679")
    request_id = m.exchange_id_of(xml)
    pending = ask(sandbox, xml)
    assert (pending.status, pending.lines, pending.retry_after) == ("ATTENTE", {}, "")
    assert ask(sandbox, xml).status == "ATTENTE"  # sent again: no consultation
    answer = ask(sandbox, m.consultation(request_id, pending.number))
    assert (answer.status, answer.total, answer.number) == ("ACCORDEE", "300.00", pending.number)
    assert ask(sandbox, xml).status == "ACCORDEE"


def test_pending_for_three_consultations(sandbox):
    xml = m.request("1012345680")
    ask(sandbox, xml)
    get = m.consultation(m.exchange_id_of(xml))
    # A question is answered anew, even under the same exchange id.
    assert [ask(sandbox, get).status for _ in range(3)] == ["ATTENTE", "ATTENTE", "ACCORDEE"]


def test_pending_for_a_time(sandbox, clock):
    xml = m.request("1012345681")
    assert ask(sandbox, xml).retry_after == "30"
    get = m.consultation(m.exchange_id_of(xml))
    clock.now += dt.timedelta(seconds=29)
    assert ask(sandbox, get).retry_after == "1"
    clock.now += dt.timedelta(seconds=1)
    assert ask(sandbox, get).status == "ACCORDEE"


def test_pending_for_ever_and_pending_then_refused(sandbox):
    for member, status in (("1012345682", "ATTENTE"), ("1012345683", "REFUSEE")):
        xml = m.request(member)
        assert ask(sandbox, xml).status == "ATTENTE"
        assert ask(sandbox, m.consultation(m.exchange_id_of(xml))).status == status


def test_chance_depends_on_the_seed_and_the_exchange_id():
    requests = [m.request("1012345684") for _ in range(60)]

    def pending(seed, messages):
        sandbox = Sandbox(seed=seed)
        return {m.exchange_id_of(xml) for xml in messages if m.read(sandbox.handle(xml)).status == "ATTENTE"}

    chosen = pending(1, requests)
    assert 4 <= len(chosen) <= 24
    assert chosen == pending(1, reversed(requests))
    assert chosen != pending(2, requests)


def test_cancellation(sandbox):
    request_id, number = grant_one(sandbox)
    cancellation = m.cancellation(request_id, number)
    assert ask(sandbox, cancellation).accepted == "O"
    assert ask(sandbox, cancellation).accepted == "O"  # delivered twice, done once
    again = ask(sandbox, m.cancellation(request_id, number))
    assert (again.accepted, again.reason) == ("N", "La prise en charge est déjà annulée")
    assert ask(sandbox, m.consultation(request_id)).status == "ANNULEE"


def test_only_granted_coverage_is_invoiced_and_no_refusal_or_quote_is_cancelled(sandbox):
    for options, may_cancel in (
        ({"kind": "COT"}, "N"),
        ({"member": "1012345679"}, "O"),  # pending: withdrawn
        ({"member": "1012345685"}, "N"),
    ):
        xml = m.request(**options)
        number = ask(sandbox, xml).number
        request_id = m.exchange_id_of(xml)
        assert ask(sandbox, m.cancellation(request_id, number)).accepted == may_cancel
        lines = ((1, "250.00", "1.37", "0.00"),)
        assert ask(sandbox, m.invoice(request_id, number, lines)).accepted == "N"


def test_invoice(sandbox):
    request_id, number = grant_one(sandbox)
    for wrong in (
        (1, "250.00", "1.37", "100.01"),
        (1, "251.00", "1.37", "100.00"),
        (1, "250.00", "1.38", "100.00"),
        (9, "250.00", "1.37", "100.00"),
    ):
        answer = ask(sandbox, m.invoice(request_id, number, (wrong,)))
        assert answer.reason == "La facture ne correspond pas à la prise en charge accordée"
    right = (1, "250.00", "1.37", "100.00"), (2, "250.00", "1.37", "99.99")
    invoice = m.invoice(request_id, number, right)
    assert ask(sandbox, invoice).accepted == "O"
    assert ask(sandbox, invoice).accepted == "O"
    for later in (m.invoice(request_id, number, right), m.cancellation(request_id, number)):
        assert ask(sandbox, later).reason == "La prise en charge est déjà facturée"


@pytest.mark.parametrize("make", [m.consultation, m.cancellation])
def test_unknown_reference(sandbox, make):
    request_id, number = grant_one(sandbox)
    for wrong in (("T-unknown", number), (request_id, "1")):
        with pytest.raises(Rejection) as caught:
            sandbox.handle(make(*wrong))
        assert caught.value.code == "unknown_reference"


def test_a_rejection_decides_nothing(sandbox):
    request = m.request()
    request_id = m.exchange_id_of(request)
    early = m.cancellation(request_id, "373")
    with pytest.raises(Rejection):
        sandbox.handle(early)
    assert sandbox.ledger.exchange(m.exchange_id_of(early)).outcome == "unknown_reference"
    ask(sandbox, request)
    assert ask(sandbox, early).accepted == "O"
    assert sandbox.ledger.exchange(m.exchange_id_of(early)).deliveries == 2


def test_same_exchange_id_same_message(sandbox):
    xml = m.request()
    assert ask(sandbox, xml).number == ask(sandbox, xml).number
    assert sandbox.ledger.exchange(m.exchange_id_of(xml)).deliveries == 2
    assert sandbox.ledger.summary()["cases"] == [{"kind": "PEC", "status": "granted", "count": 1}]


def test_same_exchange_id_other_message(sandbox):
    request_id, _number = grant_one(sandbox)
    for other in (m.request("1012345679", exchange_id=request_id), m.consultation("x", exchange_id=request_id)):
        with pytest.raises(Rejection) as caught:
            sandbox.handle(other)
        assert caught.value.code == "duplicate"
    (entry,) = sandbox.ledger.entries(request_id)
    assert (entry["kind"], entry["deliveries"], entry["case"]["granted"]) == ("OPAMCREQ", 3, 30000)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<html/>",
        b"<!DOCTYPE x><x/>",
        m.request().replace(b"<Taux>", b"<Taux>9"),
        m.request()[:-9],
        Sandbox().handle(m.request()),
    ],
)
def test_what_is_no_message_is_rejected(sandbox, xml):
    with pytest.raises(Rejection) as caught:
        sandbox.handle(xml)
    assert caught.value.code == "rejected"
    assert sandbox.ledger.summary()["exchanges"] == 0


def test_a_rejection_quotes_no_value(sandbox):
    with pytest.raises(Rejection) as caught:
        sandbox.handle(m.request(nir="180027512345617").replace(b"180027512345617", b"999999999999999"))
    assert "NIR" in caught.value.label
    assert "9999" not in caught.value.label


def test_eligibility(sandbox):
    answer = ask(sandbox, m.eligibility("1012345678"))
    assert (answer.rights, answer.ceiling) == ("OUVERTS", ("", ""))
    answer = ask(sandbox, m.eligibility("1012345686"))
    assert (answer.rights, answer.valid_until) == ("FERMES", "2025-12-31")
    grant_one(sandbox, "1012345687", lines=ONE_LENS)
    assert ask(sandbox, m.eligibility("1012345687")).ceiling == ("370.00", "150.00")
    assert ask(sandbox, m.eligibility("4242")).rights == "INCONNUS"
    assert ask(sandbox, m.eligibility("1012345678", amc="12345678")).rights == "INCONNUS"


def test_the_rights_agree_with_the_refusals_of_every_member(clock):
    """A question about rights says what a request of that day meets, of the shipped members and of other kinds."""
    rules = json.loads(DEFAULT_RULES.read_bytes())
    own = {"plan": "montfort", "says": "of this test"}
    rules["members"] += [
        {"number": "portability over", "portability_until": "2026-11-21", **own},
        {"number": "portability runs", "portability_until": "2026-11-22", "valid_until": "2026-12-31", **own},
        {"number": "begins later", "valid_from": "2026-11-23", **own},
        {"number": "somebody else", "beneficiaries": ["1901-01-01"], **own},
        {"number": "beneficiary", "beneficiaries": ["1980-02-03"], **own},
    ]
    sandbox = Sandbox(rules=Rules.parse(json.dumps(rules).encode()), clock=clock)
    closed = {"ADH02", "ADH03", "ADH04"}
    told = {}
    for number in (*sandbox.rules.members, "4242"):
        xml = m.request(number)
        answer = ask(sandbox, xml)
        if answer.status == "ATTENTE":
            clock.now += dt.timedelta(minutes=1)
            for _consultation in range(3):
                answer = ask(sandbox, m.consultation(m.exchange_id_of(xml)))
        codes = {reason.code for reason in sandbox.rules.reasons.values() if reason.label == answer.reason}
        expected = "FERMES" if codes & closed else "INCONNUS" if codes & {"ADH01", "ADH05"} else "OUVERTS"
        rights = ask(sandbox, m.eligibility(number))
        assert rights.rights == expected, number
        told[number] = rights.rights, rights.valid_until
    assert told["1012345685"][0] == told["1012345683"][0] == "FERMES"
    assert told["portability over"] == ("FERMES", "2026-11-21")
    assert told["portability runs"] == ("OUVERTS", "2026-11-22")
    assert told["somebody else"] == told["4242"] == ("INCONNUS", "")
    assert told["beneficiary"][0] == "OUVERTS"


def test_what_is_pending_can_be_withdrawn(sandbox):
    request = m.request("1012345682")  # never decided
    number = ask(sandbox, request).number
    assert ask(sandbox, m.cancellation(m.exchange_id_of(request), number)).accepted == "O"
    assert ask(sandbox, m.consultation(m.exchange_id_of(request))).status == "ANNULEE"
    assert sandbox.ledger.summary()["cases"] == [{"kind": "PEC", "status": "cancelled", "count": 1}]


def test_prices(sandbox):
    assert ask(sandbox, m.prices()).lines == {"1": ("180.00",), "2": ("30.00",)}
    assert ask(sandbox, m.prices(amc="99000001")).lines == {}
    assert ask(sandbox, m.prices(amc="12345678")).lines == {}


def test_grants_never_exceed_the_rest():
    lines = [Line(1, "frame", "B", 5000, 170), Line(2, "lens", "B", 20000, 0), Line(3, "contact", "", 100, 0)]
    plan = {"frame": Cover(per_line=10000), "lens": Cover(annual_max=15000)}
    granted = grant(lines, plan, {"lens": 3000})
    assert [line.granted for line in granted] == [4830, 3000, 0]
    assert [line.reason for line in granted] == ["", "ceiling_reached", "not_covered"]


def test_sixty_four_deliveries_at_once_one_decision(tmp_path):
    path = str(tmp_path / "ledger.sqlite")
    # Two sandboxes on one file, as two processes would be.
    sandboxes = [Sandbox(Ledger(path, 373)) for _ in range(2)]
    xml = m.request("1012345687", lines=ONE_LENS)
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda index: m.read(sandboxes[index % 2].handle(xml)), range(64)))
    assert {(answer.number, answer.total) for answer in answers} == {("373", "150.00")}
    summary = sandboxes[0].ledger.summary()
    assert (summary["exchanges"], summary["deliveries"]) == (1, 64)
    assert sandboxes[1].ledger.consumed("1012345687", "lens", 2026) == 15000


def test_ledger_survives_a_restart(tmp_path, clock):
    path = str(tmp_path / "ledger.sqlite")
    pending, granted = m.request("1012345679"), m.request()
    first = Sandbox(Ledger(path, 373), clock=clock)
    assert [ask(first, xml).number for xml in (pending, granted)] == ["373", "374"]
    first.ledger.close()
    second = Sandbox(Ledger(path, 373), clock=clock)
    assert ask(second, granted).number == "374"
    assert ask(second, m.consultation(m.exchange_id_of(pending))).status == "ACCORDEE"
    assert ask(second, m.request()).number == "375"
    entries = list(second.ledger.entries())
    assert [entry["deliveries"] for entry in entries] == [1, 2, 1, 1]
    assert [entry["case"]["number"] for entry in entries] == [373, 374, 373, 375]


def test_a_failed_transaction_leaves_nothing():
    ledger = Ledger()

    def fail():
        with ledger.transaction():
            ledger.consume("1", "lens", 2026, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ledger.consumed("1", "lens", 2026) == 0
    assert ledger.case(1) is None


def test_other_rules(tmp_path):
    rules = json.loads(DEFAULT_RULES.read_bytes())
    rules["first_file_number"] = 1000
    rules["members"] = [{"number": "7", "says": "", "plan": "rate", "valid_from": "2026-01-01"}]
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(rules))
    sandbox = Sandbox(rules=Rules.load(path))
    assert ask(sandbox, m.request("7")).number == "1000"
    assert ask(sandbox, m.request("7", date="2025-12-31")).status == "REFUSEE"


def test_the_readme_tells_every_member_and_every_fault():
    readme = (ROOT / "sandbox" / "README.md").read_text(encoding="utf-8")
    for member in Rules.load().members.values():
        assert f"| {member.number} | {member.says} |" in readme
    for fault in TROUBLES:
        assert f"| `{fault}` |" in readme
