"""The main job, on the demo shop, as an optician would read it. Run by ``./dev demo`` in Odoo (see ``in_odoo``)."""

from typing import Any

MODULE = "l10n_fr_optoamc"
TIMEOUT_SECONDS = 20  # rounds of the dispatcher before the job gives up


def run(env: Any, sandbox_url: str) -> dict[str, Any]:
    """Play the job against the sandbox insurer at that address; returns the outcome that ``--json`` writes."""
    return Job(env, sandbox_url).play()


class Job:
    """The optician's day, by the module's public methods only."""

    def __init__(self, env: Any, sandbox_url: str) -> None:
        self.root = env
        shop, optician = env.ref(f"{MODULE}.company_shop"), env.ref(f"{MODULE}.user_optician")
        self.env = env(user=optician, context={"lang": "fr_FR", "allowed_company_ids": shop.ids})
        env.ref(f"{MODULE}.platform_demo").url_demo = f"{sandbox_url}/soap"

    def play(self) -> dict[str, Any]:
        shop = self.env.company
        print(f"\n{shop.name} (FINESS {shop.finess}), plateforme d'essai sur cette machine\n")
        print("1. Prise en charge accordée")
        request = self.ask("montfort")
        outcome = self.bill(request)
        if request.state != "granted":
            print("\n   Le dossier reste tel quel ; la suite se jouera quand l'organisme aura répondu.")
            return outcome
        print("\n2. Demande refusée")
        self.ask("durand")
        print("\n3. Demande en attente, puis accordée par consultation")
        self.ask("leroy")
        return outcome

    def ask(self, patient: str) -> Any:
        """From the dossier to the insurer's decision."""
        order = self.env.ref(f"{MODULE}.order_{patient}")
        print(f"   Dossier {order.name}, {order.patient_id.name}, total {euros(order.amount_total)}")
        wizard = self.env["optoamc.request.wizard"].browse(order.action_optoamc_open_pec()["res_id"])
        wizard.action_record_consent()
        print(f"   Autorisation signée ; contrat {wizard.contract_id.display_name}")
        wizard.action_request_coverage()
        request = wizard.request_id
        self.show(request)
        for _round in range(TIMEOUT_SECONDS):
            self.dispatch()
            if request.error_code:
                print(f"   {request.advice}")
                break
            if request.state == "pending":
                self.show(request)
                print("   Consultation de l'état")
                request.action_consult()
            elif request.state not in ("queued", "sent", "unknown"):
                break
        self.show(request)
        return request

    def dispatch(self) -> None:
        """One round of the cron that sends and consults, as Odoo's scheduler would run it."""
        self.env.cr.commit()
        self.root.ref(f"{MODULE}.cron_dispatch").method_direct_trigger()
        # The cron worked in a transaction of its own: see what it committed.
        self.env.cr.commit()
        self.env.invalidate_all()

    def show(self, request: Any) -> None:
        state = dict(request._fields["state"]._description_selection(self.env))[request.state]
        number = f"PEC n° {request.pec_number} · " if request.pec_number else ""
        words = f" · « {request.insurer_message} »" if request.insurer_message else ""
        print(f"   → {number}{state}{words}")

    def bill(self, request: Any) -> dict[str, Any]:
        """From the agreement to the receivable on the insurer."""
        order = request.order_id
        outcome = {"request_state": request.state, "pec_number": request.pec_number or None}
        if request.state == "granted":
            request.action_transfer()
            print("   Transféré vers le dossier :")
        lines = order._optoamc_equipment_lines(request.equipment_number)
        for line in lines:
            print(
                f"     {line.product_id.name:<40} {line.lpp_id.code}  {euros(line.price_total):>10}"
                f"  Sécu {euros(line.amo_amount):>7}  Compl. {euros(line.amc_amount):>9}"
            )
        outcome["lines"] = [
            {
                "lpp": line.lpp_id.code,
                "price": amount(line.price_total),
                "amo": amount(line.amo_amount),
                "amc": amount(line.amc_amount),
                "patient": amount(line.patient_amount),
            }
            for line in lines
        ]
        outcome["order_total"] = amount(order.amount_total)
        invoice = self.env["account.move"]
        if request.state == "granted":
            order.action_confirm()
            invoice = order._create_invoices()
            invoice.action_post()
            print(f"   Facture {invoice.name} du {invoice.invoice_date:%d/%m/%Y}, {euros(invoice.amount_total)}")
        insurer_share = invoice.optoamc_share_ids.filtered(lambda share: share.partner_id == request.insurer_id)
        receivable = sum(insurer_share.mapped("amount_residual"))
        if invoice:
            print(f"   Créance sur {request.insurer_id.name} : {euros(receivable)}")
            print(f"   Reste dû par le patient : {euros(invoice.amount_residual)}")
        return outcome | {
            "invoice_total": amount(invoice.amount_total),
            "insurer_receivable": amount(receivable),
            "patient_due": amount(invoice.amount_residual),
            "exchanges": self.env["optoamc.exchange"].search_count([("company_id", "=", self.env.company.id)]),
        }


def amount(value: float) -> str:
    return f"{value:.2f}"


def euros(value: float) -> str:
    return f"{value:.2f} €".replace(".", ",")
