"""What leaves the shop about a patient, as the table of fields says it: for the authorisation form."""

from __future__ import annotations

from dataclasses import dataclass

from ...lib.protocol.dialect import Dialect
from ...lib.protocol.dictionary import Usage
from ...lib.protocol.messages import MessageKind
from ...lib.transmission.profiles import held_back

#: How the norm's table of fields, which is in French, puts a subject before its detail.
_COLON = " : "


@dataclass(frozen=True, slots=True)
class OptionalField:
    """A field that the patient may keep back, and what it is asked for (French)."""

    name: str
    label: str
    reason: str
    is_sent: bool


@dataclass(frozen=True, slots=True)
class Transmitted:
    """The patient's data in a request: in French, a text a subject, in the order of the norm."""

    profile: str
    ground: str
    mandatory: tuple[str, ...]
    conditional: tuple[str, ...]
    optional: tuple[OptionalField, ...]


def transmitted_fields(env, insurer, company, case) -> Transmitted:
    """What a request, or a check of rights, says about the patient, as the shop has configured it.

    :param insurer: empty, or without OptoAMC: the norm's own table and the shop's default
    :param case: of the dossier, a :class:`...lib.transmission.profiles.Case`
    """
    dialect = _dialect(insurer)
    sent = env["optoamc.field"]._sent_options(insurer, company, case)
    profile = env["optoamc.profile"]._of_case(insurer, company, case)
    names = held_back(sent)
    rows = [row for row in _patient_rows(dialect) if row.attribute.replace("[]", "") not in names]
    offered = profile.options(dialect.dictionary.options, ())
    asked = [row.option for row in _patient_rows(dialect) if row.usage is Usage.OPTIONAL and row.option in offered]
    options = [dialect.dictionary.options[name] for name in dict.fromkeys(asked)]
    record = env["optoamc.profile"].search([("code", "=", profile.key)], limit=1)
    return Transmitted(
        record.name or "",
        record.ground or "",
        _labels(rows, Usage.MANDATORY),
        _labels(rows, Usage.CONDITIONAL),
        tuple(OptionalField(option.name, option.label, option.reason, option.name in sent) for option in options),
    )


def options_sent(env, insurer, company, case) -> set[str]:
    """The patient's data that a choice lets leave for an insurer: what a consent has to name."""
    sent = env["optoamc.field"]._sent_options(insurer, company, case)
    if not sent:
        return set()  # the usual case, without reading the table
    return {row.option for row in _patient_rows(_dialect(insurer))} & sent


def _dialect(insurer):
    platform = insurer.sudo().optoamc_platform_id
    return platform._codec().dialect if platform else Dialect.shipped("open")


def options_in(codec, message, options) -> list[str]:
    """The patient's optional data that a message really holds when it is built with these options.

    :param options: the switches that are on; one of data that the patient has not got adds nothing
    :returns: sorted option keys
    """
    asked = {row.option for row in _patient_rows(codec.dialect)} & set(options)
    whole = codec.minimise(message, options) if asked else None
    return sorted(name for name in asked if codec.minimise(message, set(options) - {name}) != whole)


def _patient_rows(dialect):
    """The fields about the patient: the shop's and the insurer's own are no matter of the consent."""
    kinds = (MessageKind.REQUEST, MessageKind.ELIGIBILITY_REQUEST)
    rows = {row.row: row for kind in kinds for row in dialect.dictionary.fields_of(kind)}
    in_order = [row for _number, row in sorted(rows.items())]
    return [row for row in in_order if row.attribute.partition(".")[0] not in ("header", "optician", "insurer")]


def _labels(rows, usage) -> tuple[str, ...]:
    """The labels of a usage, those of one subject together: ``Assuré : nom, prénom``."""
    subjects: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.usage is usage:
            subject, colon, detail = row.label.partition(_COLON)
            subjects.setdefault(subject, {}).update({detail: None} if colon else {})
    return tuple(
        f"{subject}{_COLON}{', '.join(details)}" if details else subject for subject, details in subjects.items()
    )
