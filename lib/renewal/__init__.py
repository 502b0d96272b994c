"""When an equipment may be renewed at the insurers' expense: the clock of the arrêté of 3 December 2018.

It may import ``lib/identifiers``, and nothing of ``odoo``. Its public verb is :func:`~.clock.renewal`.
"""
