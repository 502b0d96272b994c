"""How callers write that a record leads to others."""

from odoo.fields import Command


def given_id(value):
    """The id that a many2one is given: as a number, or as screens send it; ``False`` for none."""
    if isinstance(value, dict):
        value = value.get("id")
    elif isinstance(value, (list, tuple)):
        value = value[0] if value else False
    return value if isinstance(value, int) else getattr(value, "id", False)


def given_ids(field, value):
    """The ids of the records that a field is given, by a link or by commands.

    :param field: a relational field
    :return: of records that exist already
    """
    if field.type == "many2one":
        record_id = given_id(value)
        return [record_id] if record_id else []
    ids = []
    for command in value if isinstance(value, (list, tuple)) else ():
        if isinstance(command, int):
            ids.append(command)
        elif command[0] in (Command.UPDATE, Command.LINK) and isinstance(command[1], int):
            ids.append(command[1])
        elif command[0] == Command.SET:
            ids += command[2]
    return ids
