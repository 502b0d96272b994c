"""A whole day at DEBUG level, and nothing of it in the log, the history, the books or the file names."""

import base64
import json
import logging
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools.safe_eval import safe_eval

from ..lib.log_filter import mask
from ..lib.protocol.errors import OptoamcError
from ..lib.protocol.transport import local
from .shop_common import HEALTH, MEMBER, NIR, PASSWORD, SPACED_NIR, ShopCase, traces

SECRETS = (*HEALTH, MEMBER, PASSWORD)


class Everything(logging.Handler):
    """Keeps what any handler would have written, of all loggers at all levels, within a ``with``."""

    def __init__(self):
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    def __enter__(self):
        root = logging.getLogger()
        known = logging.Logger.manager.loggerDict.values()
        loggers = [root, *(logger for logger in known if isinstance(logger, logging.Logger))]
        self.levels = {one: one.level for one in [*loggers, *root.handlers]}
        for one in self.levels:
            # The usual log is spared all this.
            one.setLevel(logging.CRITICAL if isinstance(one, logging.Handler) else logging.NOTSET)
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *_error):
        logging.getLogger().removeHandler(self)
        for one, level in self.levels.items():
            one.setLevel(level)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLeak(ShopCase, HttpCase):
    def _rpc(self, model, method, *args, **kwargs):
        """A click of the web client: the answer's error, if there is one."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json().get("error") or {}

    def _day(self):
        order = self._dossier()
        granted = self._ask(order)
        self._dispatch()
        granted.action_transfer()
        order.action_confirm()
        invoice = self._invoice(order.sudo())

        refused = self._ask(self._dossier("9999999999"))
        self._dispatch()

        # A process that is killed writes nothing: what a crash may leave is an exception with the message in it.
        secret = f"<OPAMCREQ><NIR>{NIR}</NIR></OPAMCREQ> {SPACED_NIR}"
        for trouble in (OptoamcError("fault", "platform"), RuntimeError(secret), OptoamcError("tls", "certificate")):
            asked = self._ask(self._dossier())
            with patch.object(local.LocalTransport, "call", side_effect=trouble):
                self._dispatch()
            asked.sudo()._set_state("cancelled") if asked.state in ("queued", "error") else None

        self._import_payment(granted, invoice)
        self._import_directory()
        self._print(order, granted)
        return order.sudo(), granted.sudo() | refused.sudo(), invoice

    def _import_payment(self, granted, invoice):
        """The payer's advice names the member; the accountant books it."""
        sheet = "\r\n".join(
            [
                "N° PEC;N° facture;N° adhérent;Montant réglé",
                f"{granted.sudo().pec_number};{invoice.name};{MEMBER};300,00",
                f"inconnu;inconnue;{MEMBER};12,00",
            ]
        )
        wizard = self.env["optoamc.remittance.import"].with_user(self.accountant)
        values = {"file_name": "bordereau.csv", "journal_id": self.bank.id, "partner_id": self.insurer.id}
        wizard = wizard.create({"file": base64.b64encode(sheet.encode("cp1252")), **values})
        wizard.action_read()
        advice = self.env["optoamc.remittance"].with_user(self.accountant).browse(wizard.action_import()["res_id"])
        self.assertIn("matched", advice.line_ids.mapped("match"))
        # The other one is found by the member number alone.
        advice.line_ids.filtered(lambda line: not line.decision).decision = "credit"
        advice.action_validate()

    def _import_directory(self):
        """A list whose remark is what nobody should have written there."""
        data = f"N° AMC;Nom;Remarque\r\n98000001;Alpha Santé;{PASSWORD}\r\nfaux;Bêta;{PASSWORD}\r\n"
        values = {"platform_id": self.platform.id, "file": base64.b64encode(data.encode("utf-8-sig"))}
        job = self.env["optoamc.import"].create(values)
        for act in (job.action_read, job.action_apply):
            act()
            with self.enter_registry_test_mode():
                self.env.ref("l10n_fr_optoamc.cron_import").method_direct_trigger()
            self.env.invalidate_all()
        self.assertEqual(job.state, "done", job.message)

    def _print(self, order, granted):
        consents = self.env["optoamc.consent"].search([("patient_id", "=", order.patient_id.id)], limit=1)
        reports = self.env["ir.actions.report"].sudo().with_context(force_report_rendering=True)
        papers = {"report_request": granted, "report_consent": consents, "report_personal_data": order.patient_id}
        for report, records in papers.items():
            pdf, _kind = reports._render_qweb_pdf(f"l10n_fr_optoamc.{report}", records.ids)
            self.assertTrue(pdf.startswith(b"%PDF"))

    def _errors(self, order):
        """What people and programs do wrong with real values."""
        self.optician.password = self.optician.login
        self.authenticate(self.optician.login, self.optician.login)
        patient, eye = order.patient_id, order.prescription_id.eye_ids[0]
        # Odoo tells the caller what it could not read; the log does not.
        self._rpc("optoamc.prescription.eye", "write", eye.ids, {"sphere": "7,75"})
        for model, method, *args in (
            ("res.partner", "write", patient.ids, {"nir": NIR[:-2] + "00"}),
            ("res.partner", "write", patient.ids, {"nir": SPACED_NIR + " 9"}),
            ("res.partner", "search_read", [("nir", "=", NIR)], ["nir"]),
            ("res.partner", "nowhere", NIR),
            ("res.partner", "create", {"name": False, "nir": NIR, "is_company": False}),
            ("optoamc.prescription.eye", "write", eye.ids, {"sphere": 277.75}),
            ("optoamc.prescription.eye", "write", eye.ids, {"sphere": 7.75, "cylinder": 7.75}),
            ("optoamc.prescription", "write", [order.prescription_id.id], {"note": HEALTH, "nowhere": NIR}),
            ("optoamc.platform", "write", self.platform.ids, {"password": PASSWORD}),
            ("optoamc.request", "create", {"order_id": order.id, "contract_id": 0, "name": NIR}),
        ):
            error = self._rpc(model, method, *args)
            yield f"{model}.{method}", error.get("data", {}).get("message", "")
        with self.assertRaises(Exception), self.cr.savepoint():  # noqa: B017
            # PostgreSQL quotes the row.
            self.cr.execute(
                "UPDATE res_partner SET nir = %s, type = %s, name = NULL WHERE id = %s", (NIR, None, patient.id)
            )
            self.cr.execute("UPDATE optoamc_prescription SET note = %s, patient_id = NULL", (HEALTH[-3],))

    def _places(self, order, requests, invoice):
        """Where people who must not read health data read: name of the place, text."""
        self.env.flush_all()
        texts = {
            "mail_message": "SELECT concat_ws(' ', subject, body) FROM mail_message",
            "mail_tracking_value": "SELECT t::text FROM mail_tracking_value t",
            "mail_activity": "SELECT concat_ws(' ', summary, note, res_name) FROM mail_activity",
            "mail_mail": "SELECT t::text FROM mail_mail t",
            # Invoice lines name what was sold; entries do not.
            "journal items": "SELECT concat_ws(' ', name, ref) FROM account_move_line WHERE display_type <> 'product'",
            "entries": "SELECT concat_ws(' ', name, ref, payment_reference, narration) FROM account_move",
            "shares": "SELECT t::text FROM optoamc_share t",
            "files": "SELECT concat_ws(' ', name, description, url) FROM ir_attachment",
            "errors": "SELECT concat_ws(' ', error_code, error_detail) FROM optoamc_exchange",
            "privacy log": "SELECT t::text FROM optoamc_privacy_log t",
            "bus": "SELECT t::text FROM bus_bus t",
            "server log": "SELECT t::text FROM ir_logging t",
        }
        for place, query in texts.items():
            self.cr.execute(query)
            yield place, "\n".join(row[0] or "" for row in self.cr.fetchall())
        for report in self.env["ir.actions.report"].search([("report_name", "like", "l10n_fr_optoamc.%")]):
            records = requests if report.model == "optoamc.request" else self.env[report.model].search([], limit=3)
            for record in records if report.print_report_name else ():
                yield report.name, safe_eval(report.print_report_name, {"object": record})

    def test_a_day_leaves_no_trace(self):
        with Everything() as log:
            day = self._day()
            errors = list(self._errors(day[0]))
        for place, text in errors:
            self.assertEqual(traces(text, SECRETS), [], f"{place}: {text}")
        found = {line[:2000] for line in log.lines if traces(line, SECRETS)}
        self.assertEqual(found, set(), f"{len(found)} of {len(log.lines)} lines of the log")
        self.assertGreater(len(log.lines), 1000)
        self.assertTrue(any("odoo.sql_db: " in line and "optoamc_prescription_eye" in line for line in log.lines))
        for place, text in self._places(*day):
            self.assertEqual(traces(text, SECRETS), [], place)

    def test_masks(self):
        logger = logging.getLogger("odoo.addons.somewhere")
        with Everything() as log:
            try:
                raise ValueError(f"refused {NIR} and {SPACED_NIR}")
            except ValueError:
                logger.debug("value %s", NIR, exc_info=True)
            logger.info("mistake %d", NIR)
            logger.warning({"nir": NIR})
        self.assertEqual(traces("\n".join(log.lines), SECRETS), [])
        self.assertIn("ValueError", "\n".join(log.lines))
        harmless = "invoice 123456, 2026-11-22 10:00:00.123456"
        self.assertEqual(mask(harmless), harmless)
