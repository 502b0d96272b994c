"""What belongs to this module among all that a database holds."""

#: Technical name, as Odoo keeps it with each field, and as the prefix of the groups' XML ids.
MODULE = "l10n_fr_optoamc"

#: What the names of the module's own models begin with.
OWN_MODELS = "optoamc."


def is_own(field):
    """Whether a field, of whatever model, is defined by this module."""
    return MODULE in field._modules


def is_restricted(field):
    """Whether not every user may read what a field holds, or leads to, because of this module."""
    return (
        field.model_name.startswith(OWN_MODELS)
        or bool(field.groups and f"{MODULE}." in field.groups)
        or bool(field.relational and field.comodel_name.startswith(OWN_MODELS))
    )
