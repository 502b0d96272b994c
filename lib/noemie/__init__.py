"""Reader of NOEMIE PS returns: what the funds and the insurers paid, and what they refused.

Plain Python, without Odoo. :func:`~.reader.read` takes a file's bytes and gives a
:class:`~.values.Return`, or raises a :class:`~.errors.NoemieError`.

The layout is public knowledge, not the official specification: see ``layout.py``.
"""
