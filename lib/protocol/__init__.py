"""French opticians' third-party payment, in plain Python: no Odoo in it.

:mod:`.messages` says what is asked and answered, :class:`.dialect.Dialect` how a
platform words it, :class:`.codec.Codec` turns one into the other, :mod:`.transport`
carries it and :mod:`.sandbox` is an insurer to talk to.
"""
