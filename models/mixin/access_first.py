"""Rights come before rules: who may not reach a record learns nothing of it, not even its name."""


def check_first(records, operation):
    """Check the user's rights on records, before a rule of which the refusal names one of them.

    An empty set changes nothing: Odoo lets anybody "write" it, and so does this.

    :param operation: ``read``, ``write`` or ``unlink``
    :raise AccessError: as Odoo says it of any record that one may not reach
    """
    if records:
        records.check_access(operation)
