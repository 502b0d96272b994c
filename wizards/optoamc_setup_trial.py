from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.platform.consent_notice import options_sent

#: Written on the records of the test request, for people; the module knows its own by their mark.
REFERENCE = "OPTOAMC-TRIAL"

#: The sandbox's insurer, and its member to whom everything is granted.
DEMO_INSURER, DEMO_MEMBER = "75809426", "1012345678"


class OptoamcSetup(models.TransientModel):
    """The first test request: about a patient who does not exist, so that no patient's data serve to try.

    Its patient, prescriber, products and dossier are the module's own, whatever reference a real one has.
    """

    _inherit = "optoamc.setup"

    trial_insurer_id = fields.Many2one(
        "res.partner", "Insurer", domain="[('is_amc', '=', True), ('optoamc_platform_id', '=', platform_id)]"
    )
    trial_member_number = fields.Char("Member no. for tests", help="One that the platform gives for tests.")
    trial_state = fields.Selection(
        selection=lambda self: self.env["optoamc.request"]._state_choice(),
        string="Test request",
        compute="_compute_trial_state",
    )
    trial_message = fields.Text("Insurer's message", compute="_compute_trial_state")
    trial_advice = fields.Text("What to do", compute="_compute_trial_state")

    @api.depends("company_id")
    def _compute_trial_state(self):
        for setup in self:
            request = setup._trial_request()
            setup.trial_state = request.state
            setup.trial_message = request.insurer_message
            setup.trial_advice = request.advice

    def _trial_request(self):
        return (
            self.env["optoamc.request"]
            .sudo()
            .search([("company_id", "=", self.company_id.id), ("is_trial", "=", True)], limit=1)
        )

    def action_send_trial(self):
        """Ask for the quote of a plain pair of glasses for the fictitious patient.

        :raises UserError: nothing to try with, or the platform is in production
        """
        company = self._check_manager()
        platform = self._platform()
        if self.platform_mode not in ("demo", "test"):
            raise UserError(self.env._("A test request is sent in the mode “Demonstration” or “Test”."))
        if self.platform_mode == "demo":
            # The sandbox has its own insurer and members: nothing needs to be chosen to try it.
            demo_insurer = platform.insurer_ids.filtered(lambda insurer: insurer.amc_number == DEMO_INSURER)
            self.trial_insurer_id = self.trial_insurer_id or demo_insurer[:1]
            self.trial_member_number = self.trial_member_number or DEMO_MEMBER
        if not self.trial_member_number or self.trial_insurer_id.optoamc_platform_id != platform:
            raise UserError(self.env._("Choose one of the platform's insurers and a member number for tests."))
        # Superuser: a manager sees no patient, and this one is nobody's.
        order = self.sudo().with_company(company)._new_trial_order()
        request = order.env["optoamc.request"].create(
            {
                "order_id": order.id,
                "contract_id": order.patient_id.optoamc_contract_ids[:1].id,
                "kind": "quote",
                "user_id": self.env.user.id,
            }
        )
        request.action_send()

    def _new_trial_order(self):
        """A dossier of today: two plain lenses and a frame, class B."""
        today = self.env.company._optoamc_today()
        patient = self._trial_patient(today)
        prescription = self.env["optoamc.prescription"].create(
            {
                "patient_id": patient.id,
                "prescriber_id": self._trial_prescriber().id,
                "date": today,
                "eye_ids": [Command.clear()]
                + [Command.create({"side": side, "vision": "far", "sphere": 2.0}) for side in ("right", "left")],
            }
        )
        lens, frame = self._trial_product("lens", patient, today), self._trial_product("frame", patient, today)
        return self.env["sale.order"].create(
            {
                "optoamc_is_trial": True,
                "company_id": self.env.company.id,
                "partner_id": patient.id,
                "user_id": self.env.user.id,
                "client_order_ref": REFERENCE,
                "optical_date": today,
                "prescription_id": prescription.id,
                "order_line": [
                    Command.create({"product_id": lens.id, "eye_side": "right", "sequence": 1}),
                    Command.create({"product_id": lens.id, "eye_side": "left", "sequence": 2}),
                    Command.create({"product_id": frame.id, "sequence": 3}),
                ],
            }
        )

    def _trial_patient(self, today):
        partners = self.env["res.partner"].with_context(active_test=False)
        patient = partners.search(
            [
                ("optoamc_is_trial", "=", True),
                ("company_id", "=", self.env.company.id),
                ("is_prescriber", "=", False),
                ("birthdate", "!=", False),  # not one that was erased
            ],
            limit=1,
        )
        if not patient:
            patient = partners.create(
                {
                    "optoamc_is_trial": True,
                    "active": False,
                    "ref": REFERENCE,
                    "company_id": self.env.company.id,
                    "name": "Camille ESSAI",
                    "lastname": "ESSAI",
                    "firstname": "Camille",
                    "birthdate": "1980-01-01",
                    "insurance_nature": "10",
                }
            )
        contract = {
            "insurer_id": self.trial_insurer_id.id,
            "member_number": self.trial_member_number,
            "relation": "insured",
        }
        if patient.optoamc_contract_ids:
            patient.optoamc_contract_ids[:1].write(contract)
        else:
            self.env["optoamc.contract"].create({**contract, "partner_id": patient.id})
        self._trial_consent(patient)
        return patient

    def _trial_consent(self, patient):
        """Nobody's consent, to be scanned by nobody: what the trial sends is compared with it as any sending is."""
        consents, company, insurer = self.env["optoamc.consent"], self.env.company, self.trial_insurer_id
        options = options_sent(self.env, insurer, company, consents._case(patient, insurer, company))
        if "quote" not in consents._covered(patient, company, insurer, insurer.optoamc_platform_id, options):
            consents.create(
                {
                    "patient_id": patient.id,
                    "company_id": company.id,
                    "insurer_id": insurer.id,
                    "purpose": "quote",
                    "unscanned_until": False,
                }
            )

    def _trial_prescriber(self):
        prescribers = self.env["res.partner"].with_context(active_test=False)
        own = [("optoamc_is_trial", "=", True), ("is_prescriber", "=", True)]
        return prescribers.search(own, limit=1) or prescribers.create(
            {
                "optoamc_is_trial": True,
                "ref": f"{REFERENCE}-RPPS",
                "name": "Dr ESSAI",
                "lastname": "ESSAI",
                "is_prescriber": True,
                "prescriber_kind": "doctor",
                "rpps": "10000000017",
                "active": False,
            }
        )

    def _trial_product(self, category, patient, today):
        """An archived product, with its template: nobody sells it by mistake."""
        products = self.env["product.product"].with_context(active_test=False)
        own = [("product_tmpl_id.optoamc_is_trial", "=", True), ("optical_category", "=", category)]
        if found := products.search(own, limit=1):
            return found
        lens = {"lens_type": "single", "lens_index": 1.5, "lens_diameter": 65} if category == "lens" else {}
        lpp = self.env["optoamc.lpp"]._propose(
            category, today, patient.birthdate, lens.get("lens_type"), "B", 2.0 if lens else None, 0.0
        )
        product = products.create(
            {
                "name": self.env._("Test lens") if lens else self.env._("Test frame"),
                "default_code": f"{REFERENCE}-{category}",
                "optoamc_is_trial": True,
                "active": False,
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
                "optical_category": category,
                "lpp_id": lpp.id,
                **lens,
            }
        )
        product.product_tmpl_id.active = False
        return product
