"""What a request lacks before it can be sent, each with the record and the field where it is typed."""

from __future__ import annotations

import re

from odoo import models

from .optoamc_request_message import CATEGORY_SOURCES, LINE_SOURCES, PART_SOURCES, ROOT_SOURCES

#: Group of lines in the message -> optical category.
_GROUPS = {
    "lenses": "lens",
    "frame": "frame",
    "contact_lenses": "contact",
    "supplements": "supplement",
}

_LINE_PATH = re.compile(rf"equipment\.(?P<group>{'|'.join(_GROUPS)})(\[(?P<index>\d+)\])?\.(?P<attribute>\w+)")


class OptoamcRequest(models.Model):
    _inherit = "optoamc.request"

    def _sent_options(self):
        return self.env["optoamc.field"]._sent_options(self.insurer_id, self.company_id)

    def _missing(self):
        """See :meth:`check`; read from the lines as they are. By mail the insurer reads what there is."""
        wrong = self._wrong_lines()
        platform = self.insurer_id.optoamc_platform_id
        if not platform:
            return wrong
        codec = platform._codec()
        return wrong + [
            {
                "path": item.path,
                "label": self._label_of(item),
                "reason": item.reason,
                **self._source_of(item.path),
            }
            for item in codec.check(self._coverage_message(), self._sent_options())
        ]

    def _wrong_lines(self):
        """What of the order cannot be told an insurer as it is sold, whoever it is."""
        lines = self.order_id._equipment_lines(self.equipment_number)
        found = [(line, why) for line in lines if (why := line._optoamc_side_problem())]
        lenses = self.line_ids.filtered(lambda line: line.optical_category == "lens" and line.eye_side)
        for side, pieces in lenses.grouped("eye_side").items():
            if len(pieces) > 1 and side != "both":
                found.append((pieces[1].order_line_id, self.env._("the equipment has a lens for this eye already")))
        for line in self.order_id.order_line.filtered(lambda line: line.net_price < 0 and not line.is_downpayment):
            why = self.env._("it takes off more than the articles cost: no part of it can be told the insurer")
            found.append((line, why))
        place = {"path": "equipment", "model": "sale.order", "id": self.order_id.id, "field": "order_line"}
        return [place | {"label": line.name, "reason": why} for line, why in found]

    def _label_of(self, item):
        """What is missing; of a lens, on which side."""
        found = _LINE_PATH.match(item.path)
        line = self._line_of(found) if found else self.line_ids.browse()
        sides = dict(line._fields["eye_side"]._description_selection(self.env))
        return f"{item.label} ({sides[line.eye_side]})" if line.eye_side else item.label

    def _line_of(self, found):
        """The line that a path of the message is about, maybe none."""
        lines = self.line_ids.filtered(lambda line: line.optical_category == _GROUPS[found["group"]])
        return lines[int(found["index"] or 0) :][:1]

    def _source_of(self, path):
        """The record and field where a message's attribute is typed."""
        if found := _LINE_PATH.match(path):
            category = _GROUPS[found["group"]]
            line = self._line_of(found)
            sources = LINE_SOURCES | CATEGORY_SOURCES[category][1]
            if line and found["attribute"] in sources:
                return _place(line, sources[found["attribute"]])
            return _place(self, "order_id.order_line")
        part, _dot, attribute = path.rpartition(".")
        sources = PART_SOURCES[part][1] if part in PART_SOURCES else ROOT_SOURCES
        return _place(self, sources.get(attribute, "order_id.order_line"))


def _place(record, path):
    """The last existing record on a field path, and the field to type there."""
    *links, field = path.split(".")
    for link in links:
        if not record[link]:
            field = link
            break
        record = record[link]
    return {"model": record._name, "id": record.id, "field": field}
