import hashlib

from odoo import models

#: What of a row is about who pays; all else is what the patient buys.
PARTS = ("base", "amo", "amc", "left")

#: Of a row, what the legal quote does not print.
UNPRINTED = ("trace",)

#: How what is printed now differs from what was accepted: in what is sold, or in the payers' parts alone.
CHANGED, ANSWERED = "changed", "answered"


class SaleOrder(models.Model):
    """A seal: a digest of what the legal quote prints.

    Its language, that of what is sold, and that of the payers' parts, which an insurer's answer may change without
    anybody's fault; dots between them.
    """

    _inherit = "sale.order"

    def _optoamc_paper_seal(self, lang=None):
        """The seal of what the legal quotes of the order print now.

        :param lang: the language; the customer's by default
        """
        self.ensure_one()
        lang = lang or self.partner_id.lang or "en_US"
        order = self.sudo().with_context(lang=lang)
        quotes = order._optoamc_legal_quotes()
        said = ([order.validity_date, *map(terms_of, quotes)], [*map(parts_of, quotes)])
        return ".".join([lang, *(hashlib.sha256(repr(part).encode()).hexdigest() for part in said)])

    def _optoamc_change_since(self, seal):
        """How the legal quote differs from what had a seal: :data:`CHANGED`, :data:`ANSWERED`, or ``None``."""
        lang, terms, parts = seal.split(".")
        _lang, now, parts_now = self._optoamc_paper_seal(lang).split(".")
        if terms != now:
            return CHANGED
        return None if parts == parts_now else ANSWERED


def _rows(quote):
    return [
        row
        for part in filter(None, (quote["class_a"], quote["other"]))
        for row in (*part["rows"], *(row for rows in part["services"].values() for row in rows))
    ]


def _plain(value):
    return value.display_name if isinstance(value, models.BaseModel) else value


def terms_of(quote):
    """What a legal quote says of an equipment and of the people, the payers' parts apart, as plain values."""
    people = [quote[name].display_name for name in ("patient", "insured", "prescriber", "prescription", "company")]
    rows = [
        [(name, _plain(value)) for name, value in row.items() if name not in (*PARTS, *UNPRINTED)]
        for row in _rows(quote)
    ]
    return quote["number"], quote["name"], quote["date"], people, rows


def parts_of(quote):
    """Who a legal quote says pays what, as plain values."""
    return [[row[name] for name in PARTS] for row in _rows(quote)]
