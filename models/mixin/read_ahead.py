"""Records read whole before a work on them: one query a table, whatever the works along their links ask for first.

Odoo reads a record when a field of it is asked for, with those that were found together with it: persons to whom three
links lead are read in three queries, their data of one company in another three, lines once for their ids and once for
their fields.
"""

import contextlib

from odoo.exceptions import AccessError
from odoo.fields import Domain


def read_whole(*recordsets, of_company=False, also=()):
    """Read the stored fields of records of one model.

    What the user may not read is left out: whoever asks for it is told. What was read before costs nothing: neither
    rights nor rules are looked at again.

    :param of_company: whether those are read, too, that each company has a value of
    :param also: names of others, of which those that are stored are read, too
    """
    records = recordsets[0].union(*recordsets[1:])._origin
    with contextlib.suppress(AccessError):
        records.fetch(_columns(records, of_company=of_company, also=also, unread=True))


def read_children(records, name):
    """Read what a one2many field leads to whole, ids and fields together."""
    field = records._fields[name]
    parents = records._origin
    unread = parents.browse(field._cache_missing_ids(parents))
    if not unread:
        return
    children = records.env[field.comodel_name].with_context(active_test=False)
    domain = field.get_comodel_domain(unread) & Domain(field.inverse_name, "in", unread.ids)
    found = children.search_fetch(domain, _columns(children)).grouped(field.inverse_name)
    field._insert_cache(unread, [found.get(parent, children)._ids for parent in unread])


def _columns(records, *, of_company=False, also=(), unread=False):
    """The names of the fields that Odoo reads together when it is asked for one of them.

    :param unread: whether those are left out that were read of all these records
    """
    return [
        name
        for name, field in records._fields.items()
        if field.store
        and field.column_type
        and (field.prefetch is True or (of_company and field.company_dependent) or name in also)
        and not (unread and not any(field._cache_missing_ids(records)))
        and records._has_field_access(field, "read")
    ]
