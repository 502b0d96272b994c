"""Texts that end in a header: of a call, or of a mail."""

from odoo.exceptions import ValidationError

from ...lib.protocol.transport.endpoint import has_controls


def check_one_line(records, names):
    """Refuse line ends and other control characters: behind one, the rest of the text would be a header of its own.

    :param names: text or JSON fields; of the latter, each key and value is looked at
    :raises ValidationError: a text holds one
    """
    for record in records.sudo():
        for name in names:
            value = record[name] or ""
            texts = [str(part) for pair in value.items() for part in pair] if isinstance(value, dict) else [str(value)]
            if any(map(has_controls, texts)):
                raise ValidationError(
                    records.env._(
                        "%(record)s: “%(field)s” holds a line end or another control character. Type it anew, on one "
                        "line.",
                        record=record.display_name,
                        field=record._fields[name]._description_string(records.env),
                    )
                )
