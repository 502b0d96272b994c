from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.noemie.tests import noemie_writer as writer
from .test_remittance import RemittanceCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceShops(RemittanceCase):
    """Two shops in one database: a file is read once, and each shop books what is its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.setup_other_company(name="Seconde boutique")["company"]
        cls.second.finess = "750000026"
        cls.env.user.company_ids |= cls.second
        cls.accountant.company_ids |= cls.second
        cls.share = cls._shares(1)
        order = cls._order_in(cls.second, [(cls.lens, 1), (cls.frame, 1)])
        cls._grant(order, 150.0, number="PEC-B")
        cls.theirs = cls._invoice(order.with_company(cls.second)).optoamc_share_ids

    def _advices(self, action):
        ids = [action["res_id"]] if action.get("res_id") else action["domain"][0][2]
        return self.env["optoamc.remittance"].browse(ids).sorted("id")

    def _read(self, file):
        return self._advices(self._wizard(file.data()).action_read())

    def _rows(self, *rows, user=None):
        data = "\r\n".join(["N° PEC;N° facture;Montant réglé", *rows]).encode()
        wizard = self._wizard(data, "bordereau.csv", partner_id=self.insurer.id)
        wizard.action_read()
        return self._advices(wizard.action_import())

    def _number(self, share):
        return "".join(filter(str.isdigit, share.move_id.name))[-9:]

    # -- NOEMIE -------------------------------------------------------------------------------

    def test_a_return_for_another_number(self):
        """Neither the payee nor the recipient is a shop of the database: nothing is sure."""
        file = self._noemie(self._invoice_of(self.share, 30000), recipient="00000690000012", payee=False)
        advice = self._read(file)
        line = advice.line_ids
        self.assertEqual((line.match, line.doubt, line.decision), ("doubtful", "recipient", False))
        self.assertEqual((line.share_id, line.payee), (self.share, "00000690000012"))
        self.assertIn("FINESS", line.doubt_help)
        with self.assertRaisesRegex(UserError, "Lines to decide: "):
            advice.with_user(self.accountant).action_validate()
        # The number was missing in the settings: once it is there, the line is sure.
        self.company.finess = "690000012"
        advice.action_match()
        self.assertEqual((line.match, line.doubt), ("matched", False))

    def test_a_return_of_a_shop_without_a_number(self):
        self.company.finess = False
        self.assertEqual(self._read(self._noemie(self._invoice_of(self.share, 30000))).line_ids.doubt, "recipient")

    def test_a_return_of_a_shop_one_does_not_work_in(self):
        self.accountant.company_ids = self.company
        file = self._noemie(self._invoice_of(self.share, 30000), recipient="00000750000026", payee=False)
        with self.assertRaisesRegex(UserError, "750000026.*do not work"):
            self._read(file)
        self.assertFalse(
            self.env["optoamc.remittance"].search([("company_id", "in", (self.company | self.second).ids)])
        )

    def test_a_return_of_the_other_shop(self):
        """Read in the first shop, it is the second's: there it is booked, by its own bank."""
        invoice = writer.Invoice(self._number(self.theirs), [writer.Part("199", 30000, "P", 30000)])
        advice = self._read(self._noemie(invoice, recipient="00000750000026", payee=False))
        self.assertEqual((advice.company_id, advice.line_ids.share_id), (self.second, self.theirs))
        self.assertEqual(advice.line_ids.match, "matched")
        self.assertEqual(advice.journal_id.company_id, self.second)
        advice.with_company(self.second).action_validate()
        self.assertEqual((self.theirs.state, self.share.state), ("paid", "open"))
        self.assertEntries(
            advice.payment_ids.move_id.line_ids,
            [("2026-11-19", "512", self.insurer.name, 300.0), ("2026-11-19", "4115", self.insurer.name, -300.0)],
        )
        self.assertEqual(advice.payment_ids.company_id, self.second)

    def test_a_return_common_to_two_shops(self):
        day = date(2026, 11, 19)
        common = _Common(
            [
                ("750000018", writer.Transfer(day, "VIR A", invoices=[self._invoice_of(self.share, 30000)])),
                (
                    "750000026",
                    writer.Transfer(
                        day,
                        "VIR B",
                        invoices=[writer.Invoice(self._number(self.theirs), [writer.Part("199", 30000, "P", 30000)])],
                    ),
                ),
            ]
        )
        advices = self._read(common)
        self.assertEqual(advices.mapped("company_id"), self.company | self.second)
        self.assertEqual(advices.mapped("line_ids.match"), ["matched", "matched"])
        self.assertEqual(advices.line_ids.share_id, self.share | self.theirs)
        for advice in advices:
            advice.with_company(advice.company_id).action_validate()
            self.assertEqual(len(advice.payment_ids), 1)
        self.assertEqual((self.share.state, self.theirs.state), ("paid", "paid"))
        for other in (self.company, self.second):
            bank = advices.filtered(lambda advice, other=other: advice.company_id == other).journal_id
            wizard = self._wizard(common.data(), company_id=other.id, journal_id=bank.id)
            with self.assertRaisesRegex(UserError, "imported already"):
                wizard.action_read()

    # -- sheets -------------------------------------------------------------------------------

    def test_a_sheet_that_names_the_other_shops_agreement(self):
        advices = self._rows("PEC1;;300,00", "PEC-B;;300,00", "PEC-?;;5,00")
        self.assertEqual(advices.mapped("company_id"), self.company | self.second)
        own, theirs = advices
        self.assertEqual(own.line_ids.mapped("match"), ["matched", "unknown"])
        self.assertEqual((theirs.line_ids.match, theirs.line_ids.share_id), ("matched", self.theirs))

    def test_a_sheet_that_names_the_other_shops_agreement_before_its_invoice(self):
        order = self._order_in(self.second, [(self.lens, 1), (self.frame, 1)])
        request = self._grant(order, 150.0, number="PEC-C")
        advice = self._rows("PEC-C;;150,00")
        self.assertEqual((advice.company_id, advice.line_ids.request_id), (self.second, request))
        advice.with_company(self.second).action_validate()
        share = self._invoice(order.with_company(self.second)).optoamc_share_ids
        self.assertEqual((share.amount, share.state), (300.0, "partial"))

    def test_a_sheet_read_with_one_shop_on_the_screen(self):
        """Who works in both shops looks at the first one alone, as screens do."""
        data = b"N\xc2\xb0 PEC;N\xc2\xb0 facture;Montant r\xc3\xa9gl\xc3\xa9\r\nPEC1;;300,00\r\nPEC-B;;300,00"
        wizard = self._wizard(data, "bordereau.csv", partner_id=self.insurer.id)
        wizard = wizard.with_context(allowed_company_ids=self.company.ids)
        wizard.action_read()
        advices = self._advices(wizard.action_import())
        self.assertEqual(advices.company_id, self.company | self.second)
        for advice in advices:
            self.assertIn("Seconde boutique", advice.message_ids.sorted("id")[-1].body)

    def test_invoices_numbered_alike(self):
        """A sheet without agreement numbers, maybe another shop's: an invoice number is no proof across shops."""
        alike = self._number(self.share) == self._number(self.theirs)
        self.assertTrue(alike, "both shops begin their numbers anew")
        line = self._rows(f";{self.share.move_id.name};300,00").line_ids
        self.assertEqual((line.company_id, line.match, line.doubt), (self.company, "doubtful", "shop"))
        # Another amount, that the other shop does not ask: it is ours, paid in part.
        line = self._rows(f";{self.share.move_id.name};280,00").line_ids
        self.assertEqual((line.match, line.share_id), ("matched", self.share))

    def test_a_sheet_read_in_both_shops(self):
        self._rows("PEC1;;300,00")
        other = new_user(self.second, "optoamc_second", "base.group_user,account.group_account_invoice")
        wizard = self._wizard(b"N\xc2\xb0 PEC;N\xc2\xb0 facture;Montant r\xc3\xa9gl\xc3\xa9\r\nPEC1;;300,00")
        theirs = self.env["optoamc.remittance.import"].with_user(other).create({"partner_id": self.insurer.id})
        theirs.file = wizard.file
        with self.assertRaisesRegex(UserError, r"imported already, on [\d/]+\.$"):
            theirs.action_read()

    # -- deleted ------------------------------------------------------------------------------

    def test_one_advice_of_a_common_file_is_not_deleted(self):
        """The file could not be read again: it is known by the advice of the other shop."""
        own, theirs = advices = self._rows("PEC1;;300,00", "PEC-B;;300,00")
        for advice in advices:
            with self.assertRaisesRegex(UserError, "delete its payment advices together"), self.cr.savepoint():
                advice.with_company(advice.company_id).unlink()
        advices.unlink()
        own, theirs = advices = self._rows("PEC1;;300,00", "PEC-B;;300,00")
        self.assertEqual(advices.mapped("line_ids.share_id"), self.share | self.theirs)
        # One is booked, or undone: the other may be left out, and keeps its place.
        own.action_validate()
        with self.assertRaisesRegex(UserError, "together"), self.cr.savepoint():
            theirs.with_company(self.second).unlink()
        theirs.line_ids.decision = "skip"
        theirs.with_company(self.second).action_validate()
        self.assertEqual((self.share.state, self.theirs.state), ("paid", "open"))
        own.action_undo()
        theirs.with_company(self.second).action_undo()
        with self.assertRaisesRegex(UserError, "cancelled or reversed refer to it"), self.cr.savepoint():
            advices.unlink()
        own.action_validate()
        payment = own.payment_ids.filtered(lambda payment: payment.state != "canceled")
        name = self.insurer.name
        self.assertEntries(
            payment.move_id.line_ids,
            [(str(own.date), "512", name, 300.0), (str(own.date), "4115", name, -300.0)],
        )

    def test_a_shop_without_a_bank(self):
        bank = self.env["account.journal"].search([("company_id", "=", self.second.id), ("type", "=", "bank")])
        bank.active = False
        words = "Seconde boutique has no bank journal"
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            self._rows("PEC1;;300,00", "PEC-B;;300,00")
        self.assertFalse(self.share.sudo().remittance_line_ids)


class _Common(writer.File):
    """A return that pays several shops, each under its own payee (040)."""

    def __init__(self, paid):
        super().__init__([transfer for _payee, transfer in paid])
        self.paid = paid

    def payload(self):
        return "".join(f"04002{payee:0>15}@{transfer.text()}" for payee, transfer in self.paid)
