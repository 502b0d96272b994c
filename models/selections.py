"""What models of several rooms share: who reads health data; choices, a key and its label in the English source."""

#: Who reads what tells of a person's health.
OPTICIANS = "l10n_fr_optoamc.group_optician"

#: Quality of a person towards the insured one: keys of ``lib.protocol.messages.Quality``.
QUALITIES = [
    ("insured", "Insured person"),
    ("spouse", "Spouse or partner"),
    ("child", "Child"),
    ("other", "Other dependant"),
]

#: *Code risque*: keys of ``lib.protocol.messages.InsuranceNature``.
INSURANCE_NATURES = [
    ("10", "Illness"),
    ("13", "Illness, Alsace-Moselle"),
    ("30", "Maternity"),
    ("41", "Work accident"),
    ("90", "Prevention"),
]

#: *Contrat responsable*: what is not known counts as one.
RESPONSIBLE = [
    ("yes", "Yes"),
    ("no", "No"),
    ("unknown", "Not known (taken as responsible)"),
]

#: *Complémentaire santé solidaire*: contract types of the rights (SNDS).
C2S_TYPES = [
    ("G89", "C2S without contribution (G89)"),
    ("P89", "C2S with contribution (P89)"),
]

#: The type that cards and rights give the C2S's contracts.
C2S_CARD_TYPE = "89"

#: Who said when the last equipment was reimbursed; what the shop's own invoices say needs nobody.
LAST_EQUIPMENT_SOURCES = [
    ("card", "The card or its rights"),
    ("patient", "The patient"),
    ("insurer", "The insurer's answer"),
]
