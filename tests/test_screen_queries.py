"""What screens and lists ask the database does not grow with the codes, the shops and the years behind them."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import Form, tagged

from .common import KNOWN, OptoamcCommon, new_user

FEW, MANY = 2, 6

#: What a form reads besides what Odoo's own one does, one query each. A dossier: its requests and what was asked, the
#: patient's fund and contracts, the prescription and its eyes, codes and tariffs, variants, the maker and its union,
#: shares, the last equipment and the money on account. A patient: contracts and their insurers, the fund, dependants,
#: consents and what they cover, schemes, the two counts, whoever has the same number, the last equipment, an erasure,
#: and the log.
DOSSIERS_TABLES, PATIENTS_TABLES = 14, 11
#: Of an order without an optical article an optician's form still asks for its requests and their lines, its shares,
#: its variants, the customer with his contracts and prescriptions, and for another open dossier of his.
PLAIN_TABLES = 9


@tagged("post_install_l10n", "post_install", "-at_install")
class TestScreenQueries(OptoamcCommon):
    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def test_dossiers_of_other_codes(self):
        """The tariffs of all the codes of a list are read together."""
        lpps = self.env["optoamc.lpp"].search([("category", "=", "lens"), ("price_ids", "!=", False)], limit=MANY)
        self.assertEqual(len(lpps), MANY)
        orders = self.env["sale.order"]
        for lpp in lpps:
            order = self._new_dossier(KNOWN)
            order.order_line[0].lpp_id = lpp
            orders |= order
        orders = orders.with_user(self.optician)

        def opened(count):
            return self._count(
                lambda: orders.browse().web_search_read(
                    [("id", "in", orders[:count].ids)], {"name": {}, "has_unknown_amo": {}}
                )
            )

        opened(1)  # fills the caches of the process
        self.assertEqual(opened(FEW), opened(MANY))

    def _opened(self, record, user):
        """How many queries the web client's reading of a form takes, in a process that has opened one before."""
        record = record.with_user(user).with_company(self.company)
        specification = Form(record)._view["fields_spec"]

        def opened():
            record.with_context(bin_size=True).web_read(specification)

        self._count(opened)
        return self._count(opened)

    def _seller(self):
        """Somebody with the optician's rights but for the module's own."""
        groups = self.optician.all_group_ids.get_external_id().values()
        own = [name for name in groups if not name.startswith("l10n_fr_optoamc.")]
        return new_user(self.company, "optoamc_seller", ",".join(own))

    def test_form_of_a_dossier(self):
        """Beside an order of Odoo's articles, opened by somebody who sees nothing of the module."""
        seller = self._seller()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.order.partner_id.copy().id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": self.env["product.product"].create({"name": name}).id})
                    for name in ("Cloth", "Case", "Chain")
                ],
            }
        )
        self._new_request()
        plain = self._opened(order, seller)
        self.assertLessEqual(self._opened(self.order, self.optician), plain + DOSSIERS_TABLES)
        self.assertLessEqual(self._opened(order, self.optician), plain + PLAIN_TABLES)

    def test_form_of_a_patient(self):
        """Beside a contact, opened by somebody who sees nothing of the module."""
        seller = self._seller()
        patient, contact = self.order.patient_id, self.env["res.partner"].create({"name": "A contact"})
        plain = self._opened(contact, seller)
        self.assertLessEqual(self._opened(patient, self.optician), plain + PATIENTS_TABLES)

    def test_typing_a_contact_of_a_readable_parent(self):
        """Whose health data there are is no question for who may read the name anyway."""
        seller = new_user(self.company, "optoamc_seller", "sales_team.group_sale_salesman,base.group_partner_manager")
        contacts = self.env["res.partner"].with_user(seller).with_company(self.company)
        parent = contacts.create({"name": "A company", "is_company": True})
        partners = type(contacts)
        with (
            patch.object(
                partners, "_optoamc_holders", autospec=True, side_effect=partners._optoamc_holders
            ) as looked_at,
            Form(contacts) as form,
        ):
            form.name = "A contact"
            form.parent_id = parent
            form.function = "Buyer"
        self.assertFalse([call for call in looked_at.call_args_list if call.args[0]])

    def test_patients_form_looks_at_no_shop(self):
        """Which shops there are is a question about insurers, and for who may edit them."""
        companies = type(self.env["res.company"])
        with patch.object(
            companies, "_optoamc_shops", autospec=True, side_effect=companies._optoamc_shops
        ) as looked_at:
            for user, partner in ((self.optician, self.order.patient_id), (self.optician, self.insurer)):
                self.assertFalse(partner.with_user(user).can_edit_insurer)
            looked_at.assert_not_called()
            self.assertTrue(self.insurer.sudo().can_edit_insurer)
            looked_at.assert_called_once()
