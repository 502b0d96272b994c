from ast import literal_eval

from lxml import etree
from odoo import Command, fields
from odoo.tests import tagged

from .share_common import ShareCase
from .tour_common import DeskTourCase, TourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDay(DeskTourCase):
    """A family, a day of mistakes, and what the app opens on."""

    def test_family(self):
        father = self.order.patient_id
        father.write({"name": "Paul PETIT", "lastname": "PETIT", "firstname": "Paul"})
        self._tour("optoamc_family_day", path=f"/odoo/action-l10n_fr_optoamc.action_patients/{father.id}")
        daughter = self.env["res.partner"].search([("name", "=", "Zoé PETIT")]).with_company(self.company)
        self.assertEqual((daughter.insured_id, daughter.amo_id), (father, self.fund))
        self.assertEqual(daughter.optoamc_contract_ids.member_number, father.optoamc_contract_ids.member_number)

    def test_mistakes(self):
        self.order.patient_id.write({"name": "Paul PETIT", "nir": "169054958815733", "birthdate": "1969-05-12"})
        self._tour("optoamc_mistakes", path="/odoo/action-l10n_fr_optoamc.action_patients")
        patient = self.env["res.partner"].search([("name", "=", "Jean ROUX")]).with_company(self.company)
        self.assertEqual(patient.nir, "169054958815733")

    def test_list_of_the_day(self):
        """Opened or answered today, or waiting for an insurer; and it is what the app opens on."""
        request = self._new_request()
        old = self._new_dossier("1012345679")
        todays = self._new_dossier("1012345679")
        todays.optical_date = fields.Date.context_today(todays.with_user(self.optician))

        def listed():
            view = (
                self.env["sale.order"]
                .with_user(self.optician)
                .get_view(self.env.ref("l10n_fr_optoamc.sale_order_view_search_dossier").id, "search")
            )
            (node,) = etree.fromstring(view["arch"]).xpath("//filter[@name='day']")
            domain = [("id", "in", (self.order | old | todays).ids), *literal_eval(node.get("domain"))]
            return self.env["sale.order"].with_user(self.optician).search(domain)

        self.assertEqual(listed(), todays)
        request.action_send()
        self.assertEqual(listed(), self.order | todays, "it waits")
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self.assertEqual(listed(), self.order | todays, "it is answered today")
        todays._action_cancel()
        self.assertEqual(listed(), self.order, "what is cancelled is no work of the day")
        opened = self.env["res.company"].with_user(self.optician).action_optoamc_open_app()
        self.assertEqual(opened["id"], self.env.ref("l10n_fr_optoamc.action_day").id)

    def test_sums_count_one_offer(self):
        """The variants of a quotation are one sale: the one sold, else the first that is open."""
        variant = self.env["sale.order"].browse(self.order.action_optoamc_add_variant()["res_id"])
        alone = self._new_dossier("1012345679")
        orders = (self.order | variant | alone).with_user(self.optician)

        def counted():
            self.env.invalidate_all()
            shown = orders.filtered(lambda order: not order.is_other_variant)
            domain, context = [("id", "in", orders.ids)], {"optoamc_dossiers": True}
            ((total,),) = orders.with_context(**context)._read_group(domain, [], ["amount_total:sum"])
            self.assertAlmostEqual(total, sum(shown.mapped("amount_total")))
            ((total,),) = orders._read_group(domain, [], ["amount_total:sum"])
            self.assertAlmostEqual(total, sum(orders.mapped("amount_total")), msg="elsewhere as everybody's")
            return shown

        self.assertTrue(all(orders.mapped("amount_total")))
        self.assertEqual(counted(), self.order | alone)
        variant.action_confirm()
        self.assertEqual(counted(), variant | alone, "what is sold")
        variant._action_cancel()
        self.order.state = "draft"
        self.assertEqual(counted(), self.order | alone)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReturn(ShareCase, TourCase):
    """Glasses come back: nothing of the agreement is invoiced any more, and it is said on the credit note."""

    def test_return(self):
        self.optician.write(
            {"lang": "fr_FR", "group_ids": [Command.link(self.env.ref("account.group_account_invoice").id)]}
        )
        order = self._order()
        request = self._grant(order)
        invoice = self._invoice(order)
        self.assertFalse(invoice.optoamc_unused_request_ids)
        with self._efforts("Un retour et son accord annulé"):
            self.start_tour(
                f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}",
                "optoamc_return",
                login=self.optician.login,
                timeout=120,
            )
        self.env.invalidate_all()
        self.assertIn(request.state, ("cancelled", "cancelling"))
        self.assertFalse(any(invoice.optoamc_share_ids.mapped("amount")))
