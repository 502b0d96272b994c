"""Money of third-party payment: who pays what, what payers owe of invoices, and what they say they paid.

Plain Python in decimals; it imports nothing but itself. :class:`.line.LineMoney` and
:class:`.order.OrderMoney` say who pays what, :func:`.order.patient_due` what the patient owes the shop,
:func:`.allocation.decide` what the shares on the invoices must become, :mod:`.advice` and
:mod:`.matching` read payment advices.
"""
