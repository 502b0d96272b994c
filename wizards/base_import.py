import re

from odoo import api, models
from odoo.addons.base_import.models.base_import import ImportValidationError

from ..lib.sheets.errors import Place, SheetError
from ..lib.sheets.headers import plain
from ..lib.sheets.sheet import read_sheet
from ..lib.sheets.values import is_damaged, number_of, yes_no
from ..models.mixin.sheet_words import sheet_error_words

MODULE = "l10n_fr_optoamc"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_NUMBERS = ("float", "monetary")

#: Odoo's own columns of a supplier's list, whose price is quoted.
_PRICES = {"product.template": ("list_price", "standard_price"), "product.product": ("list_price", "standard_price")}


class BaseImport(models.TransientModel):
    """Odoo's own import, for the records and fields of this module.

    A power or a tariff that is read a hundred times too large, a number without its zeros: nobody sees it in a
    file of a thousand rows. What these columns hold is read by the one reader of sheets, whatever separators are
    proposed, and what could be read in two ways is refused with its row and column.
    """

    _inherit = "base_import.import"

    # -- which columns ------------------------------------------------------------------------

    def _optoamc_field(self, path):
        """The field of this module that a column is mapped to (``eye_ids/sphere``); None for any other."""
        model = self.env.get(self.res_model)
        field = None
        for name in path.split("/"):
            if model is None or not (field := model._fields.get(name)):
                return None
            model = self.env.get(field.comodel_name) if field.relational else None
        own = self.env[field.model_name]._original_module == MODULE or field._module == MODULE
        return field if own and field.name != "id" else None

    def _optoamc_read_field(self, path):
        """The same, and of a file with fields of this module the prices that Odoo's own fields hold."""
        if self.env.context.get("optoamc_read_exactly") and path in _PRICES.get(self.res_model, ()):
            return self.env[self.res_model]._fields[path]
        return self._optoamc_field(path)

    def _optoamc_is_read_exactly(self):
        """Whether the file is one of this module's records, or of a mapping to its fields."""
        model = self.env.get(self.res_model)
        own = model is not None and model._original_module == MODULE
        return own or bool(self.env.context.get("optoamc_read_exactly"))

    def _optoamc_places(self, number):
        """How many decimals a numeric field has at most; None: any."""
        if number.type == "monetary":
            return 2
        digits = number.get_digits(self.env)
        return digits[1] if digits else None

    # -- the file -----------------------------------------------------------------------------

    def _read_file(self, options):
        length, rows = super()._read_file(options)
        if not self._optoamc_is_read_exactly():
            return length, rows
        if (self.file or b"").startswith(_OLD_EXCEL):
            raise ImportValidationError(self._optoamc_sheet_words(SheetError("other_file", "XLS")))
        if shown := self._optoamc_shown(options):
            if len(shown) != len(rows):
                raise ImportValidationError(self._optoamc_sheet_words(SheetError("not_a_list", options["sheet"])))
            rows = [_as_shown(row, cells) for row, (_number, cells) in zip(rows, shown, strict=True)]
        return length, rows

    def _optoamc_shown(self, options):
        """The rows of a workbook as a person sees them, with their numbers; None for another file.

        :raises ImportValidationError: a formula that was never calculated, and whatever else makes it unreadable
        """
        data = self.file or b""
        if not data.startswith(b"PK") or not options.get("sheet") or b"opendocument.spreadsheet" in data[:200]:
            return None
        try:
            return read_sheet(data, options["sheet"]).rows
        except SheetError as error:
            raise ImportValidationError(self._optoamc_sheet_words(error)) from None

    def _optoamc_sheet_words(self, error):
        return self.env._("%s\nNothing was imported.", sheet_error_words(self.env, error))

    # -- what cells hold ----------------------------------------------------------------------

    @api.model
    def _convert_import_data(self, fields, options):
        self = self._optoamc_exactly(fields)
        own = {place: field for place, path in enumerate(fields) if path and (field := self._optoamc_read_field(path))}
        if own:
            self._optoamc_check(own, options)
        return super()._convert_import_data(fields, options)

    def _parse_import_data(self, data, import_fields, options):
        data = super(BaseImport, self._optoamc_exactly(import_fields))._parse_import_data(data, import_fields, options)
        for place, path in enumerate(import_fields):
            field = self._optoamc_field(path)
            if field is not None and field.type == "selection":
                choices = self._optoamc_choices(field)
                for row in data:
                    row[place] = choices.get(_singular(row[place]), row[place])
            elif field is not None and field.type == "boolean":
                for row in data:
                    row[place] = _one_or_zero(row[place])
        return data

    def _optoamc_choices(self, field):
        """How a list may say a choice: its label, or half of it, as "verres" and "VER" of "Verre (VER)".

        :return: ``{what a cell says: the label}``, without what would be two of them
        """
        said = {}
        for _key, label in field._description_selection(self.env):
            for words in {_singular(label), *map(_singular, re.split(r"[()]", label))} - {""}:
                said[words] = "" if words in said else label
        return {words: label for words, label in said.items() if label}

    def _optoamc_exactly(self, paths):
        """The import, reading exactly where a column is mapped to a field of this module."""
        own = any(path and self._optoamc_field(path) for path in paths)
        return self.with_context(optoamc_read_exactly=True) if own else self

    def _optoamc_check(self, own, options):
        """Refuse what cannot be read exactly.

        :param own: ``{place of a column: field}``
        :raises ImportValidationError: with the row and the column
        """
        _length, rows = self._read_file(options)
        shown = self._optoamc_shown(options)
        numbers = [number for number, _cells in shown] if shown else range(1, len(rows) + 1)
        for number, row in list(zip(numbers, rows, strict=True))[1 if options.get("has_headers") else 0 :]:
            for place, field in own.items():
                if place < len(row) and isinstance(row[place], str):
                    self._optoamc_check_cell(row[place].strip(), field, Place(number, place + 1))

    def _optoamc_check_cell(self, text, field, place):
        """:raises ImportValidationError: the cell has lost what it held, or is no number that can be meant"""
        values = {"row": place.row, "cell": place.cell, "column": field._description_string(self.env)}
        if is_damaged(text):
            message = self.env._(
                "Row %(row)s: the spreadsheet has lost “%(column)s” (cell %(cell)s): format the column as text, type "
                "the value again. Nothing was imported.",
                **values,
            )
            raise ImportValidationError(message, field=field.name)
        if field.type not in _NUMBERS or not text:
            return
        try:
            self._optoamc_number(text, field)
        except ValueError:
            message = self.env._(
                "Row %(row)s: “%(column)s” cannot be read, or can be read in two ways (cell %(cell)s): write it with "
                "one decimal separator and nothing between thousands, as 1234,50. Nothing was imported.",
                **values,
            )
            raise ImportValidationError(message, field=field.name, field_type=field.type) from None

    def _optoamc_number(self, text, field):
        if field.type == "monetary" or field.name in _PRICES.get(field.model_name, ()):
            text = text.removesuffix("€").removesuffix("EUR")
        return number_of(text, self._optoamc_places(field))

    @api.model
    def _parse_float_from_data(self, data, index, name, options):
        if not (field := self._optoamc_read_field(name)):
            return super()._parse_float_from_data(data, index, name, options)
        for line in data:
            if text := line[index].strip():
                line[index] = str(self._optoamc_number(text, field))
            else:
                line[index] = ""
        return None

    # -- which column is which ----------------------------------------------------------------

    def _get_mapping_suggestion(self, header, fields_tree, header_types, mapping_fields):
        """The names that a trade's columns have, by the model that knows them: after what a person chose before,
        before labels and what merely resembles. *Couleur* is a frame's, not Odoo's number of a colour."""
        found = super()._get_mapping_suggestion(header, fields_tree, header_types, mapping_fields)
        columns = getattr(self.env.get(self.res_model), "_optoamc_import_columns", {})
        path = columns.get(plain(header.lower().replace("œ", "oe")), "").split("/")
        # The tree of a record's lines is asked as well, for each half of "Corrections/Sphere".
        if not any(field["name"] == path[0] for field in fields_tree) or found.get("distance", 1) < 0:
            return found
        return {"field_path": path, "distance": 0}


def _as_shown(row, cells):
    """A row of Odoo's with the numbers and texts as they are shown; days and yes and no stay Odoo's."""
    return [
        shown if isinstance(value, str) and value not in ("True", "False") else value
        for value, shown in zip(row, [*cells, *[""] * len(row)], strict=False)
    ]


def _singular(text):
    """The words of a text, however they are typed."""
    return " ".join(word.removesuffix("s") for word in plain(str(text)).split())


def _one_or_zero(text):
    """``1`` or ``0`` for what says yes or no, ``X`` and ``Oui`` too; anything else as it is."""
    try:
        return str(int(yes_no(text))) if text else text
    except ValueError:
        return text
