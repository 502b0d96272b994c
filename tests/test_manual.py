import base64

from odoo import fields
from odoo.tests import tagged

from ..lib.noemie.tests import noemie_writer as writer
from .common import UNKNOWN
from .test_directory import ALPHA, BETA, listing
from .test_remittance import RemittanceCase
from .test_setup import new_manager
from .tour_common import DeskTourCase, TourCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestManual(DeskTourCase):
    """The screens of the user guide that no other tour shows, each opened from its menu by who works with it."""

    def setUp(self):
        super().setUp()
        self._new_request().action_send()
        self._dispatch()

    def test_optician(self):
        self._tour("optoamc_manual_optician", path="/odoo/action-l10n_fr_optoamc.action_insurers")

    def test_consent(self):
        self._tour("optoamc_manual_consent", self._new_dossier(UNKNOWN, consent=False))

    def test_privacy_officer(self):
        officer = new_user(self.company, "manual_officer", "l10n_fr_optoamc.group_privacy_officer", lang="fr_FR")
        self.order.patient_id.nir = "253070730047075"
        self.order.patient_id.with_user(self.optician).with_context(lang="fr_FR").read(["nir"])
        with self._screenshots():
            self.start_tour(
                "/odoo/action-l10n_fr_optoamc.action_optoamc_privacy_log",
                "optoamc_manual_privacy",
                login=officer.login,
            )

    def test_settings(self):
        self.env.ref("base.user_admin").lang = "fr_FR"
        with self._screenshots():
            self.start_tour("/odoo/settings", "optoamc_manual_settings", login="admin")

    def test_manager(self):
        manager = new_manager(self.env, self.company, login="manual_manager")
        imports = self.env["optoamc.import"].with_user(manager)
        job = imports.create(
            {"platform_id": self.platform.id, "file": base64.b64encode(listing(ALPHA, BETA)), "file_name": "liste.csv"}
        )
        job.action_read()
        self.env.ref("l10n_fr_optoamc.cron_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(job.state, "preview", job.message)
        with self._screenshots():
            self.start_tour(
                "/odoo/action-l10n_fr_optoamc.action_insurers", "optoamc_manual_manager", login=manager.login
            )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccountantsManual(RemittanceCase, TourCase):
    """The accountant's screens, from the shares to the payment advice."""

    def test_accountant(self):
        self.accountant.lang = "fr_FR"
        paid, short, rejected, late = self._shares(4)
        late.sudo().date_maturity = fields.Date.subtract(self.env.company._optoamc_today(), days=45)
        late.flush_recordset()
        self._import(
            self._noemie(
                self._invoice_of(paid, 30000),
                self._invoice_of(short, 28000),
                self._invoice_of(rejected, 0, state="R", rejects=[writer.Reject("A114", "DROITS NON OUVERTS")]),
            )
        )
        with self._screenshots():
            self.start_tour(
                "/odoo/action-l10n_fr_optoamc.action_optoamc_share",
                "optoamc_manual_accountant",
                login=self.accountant.login,
            )
