"""The trail of what is read, probed, corrected, deleted and merged: its rows, exactly."""

from functools import partial

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PDF
from .test_privacy import NIR, PrivacyCommon
from .users import new_user

HEALTH_LABELS = ["Birth date", "Exoneration", "Social security no."]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessTrail(PrivacyCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.patient.exoneration = "4"
        groups = "l10n_fr_optoamc.group_optician,base.group_allow_export,base.group_partner_manager"
        cls.optician = new_user(cls.company, "trail_optician", groups)
        cls.ours = cls.patient.with_user(cls.optician)
        cls.prescription = cls.order.prescription_id.with_user(cls.optician)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _rows(self, call):
        """What a call leaves: (event, patient, model, detail), sorted."""
        known = self.logs.search([])
        call()
        self.env.flush_all()
        rows = self.logs.search([("user_id", "=", self.optician.id)]) - known
        self.assertEqual(rows.company_id, self.company if rows else self.company.browse())
        return sorted((row.event, row.patient_id.id, row.model, row.detail) for row in rows)

    def _read(self, model, *details, event="read"):
        return [(event, self.patient.id, model, detail) for detail in details]

    # -- read -----------------------------------------------------------------------------------

    def test_one_row_a_kind_and_hour(self):
        names = ["name", "nir", "birthdate", "exoneration"]
        expected = self._read("res.partner", *HEALTH_LABELS)
        self.assertEqual(self._rows(lambda: self.ours.read(names)), expected)
        self.assertEqual(self._rows(lambda: self.ours.web_read({"nir": {}, "birthdate": {}})), [])
        self.assertEqual(self._rows(lambda: self.ours.search_read([("id", "=", self.patient.id)], names)), [])
        self.logs.search([("event", "=", "read")]).unlink()
        self.assertEqual(
            self._rows(lambda: self.ours.web_read({"birthdate": {}})), self._read("res.partner", "Birth date")
        )

    def test_what_is_empty_or_not_protected_leaves_nothing(self):
        other = self.env["res.partner"].create({"name": "Paul PETIT"}).with_user(self.optician)
        self.assertEqual(self._rows(lambda: other.read(["nir", "birthdate"])), [])
        self.assertEqual(self._rows(lambda: self.ours.read(["name", "insured_id", "amo_id"])), [])

    def test_through_the_users(self):
        colleague = new_user(self.company, "trail_colleague", "base.group_user")
        colleague.partner_id.nir = NIR
        row = ("read", colleague.partner_id.id, "res.partner", "Social security no.")
        self.assertEqual(self._rows(lambda: colleague.with_user(self.optician).read(["nir"])), [row])
        self.assertEqual(self._rows(lambda: colleague.partner_id.with_user(self.optician).read(["nir"])), [])
        users = self.env["res.users"].with_user(self.optician)
        probe = ("probe", False, "res.partner", "Social security no.")
        self.assertEqual(self._rows(lambda: users.search([("nir", "=like", "2%")])), [probe])
        self.assertEqual(self._rows(lambda: users.search([("partner_id.nir", "=like", "25%")])), [])

    def test_corrections_prescriptions_and_consents(self):
        eyes = self.prescription.eye_ids
        self.assertEqual(
            self._rows(lambda: eyes.read(["side", "sphere", "formula"])),
            self._read("optoamc.prescription.eye", "Prescribed Correction"),
        )
        self.assertEqual(self._rows(lambda: eyes.web_read({"cylinder": {}, "sphere": {}})), [])
        self.assertEqual(
            self._rows(lambda: self.prescription.web_read({"date": {}, "prescriber_id": {}})),
            self._read("optoamc.prescription", "Prescription"),
        )
        self.logs.search([("event", "=", "read")]).unlink()
        self.assertEqual(
            self._rows(lambda: self.prescription.name_search("", [("patient_id", "=", self.patient.id)])),
            self._read("optoamc.prescription", "Prescription"),
        )
        self.assertEqual(
            self._rows(lambda: self._consents().with_user(self.optician).read(["purpose", "document"])),
            self._read("optoamc.consent", "Patient's consent"),
        )

    @mute_logger("odoo.http")  # warns that it begins again on the primary
    def test_scans(self):
        """A scan by its own address, and by the record of the file."""
        values = {"name": "scan.pdf", "raw": PDF, "res_model": "optoamc.prescription", "res_id": 0}
        scan = self.env["ir.attachment"].with_user(self.optician).create(values)
        self.prescription.sudo().scan_ids = [Command.link(scan.id)]
        self.assertEqual(scan.res_id, self.prescription.id)
        rows = self._rows(lambda: scan.read(["name", "mimetype"]))
        self.assertEqual(rows, [])
        self.assertEqual(self._rows(lambda: scan.read(["raw"])), self._read("optoamc.prescription", "Prescription"))
        self.optician.write({"password": "trail_optician", "lang": "en_US"})
        self.authenticate(self.optician.login, "trail_optician")
        rows = self._rows(lambda: self.url_open(f"/web/content/{scan.id}").raise_for_status())
        # By the web, the log is written in the user's language.
        self.assertEqual(rows, self._read("optoamc.prescription", "Ordonnance", event="file"))

    @mute_logger("odoo.http")
    def test_scans_kept_elsewhere(self):
        """A file that a prescription lists, kept with another record; one kept with it that it does not list."""
        files = self.env["ir.attachment"]
        listed = files.create({"name": "a.pdf", "raw": PDF, "res_model": "res.company", "res_id": 1})
        listed.public = True
        self.prescription.sudo().scan_ids = [Command.link(listed.id)]
        owned = {"res_model": "optoamc.prescription", "res_id": self.prescription.id}
        loose = files.create({"name": "b.pdf", "raw": PDF, **owned})
        self.optician.write({"password": "trail_optician", "lang": "en_US"})
        self.authenticate(self.optician.login, "trail_optician")
        for scan in (listed, loose):
            self.logs.search([("event", "=", "file")]).unlink()
            rows = self._rows(lambda scan=scan: self.url_open(f"/web/content/{scan.id}").raise_for_status())
            # The kind of data is named in the reader's language.
            self.assertEqual([row[:3] for row in rows], [("file", self.patient.id, "optoamc.prescription")])

    @mute_logger("odoo.http")
    def test_papers(self):
        """On the screen, as PDF, or rendered to be sent: a row a user, patient, paper and hour."""
        self.optician.write({"password": "trail_optician", "lang": "en_US"})
        self.authenticate(self.optician.login, "trail_optician")
        consent, request = self._consents()[:1], self._new_request()
        self.logs.search([]).unlink()
        for record, name in ((consent, "report_consent"), (request, "report_request")):
            report = f"l10n_fr_optoamc.{name}"
            address = f"/report/html/{report}/{record.id}"
            rows = self._rows(lambda address=address: self.url_open(address).raise_for_status())
            self.assertEqual([row[:3] for row in rows], [("print", self.patient.id, record._name)])
            self.assertEqual(self._rows(lambda address=address: self.url_open(address).raise_for_status()), [])
            reports = self.env["ir.actions.report"].with_user(self.optician).with_context(lang="en_US")
            label = reports.sudo()._get_report(report).name
            for render in (reports.sudo()._render_qweb_pdf, reports._render_qweb_html):
                self.logs.search([]).unlink()
                rows = self._rows(partial(render, report, record.ids))
                self.assertEqual(rows, self._read(record._name, label, event="print"))
            self.logs.search([]).unlink()

    def test_exports(self):
        names = ["name", "nir", "optoamc_contract_ids/member_number"]
        expected = self._read("res.partner", "Social security no.", event="export")
        contract = self._read("optoamc.contract", "Health insurance contract", event="export")
        self.assertEqual(self._rows(lambda: self.ours.export_data(names)), contract + expected)
        order = self.order.with_user(self.optician)
        self.logs.search([("event", "=", "export")]).unlink()
        self.assertEqual(self._rows(lambda: order.export_data(["partner_id/nir"])), expected)

    def test_onchange_of_a_form(self):
        spec = {"phone": {}, "nir": {}}
        rows = self._rows(lambda: self.ours.onchange({"phone": "1"}, ["phone"], spec))
        self.assertEqual(rows, self._read("res.partner", "Social security no."))

    def test_many_patients_cost_as_few(self):
        patients = self.env["res.partner"].create(
            [{"name": f"Patient {rank}", "birthdate": "1950-01-01"} for rank in range(60)]
        )
        patients = patients.with_user(self.optician)
        costs = []
        for group in (patients[:2], patients[2:4], patients[4:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            group.read(["name", "birthdate"])
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[1], costs[2])
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        patients.read(["name"])
        plain = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        patients.sudo().read(["name"])
        self.assertLessEqual(plain, self.env.cr.sql_log_count - before + 1)

    # Odoo warns that it begins again.
    @mute_logger("odoo.http")
    def test_a_list_on_a_replica(self):
        """A patients' list begins on a cursor that only reads, leaves its row, and no error."""
        self.optician.password = "trail_optician"
        self.authenticate(self.optician.login, "trail_optician")
        arguments = {"domain": [("id", "=", self.patient.id)], "specification": {"birthdate": {}}}
        for _time in range(2):
            with self.assertNoLogs("odoo.sql_db", "ERROR"):
                answer = self.make_jsonrpc_request(
                    "/web/dataset/call_kw/res.partner/web_search_read",
                    {"model": "res.partner", "method": "web_search_read", "args": [], "kwargs": arguments},
                )
            self.assertEqual(answer["records"], [{"id": self.patient.id, "birthdate": "1953-07-14"}])
            self.assertEqual(len(self._events("read")), 1)
        group = {"domain": [], "groupby": ["birthdate:month"], "aggregates": ["__count"]}
        response = self.url_open(
            "/web/dataset/call_kw/res.partner/formatted_read_group",
            json={"params": {"model": "res.partner", "method": "formatted_read_group", "args": [], "kwargs": group}},
        )
        self.assertEqual(response.json()["error"]["data"]["name"], "odoo.exceptions.AccessError")

    # -- probed ---------------------------------------------------------------------------------

    def test_domains_orders_and_paths(self):
        partners, orders = self.ours.browse(), self.order.with_user(self.optician).browse()
        probe = ("probe", False, "res.partner", "Social security no.")
        for call in (
            lambda: partners.search([("nir", "=like", "253%")]),
            lambda: partners.search_count(["|", ("name", "=", "x"), ("insured_id.nir", "!=", False)]),
            lambda: orders.search([("partner_id.nir", "=", NIR)]),
            lambda: orders.search([("partner_id", "any", [("nir", "=", NIR)])]),
            lambda: partners.search([("id", "=", self.patient.id)], order="nir desc"),
            lambda: partners.formatted_read_group([("nir", "=", NIR)], ["lang"], ["__count"]),
        ):
            self.logs.search([("event", "=", "probe")]).unlink()
            self.assertEqual(self._rows(call), [probe])
            self.assertEqual(self._rows(call), [])

    def test_probes_of_records(self):
        eyes, prescriptions = self.prescription.eye_ids.browse(), self.prescription.browse()
        probe = ("probe", False, "optoamc.prescription.eye", "Sphere")
        self.assertEqual(self._rows(lambda: prescriptions.search([("eye_ids.sphere", ">", 1)])), [probe])
        self.assertEqual(
            self._rows(lambda: eyes.formatted_read_group([], ["axis"], ["__count"])),
            [("probe", False, "optoamc.prescription.eye", "Axis")],
        )
        # Its usual order and a patient's list are no probes.
        self.assertEqual(self._rows(lambda: prescriptions.search([("patient_id", "=", self.patient.id)])), [])

    def test_refused_groups_leave_a_row(self):
        partners = self.ours.browse()
        probe = ("probe", False, "res.partner", "Birth date")
        for records, groupby, aggregates in (
            (partners, ["birthdate:month"], []),
            (partners, [], ["birthdate:max"]),
            (self.env["res.users"].with_user(self.optician), ["birthdate:year"], []),
        ):
            self.logs.search([("event", "=", "probe")]).unlink()
            [row] = self._rows(partial(self._group_refused, records, groupby, aggregates))
            self.assertEqual((row[0], row[3]), (probe[0], probe[3]))

    def _group_refused(self, records, groupby, aggregates):
        try:
            records.formatted_read_group([], groupby, aggregates)
        except AccessError:
            return
        self.fail("grouped by a protected number")

    def test_superuser_and_forged_context_probe(self):
        partners = self.ours.browse()
        self.assertEqual(self._rows(lambda: partners.sudo().search([("nir", "=", NIR)])), [])
        forged = partners.with_context(optoamc_sql=True, optoamc_erasure=True)
        self.assertEqual(len(self._rows(lambda: forged.search([("nir", "=", NIR)]))), 1)

    # -- corrected, deleted, merged -------------------------------------------------------------

    def test_corrections_in_two_steps(self):
        for value in (False, "253072A07300443"):
            rows = self._rows(lambda value=value: self.ours.write({"nir": value}))
            self.assertEqual(rows, self._read("res.partner", "Social security no.", event="rectification"))
        self.assertEqual(self._rows(lambda: self.ours.write({"nir": "253072A07300443"})), [])
        eye = self.prescription.eye_ids[0]
        for value in (0, 3.5):
            rows = self._rows(lambda value=value: eye.write({"sphere": value}))
            self.assertEqual(rows, self._read("optoamc.prescription.eye", "Sphere", event="rectification"))

    def test_deletions(self):
        eye = self.prescription.eye_ids[0]
        self.assertEqual(
            self._rows(eye.unlink), self._read("optoamc.prescription.eye", "Prescribed Correction", event="deletion")
        )
        other = self.prescription.copy()
        self.assertEqual(
            self._rows(other.unlink), self._read("optoamc.prescription", "Prescription", event="deletion")
        )
        patient = self.env["res.partner"].create({"name": "Paul PETIT", "nir": NIR})
        rows = self._rows(patient.with_user(self.optician).unlink)
        # The row outlives the patient, whose number it keeps.
        self.assertEqual(rows, [("deletion", False, "res.partner", "Contact")])
        self.assertEqual(self.logs.search([("event", "=", "deletion")], limit=1).res_id, patient.id)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_who_left_a_row_is_archived(self):
        """An administrator who deletes a user whom a trail names is told what to do instead; anybody else goes."""
        administrator = new_user(self.company, "trail_administrator", "base.group_erp_manager,base.group_system")
        users = self.env["res.users"].with_user(administrator)
        newcomer = new_user(self.company, "trail_newcomer", "l10n_fr_optoamc.group_optician")
        users.browse(newcomer.id).unlink()
        self.assertFalse(newcomer.exists())
        self.ours.read(["nir"])
        with self.assertRaises(UserError) as refused:
            users.browse(self.optician.id).unlink()
        self.assertEqual(
            str(refused.exception),
            f"{self.optician.name} cannot be deleted: what this person did is kept (Access to patients' data), with "
            "the name of who did it. Archive the user instead: nobody logs in with it any more, and the trail stays "
            "whole.",
        )
        users.browse(self.optician.id).active = False
        self.assertEqual(self.logs.search([("user_id", "=", self.optician.id)], limit=1).user_id, self.optician)

    def test_every_trail_keeps_its_users(self):
        """Whatever the database would refuse without a word is refused in words."""
        known = {name for _model, names in self.env["res.users"]._optoamc_author_fields() for name in names}
        self.assertEqual(
            known,
            {"user_id", "collected_by_id", "proposed_by_id", "accepted_by_id", "ended_by_id"},
        )

    def test_merges_by_any_path(self):
        clerk = new_user(self.company, "trail_clerk", "base.group_partner_manager,sales_team.group_sale_manager")
        twins = self.env["res.partner"].create([{"name": "Fabienne MONTFORT"} for _rank in range(2)])
        for user in (clerk, self.optician):
            wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
            wizard = wizard.with_context(active_model="res.partner", active_ids=(self.patient | twins[0]).ids).create(
                {"dst_partner_id": twins[0].id}
            )
            if user == clerk:
                with self.assertRaises(AccessError):
                    wizard.action_merge()
                self.assertTrue(self.patient.exists())
                continue
            rows = self._rows(wizard.action_merge)
        self.assertEqual([row[:3] for row in rows if row[0] == "merge"], [("merge", twins[0].id, "res.partner")])
        self.assertEqual(twins[0].nir, NIR)
        # Contacts without health data, as ever.
        plain = self.env["res.partner"].create({"name": "Client"})
        self.env["base.partner.merge.automatic.wizard"].with_user(clerk)._merge((twins[1] | plain).ids)
        self.assertEqual(len((twins[1] | plain).exists()), 1)
