"""What payers agree to, and how it ends."""


class AgreementSteps:
    """Steps of a :class:`.history.History`."""

    def _agreement_steps(self):
        pending = self._requests(False).filtered(lambda request: not request.is_stale)
        return [
            (2, self.transfer, pending),
            (2, self.cancel_agreement, self._requests(True)),
            (2, self.agree_again, self.insurer | self.second_insurer),
        ]

    def _requests(self, *transferred):
        return self.order.sudo().optoamc_request_ids.filtered(
            lambda request: request.state == "granted" and request.transferred in (transferred or (True, False))
        )

    def _amount(self):
        draw = self.random
        return draw.choice([100.0, 100.0, 33.33, draw.randint(0, 12000) / 100])

    def agree(self, insurer):
        """An insurer grants what it was asked."""
        patient = self.order.patient_id
        rank = "2" if insurer == self.second_insurer else "1"
        contract = self.test._contract(patient.with_env(self.env), insurer, rank, self.company)
        requests = self.env["optoamc.request"].sudo()
        # A test counts in no production, from the asking on.
        mode = self.random.choice(["production"] * 7 + ["test"])
        request = requests.create({"order_id": self.order.id, "contract_id": contract.id, "mode": mode})
        for line in request.line_ids:
            line.granted_amount = self._amount()
        # One request of an insurer lives at a time: the end of the last one is written first.
        self.env.flush_all()
        request.write({"state": "granted", "pec_number": f"PEC{request.id}"})
        if self._chance(0.7):
            request.action_transfer()
        self._tell(f"    {request.pec_number} {mode} {request.granted_total:.2f} {insurer.name}")

    def agree_again(self, insurer):
        if insurer not in self._requests().insurer_id:
            self.agree(insurer)

    def transfer(self, request):
        request.action_transfer()

    def cancel_agreement(self, request):
        request._set_state("cancelling")
        self.order.invoice_ids._optoamc_sync_shares()
        request._set_state("cancelled")
