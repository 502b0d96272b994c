"""Lists of insurers (*conventions*), in plain Python: what a list says, how it is read, written, fetched and compared.

It may import ``lib/sheets`` and ``lib/protocol`` (the addresses and certificates of platforms), and nothing of
``odoo``: the models turn records into rows of text and back. Its public verbs are :func:`~.reader.read_listing`,
:func:`~.reader.write_listing`, :func:`~.download.download`, :func:`~.merge.compare` and
:func:`~.numbers.restore_zeros`.
"""
