"""The LPP in plain Python: the CNAM's download, bands of power, coding and grouping codes.

It may import ``lib/safe_zip`` and ``lib/identifiers``, and nothing of ``odoo``. Its public verbs are
:func:`~.archive.read_archive` and :func:`~.archive.generic_of`, and those of :mod:`.coding`.
"""
