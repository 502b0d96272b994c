"""Benchmarks, one file each.

A file says in its docstring what it measures, and holds:

``N``
    how many by default;
``SMALL``
    how many in ``./dev bench all``, where the default would take too long beside the others;
``ODOO``
    whether it needs Odoo: then ``tools.env`` is an environment on a fresh clone with the module and its demo data;
``run(n, tools)``
    returns the figures, by name, and the targets: for a figure's name, ``("<=" or ">=", number)``.

A figure worth a target is a ratio of two times measured in the same run, in turns (:mod:`devtools.comparison`): it
holds on any machine. Its spread is the figure of the same name that ends in ``_spread``:
too wide, and no verdict is given.
"""
