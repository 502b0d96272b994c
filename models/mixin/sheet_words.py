"""What makes a sheet unreadable, in words: one text for lists of insurers and payment advices."""

from __future__ import annotations


def sheet_error_words(env, error):
    """A :class:`~lib.sheets.errors.SheetError` as a sentence for people.

    :return: what is wrong, where, and what to do; ``None`` for a code that is not one of a sheet
    """
    place = error.place
    where = place.cell if place.column else place.row
    if place.sheet and where:
        where = f"{place.sheet}!{where}"
    messages = {
        "too_large": env._(
            "The file is too large: at most %s MB are read, with as much as a shop's list or payment advice holds.",
            error.detail,
        ),
        "too_many": env._(
            "The sheet has more than %s lines, empty ones included. Delete the rows below the table, then save it.",
            error.detail,
        ),
        "web_page": env._("This is a web page, not a list: the address is wrong, or asks for a login."),
        "encrypted": env._("The file has a password: save it without one."),
        "other_file": env._("This is a file of another kind (%s): save the list as XLSX or CSV.", error.detail),
        "encoding": env._(
            "Line %s is in an encoding that is not read: save it in the spreadsheet as “CSV UTF-8”, or as XLSX.",
            place.row,
        ),
        "sheets": env._("Several sheets are filled: %s. Keep one of them in the file.", error.detail),
        "formula": env._(
            "The cell %s holds a formula without a result: open the file in a spreadsheet, save it, and start again.",
            where,
        ),
        "empty": env._("The list is empty."),
    }
    if error.code == "not_a_list":
        if where:
            return env._("The list cannot be read at %(place)s (%(why)s).", place=where, why=error.detail)
        return env._("This file is neither a CSV nor an XLSX list (%s).", error.detail)
    return messages.get(error.code)
