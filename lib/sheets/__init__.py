"""Sheets of rows and columns, CSV and XLSX, as banks, insurers and spreadsheets write them: one reader for all lists.

It may import plain Python and :mod:`lib.safe_zip`, no room of ``lib/`` and no ``odoo``; XLSX is written by
xlsxwriter. Its public verbs are :func:`~.sheet.read_sheet`, :func:`~.writer.write_csv` and
:func:`~.writer.write_xlsx`, and for what cells hold :func:`~.headers.plain`, :func:`~.values.amount_of`,
:func:`~.values.date_of` and :func:`~.values.yes_no`.
"""
