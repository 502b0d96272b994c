from odoo import models

from ..mixin.read_ahead import read_children, read_whole


class SaleOrder(models.Model):
    """Reading dossiers for an insurer: one query a table, however many there are and whoever is looked up first."""

    _inherit = "sale.order"

    def web_read(self, specification):
        """Open a dossier: what its form shows and warns of is read ahead; a list reads its columns alone."""
        if len(self) == 1 and "optical_summary" in specification:
            self._optoamc_read_form()
        return super().web_read(specification)

    def _optoamc_read_form(self):
        """Read what the form of this dossier says; of any other order, what Odoo reads of it and its lines."""
        read_whole(self)
        read_children(self, "order_line")
        if not any(self.order_line.mapped("optical_category")):
            return
        own = self.with_company(self.company_id)
        read_children(own, "optoamc_request_ids")
        persons = own.partner_id | own.partner_invoice_id | own.partner_shipping_id | own.patient_id
        read_whole(persons, own.company_id.partner_id, of_company=True)
        read_whole(own.patient_id.amo_id.commercial_partner_id)
        read_children(own.patient_id, "optoamc_contract_ids")
        prescriptions = own.prescription_id | own.other_prescription_id
        read_whole(prescriptions)
        read_children(prescriptions, "eye_ids")
        own._optoamc_read_articles()
        read_children(own.order_line.tax_ids, "invoice_repartition_line_ids")

    def _optoamc_read_ahead(self):
        """Read what an insurer is asked about these dossiers, and what is checked before."""
        read_whole(self)
        for company, orders in self.grouped("company_id").items():
            own = orders.with_company(company)
            # All of the patients': whose turn it is to be asked is checked, too.
            read_children(own.patient_id, "optoamc_contract_ids")
            own._optoamc_read_persons()
            own._optoamc_read_articles()

    def _optoamc_read_persons(self):
        contracts = self.patient_id.optoamc_contract_ids
        users, companies = self.env.user | self.user_id, self.company_id
        prescriptions = self.prescription_id | self.other_prescription_id
        for records in (users, companies, prescriptions):
            read_whole(records)
        persons = [self.partner_id, self.patient_id, users.partner_id, companies.partner_id]
        persons += [companies.optoamc_contact_id, contracts.insurer_id, contracts.insured_id]
        read_whole(*persons, prescriptions.prescriber_id, of_company=True)
        read_whole(self.patient_id.amo_id, of_company=True)
        read_whole(contracts.insurer_id.optoamc_platform_id, of_company=True)
        read_children(prescriptions, "eye_ids")
        read_children(self, "optoamc_request_ids")

    def _optoamc_read_articles(self):
        read_children(self, "order_line")
        lines = self.order_line
        read_whole(lines.product_id)
        read_whole(lines.product_id.product_tmpl_id)
        read_whole(lines.lpp_id)
        read_children(lines.lpp_id, "price_ids")
