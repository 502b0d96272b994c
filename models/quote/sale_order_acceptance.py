from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .sale_order_seal import CHANGED


class SaleOrder(models.Model):
    """What exactly was accepted: a signature stands under the legal quote that it was given for, under no other."""

    _inherit = "sale.order"

    accepted_seal = fields.Char(readonly=True, copy=False, groups="l10n_fr_optoamc.group_optician")
    signed_seal = fields.Char(readonly=True, copy=False, groups="l10n_fr_optoamc.group_optician")
    quoted_on = fields.Date(
        readonly=True,
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="The day of the quote: the sale has another.",
    )
    is_quote_changed = fields.Boolean(
        compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician", help="Since it was accepted."
    )

    def action_confirm(self):
        for order in self.sudo().filtered(lambda order: order.has_legal_quote and not order.quoted_on):
            order.quoted_on = order._optoamc_quote_day()
        return super().action_confirm()

    def write(self, vals):
        """A signature is sealed whoever takes it; a quotation that is open again was accepted by nobody."""
        result = super().write(vals)
        if "signature" in vals:
            for order in self.sudo():
                seal = order._optoamc_paper_seal() if order.signature and order.has_legal_quote else False
                order.write({"signed_seal": seal, "accepted_seal": seal})
        if vals.get("state") == "draft":
            names = ("accepted_seal", "quoted_on", "chosen_offer", "chosen_by", "chosen_on")
            self.sudo().filtered("quoted_on").write(dict.fromkeys(names, False))
        return result

    def _optoamc_record_choice(self):
        result = super()._optoamc_record_choice()
        order = self.sudo()
        # What was signed stays what was accepted, whatever has changed between the signature and the sale.
        order.accepted_seal = order.accepted_seal or order._optoamc_paper_seal()
        return result

    # -- one offer of a quote -----------------------------------------------------------------

    def _optoamc_is_accepted(self):
        """Whether the patient has signed or bought this offer."""
        order = self.sudo()
        return order.state == "sale" or bool(order.state != "cancel" and order.signature)

    def _optoamc_accepted_offer(self):
        """The other offer that the patient has signed or bought, maybe none: one prescription is sold once."""
        order = self.sudo()
        return (order._optoamc_variants() - order).filtered(lambda other: other._optoamc_is_accepted())[:1]

    @api.constrains("state", "signature", "variant_of_id")
    def _check_one_offer_accepted(self):
        # Whatever is no dossier has no offers: its confirmation asks for none.
        for order in self.filtered(lambda order: order._optoamc_is_accepted() and order._optoamc_is_dossier()):
            if accepted := order._optoamc_accepted_offer():
                raise ValidationError(order._optoamc_other_accepted(accepted))

    def _optoamc_other_accepted(self, accepted):
        return self.env._(
            "%(order)s: another offer of the same quote has been accepted already, %(accepted)s. Cancel that one "
            "before this one is accepted.",
            order=self.name,
            accepted=accepted.name,
        )

    def action_optoamc_keep_variant(self):
        """:raises UserError: the patient has accepted another one"""
        self._optoamc_check_none_accepted()
        return super().action_optoamc_keep_variant()

    def _optoamc_check_none_accepted(self):
        if accepted := self._optoamc_accepted_offer():
            raise UserError(self._optoamc_other_accepted(accepted))

    # -- what was accepted, and what is printed now -------------------------------------------

    def _optoamc_acceptance(self):
        """What the place for the patient's signature shows.

        :return: a dict: ``change`` since the patient signed (:meth:`_optoamc_change_since`), ``is_signed`` whether the
            portal's signature is of what is printed, ``is_accepted`` whether the offer is, ``is_on_paper`` whether by
            a later signature, on paper
        """
        order = self.sudo()
        signed, accepted = order.signature and order.signed_seal, order.accepted_seal
        # What was signed is most often what was accepted: what is printed is worked out once.
        changes = {seal: order._optoamc_change_since(seal) for seal in {signed, accepted} if seal}
        is_accepted = bool(accepted) and changes[accepted] != CHANGED
        is_on_paper = is_accepted and bool(signed) and accepted != signed
        change = changes.get(signed)
        return {
            "change": None if is_on_paper else change,
            "is_signed": bool(signed) and not change,
            "is_accepted": is_accepted,
            "is_on_paper": is_on_paper,
        }

    def _optoamc_change_warnings(self):
        """That what was accepted is not what the dossier says now, in words."""
        order = self.sudo()
        if not order._optoamc_is_accepted() or not order.accepted_seal:
            return []
        if order._optoamc_change_since(order.accepted_seal) != CHANGED:
            return []
        return [
            self.env._(
                "%(order)s has changed since %(who)s accepted it on %(day)s: print the legal quote, and have it "
                "signed anew.",
                order=order.name,
                who=order.signed_by or order.chosen_by or "–",
                day=format_date(self.env, order.signed_on or order.chosen_on),
            )
        ]

    def action_optoamc_accept_anew(self):
        """The patient has signed the changed quote on paper: what it says now is what was accepted.

        The signature of the portal stays under the copy that it was given for.
        """
        for order in self:
            order.check_access("write")
            if not order.is_quote_changed:
                continue
            order.sudo().write(
                {
                    "accepted_seal": order._optoamc_paper_seal(),
                    "chosen_offer": order.optoamc_offer,
                    "chosen_by": order.env.user.name,
                    "chosen_on": fields.Datetime.now(),
                }
            )
            order.message_post(body=self.env._("The patient has signed the changed legal quote on paper."))

    def _optoamc_signed_copies(self):
        """The copies that the customer's page made when these orders were signed: attachments."""
        copies = self.env["ir.attachment"]
        for order in self.filtered("signed_on"):
            made = [
                ("res_model", "=", order._name),
                ("res_id", "=", order.id),
                ("res_field", "=", False),
                ("name", "=", f"{order.name}.pdf"),
                ("create_date", ">=", order.signed_on),
            ]
            copies |= copies.search(made, order="id", limit=1)
        return copies

    def action_optoamc_open_signed_copy(self):
        """The legal quote as the patient signed it.

        :raises UserError: the file is not there any more
        """
        self.ensure_one()
        self.check_access("read")
        copy = self.sudo()._optoamc_signed_copies()
        if not copy:
            raise UserError(self.env._("%s: the signed copy has been removed from the dossier.", self.name))
        return {"type": "ir.actions.act_url", "url": f"/web/content/{copy.id}?download=true", "target": "self"}
