from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import clean_context

from ..mixin.labelled import labelled

OFFICER = "l10n_fr_optoamc.group_privacy_officer"


class OptoamcPatientSharing(models.Model):
    """Two shops of one database let each other read their patients' files.

    Each is a controller of its own (GDPR, article 4): it takes the privacy officers of both, two persons, and
    either of them ends it. Meanwhile the one reads the other's contracts and prescriptions, and takes over what
    it needs for a patient of its own; it writes nothing of the other's. What was taken over stays afterwards.
    """

    _name = "optoamc.patient.sharing"
    _description = "Sharing of patients between two shops"
    _inherit = ["optoamc.ormcache.mixin", "optoamc.guarded"]
    _order = "id desc"

    company_id = fields.Many2one("res.company", "Shop", required=True, readonly=True, index=True, ondelete="cascade")
    other_company_id = fields.Many2one("res.company", "With", required=True, index=True, ondelete="cascade")
    state = fields.Selection(
        [("proposed", "Proposed"), ("active", "In force"), ("ended", "Ended")],
        required=True,
        readonly=True,
        index=True,
    )
    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True, ondelete="restrict")
    accepted_by_id = fields.Many2one("res.users", "Accepted by", readonly=True, ondelete="restrict")
    accepted_on = fields.Datetime(readonly=True)
    ended_by_id = fields.Many2one("res.users", "Ended by", readonly=True, ondelete="restrict")
    ended_on = fields.Datetime(readonly=True)

    @api.depends("company_id", "other_company_id")
    def _compute_display_name(self):
        for sharing in self:
            shops = sharing.sudo().company_id + sharing.sudo().other_company_id
            sharing.display_name = " – ".join(shops.mapped("name"))

    @api.constrains("company_id", "other_company_id", "state")
    def _check_pair(self):
        for sharing in self.filtered(lambda sharing: sharing.state != "ended"):
            pair = sharing.company_id | sharing.other_company_id
            if len(pair) < 2:
                raise ValidationError(self.env._("A shop shares its patients with another one: choose it."))
            twins = Domain("company_id", "in", pair.ids) & Domain("other_company_id", "in", pair.ids)
            if self.search_count(twins & Domain("state", "!=", "ended"), limit=2) > 1:
                raise ValidationError(
                    self.env._("Sharing between %s is proposed or in force already.", sharing.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Propose: whoever creates it says with whom, and nothing else."""
        self.check_access("create")
        self._check_officer(self.env.company)
        self._refuse_guarded(vals_list)
        # Who proposes and for whom is written by the module.
        own = self.with_env(self.env(su=True, context=clean_context(self.env.context)))
        stated = {"company_id": self.env.company.id, "state": "proposed", "proposed_by_id": self.env.uid}
        sharings = super(OptoamcPatientSharing, own).create(
            [{"other_company_id": vals.get("other_company_id"), **stated} for vals in vals_list]
        )
        sharings = sharings.with_env(self.env)
        sharings._log(self.env._("proposed"))
        return sharings

    def action_accept(self):
        """Agree, as the other shop's officer.

        :raises AccessError: not an officer of the other shop
        :raises UserError: nothing is proposed, or by the same person
        """
        for sharing in self:
            sharing._check_officer(sharing.other_company_id)
            if sharing.state != "proposed":
                raise UserError(self.env._("This sharing is not waiting for anyone's agreement."))
            if sharing.proposed_by_id == self.env.user:
                raise UserError(
                    self.env._("Two persons decide: another privacy officer, of %s, accepts.", sharing._other_name())
                )
            sharing._set("active", accepted_by_id=self.env.uid, accepted_on=fields.Datetime.now())
            sharing._log(self.env._("accepted"))

    def action_end(self):
        """Refuse, withdraw or revoke, as either shop's officer."""
        for sharing in self.filtered(lambda sharing: sharing.state != "ended"):
            sharing._check_officer(sharing.company_id | sharing.other_company_id)
            sharing._set("ended", ended_by_id=self.env.uid, ended_on=fields.Datetime.now())
            sharing._log(self.env._("ended"))

    def _other_name(self):
        return self.sudo().other_company_id.name

    def _check_officer(self, companies):
        self.check_access("read")
        if not (self.env.user.has_group(OFFICER) and companies & self.env.companies):
            raise AccessError(
                self.env._("Only the privacy officers of the shops concerned decide on sharing patients.")
            )

    def _set(self, state, **values):
        # The rules of contracts and prescriptions are kept in memory, and go with it.
        self.sudo().write({"state": state, **values})

    def _log(self, what):
        """A row in the log of each shop."""
        logs, nobody = self.env["optoamc.privacy.log"], self.env["res.partner"]
        for sharing in self.sudo():
            for company in sharing.company_id | sharing.other_company_id:
                detail = labelled(self.env, sharing.display_name, what)
                logs._record("sharing", [(sharing, nobody)], detail, company)

    @api.model
    def _readable_companies(self, company_ids):
        """Tell whose patients' files are read in these companies.

        :param list[int] company_ids: the companies one works in
        :return: their ids, and those of the shops that share with them
        :rtype: list[int]
        """
        pairs = [pair for pair in self._active_pairs() if not pair.isdisjoint(company_ids)]
        return list(set(company_ids).union(*pairs))

    @api.model
    @tools.ormcache()
    def _active_pairs(self):
        """The shops that share, two by two: each opened file asks."""
        active = self.sudo().search([("state", "=", "active")])
        return tuple(frozenset((sharing.company_id | sharing.other_company_id).ids) for sharing in active)
