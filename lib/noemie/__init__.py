"""NOEMIE PS returns: what the funds and the insurers paid, and what they refused.

It may import plain Python, no room of ``lib/`` and no ``odoo``. Its public verbs are :func:`~.reader.read_all`, which
takes a file's bytes and gives each :class:`~.values.Return` in it or raises a :class:`~.errors.NoemieError`, and
:func:`~.blocks.looks_like`.
"""
