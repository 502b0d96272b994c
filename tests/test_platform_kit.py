"""A platform's dialect from its papers, on the form: proposal, check, play; and the built-in insurer in its words."""

import base64
import io
import zipfile
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from ..lib import protocol
from ..lib.protocol.kit.settings import ELSEWHERE, SETTINGS
from .common import PENDING
from .test_dispatch import DispatchCommon
from .tour_common import TourCase
from .users import new_user

FOREIGN = Path(protocol.__file__).parent / "tests" / "foreign"

#: Fields of a platform that no file of its papers says: a shop's own, what is no part of a connection, counters.
NOT_IN_A_FILE = {
    *("name", "active", "mode", "url_production", "url_demo", "answer_limit_days", "failure_count"),
    *("username", "password", "access_key", "certificate_id", "identifier_sequence_id", "circuit_open_until"),
    *("directory_url", "directory_weekly", "directory_company_id", "directory_file", "directory_checked_at"),
    *("directory_etag", "directory_modified", "switched_on", "tested_at", "is_reachable", "diagnosis"),
}


def archive(**files):
    """A ZIP in base64."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, body in files.items():
            made.writestr(f"papiers/{name.replace('_', '.')}", body)
    return base64.b64encode(written.getvalue())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPlatformKit(DispatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema = (FOREIGN / "visiolink.xsd").read_bytes()
        cls.manager = new_user(cls.company, "kit_manager", "l10n_fr_optoamc.group_manager")
        cls.admin = new_user(cls.company, "kit_admin", "l10n_fr_optoamc.group_manager,base.group_system")

    def _kit(self, user, **values):
        values = {"papers": base64.b64encode(self.schema), "papers_name": "visiolink.xsd", **values}
        kits = self.env["optoamc.platform.kit"].with_user(user)
        return kits.create({"platform_id": self.platform.id, **values})

    def _page(self, kit):
        """The report as it is downloaded."""
        return base64.b64decode(kit.report_file).decode()

    def test_a_manager_has_a_table_proposed_checked_and_played(self):
        kit = self._kit(self.manager)
        action = kit.action_propose()
        self.assertEqual((action["res_id"], action["target"]), (kit.id, "new"))
        self.assertIn("93%", kit.summary)
        self.assertIn(";dossier/patient/nomFamille;beneficiary.last_name;", base64.b64decode(kit.table).decode())
        self.assertEqual(kit.table_name, "visiolink.csv")
        self.assertIn("| `dossier/patient/prenom` | `beneficiary.first_name` |", self._page(kit))
        kit.action_check()
        self.assertIn("1 point(s) à corriger", kit.summary)
        self.assertIn("Ce que la plateforme recevrait", self._page(kit))
        self.assertIn("<demandePriseEnChargeRequest", self._page(kit))
        # A UUID is longer than what this platform takes.
        self.assertIn("À corriger : la table ne prend pas d'identifiant comme", self._page(kit))
        self.platform.identifier_kind = "digits"
        kit.action_check()
        self.assertNotIn("À corriger : la table", self._page(kit))
        kit.action_play()
        self.assertIn("14", kit.summary)
        self.assertIn("| 1012345678 | accordée → annulation acceptée | 300,00\N{NO-BREAK SPACE}€", self._page(kit))
        self.assertIn("<td>1012345678</td>", kit.report)
        self.assertEqual(kit.report_name, "visiolink-essai.md")

    def test_an_archive_of_papers_and_a_corrected_table(self):
        kit = self._kit(self.manager, papers=archive(visiolink_xsd=self.schema, lisez_moi="x"), papers_name="p.zip")
        kit.action_propose()
        table = base64.b64decode(kit.table).decode()
        kit.table = base64.b64encode(
            table.replace("; prism;", ";")
            .replace(";C;given;decimal(2, max=40)", ";C;prism;decimal(2, max=40)")
            .encode()
        )
        kit.action_check()
        self.assertIn("0 point(s) à corriger", kit.summary)

    def test_the_platforms_own_files_are_checked_and_played_without_upload(self):
        kit = self._kit(self.manager, papers=False, papers_name=False)
        kit.action_check()
        self.assertIn("0 point(s) à corriger", kit.summary)
        self.assertNotIn("SOAPAction", self._page(kit), "the envelope is the system administrator's")
        kit.action_play()
        self.assertIn("14 adhérents de démonstration joués sur 14", self._page(kit))

    def test_the_administrator_sees_the_call_with_no_secret_in_it(self):
        own = self.platform.with_company(self.company)
        own.write({"url_test": "https://127.0.0.1/soap", "username": "boutique-7", "password": "jamais-dit"})
        kit = self._kit(self.admin, papers=False, papers_name=False)
        kit.action_check()
        self.assertIn("POST https://127.0.0.1/soap", self._page(kit))
        self.assertIn("<w:Username>IDENTIFIANT</w:Username>", self._page(kit))
        self.assertNotIn("boutique-7", self._page(kit))
        self.assertNotIn("jamais-dit", self._page(kit))

    def test_papers_that_will_not_do_are_refused_with_the_way_out(self):
        for values, problem in (
            ({"papers": base64.b64encode(b"no")}, "ce n'est pas un XSD lisible"),
            ({"papers": base64.b64encode(b"no"), "papers_name": "x.pdf"}, "il faut un fichier .xsd"),
            ({"papers": archive(a_txt="x"), "papers_name": "x.zip"}, "aucun fichier .xsd ni .wsdl"),
            ({"message_names": "OPAMCXXX = a"}, "n'est pas un message"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, problem):
                self._kit(self.manager, **values).action_propose()
        kit = self._kit(self.manager, table=base64.b64encode(b"a;b"))
        with self.assertRaisesRegex(UserError, "messages;path;attribute"):
            kit.action_check()

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self._kit(self.optician)
        kit = self._kit(self.manager)
        kit.action_propose()
        with self.assertRaises(AccessError):
            kit.action_apply()
        with self.assertRaises(AccessError):
            kit.with_user(self.admin).read(["table"])
        self.assertEqual(self.platform.dialect, "open")

    def test_a_shop_trains_in_its_platforms_words(self):
        """Once applied, the insurer built in speaks the dialect, from the request to the cancellation."""
        folder = FOREIGN.parent / "dialects"
        schemas = {name: (folder / f"{name}.xsd").read_bytes() for name in ("mutua", "mutua-types")}
        kit = self._kit(
            self.admin,
            papers=archive(**{f"{name}_xsd": body for name, body in schemas.items()}),
            papers_name="mutua.zip",
            table=base64.b64encode((folder / "mutua.csv").read_bytes()),
        )
        kit.action_check()
        self.assertIn("0 point(s) à corriger", kit.summary)
        kit.action_apply()
        self.assertEqual(self.platform.dialect, "mutua")
        self.assertEqual(set(self.platform.sudo().schema_ids.mapped("name")), {"mutua.xsd", "mutua-types.xsd"})
        self.platform.url_demo = False
        request = self._send()
        self._dispatch()
        self.assertEqual((request.state, request.granted_total), ("granted", 300))
        messages = self.env["optoamc.exchange"].sudo()
        asked = messages.search([("request_id", "=", request.id), ("direction", "=", "out")])
        self.assertIn(b'nature="DEM"', base64.b64decode(asked[0].xml))
        request.action_cancel()
        self._dispatch()
        self.assertEqual(request.state, "cancelled")
        self.order = self._new_dossier(PENDING)
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "pending")
        self._dispatch_again(request)
        self.assertEqual(request.state, "granted")

    def test_the_files_say_all_that_the_form_says_of_a_connection(self):
        """A new field of the form goes into ``lib/protocol/kit/settings.py``, or is named here with its reason."""
        platform = self.env["optoamc.platform"]
        own = {
            name
            for name, field in platform._fields.items()
            if field.store and name not in MAGIC_COLUMNS and not field.type.endswith("2many")
        } | {"schema_ids"}
        said = {setting.field for setting in SETTINGS} | set(ELSEWHERE)
        self.assertFalse(said - own, "a setting of no field")
        self.assertEqual(own - said, set(NOT_IN_A_FILE))
        kinds = [name for name, _label in platform._fields["transport"]._description_selection(self.env)]
        about = next(setting.about for setting in SETTINGS if setting.field == "transport")
        for kind in kinds:
            self.assertIn(kind, about)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPlatformKitTour(TourCase):
    def test_from_papers_to_play(self):
        company = self.env.ref("base.main_company")
        platform = self.env["optoamc.platform"].create({"name": "Visiolink"})
        manager = new_user(company, "kit_tour", "base.group_user,l10n_fr_optoamc.group_manager", lang="fr_FR")
        schema = (FOREIGN / "visiolink.xsd").read_bytes()
        # Served at an address of its own, as a file of the manager's would be read from his disk.
        self.env["ir.attachment"].create(
            {
                "name": "visiolink.xsd",
                "type": "binary",
                "raw": schema,
                "url": "/optoamc-test/visiolink.xsd",
                "mimetype": "application/octet-stream",
                "public": True,
            }
        )
        path = f"/odoo/action-l10n_fr_optoamc.action_optoamc_platform/{platform.id}"
        self.start_tour(path, "optoamc_kit", login=manager.login, timeout=180)
        self.assertEqual(platform.dialect, "open", "a manager's trial changes no platform")
