from __future__ import annotations

import re

from odoo import models

from ...lib.protocol.errors import OptoamcError
from ...lib.transmission.disclosure import unavoidable
from .optoamc_request_message import CATEGORY_SOURCES, LINE_SOURCES, PART_SOURCES, ROOT_SOURCES

#: Group of lines in the message -> optical category.
_GROUPS = {
    "lenses": "lens",
    "frame": "frame",
    "contact_lenses": "contact",
    "supplements": "supplement",
}

#: Of these, what the prescription decides of: the eyes' measures, and with them the LPP code.
_BY_EYE = ("lenses", "contact_lenses")

_LINE_PATH = re.compile(rf"equipment\.(?P<group>{'|'.join(_GROUPS)})(\[(?P<index>\d+)\])?\.(?P<attribute>\w+)")


class OptoamcRequest(models.Model):
    """What a request lacks before it can be sent, each with the record and field where it is typed."""

    _inherit = "optoamc.request"

    def check(self):
        """Find what is missing before the request can be sent; nothing is written.

        :return: a list of dicts ``{"path", "label", "reason", "model", "id", "field"}``:
            the field of the norm, why it is needed, and the record and field where it is typed
        """
        self.ensure_one()
        missing = self._as_asked_now()._missing()
        return [item | {"id": self.env[item["model"]].browse(item["id"])._origin.id} for item in missing]

    def _as_asked_now(self):
        """A draft with the dossier's lines of this moment, stored nowhere; what is frozen, as it is."""
        if self.state != "draft":
            return self
        draft = self.new(origin=self) if self._origin else self
        lines = self.env["optoamc.request.line"]
        known = {line._piece(): line for line in self.line_ids}
        for values in self._line_values():
            lines += lines.new(values, origin=known.get((values["order_line_id"], values["eye_side"])))
        draft.line_ids = lines
        return draft

    def _examine_message(self, header=None):
        """Build the message and look at it.

        :param header: of the message that is about to leave; one to look at by default
        :return: what it lacks, a list as that of :meth:`check`, and the message as the platform's codec prepared it;
            none by mail, nor where the profile holds back what the platform cannot do without
        """
        platform = self.insurer_id.optoamc_platform_id
        if not platform:
            return [], None
        codec, options = platform._codec(), self._sent_options()
        if held := unavoidable(codec, options):
            labels = ", ".join(dict.fromkeys(field.label for field in held))
            return [self._profile_obstacle(platform, labels)], None
        prepared = codec.prepare(self._coverage_message(header, options), options)
        if not prepared.missing and (detail := self._schema_obstacle(platform, codec, prepared)):
            return [self._profile_obstacle(platform, detail)], prepared
        missing = prepared.missing
        if missing and self._is_prescription_missing():
            missing = [item for item in missing if not self._follows_from_prescription(item)]
        return [self._lacking(item) for item in missing], prepared

    def _is_prescription_missing(self):
        """Whether the want of a prescription is told already."""
        order = self.order_id
        lines = order._optoamc_equipment_lines(self.equipment_number)
        return bool(not order._optoamc_prescription_of(lines) and order._optoamc_prescription_warning(lines))

    def _follows_from_prescription(self, item):
        """Whether what is missing comes with the prescription."""
        if not (found := _LINE_PATH.match(item.path)):
            return self._source_of(item.path)["field"] == "prescription_id"
        if found["group"] not in _BY_EYE:
            return False
        sources = LINE_SOURCES | CATEGORY_SOURCES[_GROUPS[found["group"]]][1]
        source = sources.get(found["attribute"], "")
        is_of_code = source.startswith("order_line_id.lpp_id.") and not self._line_of(found).order_line_id.lpp_id
        return is_of_code or source.startswith("eye_id.")

    def _lacking(self, item):
        return {
            "path": item.path,
            "label": self._label_of(item),
            "reason": item.reason,
            **self._source_of(item.path),
        }

    def _schema_obstacle(self, platform, codec, prepared):
        """What of a platform's own schema a minimal message does not pass; empty: it does."""
        profile = self.env["optoamc.profile"]._of_case(self.insurer_id, self.company_id, self._case())
        if profile.included or not platform._has_own_table():
            return ""
        try:
            codec.write(prepared)
        except OptoamcError as error:
            return error.detail or error.code
        return ""

    def _profile_obstacle(self, platform, detail):
        """The platform's files ask for what the dossier's profile holds back: nothing is sent."""
        profile = self.env["optoamc.profile"]._of_case(self.insurer_id, self.company_id, self._case())
        name = self.env["optoamc.profile"].search([("code", "=", profile.key)], limit=1).name or profile.key
        return {
            "path": "platform_id",
            "label": platform.name,
            "reason": self.env._(
                "its table of fields or its schema cannot do without what the profile “%(profile)s” holds back "
                "(%(detail)s). Ask the platform for files that can; meanwhile this insurer is asked by mail or on its "
                "portal.",
                profile=name,
                detail=detail,
            ),
            "model": platform._name,
            "id": platform.id,
            "field": "table_file",
        }

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
