"""Payment advices: NOEMIE returns, sheets, and those of other shops."""

import base64

from odoo import Command

from ..lib.noemie.tests import noemie_writer as writer
from ..lib.payments.received import KEPT, NEAR_CENTS
from ..lib.sheets.writer import write_csv, write_xlsx

HEADER = ("N° PEC", "N° facture", "Montant facturé", "Montant réglé", "Code rejet", "Motif")


class FileSteps:
    """Steps of a :class:`.history.History`."""

    def _file_steps(self):
        shares = self.shares
        return [
            *self._rare_file_steps(shares),
            (5, self.advice, shares),
            (4, self.paid_again, shares.filtered("amount_paid")),
            (5, self.taken_back, shares.filtered(self._money_of)),
            (5, self.paid_late, shares.filtered(lambda share: share.amount_returned or share.amount_written_off)),
            (3, self.paid_for_nothing, shares.filtered(lambda share: not share.amount)),
            (3, self.undo_advice, self._advices()),
            (6, self.book_again, self._advices("draft")),
            (1, self.file_for_nobody, shares.filtered("amount")),
            (2, self.file_of_another_shop, shares.filtered("amount_residual")),
            (2, self.file_of_all_shops, self._shares_of_several_shops()),
        ]

    def _rare_file_steps(self, shares):
        returned, written_off = shares.filtered("amount_returned"), shares.filtered("amount_written_off")
        credited = shares.filtered(lambda share: share.sudo()._open_credit())
        live = credited.filtered("amount")
        given = self._advices().filtered(self._went_elsewhere)
        return [
            ("paid late, after a return", self.paid_late, returned),
            ("paid late, after a write-off", self.paid_late, written_off - returned),
            ("taken back after a double payment", self.taken_back, live),
            ("taken back after a credit note", self.taken_back, credited - live),
            ("paid for nothing", self.paid_for_nothing, shares.filtered(lambda share: not share.amount)),
            ("undo of an advice refused, its money was given away", self.undo_advice, given),
            ("book again", self.book_again, self._advices("draft")),
        ]

    # -- what payers say ----------------------------------------------------------------------

    def advice(self, share):
        """A payment advice on up to three parts: paid, rejected, taken back."""
        others = [self.random.choice(self.shop.shares) for _turn in range(self.random.randint(0, 2))]
        told = {}
        for other in (share, *others):
            part = self.random.choice([1.0, 1.0, 0.5, 1.2, 0.0, -1.0, -0.4, -1.1])
            told[other] = round((other.amount_residual if part > 0 else other.amount_paid) * part, 2)
        self._send(told)

    def paid_again(self, share):
        """What was paid is paid once more."""
        self._send({share: share.amount_paid})

    def paid_late(self, share):
        """After the patient, or nobody, owes it."""
        self._kind("paid late, after a return" if share.amount_returned else "paid late, after a write-off")
        amount = share.amount_returned or share.amount_written_off
        self._send({share: round((amount + share.amount_residual) * self.random.choice([1.0, 1.0, 0.4]), 2)})

    def paid_for_nothing(self, share):
        """After the agreement's end, or a credit note."""
        self._send({share: round(share.amount_moved * self.random.choice([1.0, 1.0, 0.4]), 2)})

    @staticmethod
    def _money_of(share):
        """What the payer may take back: what is on the share, or its open credit of the agreement."""
        return share.amount_paid + float(share.sudo()._open_credit())

    def taken_back(self, share):
        if share.sudo()._open_credit():
            self._kind("taken back after a double payment" if share.amount else "taken back after a credit note")
        self._send({share: -round(self._money_of(share) * self.random.choice([1.0, 1.0, 0.5]), 2)})

    # -- how they say it ----------------------------------------------------------------------

    def _send(self, told):
        """A payment advice, in whatever form it comes, decided and booked.

        :param told: by share, what is paid for it; 0.00 refuses it
        """
        for advice in self._carry(told):
            self._book(advice)

    def _carry(self, told):
        """The advices, read."""
        carrier = self.random.choice([self._typed, self._noemie, self._noemie, self._sheet, self._sheet])
        return carrier(told)

    def _book(self, advice):
        self._decide(advice)
        if advice.action_validate():
            # Shares have changed since it was read: their lines are to be looked at again.
            self._decide(advice)
            advice.action_validate()
        self.test.assertEqual(advice.state, "posted")
        self._match_past_of(advice)

    def _match_past_of(self, advice):
        """Money that was there is put on shares, or taken off."""
        if any(line._uses_received() for line in advice.line_ids):
            next(shop for shop in self.shops if shop.company == advice.company_id).match_past()

    def _decide(self, advice):
        lines = advice.line_ids
        for line in lines.filtered(lambda line: not line.decision):
            line.decision = "share" if line.share_id else "credit" if line.amount else "skip"
        lines.filtered(lambda line: line.amount and not line._payer()).partner_id = self.insurer
        for line in lines:
            words = f"{line.share_id.display_name or '-'} {line.amount:.2f} {line.match} {line.doubt or ''}"
            self._tell(f"    {advice.company_id.name} {words} {line.decision}")

    def _new_key(self):
        self.files += 1
        return f"{self.files:06}"

    def _typed(self, told):
        """As the reader of files would write it, of any day."""
        values = {
            "name": "advice",
            "file_key": f"history {self._new_key()}",
            "company_id": self.company.id,
            "journal_id": self.shop.bank.id,
            "date": self._day(0, 0, 20),
            "line_ids": [Command.create(self._says(share, amount)) for share, amount in told.items()],
        }
        # What a file says is written by the module alone.
        remittance = self.env["optoamc.remittance"].sudo().create(values).with_env(self.env)
        remittance._match(remittance.line_ids)
        return remittance

    @staticmethod
    def _says(share, amount):
        return {
            "outcome": "paid" if amount else "rejected",
            "amount": amount,
            "kind": share.kind,
            "pec_number": share.pec_number,
            "invoice_number": share.move_id.name,
            "partner_id": share.partner_id.id,
            "reject_code": not amount and "A1",
        }

    def _noemie(self, told, finess=None):
        self._kind("advice by NOEMIE")
        finess = finess or self.company.finess
        invoices = []
        for share, amount in told.items():
            number = "".join(filter(str.isdigit, share.move_id.name))[-9:]
            asked, paid = round((share.amount or share.amount_moved) * 100), round(amount * 100)
            amc = share.partner_id.amc_number or ""
            part = writer.Part("198" if share.kind == "amo" else "199", asked, "P" if paid else "R", paid, amc=amc)
            rejects = [] if paid else [writer.Reject("A1", "REFUS")]
            invoices.append(writer.Invoice(number, [part], rejects=rejects))
        transfer = writer.Transfer(self._today(), "VIR", invoices=invoices)
        file = writer.File(
            [transfer], dated=self._today(), file_id=self._new_key(), recipient=f"{finess:0>14}", payee=False
        )
        return self._read(file.data())

    def _sheet(self, told):
        """A sheet of one payer, in CSV or XLSX."""
        payer = next(iter(told)).partner_id
        rows = [
            (
                share.pec_number or "",
                share.move_id.name,
                f"{share.amount or share.amount_moved:.2f}".replace(".", ","),
                f"{amount:.2f}".replace(".", ","),
                "" if amount else "A1",
                f"Ligne {self._new_key()}",
            )
            for share, amount in told.items()
            if share.partner_id == payer
        ]
        is_book = self._chance(0.5)
        self._kind("advice by XLSX" if is_book else "advice by CSV")
        return self._read((write_xlsx if is_book else write_csv)(HEADER, rows), payer)

    def _read(self, data, payer=None):
        """Import a file; a second time it is refused."""
        values = {"file": base64.b64encode(data), "file_name": "retour", "journal_id": self.shop.bank.id}
        values |= {"partner_id": payer.id if payer else False}
        wizard = self.env["optoamc.remittance.import"].create(values)
        action = wizard.action_read()
        if payer:
            action = wizard.action_import()
        with self._refused():
            self.env["optoamc.remittance.import"].create(values).action_read()
        self.happened = False
        ids = [action["res_id"]] if action.get("res_id") else action["domain"][0][2]
        # Each is looked at where it belongs.
        advices = self.test.env["optoamc.remittance"].browse(ids).sorted("id")
        return [advice.with_context(allowed_company_ids=advice.company_id.ids) for advice in advices]

    # -- undone -------------------------------------------------------------------------------

    def _advices(self, state="posted"):
        domain = [("company_id", "=", self.company.id), ("state", "=", state)]
        remittances = self.env["optoamc.remittance"].search(domain)
        return remittances.filtered(lambda advice: not advice.payment_ids.reconciled_statement_line_ids)

    def undo_advice(self, remittance):
        if self._went_elsewhere(remittance):
            self._kind("undo of an advice refused, its money was given away")
            with self._refused():
                remittance.action_undo()
            return
        remittance.action_undo()
        self._match_past_of(remittance)
        self.test.assertFalse(
            remittance.payment_ids.move_id.line_ids.filtered(
                lambda line: line.parent_state == "posted" and line.account_type == "asset_receivable"
                and line.amount_residual
            )
        )  # fmt: skip

    def book_again(self, remittance):
        """What was undone is decided anew: by another day maybe, when a share has changed."""
        remittance.line_ids.sudo().decision = False
        remittance.action_match()
        self._book(remittance)

    @staticmethod
    def _went_elsewhere(remittance):
        """Whether the shop gave some of the money to the patient, or back."""
        debits = remittance.line_ids.move_line_id.matched_debit_ids.debit_move_id
        return debits.filtered(lambda line: not line.optoamc_share_id)._optoamc_without_advice()

    # -- other shops --------------------------------------------------------------------------

    def file_for_nobody(self, share):
        """A return that pays another number: nothing of it is sure."""
        for advice in self._noemie({share: share.amount}, finess="690000012"):
            self.test.assertNotIn("matched", advice.line_ids.mapped("match"))
            self.test.assertFalse(any(advice.line_ids.mapped("decision")))
            advice.sudo().unlink()
        self.happened = True

    def file_of_another_shop(self, share):
        """Read here, it is theirs: whatever it pays, it pays there."""
        other = self.random.choice([shop for shop in self.shops if shop is not self.shop])
        self.elsewhere = True
        before = {line: line.amount_residual for line in self.shares.line_ids}
        for advice in self._noemie({share: share.amount_residual}, finess=other.company.finess):
            self.test.assertEqual(advice.company_id, other.company)
            self.test.assertLessEqual(advice.line_ids.share_id.company_id, other.company)
            self._book(advice)
        self.test.assertEqual({line: line.amount_residual for line in self.shares.line_ids}, before)

    def _shares_of_several_shops(self):
        payer = self.insurer
        shares = [
            next((share for share in shop.shares if share.partner_id == payer and share.amount_residual), None)
            for shop in self.shops
        ]
        mine = shares[self.shops.index(self.shop)]
        return mine and len(list(filter(None, shares))) > 1 and [mine]

    def file_of_all_shops(self, _share):
        """One sheet on agreements of several shops: an advice a shop, each booked there."""
        self.elsewhere = True
        told = {
            share: share.amount_residual
            for shop in self.shops
            for share in shop.shares
            if share.partner_id == self.insurer and share.amount_residual
        }
        # What a payer took back beyond a share comes out of what it pays next.
        beyond = {
            shop.company.id: sum(
                self._open_items(
                    shop, ("partner_id", "=", self.insurer.id), ("optoamc_share_id", "=", False), ("balance", ">", 0)
                ).mapped("amount_residual")
            )
            for shop in self.shops
        }
        advices = self._sheet(told)
        self.test.assertEqual(len(advices), len({share.company_id for share in told}))
        for advice in advices:
            # Nothing speaks against it but money that may be the same.
            self.test.assertLessEqual(set(advice.line_ids.mapped("doubt")), {False, "received"})
            self._book(advice)
        for share, amount in told.items():
            most = round(beyond[share.company_id.id] + max(NEAR_CENTS / 100, amount / KEPT), 2)
            self.test.assertLessEqual(round(share.amount_residual, 2), most)
