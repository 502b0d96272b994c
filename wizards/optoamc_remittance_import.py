import base64
import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..lib.noemie.blocks import looks_like
from ..lib.noemie.errors import NoemieError
from ..lib.noemie.reader import read_all
from ..lib.payments.advice import RowError, find_header, guess_all, of_noemie, of_rows
from ..lib.sheets.errors import Place, SheetError
from ..lib.sheets.headers import plain
from ..lib.sheets.sheet import UNCALCULATED, read_sheet
from ..models.mixin.sheet_words import sheet_error_words


def _names(headers):
    """How the columns are remembered: by their headers, one without by its place."""
    return [(header or str(place)).lower() for place, header in enumerate(headers, start=1)]


class OptoamcRemittanceImport(models.TransientModel):
    """Read a payer's file: at once if it is a NOEMIE return, after a look at its columns if it is a sheet.

    It may name patients: it is dropped once it is imported. What is never imported goes with its screen,
    in Odoo's daily cleaning.
    """

    _name = "optoamc.remittance.import"
    _description = "Import a payment advice"
    _inherit = ["optoamc.own.screen"]
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    partner_id = fields.Many2one(
        "res.partner",
        "Payer",
        check_company=True,
        domain="['|', ('is_amc', '=', True), ('is_amo', '=', True)]",
        help="A sheet rarely names who sends it. A NOEMIE return does.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Bank",
        required=True,
        check_company=True,
        domain="[('type', '=', 'bank')]",
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    date = fields.Date("Payment date", required=True, default=lambda self: self.env.company._optoamc_today())
    column_ids = fields.One2many("optoamc.remittance.import.column", "wizard_id", "Columns")

    @api.depends("company_id")
    def _compute_journal_id(self):
        journals = self.env["account.journal"]
        for wizard in self:
            domain = [*journals._check_company_domain(wizard.company_id), ("type", "=", "bank")]
            wizard.journal_id = journals.search(domain, limit=1)

    # -- buttons ------------------------------------------------------------------------------

    def action_read(self):
        """Import a NOEMIE return, or show the columns of a sheet."""
        self.ensure_one()
        data = self._data()
        if looks_like(data):
            return self._import_noemie(data)
        if not self.partner_id:
            raise UserError(self.env._("Choose the payer who sent this sheet."))
        self._check_new(self._checksum(data))
        sheet = self._sheet(data)
        place = self._header(sheet.rows)
        shown = [sheet.rows[place], *(row for row in sheet.rows[place + 1 :] if sum(map(bool, row[1])) > 1)][:2]
        for number, cells in shown:
            if UNCALCULATED in cells:
                raise self._formula_error(sheet, number, cells.index(UNCALCULATED) + 1)
        header, sample = shown[0][1], shown[1][1] if shown[1:] else []
        self._check_titles(header)
        self.column_ids = [Command.clear(), *self._column_commands(header, sample)]
        return self._reopen()

    def action_import(self):
        """Import the sheet by the columns that were chosen, which are remembered."""
        self.ensure_one()
        data = self._data()
        sheet = self._sheet(data)
        fields_ = self._chosen()
        self._remember()
        place = self._header(sheet.rows)
        try:
            lines = list(of_rows(sheet.rows[place + 1 :], fields_, sheet.rows[place][1]))
        except RowError as error:
            if error.problem == "formula":
                raise self._formula_error(sheet, error.row, error.column) from None
            raise self._row_error(error) from None
        return self._make_advice("sheet", self._checksum(data), lines)

    # -- reading ------------------------------------------------------------------------------

    def _data(self):
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if not data:
            raise UserError(self.env._("Choose a file first."))
        return data

    def _checksum(self, data):
        """Of what a sheet holds, whatever it is called."""
        return hashlib.sha256(data).hexdigest()

    def _import_noemie(self, data):
        try:
            returns = read_all(data)
        except NoemieError as error:
            raise UserError(self.env._("%s\nNothing was imported.", error)) from None
        if not all(returned.is_real for returned in returns):
            raise UserError(self.env._("This is a test file: nothing of it may be booked."))
        # Gateways send again what a shop has: of several returns, the new ones count.
        known = self._known({returned.key for returned in returns})
        new = [returned for returned in returns if returned.key not in known.mapped("file_key")]
        if not new:
            self._check_new(returns[0].key)
        advices = self.env["optoamc.remittance"]
        for returned in new:
            advices |= self._create_advices("noemie", returned.key, returned.date, list(of_noemie(returned)))
        if known:
            words = self.env._("The file also contains data already imported: %s.", ", ".join(known.mapped("name")))
            for advice in advices:
                advice.with_company(advice.sudo().company_id).message_post(body=words)
        return self._open(advices)

    def _sheet(self, data):
        """The file's one sheet, bounded."""
        try:
            # A total may be a formula: what is not read is no obstacle.
            sheet = read_sheet(data, keeps_formulas=True)
        except SheetError as error:
            raise self._sheet_error(error) from None
        if len(sheet) < 2:
            raise UserError(self.env._("The sheet has no line."))
        return sheet

    def _header(self, rows):
        try:
            return find_header(rows)
        except RowError as error:
            raise UserError(
                self.env._(
                    "The sheet has no row of headers: row %s holds figures, and would be lost. Add a first row with "
                    "the names of the columns.",
                    error.row,
                )
            ) from None

    def _sheet_error(self, error):
        """A :class:`SheetError` in words."""
        neither = self.env._("This file is neither a NOEMIE return nor a CSV or XLSX sheet that can be read.")
        words = sheet_error_words(self.env, error)
        if error.code == "web_page":
            return UserError(neither)
        if error.code == "not_a_list":
            return UserError(" ".join((neither, words)))
        return UserError(self.env._("%s\nNothing was imported.", words))

    def _formula_error(self, sheet, row, column):
        """A formula without a result in a cell that is shown or read."""
        return self._sheet_error(SheetError("formula", place=Place(row, column, sheet.title)))

    def _row_error(self, error):
        """A :class:`RowError` in words."""
        if error.field == "contradiction":
            return UserError(
                self.env._(
                    "Row %s: the status and the amount contradict each other. Correct the row, or leave the column of "
                    "the status unread. Nothing was imported.",
                    error.row,
                )
            )
        if error.field == "cells":
            return UserError(
                self.env._(
                    "Row %s has more cells than the headers: a value that holds the separator stands without quotes. "
                    "Nothing was imported.",
                    error.row,
                )
            )
        labels = dict(self.column_ids._fields["field"]._description_selection(self.env))
        values = {
            "row": error.row,
            "column": labels[error.field],
            "cell": Place(error.row, error.column).cell if error.column else "–",
        }
        if error.problem == "missing":
            return UserError(
                self.env._(
                    "Row %(row)s: “%(column)s” is missing (cell %(cell)s): type it, or delete the row. Nothing was "
                    "imported.",
                    **values,
                )
            )
        if error.problem == "damaged":
            return UserError(
                self.env._(
                    "Row %(row)s: the spreadsheet has lost “%(column)s” (cell %(cell)s): correct it. Nothing was "
                    "imported.",
                    **values,
                )
            )
        return UserError(
            self.env._(
                "Row %(row)s: “%(column)s” cannot be read, or can be read in two ways (cell %(cell)s). Nothing was "
                "imported.",
                **values,
            )
        )

    def _check_new(self, key):
        """:raises UserError: the file was imported before, in whatever shop of the database"""
        if known := self._known({key})[:1]:
            words = self.env._("This file was imported already, on %s.", format_date(self.env, known.create_date))
            if known.company_id in self.env.user.company_ids:
                words = self.env._(
                    "This file was imported already, on %(date)s: %(name)s (%(company)s).",
                    date=format_date(self.env, known.create_date),
                    name=known.name,
                    company=known.company_id.name,
                )
            raise UserError(words)

    def _known(self, keys):
        """The payment advices of some files: money that a file announces comes once, wherever it is read."""
        return self.env["optoamc.remittance"].sudo().search([("file_key", "in", list(keys))])

    # -- columns ------------------------------------------------------------------------------

    def _column_commands(self, header, sample):
        """The columns with what they hold: as this payer's last sheet, else by their headers."""
        saved = {
            mapping.header: mapping.field
            for mapping in self.env["optoamc.remittance.mapping"].search(self._mapping_domain(header))
        }
        known = dict(self.column_ids._fields["field"].selection)
        taken = set()
        for place, (title, name, guessed) in enumerate(zip(header, _names(header), guess_all(header), strict=True)):
            field = saved.get(name, guessed)
            if field not in known or field in taken:
                field = False
            taken.add(field)
            yield Command.create(
                {
                    "position": place,
                    "header": title or str(place + 1),
                    "sample": sample[place] if place < len(sample) else False,
                    "field": field,
                }
            )

    def _check_titles(self, headers):
        """:raises UserError: two columns have the same title: which is meant, nobody knows"""
        titles = [plain(title) for title in headers]
        double = [header for header, title in zip(headers, titles, strict=True) if title and titles.count(title) > 1]
        if double:
            message = self.env._("Two columns have the same title (%s): rename one. Nothing was imported.", double[0])
            raise UserError(message)

    def _chosen(self):
        """The field of each column.

        :raises UserError: one is missing, or stands twice
        """
        columns = self.column_ids.sorted("position")
        chosen = columns.filtered("field").mapped("field")
        if len(set(chosen)) < len(chosen):
            raise UserError(self.env._("Two columns contain the same data: choose one of them."))
        if "amount" not in chosen or not {"pec_number", "invoice_number", "member_number"} & set(chosen):
            raise UserError(
                self.env._("Choose the column of the amount, and that of the PEC, the invoice or the member number.")
            )
        return columns.mapped(lambda column: column.field or None)

    def _mapping_domain(self, headers):
        return [
            ("company_id", "=", self.company_id.id),
            ("partner_id", "=", self.partner_id.id),
            ("header", "in", _names(headers)),
        ]

    def _remember(self):
        """Keep the columns that are not as their headers say, for this payer's next sheet."""
        mappings = self.env["optoamc.remittance.mapping"]
        columns = self.column_ids.sorted("position")
        headers = columns.mapped("header")
        mappings.search(self._mapping_domain(headers)).unlink()
        mappings.create(
            [
                {
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "header": name,
                    "field": column.field,
                }
                for column, name, guessed in zip(columns, _names(headers), guess_all(headers), strict=True)
                if (column.field or None) != guessed
            ]
        )

    # -- the payment advice -------------------------------------------------------------------

    def _make_advice(self, format_, key, lines):
        """Create the payment advice of a sheet, and show it."""
        self._check_new(key)
        return self._open(self._create_advices(format_, key, self.date, lines))

    def _open(self, advices):
        """Show what was imported; the file names patients, and goes."""
        self.file = False
        self.column_ids.unlink()
        shown = self.env.companies | advices.sudo().company_id
        return advices.with_context(allowed_company_ids=shown.ids)._get_records_action(
            name=self.env._("Payment advices"), context={"allowed_company_ids": shown.ids}
        )

    def _reopen(self):
        return self._get_records_action(name=self.env._("Columns of the sheet"), target="new")
