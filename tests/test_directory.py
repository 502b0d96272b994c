import base64
import io
import zipfile
from ast import literal_eval
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..lib.directory import download as download_module
from ..lib.directory.columns import COLUMNS
from ..lib.directory.reader import write_listing
from ..lib.sheets import sheet as sheets
from .import_common import ImportCase
from .list_server import LocalRequests, serve_list
from .platform_common import name_this_machine
from .share_common import ShareCase
from .users import new_user, sole_shop

HEADER = "N° AMC;Nom;OptoAMC;Tiers payant;Téléphone PEC;Validité PEC (jours);Régimes associés;Champs exigés;Remarque"
ALPHA = "98000001;Alpha Santé;oui;oui;+33 1 99 00 00 11;60;01=Local | 02=Cadres;insured_nir;Appeler le matin"
BETA = "98000002;Bêta Prévoyance;oui;externalisé;+33 1 99 00 00 12;;;;"
GAMMA = "98000003;Gamma;non;non;;;;;"


def listing(*rows, header=HEADER):
    return "\r\n".join([header, *rows, ""]).encode("utf-8-sig")


class DirectoryCommon(LocalRequests, ImportCase):
    """A platform in test mode whose list is served on this machine, and a manager of the shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner"].search([("is_amc", "=", True)]).active = False
        cls.env.company.partner_id.lang = "en_US"
        cls.server = cls.enterClassContext(serve_list())
        name_this_machine(cls.env)
        cls.platform = cls.env["optoamc.platform"].create(
            {"name": "Plateforme des listes", "url_test": "https://localhost/soap", "directory_url": cls.server.url}
        )
        cls.platform.mode = "test"
        cls.import_values = {"platform_id": cls.platform.id}
        cls.startClassPatcher(patch.object(download_module, "FIRST_PAUSE", 0.0))

    def setUp(self):
        super().setUp()
        self.server.__init__(self.server.url)

    def _download(self):
        """*Télécharger*, as the manager: the preview."""
        action = self.platform.with_user(self.manager).action_download_directory()
        self._work()
        return self.env["optoamc.import"].with_user(self.manager).browse(action["res_id"])

    def _insurer(self, number):
        return self.env["res.partner"].search([("amc_number", "=", number)])

    def _kinds(self, job):
        return sorted((line.kind, line.number or "", line.column or "") for line in job.line_ids)

    def _export(self, file_format="csv"):
        export = self.env["optoamc.directory.export"].with_user(self.manager).create({"file_format": file_format})
        export.action_export()
        return base64.b64decode(export.file)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDirectory(DirectoryCommon):
    def test_downloaded_previewed_applied(self):
        self.server.body = listing(ALPHA, BETA, GAMMA)
        job = self._download()
        self.assertEqual((job.state, job.new_count), ("preview", 3), job.message)
        self.assertFalse(self._insurer("98000001"), "a preview changes nothing")
        self._apply(job)
        alpha, beta, gamma = (self._insurer(f"9800000{n}") for n in (1, 2, 3))
        self.assertEqual(alpha.optoamc_platform_id, self.platform)
        self.assertEqual(
            (alpha.name, alpha.third_party_payment, alpha.pec_validity_days, alpha.coverage_phone),
            ("Alpha Santé", "yes", 60, "+33 1 99 00 00 11"),
        )
        self.assertEqual(alpha.scheme_ids.mapped("code"), ["02", "01"])
        self.assertEqual(alpha.optoamc_field_rule_ids.mapped("field_id.option"), ["insured_nir"])
        self.assertIn("Appeler le matin", alpha.comment)
        self.assertEqual(beta.third_party_payment, "outsourced")
        self.assertFalse(gamma.uses_optoamc)
        self.assertIn(
            "insured_nir",
            self.env["optoamc.field"]._sent_options(alpha, self.env.company),
            "the list says who requires it",
        )

    def test_same_list_again_changes_nothing_and_is_not_sent_again(self):
        self.server.etag = '"v1"'
        self.server.body = listing(ALPHA, BETA, GAMMA)
        self._apply(self._download())
        job = self._download()
        self.assertEqual(self.server.requests[-1]["If-None-Match"], '"v1"')
        self.assertEqual((job.state, job.line_ids), ("preview", job.line_ids.browse()), job.message)

    def test_changed_field_by_field(self):
        self.server.body = listing(ALPHA, BETA)
        self._apply(self._download())
        self.server.body = listing(
            ALPHA.replace(";60;", ";90;").replace("02=Cadres", "03=Agricole"), BETA.replace("externalisé", "oui")
        )
        job = self._download()
        self.assertEqual(
            self._kinds(job),
            [
                ("changed", "98000001", "Régimes associés"),
                ("changed", "98000001", "Validité PEC (jours)"),
                ("changed", "98000002", "Tiers payant"),
            ],
        )
        validity = job.line_ids.filtered(lambda line: line.column == "Validité PEC (jours)")
        self.assertEqual((validity.old, validity.new), ("60", "90"))
        self._apply(job)
        alpha = self._insurer("98000001")
        self.assertEqual(alpha.pec_validity_days, 90)
        self.assertEqual(alpha.scheme_ids.mapped("name"), ["Agricole", "Local"])
        self.assertEqual(
            alpha.with_context(active_test=False).scheme_ids.mapped("name"), ["Agricole", "Cadres", "Local"]
        )

    def test_the_shops_own_edit_wins_and_is_shown(self):
        self.server.body = listing(ALPHA, BETA)
        self._apply(self._download())
        alpha = self._insurer("98000001")
        alpha.with_user(self.manager).write({"pec_validity_days": 45, "coverage_phone": "+33 1 99 00 00 99"})
        self.server.body = listing(ALPHA.replace(";60;", ";90;").replace("Alpha Santé", "Alpha"), BETA)
        job = self._download()
        self.assertEqual(
            self._kinds(job),
            [
                ("changed", "98000001", "Nom"),
                ("kept", "98000001", "Téléphone PEC"),
                ("kept", "98000001", "Validité PEC (jours)"),
            ],
        )
        # The manager prefers the list for one of the two.
        job.line_ids.filtered(lambda line: line.column == "Validité PEC (jours)").use_new = True
        self._apply(job)
        self.assertEqual(
            (alpha.name, alpha.pec_validity_days, alpha.coverage_phone), ("Alpha", 90, "+33 1 99 00 00 99")
        )

    def test_typed_before_any_list(self):
        own = self.env["res.partner"].create(
            {"name": "Alpha (saisie)", "is_company": True, "is_amc": True, "amc_number": "98000001"}
        )
        self.server.body = listing(ALPHA)
        job = self._apply(self._download())
        self.assertIn(("kept", "98000001", "Nom"), self._kinds(job))
        self.assertEqual((own.name, own.optoamc_platform_id), ("Alpha (saisie)", self.platform))

    def test_no_to_third_party_payment_is_an_answer(self):
        """Of the columns that know “non”, this one alone: in the others it is what nobody has typed."""
        insurers = self.env["res.partner"]
        for number, payment in (("98000001", "no"), ("98000002", "yes")):
            insurers |= insurers.create(
                {
                    "name": "Déjà là",
                    "is_company": True,
                    "is_amc": True,
                    "amc_number": number,
                    "third_party_payment": payment,
                }
            )
        self.server.body = listing(ALPHA, BETA.replace("externalisé", "non"))
        job = self._apply(self._download())
        for number in ("98000001", "98000002"):
            self.assertIn(("kept", number, "Tiers payant"), self._kinds(job))
        self.assertEqual(insurers.mapped("third_party_payment"), ["no", "yes"])

    def test_a_file_of_no_platform_leaves_a_platforms_insurers_to_its_list(self):
        self.server.body = listing(ALPHA, BETA)
        self._apply(self._download())
        self._apply(self._import(listing(ALPHA.replace(";60;", ";75;"), GAMMA, header=HEADER), platform_id=False))
        self.server.body = listing(ALPHA.replace(";60;", ";90;"))
        job = self._apply(self._download())
        self.assertEqual(self._kinds(job), [("changed", "98000001", "Validité PEC (jours)"), ("gone", "98000002", "")])
        self.assertEqual(self._insurer("98000001").pec_validity_days, 90)
        # Exported gone, imported so: nothing changes.
        job = self._apply(self._import(self._export(), platform_id=False))
        self.assertEqual(self._kinds(job), [])
        self.assertTrue(self._insurer("98000002").delisted_on)

    def test_an_insurer_follows_one_list_until_it_changes_its_platform(self):
        self.server.body = listing(ALPHA)
        self._apply(self._download())
        alpha = self._insurer("98000001")
        other = self.env["optoamc.platform"].create({"name": "Autre plateforme"})
        job = self._apply(self._import(listing(ALPHA.replace(";60;", ";90;")), platform_id=other.id))
        self.assertEqual(
            self._kinds(job), [("kept", "98000001", "OptoAMC"), ("kept", "98000001", "Validité PEC (jours)")]
        )
        self.assertEqual(alpha.directory_platform_id, self.platform)
        job = self._import(listing(ALPHA.replace(";60;", ";90;")), platform_id=other.id)
        job.line_ids.use_new = True
        self._apply(job)
        self.assertEqual((alpha.optoamc_platform_id, alpha.directory_platform_id), (other, other))

    def test_gone_is_flagged_and_comes_back(self):
        self.server.body = listing(ALPHA, BETA)
        self._apply(self._download())
        self.server.body = listing(ALPHA)
        job = self._apply(self._download())
        self.assertEqual(self._kinds(job), [("gone", "98000002", "")])
        beta = self._insurer("98000002")
        self.assertTrue(beta.active)
        self.assertTrue(beta.delisted_on)
        self.assertFalse(self._download().line_ids, "said once")
        self.server.body = listing(ALPHA, BETA)
        self._apply(self._download())
        self.assertFalse(beta.delisted_on)

    def test_an_archived_insurer_stays_archived(self):
        self.server.body = listing(ALPHA)
        self._apply(self._download())
        self._insurer("98000001").action_archive()
        self.assertFalse(self._apply(self._download()).line_ids)
        self.assertFalse(self._insurer("98000001"))

    def test_exported_and_imported_again_changes_nothing(self):
        self.server.body = listing(ALPHA, BETA, GAMMA)
        self._apply(self._download())
        self._insurer("98000003").with_user(self.manager).write(
            {
                "name": "=HYPERLINK(1)",
                "street": '\'12; rue "X"',
                "comment": "<p>deux<br/>lignes &amp; plus</p>",
                "website": "gamma.example",
                "zip": "01000",
                "is_mutualist_top": True,
            }
        )
        for file_format in ("csv", "xlsx"):
            data = self._export(file_format)
            with self.subTest(file_format):
                self.assertNotIn(b";=HYPERLINK", data)
                job = self._import(data, platform_id=False)
                self.assertEqual(job.state, "preview", job.message)
                self.assertEqual(self._kinds(job), [])
        # And into another shop: the same insurers.
        self._insurer("98000001").unlink()
        self._apply(self._import(self._export(), platform_id=False))
        exported = self._export()
        self.env["res.partner"].search([("amc_number", "like", "9800000")]).unlink()
        self._apply(self._import(exported, platform_id=False))
        self.assertEqual(self._export(), exported)

    def test_rows_that_cannot_be_used_are_told_and_the_others_go_on(self):
        self.server.body = listing(ALPHA, BETA)
        self._apply(self._download())
        job = self._import(
            listing(
                ALPHA,
                BETA.replace("externalisé", "peut-être"),
                "12;Court;oui;;;;;;",
                "98000005;;oui;;;;;;",
                ALPHA,
                "98000006;Zêta;Autre plateforme;;;;;;",
                "98000007;Êta;oui;;;12,5;;;",
            ),
            is_complete=True,
        )
        problems = job.line_ids.filtered(lambda line: line.kind == "problem")
        self.assertEqual(len(problems), 6, self._kinds(job))
        self.assertEqual(problems[0].number, "Line 3")
        self.assertIn("externalisé", problems[0].old)
        self.assertIn("expected: 8 to 10 digits", problems.mapped("old"))
        self.assertIn("expected: a number of days", problems.mapped("old"))
        self.assertEqual(job.gone_count, 0, "a row that cannot be used is no insurer gone")
        self._apply(job)

    # -- bad files ----------------------------------------------------------------------------

    def _failure(self, data):
        job = self._import(data)
        self.assertEqual(job.state, "failed")
        self.assertFalse(job.line_ids)
        self.assertFalse(self.env["res.partner"].search([("amc_number", "like", "98")]))
        return job.message

    def test_wrong_columns(self):
        self.assertIn("N° AMC", self._failure(b"Identifiant;Nom\n98000001;Alpha\n"))
        self.assertIn("Nom", self._failure("N° AMC;Nom;nom\n98000001;Alpha;B\n".encode()))

    def test_encodings(self):
        text = listing(ALPHA, BETA).decode("utf-8-sig")
        wanted = None
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
            with self.subTest(encoding):
                job = self._import(text.encode(encoding))
                self.assertEqual(job.state, "preview", job.message)
                wanted = wanted or job.line_ids.mapped("label")
                self.assertEqual(job.line_ids.mapped("label"), wanted)
        # What old Macs and DOS write is other letters in Windows.
        for encoding in ("mac-roman", "cp850"):
            with self.subTest(encoding):
                message = self._failure(text.encode(encoding))
                self.assertIn("Line 1", message)
                self.assertIn("UTF-8", message)

    def test_not_a_list(self):
        self.assertIn("web page", self._failure(b"\n<!DOCTYPE html><html><body>Maintenance</body></html>"))
        never_closed = listing(ALPHA.replace("Alpha", '"Alpha'), BETA)
        with mute_logger("odoo.tools.mimetypes.guess_mimetype"):
            for data in (b"PK\x03\x04 not a workbook", b"\x00\x01\x02" * 50, never_closed):
                self._failure(data)
        self.assertIn("empty", self._failure("N° AMC;Nom\r\n".encode()))

    def test_zip_bomb(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sheet1.xml", "w") as entry:
            for _part in range(sheets.MAX_UNPACKED // 2**20 + 1):
                entry.write(b"\0" * 2**20)
        self.assertLess(len(bomb.getvalue()), 2**20)
        self.assertIn("too large", self._failure(bomb.getvalue()))

    # -- bad ways -----------------------------------------------------------------------------

    def _failed_download(self):
        job = self._download()
        self.assertEqual(job.state, "failed", job.line_ids)
        self.assertFalse(self.env["res.partner"].search([("amc_number", "like", "98")]))
        return job.message

    def test_200_megabytes(self):
        self.server.announced = 200 * 2**20
        self.server.body = listing(ALPHA)
        self.assertIn("too large", self._failed_download())
        self.assertEqual(len(self.server.requests), 1, "not tried again")

    def test_html_error_page(self):
        self.server.headers = {"Content-Type": "text/html; charset=utf-8"}
        self.server.body = b"<html>login</html>"
        self.assertIn("web page", self._failed_download())
        self.server.headers = {}
        self.assertIn("web page", self._failed_download())

    def test_interrupted_download_is_tried_again_then_told(self):
        self.server.body = listing(ALPHA, BETA)
        self.server.failures = [40, 10]
        self._apply(self._download())
        self.assertEqual(len(self.server.requests), 3)
        self.server.failures = [40, 10, 20]
        job = self._download()
        self.assertEqual(job.state, "failed")
        self.assertIn("interrupted", job.message)
        # The manager starts again, by the button.
        job.action_read()
        self._work()
        self.assertEqual((job.state, job.line_ids), ("preview", job.line_ids.browse()))

    def test_other_answers(self):
        for status, words in ((401, "login"), (404, "HTTP 404"), (302, "HTTP 302")):
            self.server.status = status
            self.assertIn(words, self._failed_download())
        self.server.status, before = 503, len(self.server.requests)
        self.assertIn("HTTP 503", self._failed_download())
        self.assertEqual(len(self.server.requests) - before, download_module.ATTEMPTS)
        self.server.status, self.server.headers = 200, {"Content-Encoding": "gzip"}
        self.assertIn("compressed", self._failed_download())

    def test_a_list_that_does_not_come_is_given_up(self):
        self.server.body, self.server.pause = listing(ALPHA), 3
        with patch.multiple(download_module, TIME_LIMIT=1, ATTEMPTS=1):
            self.assertIn("within 1 second", self._failed_download())

    def test_only_https_leaves_this_machine(self):
        self.platform.directory_url = "http://lists.example/conventions.csv"
        self.assertIn("https", self._failed_download())
        self.platform.directory_url = "file:///etc/passwd"
        self.assertIn("https", self._failed_download())

    def test_credentials_stay_on_their_host(self):
        self.platform.sudo().write({"username": "shop", "password": "secret"})
        self.server.body = listing(ALPHA)
        self._download()
        self.assertNotIn("Authorization", self.server.requests[-1])
        self.platform.write({"url_test": self.server.url.replace("/conventions.csv", "/soap")})
        self._download()
        self.assertIn("Authorization", self.server.requests[-1])

    def test_nothing_is_fetched_while_disabled_or_neutralised(self):
        self.platform.mode = "disabled"
        with self.assertRaises(UserError):
            self._download()
        self.platform.mode = "test"
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        with self.assertRaises(UserError):
            self._download()
        self.assertFalse(self.server.requests)

    # -- together -----------------------------------------------------------------------------

    def test_two_imports_at_once(self):
        """The second is compared again, and shown again, after the first was applied."""
        first = self._import(listing(ALPHA, BETA))
        second = self._import(listing(ALPHA.replace(";60;", ";90;"), GAMMA))
        self.assertEqual((first.new_count, second.new_count), (2, 2))
        first.action_apply()
        second.action_apply()
        self._work()
        self.assertEqual(first.state, "done")
        self.assertEqual(second.state, "preview")
        self.assertIn("changed since", second.message)
        self.assertEqual(
            self._kinds(second), [("changed", "98000001", "Validité PEC (jours)"), ("new", "98000003", "")]
        )
        self.assertFalse(self._insurer("98000003"))
        self._apply(second)
        self.assertEqual(len(self._insurer("98000001")), 1)

    def test_asked_twice_is_fetched_once(self):
        self.server.body = listing(ALPHA)
        platform = self.platform.with_user(self.manager)
        actions = [platform.action_download_directory(), platform.action_download_directory()]
        self.assertEqual(actions[0]["res_id"], actions[1]["res_id"])
        self._work()
        self.assertEqual(len(self.server.requests), 1)

    def test_a_failure_while_applying_leaves_nothing_behind(self):
        job = self._import(listing(ALPHA, BETA))
        job.action_apply()
        with (
            patch.object(type(self.env["optoamc.import"]), "_remember", side_effect=ZeroDivisionError),
            mute_logger("odoo.addons.l10n_fr_optoamc.models.directory.optoamc_import"),
        ):
            self._work()
        self.assertEqual(job.state, "failed")
        self.assertIn("Nothing was changed", job.message)
        self.assertFalse(self._insurer("98000001"))

    def test_weekly(self):
        self.server.body = listing(ALPHA, BETA)
        self._apply(self._download())
        self._insurer("98000001").pec_validity_days = 45
        self.server.body = listing(ALPHA.replace(";60;", ";90;").replace("Alpha Santé", "Alpha"), BETA, GAMMA)
        with Form(self.platform) as form:
            form.directory_weekly = True
        self.assertEqual(self.platform.directory_company_id, self.env.company)
        count = len(self.platform.import_ids)
        self._work()
        self.assertEqual(len(self.platform.import_ids), count, "downloaded less than a week ago")
        self.platform.directory_checked_at = "2020-01-01"
        self._work()
        job = self.platform.import_ids[0]
        self.assertEqual((job.state, job.is_automatic), ("done", True), job.message)
        self.assertEqual((self._insurer("98000001").name, self._insurer("98000001").pec_validity_days), ("Alpha", 45))
        self.assertTrue(self._insurer("98000003"))

    def test_weekly_a_dead_platform_is_told_and_holds_up_no_other(self):
        self.server.body = listing(ALPHA)
        dead = self.platform.copy({"name": "A, muette", "directory_url": "https://localhost:9/conventions.csv"})
        dead.mode = "test"
        (dead | self.platform).directory_weekly = True
        self._work()
        self.assertEqual(dead.import_ids.state, "failed")
        self.assertIn("does not answer", dead.import_ids.message)
        self.assertEqual(self.platform.import_ids.state, "done", self.platform.import_ids.message)
        self._work()
        self.assertEqual(len(dead.import_ids), 1, "until next week")

    def test_told_in_the_language_of_who_asked(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        self.assertIn("La liste est vide.", self._import("N° AMC;Nom\r\n".encode()).message)
        self.env.company.partner_id.lang = "fr_FR"
        self.server.body = listing("98000001;;oui;;;;;;")
        self.platform.directory_weekly = True
        self._work()
        self.assertEqual(self.platform.import_ids[0].line_ids.mapped("old"), ["manquant"])

    def test_the_sandbox_serves_such_a_list(self):
        self.platform.mode = "demo"
        self.platform.directory_url = False
        shipped = self.env["res.partner"].with_context(active_test=False).search([("amc_number", "!=", False)])
        shipped.amc_number = False
        job = self._apply(self._download())
        self.assertEqual((job.new_count, job.problem_count), (6, 0))

    def test_duplicates_are_merged_by_number(self):
        """Odoo's own screen, by AMC number, for a manager; what points to one of the two points to the one kept."""
        self.server.body = listing(ALPHA)
        self._apply(self._download())
        alpha = self._insurer("98000001")
        wizards = self.env["base.partner.merge.automatic.wizard"].with_user(self.manager)
        self.assertEqual(wizards.action_optoamc_merge_insurers()["tag"], "display_notification")
        old = self.env["res.partner"].create(
            {
                "name": "Alpha (ancien)",
                "is_amc": True,
                "is_company": True,
                "amc_number": "98000001",
                "email": "ancien@alpha.example",
                "delisted_on": "2026-01-01",
                "active": False,
                "scheme_ids": [
                    Command.create({"code": "01", "name": "Local"}),
                    Command.create({"code": "09", "name": "Ancien"}),
                ],
            }
        )
        switch = self.env.ref("l10n_fr_optoamc.field_insured_nir")
        self.env["optoamc.field.rule"].create({"field_id": switch.id, "insurer_id": old.id, "is_sent": False})
        patient = self.env["res.partner"].create({"name": "Camille ESSAI"})
        scheme = old.scheme_ids.filtered(lambda scheme: scheme.code == "01")
        contract = self.env["optoamc.contract"].create(
            {"partner_id": patient.id, "insurer_id": old.id, "scheme_id": scheme.id}
        )
        wizard = wizards.browse(wizards.action_optoamc_merge_insurers()["res_id"])
        # Contacts without a number are no duplicates of each other.
        groups = [literal_eval(line.aggr_ids) for line in wizard.line_ids]
        numbers = [self.env["res.partner"].browse(group).mapped("amc_number") for group in groups]
        self.assertTrue(all(all(found) and len(set(found)) == 1 for found in numbers), numbers)
        while wizard.partner_ids != old | alpha:
            wizard.action_skip()
        self.assertEqual(wizard.dst_partner_id, alpha, "the one in use")
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertFalse(old.exists())
        self.assertEqual((contract.insurer_id, contract.scheme_id.insurer_id), (alpha, alpha))
        self.assertEqual(alpha.scheme_ids.mapped("code"), ["09", "02", "01"])
        self.assertEqual(alpha.optoamc_field_rule_ids.mapped("is_sent"), [True], "the one kept has the word")
        self.assertEqual((alpha.email, alpha.delisted_on), ("ancien@alpha.example", False))
        self.assertFalse(self._download().line_ids.filtered(lambda line: line.kind != "kept"))
        with self.assertRaises(AccessError):
            wizards._merge((patient | patient.copy()).ids)

    def test_a_merged_insurers_rule_counts_at_once(self):
        insurers = self.env["res.partner"].create(
            [{"name": f"Mutuelle {number}", "is_amc": True, "amc_number": f"9810000{number}"} for number in (1, 2)]
        )
        switch = self.env.ref("l10n_fr_optoamc.field_insured_nir")
        self.env["optoamc.field.rule"].create({"field_id": switch.id, "insurer_id": insurers[0].id})
        self.assertNotIn(switch.option, switch._sent_options(insurers[1], self.env.company))
        wizards = self.env["base.partner.merge.automatic.wizard"].with_user(self.manager)
        wizards._merge(insurers.ids, insurers[1].with_user(self.manager))
        self.assertIn(switch.option, switch._sent_options(insurers[1], self.env.company))

    def test_an_optician_imports_nothing(self):
        optician = new_test_user(self.env, "directory_optician", "base.group_user,l10n_fr_optoamc.group_optician")
        with self.assertRaises(AccessError):
            self.platform.with_user(optician).action_download_directory()
        with self.assertRaises(AccessError):
            self.env["optoamc.import"].with_user(optician).create({})
        with self.assertRaises(AccessError):
            self.env["optoamc.directory.export"].with_user(optician).create({})

    # -- many ---------------------------------------------------------------------------------

    def _many(self, count, change=""):
        blank = dict.fromkeys((column.key for column in COLUMNS), "")
        rows = [
            {
                **blank,
                "amc_number": str(98_100_000 + number),
                "name": f"Mutuelle {number}",
                "platform": "oui",
                "third_party_payment": "oui",
                "street": f"{number}{change} rue des Essais",
                "schemes": "01=Local" if number % 10 == 0 else "",
                "required_fields": "insured_nir" if number % 7 == 0 else "",
            }
            for number in range(count)
        ]
        return write_listing(rows, "csv")

    def _queries(self, data):
        before = self.env.cr.sql_log_count
        self._apply(self._import(data))
        return self.env.cr.sql_log_count - before

    def test_queries_are_flat_per_batch(self):
        """New insurers cost queries by the batch of the ORM, not by the insurer."""
        self._queries(self._many(10))
        self._insurer_unlink()
        few = self._queries(self._many(100))
        self._insurer_unlink()
        many = self._queries(self._many(500))
        self.assertLess(many - few, 150, f"{few} queries for 100 insurers, {many} for 500")

    def _insurer_unlink(self):
        self.env["res.partner"].search([("amc_number", "=like", "981%")]).unlink()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMergedBooks(ShareCase):
    def test_what_a_merged_insurer_owes_is_owed_by_the_one_kept(self):
        sole_shop(self.company)
        manager = new_user(self.company, "merge_manager", "base.group_user,l10n_fr_optoamc.group_manager")
        request = self._grant(self._order())
        invoice = self._invoice(request.order_id)
        share = invoice.sudo().optoamc_share_ids
        self.assertEqual(share.partner_id, self.insurer)
        env = self.env(user=manager, context={"allowed_company_ids": self.company.ids})
        both = (self.insurer | self.second_insurer).ids
        env["base.partner.merge.automatic.wizard"]._merge(both, self.second_insurer.with_env(env))
        self.env.invalidate_all()
        self.assertEqual(request.insurer_id, self.second_insurer)
        self.assertEqual(share.partner_id, self.second_insurer)
        self.assertBooks(request.order_id)  # the payer's journal items are the share's payer's
