"""Lists of insurers (*conventions*), in plain Python: what a list says, how it is read, written, fetched and compared.

No ``odoo`` import here; the models turn records into rows of text and back.
"""
