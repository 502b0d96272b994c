"""The kit's check, samples, play and folder, on dialects that are right and on spoilt ones."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from dialects_under_test import BOTH, HERE, codec
from foreign import papers, roots

from lib.protocol.codec import Codec
from lib.protocol.dialect import Dialect
from lib.protocol.errors import OptoamcError
from lib.protocol.kit import report
from lib.protocol.kit.__main__ import main
from lib.protocol.kit.check import check
from lib.protocol.kit.draft import draft
from lib.protocol.kit.folder import Folder
from lib.protocol.kit.play import Play
from lib.protocol.kit.samples import samples
from lib.protocol.kit.specimens import Specimens
from lib.protocol.messages import ANSWER_KINDS, MessageKind, Status
from lib.protocol.sandbox import Interpreter, Rejection, Sandbox
from lib.protocol.sandbox.app import App
from lib.protocol.sandbox.script import Script
from lib.protocol.sandbox.server import open_server
from lib.protocol.transport import Endpoint, open_transport
from lib.protocol.transport.reach import Reach

OPEN = codec("open")


def spoilt(old: str, new: str, files=()) -> Codec:
    """The shipped dialect with one thing changed in its table, or in its schema."""
    table = Dialect.shipped_table("open").decode()
    assert files or old in table
    schemas = {name: OPEN.dialect.files[name] for name in OPEN.dialect.files}
    for name in files:
        assert old.encode() in schemas[name]
        schemas[name] = schemas[name].replace(old.encode(), new.encode())
    return Codec(Dialect("spoilt", table if files else table.replace(old, new), schemas))


@pytest.mark.parametrize("name", BOTH)
def test_a_right_table_writes_what_the_schema_allows_and_reads_what_it_gives(name):
    found = check(codec(name))
    assert found.errors == ()
    assert {message.kind for message in found.messages} == set(MessageKind)
    for message in found.messages:
        assert message.written > 5
        assert bool(message.tried) == (message.kind in ANSWER_KINDS.values())
    assert all("la table exige" in finding.what for finding in found.findings)


@pytest.mark.parametrize(
    ("old", "new", "kind", "problem"),
    [
        # longer than the schema allows
        ("format;nom;;;;text(60)", "format;nom;;;;text(90)", MessageKind.REQUEST, "le XSD refuse"),
        # a code that the schema does not know
        ("granted=ACCORDEE", "granted=OUI", MessageKind.ANSWER, "Statut"),
        # shorter than what the schema lets an insurer write
        ("OPAMCRSP OPAMCADV OPAMCRIA;Motif[];reasons[].label;O;;text(255)",
         "OPAMCRSP OPAMCADV OPAMCRIA;Motif[];reasons[].label;O;;text(25)", MessageKind.ANSWER,
         "Motif[] : attendu texte de 25"),
        # left out: it is neither written nor read
        ("OPAMCRSP;Totaux/MontantAMO;totals.amo;C;given;amount;;;Total : montant AMO;"
         "Quand l'organisme le communique.\n", "",
         None, ""),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_told_where(old, new, kind, problem):
    found = check(spoilt(old, new)).errors
    if kind is None:
        assert found == ()  # what a table leaves out, it does not write; of an answer, it is not read
        return
    assert any(finding.kind == kind and problem in finding.what for finding in found), found


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("Ligne[]/MontantAMC;", "le montant accordé pour chaque ligne ; il manque une ligne pour lines[].granted"),
        ("NumeroPEC;", "le numéro de prise en charge ; il manque une ligne pour file_number"),
    ],
)
def test_an_agreement_that_could_not_be_acted_on_is_told(left_out, told):
    (row,) = [line for line in Dialect.shipped_table("open").decode().splitlines()
              if line.startswith(f"OPAMCRSP;{left_out}")]  # fmt: skip
    found = [finding.what for finding in check(spoilt(row + "\n", "")).errors]
    assert f"accord sur une prise en charge : la réponse ne dit pas {told}" in found


def test_an_agreement_given_as_a_total_only_is_not_played():
    table = Dialect.shipped_table("open").decode().splitlines()
    kept = [line for line in table if not ("OPAMCRSP" in line.split(";")[0] and ";Ligne[]/" in line)]
    subject = Codec(Dialect("total", "\n".join(kept), OPEN.dialect.files))
    turns = {turn.member: turn for turn in Play(subject).turns()}
    assert not turns["1012345678"].is_played
    assert turns["1012345678"].granted is None
    assert turns["1012345685"].is_played, "a refusal needs no amount"


@pytest.mark.parametrize(
    ("old", "new", "level", "told"),
    [
        ("granted=ACCORDEE|refused=REFUSEE", "granted=ACCORDEE|refused=", "error", "refus sur une cotation : "),
        ("|pending=ATTENTE", "|pending=", "remark", "mise en attente sur une prise en charge : "),
    ],
)
def test_an_outcome_without_a_code_is_told_by_its_row(old, new, level, told):
    subject = spoilt(old, new)
    row = next(field.row for field in subject.dialect.dictionary.fields_of(MessageKind.ANSWER)
               if field.attribute == "status")  # fmt: skip
    found = [finding for finding in check(subject).findings if finding.what.startswith(told)]
    assert [finding.level for finding in found] == [level]
    assert f"ligne {row} de la table" in found[0].what


def test_a_schema_that_wants_what_the_table_does_not_write():
    old = '<xs:element name="DateDossier" type="Date"/>'
    new = old + '<xs:element name="Canal" type="xs:string"/>'
    found = check(spoilt(old, new, files=["open.xsd"])).errors
    assert any("le XSD refuse ce que la table écrit" in finding.what for finding in found)


def test_a_table_without_answers_is_no_use():
    rows = [line.partition(";") for line in Dialect.shipped_table("open").decode().splitlines()]
    rows = [(" ".join(name for name in cell.split(" ") if name != "OPAMCRSP"), sep, rest) for cell, sep, rest in rows]
    table = "\n".join("".join(row) for row in rows if row[0])
    found = check(Codec(Dialect("x", table, OPEN.dialect.files)))
    assert [finding.what for finding in found.errors] == [
        "la table n'a pas le message OPAMCRSP : aucune réponse n'est lue"
    ]


def test_a_report_is_french_and_has_the_calls_as_they_would_leave():
    endpoint = Endpoint(
        kind="soap", url="https://plateforme.example/s", wsdl="open.wsdl", files=OPEN.dialect.files,
        username="opticien", password="jamais-montré",
    )  # fmt: skip
    made = [*samples(OPEN, endpoint)]
    assert {sample.kind for sample in made} == set(ANSWER_KINDS)
    assert not any(sample.problem for sample in made)
    for sample in made:
        assert sample.call.startswith("POST https://plateforme.example/s\n")
        assert "SOAPAction" in sample.call
        assert "<w:Username>IDENTIFIANT</w:Username>" in sample.call
        assert "jamais-montré" not in sample.call
    page = report.of_check(OPEN, check(OPEN), made)
    assert "Ce que la plateforme recevrait" in page
    assert "0 point(s) à corriger" in page


@pytest.mark.parametrize("how", [{}, {"is_gzip": True}])
def test_a_call_in_another_encoding_is_shown_decoded(how):
    table = Dialect.shipped_table("open").decode().splitlines()
    table.insert(2, "encoding;iso-8859-1")
    subject = Codec(Dialect("latin", "\n".join(table), OPEN.dialect.files))
    endpoint = Endpoint(
        kind="https", url="https://plateforme.example", template="<e><mise>à l'échéance</mise>{message}</e>", **how
    )
    (first, *_rest) = samples(subject, endpoint)
    assert "octets qui ne sont pas du texte" not in first.call
    assert "écrit en ISO-8859-1" in first.call
    assert "<mise>à l'échéance</mise>" in first.call


def test_a_sample_of_a_form_with_a_token_and_of_a_platform_that_cannot_be_called():
    from lib.protocol.transport import Login

    endpoint = Endpoint(
        kind="token", url="https://plateforme.example", login=Login(path="oauth"), template="flux={message:base64}",
        username="x", password="y",
    )  # fmt: skip
    (first, *_rest) = samples(OPEN, endpoint)
    assert first.call.startswith("POST https://plateforme.example/oauth\n")
    assert "Authorization: Bearer JETON" in first.call
    assert "\n\nflux=PD94" in first.call
    (first, *_rest) = samples(OPEN, replace(endpoint, kind="soap", template="", wsdl="none.wsdl"))
    assert first.message
    assert "none.wsdl" in first.problem


@pytest.mark.parametrize("name", [*BOTH, "visiolink"])
def test_the_sandbox_insurer_speaks_the_dialect(name):
    if name in BOTH:
        subject = codec(name)
    else:
        known = papers(name)
        made = draft(name, known, roots(name, known))
        subject = Codec(Dialect(name, made.table, made.files))
    turns = {turn.member: turn for turn in Play(subject).turns()}
    assert all(turn.is_played for turn in turns.values()), turns
    assert turns["1012345678"].course == ("accordée", "annulation acceptée")
    assert str(turns["1012345678"].granted) == "300.00"
    assert turns["1012345679"].course[:2] == ("en attente", "consultée : accordée")
    assert turns["1012345685"].course == ("refusée",)
    assert "14 adhérents de démonstration joués sur 14" in report.of_play(turns.values())


def test_what_a_dialect_cannot_say_is_told_and_not_made_up():
    text = (
        (HERE / "mutua.csv")
        .read_text(encoding="utf-8")
        .replace("granted=OK,OKP|refused=KO", "granted=OK,OKP|refused=")
    )
    subject = Codec(Dialect("mutua", text, codec("mutua").dialect.files))
    turns = {turn.member: turn for turn in Play(subject).turns()}
    assert turns["1012345678"].is_played
    assert not turns["1012345685"].is_played
    assert "ne peut pas dire cette réponse" in turns["1012345685"].words


def test_one_exchange_is_one_decision_in_any_dialect():
    subject = codec("mutua")
    insurer = Interpreter(Sandbox(), subject.dialect)
    options = frozenset(subject.dialect.dictionary.options)
    message = Specimens(subject).message(MessageKind.REQUEST)
    xml = subject.build(message, options)
    first, again = (subject.parse(insurer.handle(xml)) for _time in range(2))
    assert first.status is Status.GRANTED
    assert first.header.reply_to == message.header.exchange_id
    assert again.file_number == first.file_number
    assert [entry["deliveries"] for entry in insurer.ledger.entries()] == [2]
    other = replace(message, insured=replace(message.insured, member_number="1012345679"))
    with pytest.raises(Rejection) as caught:
        insurer.handle(subject.build(other, options))
    assert caught.value.code == "duplicate"
    for body in (b"", b"x", b"<x/>", b"a=b", subject.build(first, options)):
        with pytest.raises(Rejection) as caught:
            insurer.handle(body)
        assert caught.value.code == "rejected"


@contextmanager
def served(dialect):
    app = App(Interpreter(Sandbox(), dialect), Script([], 0))
    server = open_server(app, "127.0.0.1", 0, None)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        app.stop()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    "how",
    [
        {"kind": "https", "url": "/xml"},
        {"kind": "https", "url": "/xml/depot/pec", "template": "magasin=a&flux={message:gzip}"},
        {"kind": "soap", "url": "/soap", "template": (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body><p:depot '
            'xmlns:p="urn:p"><v>2</v><flux>{message:text}</flux></p:depot></e:Body></e:Envelope>')},
    ],
)  # fmt: skip
def test_the_sandbox_speaks_the_dialect_in_the_platforms_own_envelope(how):
    subject = codec("mutua")
    xml = subject.build(Specimens(subject).message(MessageKind.REQUEST), frozenset(subject.dialect.dictionary.options))
    roots_ = {kind: layout.step.name.text for kind, layout in subject.dialect.layouts.items()}
    with served(subject.dialect) as url:
        endpoint = Endpoint(
            **{**how, "url": url + how["url"]}, roots=roots_, files=subject.dialect.files, reach=Reach(is_local=True)
        )
        with open_transport(endpoint) as transport:
            reply = transport.call(MessageKind.REQUEST, xml)
    assert subject.parse(reply.xml, MessageKind.ANSWER).status is Status.GRANTED


def test_the_insurer_of_this_process_speaks_the_endpoints_dialect():
    subject = codec("mutua")
    xml = subject.build(Specimens(subject).message(MessageKind.REQUEST), frozenset(subject.dialect.dictionary.options))
    with open_transport(Endpoint(kind="sandbox", dialect=subject.dialect)) as transport:
        assert subject.parse(transport.call(MessageKind.REQUEST, xml).xml).status is Status.GRANTED


# The folder, and the command.


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "visiolink.xsd").write_bytes(papers("visiolink").files["visiolink.xsd"])
    return tmp_path


def test_the_three_calls_on_a_folder(folder, capsys):
    assert main(["new", str(folder)]) == 0
    assert {file.name for file in folder.iterdir()} == {
        "visiolink.xsd",
        "table.csv",
        "plateforme.ini",
        "proposition.md",
    }
    assert "93\N{NO-BREAK SPACE}% relié" in capsys.readouterr().out
    assert "| `dossier/patient/nomFamille` | `beneficiary.last_name` |" in (folder / "proposition.md").read_text()
    # What the proposal cannot know of: a prism without its base, which this platform never takes.
    assert main(["check", str(folder)]) == 1
    assert "1 point(s) à corriger" in capsys.readouterr().out
    page = (folder / "verification.md").read_text()
    assert "POST https://plateforme.example/service/OPAMCREQ" in page
    assert main(["play", str(folder), "--once"]) == 0
    assert "14 adhérents de démonstration joués sur 14" in capsys.readouterr().out


def schema_of(*names: str, inside: str = "") -> str:
    """An XSD of some elements, with one place each."""
    places = f"<xs:sequence><xs:element name='identifiant' type='xs:string'/>{inside}</xs:sequence>"
    elements = [f"<xs:element name='{name}'><xs:complexType>{places}</xs:complexType></xs:element>" for name in names]
    return f"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>{''.join(elements)}</xs:schema>"


def test_what_is_no_message_yet_is_named_with_how_to_say_it(tmp_path, capsys):
    schema = schema_of("DemandePec", "ReponsePec", "Auscultation", inside="<xs:element ref='Bandeau'/>")
    (tmp_path / "x.xsd").write_text(schema.replace("</xs:schema>", "<xs:element name='Bandeau'/></xs:schema>"))
    assert main(["new", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "Éléments non attribués : Auscultation." in told, "and not what messages are made of"
    assert "Messages sans élément : OPAMCGET, OPAMCDEL" in told
    assert "--message OPAMCREQ=" in told
    assert "Éléments non attribués : Auscultation." in (tmp_path / "proposition.md").read_text(encoding="utf-8")
    named = [f"--message={kind}={name}" for kind, name in
             (("OPAMCREQ", "DemandePec"), ("OPAMCRSP", "ReponsePec"), ("OPAMCGET", "Auscultation"))]  # fmt: skip
    assert main(["new", str(tmp_path), "--force", *named]) == 0
    assert "non attribué" not in capsys.readouterr().out


def test_an_operation_that_is_no_message_yet_is_named(tmp_path, capsys):
    ends = {"Deposer": ("DemandePec", "ReponsePec"), "Ausculter": ("Auscultation", "Constat")}
    names = [name for pair in ends.values() for name in pair]
    (tmp_path / "x.wsdl").write_text(
        "<w:definitions xmlns:w='http://schemas.xmlsoap.org/wsdl/'><w:types>"
        + schema_of(*names)
        + "</w:types>"
        + "".join(f"<w:message name='{name}'><w:part name='a' element='{name}'/></w:message>" for name in names)
        + "<w:portType name='p'>"
        + "".join(
            f"<w:operation name='{name}'><w:input message='{asked}'/><w:output message='{answer}'/></w:operation>"
            for name, (asked, answer) in ends.items()
        )
        + "</w:portType></w:definitions>"
    )
    main(["new", str(tmp_path)])
    told = capsys.readouterr().out
    assert "Éléments non attribués : Auscultation, Constat." in told
    assert "Opérations non attribuées : Ausculter." in told


def test_a_table_is_not_overwritten(folder, capsys):
    assert main(["new", str(folder)]) == 0
    (folder / "table.csv").write_text("mine")
    assert main(["new", str(folder)]) == 1
    assert "existe déjà" in capsys.readouterr().err
    assert (folder / "table.csv").read_text() == "mine"
    assert main(["check", str(folder)]) == 1
    assert "les colonnes sont" in capsys.readouterr().err
    assert main(["new", str(folder), "--force"]) == 0


@pytest.mark.parametrize(
    ("files", "call", "problem"),
    [
        ({}, "new", "aucun fichier XSD"),
        ({"x.xsd": "no"}, "new", "x.xsd : ce n'est pas un XSD lisible"),
        ({"x.xsd": "<a/>"}, "new", "x.xsd : ce n'est pas un XSD"),
        ({"x.wsdl": "<a"}, "new", "x.wsdl : ce n'est pas un WSDL lisible"),
        ({"x.xsd": "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include schemaLocation='y.xsd'/>"
                   "</xs:schema>"}, "new", "« y.xsd » n'est pas fourni"),
        ({"x.xsd": "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='a' type='xs:string'/>"
                   "</xs:schema>"}, "new", "aucun message reconnu parmi a"),
        ({}, "check", "table.csv manque"),
        ({"plateforme.ini": "[x"}, "check", "table.csv manque"),
    ],
)  # fmt: skip
def test_papers_that_will_not_do(tmp_path, capsys, files, call, problem):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert main([call, str(tmp_path)]) == 1
    assert problem in capsys.readouterr().err


def test_settings_that_cannot_be_read(folder, capsys):
    main(["new", str(folder)])
    capsys.readouterr()
    (folder / "plateforme.ini").write_text("[plateforme\n")
    assert main(["check", str(folder)]) == 1
    assert "plateforme.ini" in capsys.readouterr().err
    (folder / "plateforme.ini").write_text("[plateforme]\nadresse = https://p.example\n[operations]\nXXX = y\n")
    assert main(["check", str(folder)]) == 1
    assert "« XXX » n'est pas un message" in capsys.readouterr().err
    with pytest.raises(OptoamcError, match="n'est pas un dossier"):
        Folder(folder / "none")


def test_a_platform_from_its_papers_with_one_row_to_write(tmp_path, capsys):
    """Token, form, base64, identifiers of digits, cancellation by the agreement's number alone: as the guide says."""
    (tmp_path / "clairvue.xsd").write_bytes((HERE.parent / "foreign" / "clairvue.xsd").read_bytes())
    assert main(["new", str(tmp_path)]) == 0
    settings = tmp_path / "plateforme.ini"
    lines = {
        "transport": "token", "adresse": "https://soleil.example/tp", "chemin_connexion": "session",
        "appel_connexion": "user={login}&secret={password}", "identifiants": "chiffres", "chiffres": "20",
    }  # fmt: skip
    text = settings.read_text(encoding="utf-8")
    for key, value in lines.items():
        text = re.sub(rf"(?m)^(; )?{key} = .*$", lambda _found, line=f"{key} = {value}": line, text)
    settings.write_text(text, encoding="utf-8")
    (tmp_path / "enveloppe.txt").write_text("flux={message:base64}&magasin={login}", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "2 point(s) à corriger" in told
    assert ": il n'est pas attendu ici ; attendu : noFiness" in told
    row = "OPAMCGET OPAMCDEL;noFiness;optician.finess;O;;digits(9);;;Opticien : numéro FINESS;Désigne l'opticien."
    table = (tmp_path / "table.csv").read_text(encoding="utf-8").splitlines()
    place = next(index for index, line in enumerate(table) if "À RELIER OPAMCGET OPAMCDEL : noFiness" in line)
    (tmp_path / "table.csv").write_text("\n".join([*table[: place + 1], row, *table[place + 1 :]]), encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
    page = (tmp_path / "verification.md").read_text(encoding="utf-8")
    assert "POST https://soleil.example/tp/session" in page
    assert "\n\nflux=PD94" in page
    assert main(["play", str(tmp_path), "--once"]) == 0
    assert "14 adhérents de démonstration joués sur 14" in capsys.readouterr().out
