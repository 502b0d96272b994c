"""What a write changes: Odoo writes back what is there, which nobody need refuse."""

from __future__ import annotations


def changes(record, vals, names):
    """Whether some fields of a record would have another value.

    :param vals: what is to be written
    :param names: the fields that count
    """
    for name in names & vals.keys():
        field = record._fields[name]
        value = field.convert_to_record(field.convert_to_cache(vals[name], record), record)
        if record[name] != value:
            return True
    return False
