import base64
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib.noemie.tests import noemie_writer as writer
from .share_common import ShareCase
from .shared import shared
from .users import new_user

HEADER = "N° PEC;N° facture;Montant facturé;Montant réglé;Code rejet;Motif"


class RemittanceCase(ShareCase):
    @classmethod
    @shared
    def setUpClass(cls):
        super().setUpClass()
        cls.insurer.amc_number = "75001234"
        cls.company.finess = "750000018"

    @classmethod
    def _shares(cls, count=3, **values):
        """As many dossiers, each with a share of 300.00 of the insurer, PEC1, PEC2 …"""
        shares = cls.env["optoamc.share"]
        for number in range(1, count + 1):
            order = cls._order(patient=cls._patient(f"Patient {number}"), **values)
            cls._grant(order, number=f"PEC{number}")
            shares |= cls._invoice(order).optoamc_share_ids
        return shares

    def _wizard(self, data, name="retour.txt", **values):
        return (
            self.env["optoamc.remittance.import"]
            .with_user(self.accountant)
            .create({"file": base64.b64encode(data), "file_name": name, "journal_id": self.bank.id, **values})
        )

    def _noemie(self, *invoices, file_id="000042", dated=date(2026, 11, 19), **values):
        return writer.File(
            [writer.Transfer(dated, "VIR ADPR 4471", invoices=list(invoices))], file_id=file_id, **values
        )

    def _invoice_of(self, share, paid, asked=30000, state="P", rejects=(), member=""):
        number = "".join(filter(str.isdigit, share.move_id.name))[-9:]
        part = writer.Part("199", asked, state, paid, member=member)
        return writer.Invoice(number, [part], rejects=list(rejects))

    def _import(self, file):
        action = self._wizard(file.data() if isinstance(file, writer.File) else file).action_read()
        return self.env["optoamc.remittance"].with_user(self.accountant).browse(action["res_id"])

    def _sheet(self, *rows, header=HEADER, **values):
        data = "\r\n".join([header, *rows]).encode("cp1252")
        wizard = self._wizard(data, "bordereau.csv", **{"partner_id": self.insurer.id, **values})
        wizard.action_read()
        action = wizard.action_import()
        return self.env["optoamc.remittance"].with_user(self.accountant).browse(action["res_id"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittance(RemittanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shares = cls._shares()
        cls.first, cls.second, cls.third = cls.shares

    # -- preview ------------------------------------------------------------------------------

    def test_noemie_from_preview_to_books(self):
        remittance = self._import(
            self._noemie(
                self._invoice_of(self.first, 30000),
                self._invoice_of(self.second, 28000),
                self._invoice_of(self.third, 0, state="R", rejects=[writer.Reject("A114", "DROITS NON OUVERTS")]),
            )
        )
        self.assertEqual(remittance.line_ids.mapped("match"), ["matched"] * 3)
        self.assertEqual(remittance.line_ids.share_id, self.shares)
        self.assertEqual(remittance.amount, 580.0)
        self.assertEqual(remittance.undecided_count, 0)
        # Nothing is posted by the import.
        self.assertEqual(set(self.shares.mapped("state")), {"open"})
        self.assertFalse(remittance.payment_ids)

        remittance.action_validate()
        self.assertEqual(self.shares.mapped("state"), ["paid", "partial", "open"])
        self.assertEqual(self.shares.mapped("amount_residual"), [0.0, 20.0, 300.0])
        payment = remittance.payment_ids
        self.assertEqual((payment.amount, payment.date), (580.0, date(2026, 11, 19)))
        self.assertEqual((payment.partner_id, payment.memo), (self.insurer, "VIR ADPR 4471"))
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(len(payment.move_id.line_ids), 3)
        self.assertEqual(self.insurer.credit, 320.0)
        for share in self.shares:
            self.assertBooks(share.order_id)
        # The reject is on the share, with something to do.
        self.assertEqual((self.third.reject_code, self.third.reject_reason), ("A114", "DROITS NON OUVERTS"))
        self.assertEqual(len(self.third.activity_ids), 1)
        self.third.with_user(self.accountant).action_return_to_patient()
        self.assertEqual(self.third.state, "returned")
        self.assertEqual(self.third.move_id.amount_residual, 714.0)

    def test_labels_name_nobody(self):
        remittance = self._import(self._noemie(self._invoice_of(self.first, 30000, member="000001")))
        remittance.action_validate()
        items = remittance.payment_ids.move_id.line_ids
        self.assertEqual(set(items.mapped("name")), {"VIR ADPR 4471", self.first.label})
        self.assertFalse(remittance.line_ids.member_number)

    def test_file_is_not_kept(self):
        wizard = self._wizard(self._noemie(self._invoice_of(self.first, 30000)).data())
        wizard.action_read()
        self.assertFalse(wizard.file)
        self.assertFalse(self.env["ir.attachment"].search([("res_model", "=", "optoamc.remittance")]))

    def test_same_file_twice(self):
        file = self._noemie(self._invoice_of(self.first, 30000))
        self._import(file)
        with self.assertRaisesRegex(UserError, "imported already"):
            self._import(file)
        with self.assertRaisesRegex(UserError, "imported already"):
            self._import(self._noemie(self._invoice_of(self.second, 30000)))
        self._import(self._noemie(self._invoice_of(self.second, 30000), file_id="000043"))

    def test_damaged_files_post_nothing(self):
        data = self._noemie(self._invoice_of(self.first, 30000)).data()
        for broken, words in (
            (data[:-128], "999"),
            (data.replace(b"00000030000P@", b"00000030001P@"), "total"),
            (data.decode("iso-8859-15").encode("utf-16"), "Unicode"),
            (data[:200] + data[210:], "Bloc|bloc"),
            (b"000", "octets"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._import(broken)
        with self.assertRaisesRegex(UserError, "test file"):
            self._import(self._noemie(self._invoice_of(self.first, 30000), flow="T"))
        self.assertFalse(self.env["optoamc.remittance"].search([("company_id", "=", self.company.id)]))

    def test_amo_and_amc_of_one_invoice(self):
        self._practise_amo()
        order = self._order()
        self._grant(order, number="PEC9")
        shares = self._invoice(order).optoamc_share_ids
        invoice = self._invoice_of(shares[0], 30000)
        invoice.parts.insert(0, writer.Part("198", 444, "P", 444))
        remittance = self._import(self._noemie(invoice))
        self.assertEqual(remittance.line_ids.mapped("match"), ["matched", "matched"])
        remittance.action_validate()
        self.assertEqual(set(shares.mapped("state")), {"paid"})
        # The bank shows one transfer.
        self.assertEqual(remittance.payment_ids.mapped("amount"), [304.44])
        self.assertBooks(order)

    def test_parts_of_nothing(self):
        invoice = self._invoice_of(self.first, 30000)
        invoice.parts.insert(0, writer.Part("198", 0, "P", 0))
        nothing = self._invoice_of(self.second, 0)
        remittance = self._import(self._noemie(invoice, nothing))
        self.assertEqual(remittance.line_ids.mapped("match"), ["matched", "doubtful"])
        self.assertEqual((remittance.line_ids[1].outcome, remittance.line_ids[1].doubt), ("paid", "nothing"))

    def test_undecided_lines_stop_the_booking(self):
        remittance = self._import(self._noemie(writer.Invoice("999999999", [writer.Part("199", 5000, "P", 5000)])))
        self.assertEqual(remittance.line_ids.match, "unknown")
        with self.assertRaisesRegex(UserError, "Lines to decide: 1"):
            remittance.action_validate()
        remittance.action_decide_unknown()
        remittance.action_validate()
        # The bank's total is booked; what it pays is to be found out.
        self.assertEqual(remittance.payment_ids.amount, 50.0)
        self.assertEqual(self.insurer.credit, 850.0)
        self.assertEqual(set(self.shares.mapped("state")), {"open"})

    def test_unknown_payer_is_asked_for(self):
        file = self._noemie(writer.Invoice("999999999", [writer.Part("199", 5000, "P", 5000, amc="0012121212")]))
        remittance = self._import(file)
        remittance.action_decide_unknown()
        with self.assertRaisesRegex(UserError, "name no payer: 1"):
            remittance.action_validate()
        remittance.partner_id = self.insurer
        remittance.action_validate()
        self.assertEqual(remittance.payment_ids.partner_id, self.insurer)

    def test_doubtful_line_is_confirmed_by_a_person(self):
        remittance = self._import(self._noemie(self._invoice_of(self.first, 30000, asked=25000)))
        line = remittance.line_ids
        self.assertEqual((line.match, line.doubt, line.share_id), ("doubtful", "asked", self.first))
        self.assertFalse(line.decision)
        line.action_confirm()
        remittance.action_validate()
        self.assertEqual(self.first.state, "paid")

    def test_share_chosen_by_hand(self):
        remittance = self._import(self._noemie(writer.Invoice("999999999", [writer.Part("199", 30000, "P", 30000)])))
        remittance.line_ids.write({"share_id": self.second.id, "decision": "share"})
        remittance.action_validate()
        self.assertEqual(self.second.state, "paid")

    def test_member_number_points_to_a_doubtful_share(self):
        self.second.request_id.contract_id.member_number = "ADH00042"
        file = self._noemie(writer.Invoice("999999999", [writer.Part("199", 30000, "P", 30000, member="ADH00042")]))
        line = self._import(file).line_ids
        self.assertEqual((line.match, line.doubt, line.share_id), ("doubtful", "by_member", self.second))

    # -- less, more, back ---------------------------------------------------------------------

    def test_more_than_open_is_an_open_credit(self):
        remittance = self._import(self._noemie(self._invoice_of(self.first, 31000)))
        self.assertEqual(remittance.line_ids.doubt, "more")
        remittance.line_ids.action_confirm()
        remittance.action_validate()
        self.assertEqual(self.first.state, "paid")
        credit = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.insurer.id),
                ("amount_residual", "<", 0),
                ("account_type", "=", "asset_receivable"),
            ]
        )
        self.assertEqual(credit.amount_residual, -10.0)
        self.assertBooks(self.first.order_id)

    def test_taken_back(self):
        self._import(self._noemie(self._invoice_of(self.first, 30000))).action_validate()
        remittance = self._import(
            self._noemie(
                self._invoice_of(self.first, -5000, asked=0), self._invoice_of(self.second, 30000), file_id="000043"
            )
        )
        self.assertEqual(remittance.line_ids.mapped("match"), ["matched", "matched"])
        remittance.action_validate()
        self.assertEqual(remittance.payment_ids.amount, 250.0)
        self.assertEqual((self.first.state, self.first.amount_residual), ("partial", 50.0))
        self.assertEqual(self.second.state, "paid")
        self.assertEqual(self.insurer.credit, 350.0)
        for share in self.shares:
            self.assertBooks(share.order_id)

    def test_taken_back_then_paid_anew(self):
        self._import(self._noemie(self._invoice_of(self.first, 30000))).action_validate()
        remittance = self._import(
            self._noemie(
                self._invoice_of(self.first, 29000),
                self._invoice_of(self.first, -30000, asked=0),
                file_id="000043",
            )
        )
        self.assertEqual(remittance.line_ids.mapped("match"), ["matched", "matched"])
        remittance.action_validate()
        payment = (
            remittance.payment_ids
            - self.first.remittance_line_ids.filtered(
                lambda line: line.remittance_id != remittance
            ).remittance_id.payment_ids
        )
        self.assertEqual((payment.payment_type, payment.amount), ("outbound", 10.0))
        self.assertEqual(self.first.amount_residual, 10.0)
        self.assertBooks(self.first.order_id)

    def test_held_back(self):
        file = self._noemie(self._invoice_of(self.first, 30000))
        file.transfers[0].held_back = [-4000]
        remittance = self._import(file)
        self.assertEqual(remittance.line_ids.mapped("outcome"), ["paid", "other"])
        remittance.partner_id = self.insurer
        remittance.action_decide_unknown()
        remittance.action_validate()
        self.assertEqual(remittance.payment_ids.amount, 260.0)
        self.assertEqual(self.first.state, "paid")
        self.assertEqual(self.insurer.credit, 640.0)

    def test_undo(self):
        self._import(self._noemie(self._invoice_of(self.first, 30000))).action_validate()
        remittance = self._import(
            self._noemie(
                self._invoice_of(self.first, -5000, asked=0), self._invoice_of(self.second, 30000), file_id="000043"
            )
        )
        remittance.action_validate()
        remittance.action_undo()
        self.assertEqual(self.shares.mapped("amount_residual"), [0.0, 300.0, 300.0])
        self.assertEqual(remittance.state, "draft")
        remittance.action_validate()
        self.assertEqual(self.shares.mapped("amount_residual"), [50.0, 0.0, 300.0])
        for share in self.shares:
            self.assertBooks(share.order_id)

    def test_undo_of_a_hashed_payment_and_of_a_reject(self):
        self.bank.restrict_mode_hash_table = True
        remittance = self._import(
            self._noemie(
                self._invoice_of(self.first, 30000),
                self._invoice_of(self.third, 0, state="R", rejects=[writer.Reject("A114", "DROITS NON OUVERTS")]),
            )
        )
        remittance.action_validate()
        move = remittance.payment_ids.move_id
        self.assertTrue(move.inalterable_hash)
        remittance.action_undo()
        self.assertEqual((move.state, len(move.reversal_move_ids)), ("posted", 1))
        self.assertFalse(move.line_ids.filtered("amount_residual"))
        self.assertEqual(self.first.state, "open")
        self.assertFalse(self.third.reject_code or self.third.activity_ids)
        self.assertEqual(self.insurer.credit, 900.0)
        remittance.action_validate()
        self.assertEqual((self.first.state, self.third.reject_code), ("paid", "A114"))
        self.assertBooks(self.first.order_id)
        remittance.action_undo()
        self.assertEqual(self.first.state, "open")

    def test_undo_in_a_closed_period(self):
        remittance = self._import(self._noemie(self._invoice_of(self.first, 30000)))
        remittance.action_validate()
        payment = remittance.payment_ids
        self.company.fiscalyear_lock_date = payment.date
        remittance.action_undo()
        self.assertEqual((payment.state, payment.move_id.state), ("canceled", "posted"))
        self.assertGreater(payment.move_id.reversal_move_ids.date, payment.date)
        self.assertEqual(self.first.state, "open")
        self.assertBooks(self.first.order_id)

    def test_paid_after_the_return(self):
        self.first.action_return_to_patient()
        remittance = self._import(self._noemie(self._invoice_of(self.first, 30000)))
        line = remittance.line_ids
        self.assertEqual((line.match, line.doubt, line.share_id), ("doubtful", "returned", self.first))
        line.action_confirm()
        remittance.action_validate()
        # The payer's after all: the patient owes it no more.
        self.assertEqual((self.first.state, self.insurer.credit), ("paid", 600.0))
        self.assertEqual((self.first.amount_returned, self.first.move_id.amount_residual), (0.0, 414.0))
        self.assertBooks(self.first.order_id)
        remittance.action_undo()
        self.assertEqual((self.first.state, self.first.move_id.amount_residual), ("returned", 714.0))
        self.assertBooks(self.first.order_id)

    def test_reject_cleared_by_the_payment(self):
        header = "N° PEC;Montant réglé;Motif"
        self._sheet("PEC3;0,00;Hors <a href='x'>délai</a>", header=header).action_validate()
        self.assertEqual(self.third.reject_reason, "Hors <a href='x'>délai</a>")
        self.assertNotIn("Hors", self.third.activity_ids.note, "a payer's words are about a patient: no e-mail")
        self._sheet("PEC3;300,00;", header=header).action_validate()
        self.assertFalse(self.third.reject_reason or self.third.activity_ids)

    def test_rejected_then_asked_again(self):
        self._sheet("PEC3;0,00;Hors délai", header="N° PEC;Montant réglé;Motif").action_validate()
        request = self.third.request_id
        request.sudo().answer_channel = "phone"
        question = self.third.with_user(self.optician).action_ask_again()
        self.assertEqual((request.state, self.third.amount), ("granted", 300.0), "what moves is said first")
        screen = self.env[question["res_model"]].with_user(self.optician).browse(question["res_id"])
        action = screen.with_context(**question["context"]).action_confirm()
        self.assertEqual(action["res_model"], "optoamc.request.wizard")
        self.assertEqual((request.state, self.third.state), ("cancelled", "reversed"))
        self.assertFalse(self.third.activity_ids)
        with self.assertRaises(UserError):
            self._pay(self.first._payer_lines(), 10.0)
            self.first.with_user(self.optician).action_ask_again()

    def test_reject_of_a_seller_of_one_company(self):
        company = self.setup_other_company(name="Seconde boutique")["company"]
        self.third.order_id.user_id = self.optician
        self.optician.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        self.accountant.company_ids |= company
        remittance = self._import(
            self._noemie(self._invoice_of(self.third, 0, state="R", rejects=[writer.Reject("A114", "DROITS")]))
        )
        remittance.with_context(allowed_company_ids=[self.company.id, company.id]).action_validate()
        activity = self.third.sudo().activity_ids
        self.assertEqual(activity.user_id, self.optician)
        self.assertIn("Rejeté", activity.summary)

    def test_unknown_are_settled_and_no_more(self):
        invoice = self._invoice_of(self.second, 30000)
        remittance = self._import(self._noemie(writer.Invoice("999999999", [writer.Part("199", 5, "P", 5)]), invoice))
        doubtful = remittance.line_ids[1]
        doubtful.sudo().write({"match": "doubtful", "doubt": "several", "share_id": False, "decision": False})
        remittance.action_decide_unknown()
        self.assertEqual(remittance.line_ids.mapped("decision"), ["credit", False])

    def test_shares_that_changed_since_the_preview(self):
        remittance = self._import(self._noemie(self._invoice_of(self.first, 30000)))
        self._pay(self.first._payer_lines(), 300.0)
        self.assertEqual(remittance.action_validate()["tag"], "display_notification")
        self.assertEqual((remittance.state, remittance.undecided_count), ("draft", 0))
        self.assertEqual((remittance.line_ids.doubt, remittance.line_ids.decision), ("paid", "skip"))

    def test_booked_advice_stays(self):
        remittance = self._import(self._noemie(self._invoice_of(self.first, 30000)))
        remittance.action_validate()
        with self.assertRaisesRegex(UserError, "booked"):
            remittance.line_ids.amount = 1
        with self.assertRaisesRegex(UserError, "evidence"):
            remittance.unlink()
        with self.assertRaisesRegex(UserError, "booked already"):
            remittance.action_validate()

    # -- sheets -------------------------------------------------------------------------------

    def test_sheet(self):
        remittance = self._sheet(
            "PEC1;;300,00;300,00;;",
            f";{self.second.move_id.name};300,00;280,50 €;;",
            "PEC3;;300,00;0,00;R12;Hors délai",
            "Total;;;580,50;;",
        )
        self.assertEqual(remittance.line_ids.mapped("match"), ["matched"] * 3)
        self.assertEqual(remittance.amount, 580.5)
        remittance.action_validate()
        self.assertEqual(self.shares.mapped("amount_residual"), [0.0, 19.5, 300.0])
        self.assertEqual(self.third.reject_reason, "Hors délai")
        with self.assertRaisesRegex(UserError, "imported already"):
            self._sheet(
                "PEC1;;300,00;300,00;;",
                f";{self.second.move_id.name};300,00;280,50 €;;",
                "PEC3;;300,00;0,00;R12;Hors délai",
                "Total;;;580,50;;",
            )

    def test_columns_are_remembered_by_payer(self):
        data = "Réf. interne;Net\r\nPEC1;300,00".encode()
        wizard = self._wizard(data, "a.csv", partner_id=self.insurer.id)
        wizard.action_read()
        self.assertEqual(wizard.column_ids.mapped("field"), [False, False])
        with self.assertRaisesRegex(UserError, "Choose the column"):
            wizard.action_import()
        wizard.column_ids[0].field = "pec_number"
        wizard.column_ids[1].field = "amount"
        wizard.action_import()
        again = self._wizard(data.replace(b"PEC1", b"PEC2"), "b.csv", partner_id=self.insurer.id)
        again.action_read()
        self.assertEqual(again.column_ids.mapped("field"), ["pec_number", "amount"])
        other = self._wizard(data.replace(b"PEC1", b"PEC3"), "c.csv", partner_id=self.second_insurer.id)
        other.action_read()
        self.assertEqual(other.column_ids.mapped("field"), [False, False])

    def test_hostile_sheets(self):
        for data, words in (
            (b"", "Choose a file"),
            (b"<html><body>login</body></html>", "neither"),
            (b"PK\x03\x04 not a workbook", "neither"),
            (b"N\xb0 PEC;Montant\r\n", "no line"),
            (b"\x00\x01\x02;\x03", "neither"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._wizard(data, partner_id=self.insurer.id).action_read()
        with self.assertRaisesRegex(UserError, "Row 3"):
            self._sheet("PEC1;;300,00;300,00;;", "PEC2;;300,00;1.234;;")
        with self.assertRaisesRegex(UserError, "Choose the payer"):
            self._wizard(b"N PEC;Montant\r\nPEC1;3").action_read()
        with self.assertRaisesRegex(UserError, "at most 18 MB"):
            self._wizard(b"N PEC;Montant\r\n" + b"x" * (20 * 2**20), partner_id=self.insurer.id).action_read()

    def test_sheet_without_headers(self):
        data = b"PEC1;Fabienne MONTFORT;300,00\r\nPEC2;Ailleurs;280,00"
        with self.assertRaisesRegex(UserError, "row 1 holds figures"):
            self._wizard(data, partner_id=self.insurer.id).action_read()

    def test_what_is_remembered_is_what_was_chosen_alone(self):
        data = "Réf. interne;Montant;Nom\r\nPEC1;300,00;MONTFORT".encode()
        wizard = self._wizard(data, "a.csv", partner_id=self.insurer.id)
        wizard.action_read()
        wizard.column_ids[0].field = "pec_number"
        wizard.action_import()
        mapping = self.env["optoamc.remittance.mapping"].search([("partner_id", "=", self.insurer.id)])
        self.assertEqual(mapping.mapped("header"), ["réf. interne"])
        self.assertFalse(self.env["base_import.mapping"].search([("column_name", "ilike", "interne")]))
        self.assertEqual(mapping.company_id, self.company)
        elsewhere = self.env["res.company"].create({"name": "Autre magasin"})
        other = wizard.new({"company_id": elsewhere.id, "partner_id": self.insurer.id})
        self.assertFalse(mapping.search(other._mapping_domain(["Réf. interne"])), "each company has its own memory")
        stranger = new_user(elsewhere, "optoamc_other_accountant", "base.group_user,account.group_account_invoice")
        self.assertFalse(mapping.with_user(stranger).search([]))

    def test_unicode_text_of_a_spreadsheet(self):
        data = "N° PEC\tMontant réglé\r\nPEC1\t300,00".encode("utf-16")
        wizard = self._wizard(data, "a.txt", partner_id=self.insurer.id)
        wizard.action_read()
        wizard.action_import()
        self.assertEqual(self.first.remittance_line_ids.match, "matched")

    def test_status_against_amount(self):
        header = "N° PEC;Montant;Statut"
        remittance = self._sheet("PEC1;300,00;Rejeté", "PEC2;300,00;En attente", "PEC3;0,00;Payé", header=header)
        rejected, deferred, nothing = remittance.line_ids
        self.assertEqual((rejected.outcome, rejected.amount, rejected.asked), ("rejected", 0.0, 300.0))
        self.assertEqual((deferred.outcome, deferred.amount), ("deferred", 0.0))
        self.assertEqual((nothing.outcome, nothing.match, nothing.doubt), ("paid", "doubtful", "nothing"))
        nothing.decision = "skip"
        remittance.action_validate()
        self.assertFalse(remittance.payment_ids)
        self.assertEqual(set(self.shares.mapped("state")), {"open"})
        self.assertEqual(len(self.shares.activity_ids), 1)
        with self.assertRaisesRegex(UserError, "Row 2: the status"):
            self._sheet("PEC1;300,00;300,00;Rejeté", header="N° PEC;Montant facturé;Montant réglé;Statut")

    # -- who may what -------------------------------------------------------------------------

    def test_rights(self):
        remittance = self._import(self._noemie(self._invoice_of(self.first, 30000)))
        with self.assertRaises(AccessError):
            remittance.with_user(self.optician).action_validate()
        with self.assertRaises(AccessError):
            self.env["optoamc.remittance.import"].with_user(self.optician).create({"journal_id": self.bank.id})
        reader = new_user(self.company, "optoamc_reader", "base.group_user,account.group_account_readonly")
        self.assertEqual(remittance.with_user(reader).amount, 300.0)
        with self.assertRaises(AccessError):
            remittance.with_user(reader).action_validate()

    def test_two_companies(self):
        company = self.setup_other_company(name="Seconde boutique")["company"]
        file = self._noemie(self._invoice_of(self.first, 30000))
        remittance = self._import(file)
        stranger = new_user(company, "optoamc_stranger", "base.group_user,account.group_account_invoice")
        with self.assertRaises(AccessError):
            remittance.with_user(stranger).read(["amount"])
        # The same file, in the other company: it was read, and its money comes once.
        wizard = (
            self.env["optoamc.remittance.import"].with_user(stranger).create({"file": base64.b64encode(file.data())})
        )
        self.assertEqual(wizard.journal_id.company_id, company)
        with self.assertRaisesRegex(UserError, r"imported already, on [\d/]+\.$"):
            wizard.action_read()
