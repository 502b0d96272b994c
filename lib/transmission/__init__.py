"""What of a dossier may leave for an insurer: profiles of transmission, and what a request would disclose.

It may import ``lib/protocol``, and nothing of ``odoo``. Its public verbs are :func:`~.profiles.choose` and
:func:`~.profiles.withhold`, and :func:`~.disclosure.disclose`.
"""
