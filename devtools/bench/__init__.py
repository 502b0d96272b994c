"""Benchmarks, one file each.

A file says in its docstring what it measures, and holds:

``N``
    how many by default;
``ODOO``
    whether it needs Odoo: then ``tools.env`` is an environment on a fresh clone with the module and its demo data;
``run(n, tools)``
    returns the figures, by name, and the targets: for a figure's name, ``("<=" or ">=", number)``.

A figure worth a target is a ratio of two times measured in the same run: it holds on any machine.
"""
