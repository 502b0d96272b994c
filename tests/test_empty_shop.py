import base64
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .test_setup import new_company, new_manager
from .tour_common import DeskTourCase
from .users import sole_shop

try:
    from . import cnam_archive as cnam
except ImportError:  # the tests alone need it: it writes dBase
    cnam = None


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEmptyShop(DeskTourCase):
    """A company with nothing in it, set up and given its catalogue by its manager, with the screens alone."""

    def setUp(self):
        super().setUp()
        if not cnam:
            self.skipTest("dbf is not installed")
        partners = self.env["res.partner"].with_context(active_test=False)
        partners.search([("is_amc", "=", True)]).active = False
        partners.search([("amc_number", "!=", False)]).amc_number = False
        self.env["optoamc.platform"].search([]).active = False
        self.shop = new_company(self.env)
        sole_shop(self.shop)
        # Its tariffs are imported by the tour.
        self.env["optoamc.lpp.price"].search([("is_fictitious", "=", True)]).unlink()
        self.manager = new_manager(self.env, self.shop)

    def _serve(self, name, data):
        """Put a file where a tour takes it."""
        self.env["ir.attachment"].create(
            {
                "name": name,
                "type": "binary",
                "datas": base64.b64encode(data),
                "url": f"/optoamc-tour/{name}",
                "public": True,
            }
        )

    def _play(self, tour, user, path):
        imports = type(self.env["optoamc.import"])
        work = patch.object(imports, "_trigger", lambda jobs: jobs.sudo()._cron_work())
        with self._dispatcher(), work, self._screenshots():
            self.start_tour(path, tour, login=user.login, timeout=180)
        self.env.invalidate_all()

    def test_first_day(self):
        setup = "/odoo/action-l10n_fr_optoamc.action_optoamc_setup"
        self._play("optoamc_setup", self.manager, setup)
        self._serve("lpp.zip", cnam.fictitious_archive())
        self._play("optoamc_empty_catalogue", self.manager, "/odoo/action-l10n_fr_optoamc.action_insurers")
        lens = self.env.ref("l10n_fr_optoamc.lpp_2249229")
        self.assertTrue(lens._price_on(fields.Date.today()).is_fictitious)
        articles = self.env["product.template"].search([("name", "like", "du jour")], order="id")
        self.assertEqual(articles.mapped("optical_category"), ["lens", "frame", "supplement"])
        self.assertEqual(articles.mapped("list_price"), [280.0, 149.0, 25.0])
