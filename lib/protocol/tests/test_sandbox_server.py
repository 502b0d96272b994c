"""The sandbox over HTTP and as a process: routes, scripts, troubles, signals."""

from __future__ import annotations

import io
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import open_messages as m
import pytest
import requests
from lxml import etree
from sandbox_server import serve
from werkzeug.serving import WSGIRequestHandler

from lib.protocol.messages import MessageKind
from lib.protocol.sandbox import Ledger, Sandbox
from lib.protocol.sandbox.__main__ import main
from lib.protocol.sandbox.documents import Reader
from lib.protocol.sandbox.script import Script
from lib.protocol.sandbox.server import _Handler
from lib.protocol.transport import open_transport


@pytest.fixture
def served():
    with serve() as served:
        yield served


def post(served, path, data):
    return requests.post(served.url + path, data=data, timeout=30)


def get(served, path):
    return requests.get(served.url + path, timeout=30)


def test_wsdl_and_schema(served):
    wsdl = etree.fromstring(get(served, "/soap?wsdl").content)
    addresses = wsdl.xpath("//*[local-name() = 'address']/@location")
    assert addresses == [f"{served.url}/soap"] * 2
    assert etree.fromstring(get(served, "/open.xsd").content).tag.endswith("schema")


def test_ledger(served):
    first, second = m.request(), m.request("1012345679")
    for xml in (first, first, second):
        assert post(served, "/xml/OPAMCREQ", xml).status_code == 200
    ledger = get(served, "/ledger").json()
    assert (ledger["exchanges"], ledger["deliveries"]) == (2, 3)
    assert [entry["case"]["status"] for entry in ledger["entries"]] == ["granted", "pending"]
    (entry,) = get(served, f"/ledger?exchange_id={m.exchange_id_of(first)}").json()["entries"]
    assert (entry["kind"], entry["deliveries"], entry["case"]["granted"]) == ("OPAMCREQ", 2, 30000)
    assert get(served, "/ledger?exchange_id=nobody").json()["entries"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/xml/OPAMCREQ", 405), ("POST", "/ledger", 405)],
)
def test_other_routes(served, method, path, status):
    assert requests.request(method, served.url + path, timeout=30).status_code == status


def test_rejections_over_http(served):
    answer = post(served, "/xml/OPAMCGET", m.request())
    assert answer.status_code == 400
    assert etree.fromstring(answer.content)[0].text == "rejected"
    assert post(served, "/xml/OPAMCGET", m.consultation("nobody")).status_code == 404


@pytest.mark.parametrize("body", [b"", b"<x/>", b"<html>", b'<s:Envelope xmlns:s="urn:s"/>'])
def test_what_is_no_envelope(served, body):
    answer = post(served, "/soap", body)
    assert answer.status_code == 500
    assert b"faultcode>soap:Client<" in answer.content


def test_faults_are_those_that_the_wsdl_declares(served):
    wsdl = etree.fromstring(get(served, "/soap?wsdl").content)
    declared = wsdl.find(".//{http://www.w3.org/2001/XMLSchema}schema")
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(declared)))
    detail = etree.fromstring(post(served, "/soap", b"").content).find(".//detail")[0]
    bare = post(served, "/xml/OPAMCGET", m.consultation("nobody")).content
    for fault in (etree.tostring(detail), bare):
        schema.assertValid(etree.fromstring(fault))


class TestScript:
    def test_over_http(self, served):
        steps = [{"fault": "http_500", "match": {"member": "1012345678", "kind": "OPAMCREQ"}, "times": 1}]
        assert post(served, "/script", json.dumps(steps)).json()[0]["applied"] == 0
        xml = m.request()
        assert [post(served, "/xml/OPAMCREQ", xml).status_code for _ in range(2)] == [500, 200]
        (step,) = get(served, "/script").json()
        assert (step["fault"], step["applied"]) == ("http_500", 1)

    @pytest.mark.parametrize(
        "steps",
        [
            "",
            "{}x",
            "[1]",
            '[{"fault": "earthquake"}]',
            '[{"fault": "drop", "when": "never"}]',
            '[{"fault": "drop", "match": {"colour": 1}}]',
            "[{}]",
        ],
    )
    def test_what_is_no_script(self, served, steps):
        post(served, "/script", '[{"fault": "drop"}]')
        assert post(served, "/script", steps).status_code == 400
        assert len(get(served, "/script").json()) == 1

    def picks(self, steps, calls, seed=0):
        """Which of the calls a script has a fault for."""
        script, reader = Script(steps, seed), Reader()
        return [script.pick(reader.read(xml)) is not None for xml in calls]

    def test_matches(self):
        calls = [m.request("1012345678"), m.request("1012345679", exchange_id="X"), m.consultation("X")]
        assert self.picks([], calls) == [False, False, False]
        assert self.picks([{"fault": "drop"}], calls) == [True, True, True]
        assert self.picks([{"fault": "drop", "match": {"kind": "OPAMCREQ", "nth": 2}}], calls) == [False, True, False]
        assert self.picks([{"fault": "drop", "match": {"exchange_id": "X"}}], calls) == [False, True, False]
        assert self.picks([{"fault": "drop", "match": {"member": "1012345678"}}], calls) == [True, False, False]
        assert self.picks([{"fault": "drop", "times": 2}], calls) == [True, True, False]

    def test_probability_can_be_repeated(self):
        calls = [m.request() for _ in range(200)]
        step = {"fault": "drop", "match": {"probability": 0.25}}
        chosen = self.picks([step], calls)
        assert 25 <= sum(chosen) <= 75
        assert chosen == self.picks([step], calls)
        assert chosen != self.picks([step], calls, seed=1)
        # The same message sent again has another chance.
        assert True in self.picks([step], calls[:1] * 50)


def test_credentials_of_what_is_no_envelope():
    with serve(user="u", password="p") as served:
        assert b"FailedAuthentication" in post(served, "/soap", b"nothing").content


def test_a_patient_client_gets_all(served):
    endpoint = served.endpoint("https")
    for step in ({"fault": "too_large", "size": 2**17}, {"fault": "slow_drip", "seconds": 0}):
        served.script.load([step])
        with open_transport(endpoint) as transport:
            assert m.read(transport.call(MessageKind.REQUEST, m.request()).xml).status == "ACCORDEE"


@pytest.mark.parametrize("fault", ["hang", "slow_drip"])
def test_a_server_that_stops_lets_nobody_wait(fault):
    with ThreadPoolExecutor(1) as pool:
        with serve() as served:
            served.script.load([{"fault": fault, "seconds": 3600}])
            waiting = pool.submit(post, served, "/xml/OPAMCREQ", m.request())
            while not served.script.dump()[0]["applied"]:
                time.sleep(0.01)
        with pytest.raises(requests.RequestException):
            waiting.result(timeout=30)


# Python 3.11 may lose a thread that begins to be traced while another one does, and its call with it.
@pytest.mark.no_cover
def test_sixty_four_slow_calls_at_once(served):
    served.script.load([{"fault": "delay", "seconds": 0.3}])
    with open_transport(served.endpoint("soap", read_timeout=30)) as transport, ThreadPoolExecutor(64) as pool:
        xml = m.request()
        replies = list(pool.map(lambda _n: transport.call(MessageKind.REQUEST, xml), range(64)))
    assert {m.read(reply.xml).number for reply in replies} == {"373"}
    assert served.sandbox.ledger.exchange(m.exchange_id_of(xml)).deliveries == 64


def test_errors_are_logged_without_what_they_are_about(capsys, monkeypatch):
    monkeypatch.setattr(WSGIRequestHandler, "__init__", lambda self: None)
    handler = _Handler()
    handler.log("info", '"POST /soap?secret" %s', 200)
    handler.log("error", "Error on request:\n%s", "Traceback\nValueError: 180027512345617")
    assert capsys.readouterr().err == "Error on request:\nTraceback\nValueError\n"


class TestProcess:
    def start(self, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "lib.protocol.sandbox", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        return process, process.stdout.readline().split()[-1]

    def test_serves_and_stops(self, tmp_path):
        ledger, script = tmp_path / "ledger.sqlite", tmp_path / "script.json"
        script.write_text('[{"fault": "hang", "match": {"kind": "OPAMCGET"}}]')
        options = ("--ledger", str(ledger), "--script", str(script), "--user", "u", "--password", "p", "--delay", "10")
        process, url = self.start(*options)
        try:
            answer = requests.post(f"{url}/xml/OPAMCREQ", m.request(), auth=("u", "p"), timeout=30)
            assert m.read(answer.content).number == "373"
            with pytest.raises(requests.ReadTimeout):
                requests.post(f"{url}/xml/OPAMCGET", m.consultation("x"), auth=("u", "p"), timeout=0.3)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
        assert (process.returncode, out, err) == (0, "", "")
        assert Ledger(str(ledger)).summary()["exchanges"] == 1

    def test_in_this_process(self, monkeypatch, capsys):
        """The same, where coverage sees it."""
        monkeypatch.setattr(signal, "signal", lambda *_: None)

        def interrupted(self):
            raise KeyboardInterrupt

        for behave in (lambda self: None, interrupted):
            monkeypatch.setattr("werkzeug.serving.BaseWSGIServer.serve_forever", behave)
            assert main([]) == 0
            assert capsys.readouterr().out.startswith("sandbox ready http://127.0.0.1:")

    def test_sigterm(self, monkeypatch):
        handlers = {}
        monkeypatch.setattr(signal, "signal", handlers.__setitem__)
        monkeypatch.setattr(
            "werkzeug.serving.BaseWSGIServer.serve_forever",
            lambda self: handlers[signal.SIGTERM](signal.SIGTERM, None),
        )
        with pytest.raises(SystemExit) as caught:
            main(["--port", "0"])
        assert caught.value.code == 0

    @pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
    def test_shows_a_ledger(self, tmp_path, capsys, monkeypatch):
        path = tmp_path / "ledger.sqlite"
        Sandbox(Ledger(str(path), 373)).handle(m.request(exchange_id="shown"))
        monkeypatch.setattr(sys, "argv", ["sandbox", "ledger", str(path)])
        with pytest.raises(SystemExit) as caught:
            runpy.run_module("lib.protocol.sandbox", run_name="__main__")
        assert caught.value.code == 0
        entry, summary = (json.loads(line) for line in io.StringIO(capsys.readouterr().out))
        assert (entry["exchange_id"], entry["case"]["number"], summary["exchanges"]) == ("shown", 373, 1)
        with pytest.raises(SystemExit):
            main(["ledger", str(tmp_path / "nothing")])
