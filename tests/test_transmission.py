"""What leaves for an insurer: twelve dossiers under each profile, in the bytes, the consent, the logs and on paper."""

import base64
import logging
import re
from datetime import date

from lxml import etree
from lxml.html import fromstring
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..lib.transmission.profiles import Case
from ..models.platform.consent_notice import transmitted_fields
from .common import OptoamcCommon
from .test_foreign_platforms import shipped
from .users import new_user

DAY, WRITTEN = date(2025, 3, 3), date(2025, 1, 17)

#: What every request says, whoever it is for: paths of the XML.
COMMON = (
    *("Entete/IdEchange", "Entete/DateHeure", "Entete/Mode", "Entete/Logiciel", "Entete/VersionLogiciel"),
    *("@version", "TypeDemande", "DateDossier", "Opticien/Finess", "Opticien/Siret", "Opticien/RaisonSociale"),
    *("Opticien/Adresse/Rue", "Opticien/Adresse/CodePostal", "Opticien/Adresse/Ville"),
    *("Organisme/NumeroAMC", "Organisme/Plateau"),
    *("Assure/Nom", "Assure/Prenom", "Assure/DateNaissance", "Assure/NumeroAdherent"),
    *("Beneficiaire/Nom", "Beneficiaire/Prenom", "Beneficiaire/DateNaissance", "Beneficiaire/Qualite"),
    *("AMO/GrandRegime", "AMO/Caisse", "AMO/Centre", "AMO/NatureAssurance", "AMO/Taux", "AMO/Enfant"),
    *("Equipement/@rang", "Equipement/@type", "Totaux/Prix", "Totaux/MontantAMO"),
)

#: What a line of each category says in a minimal request, and what a detailed one adds.
LEAST = {
    "Verre": "@numero @cote CodeRegroupement Classe Quantite Prix BaseAMO MontantAMO",
    "Monture": "@numero CodeRegroupement Classe Quantite Prix BaseAMO MontantAMO",
    "Lentille": "@numero @cote CodeRegroupement Quantite Prix BaseAMO MontantAMO",
    "Supplement": "@numero CodeRegroupement Classe Quantite Prix BaseAMO MontantAMO",
}
DETAIL = {
    "Verre": "Designation CodeCatalogue CodeLPP TypeVerre Sphere Cylindre Axe Indice Diametre",
    "Monture": "Designation CodeCatalogue CodeLPP Marque Modele Coloris Taille",
    "Lentille": "Designation CodeLPP Renouvellement Boites Sphere Cylindre Axe Addition Rayon",
    "Supplement": "Designation CodeLPP",
}
PRESCRIPTION = "Prescription/Date Prescription/Prescripteur/Numero"

#: Dossier -> articles, what both profiles add, what the detailed one adds besides; no detailed one of class A.
DOSSIERS = {
    "single vision, class B": ("lens_b frame_b", "", ""),
    "progressive, class B": ("lens_p frame_b", "", "Equipement/Verre/Addition"),
    "with prism": ("lens_b frame_b prism", "", "Equipement/Verre/Prisme Equipement/Verre/BasePrisme"),
    "frame alone": ("frame_b", "", ""),
    "lenses alone": ("lens_b", "", ""),
    "with a supplement": ("lens_b frame_b service", "", ""),
    "contact lenses": ("contact", "", ""),
    "class A": ("lens_a frame_a", "", None),
    "class A frame, class B lenses": ("lens_b frame_a", "", None),
    "switched on: the insured person's number": ("lens_b frame_b nir", "Assure/NIR", ""),
    "early renewal": (
        "lens_b frame_b early",
        "RenouvellementAnticipe/DernierEquipement RenouvellementAnticipe/Motif",
        "",
    ),
    "numbers of the card": (
        "lens_b frame_b card",
        "Assure/NumeroContrat Assure/NumeroGroupe Assure/TypeContrat",
        "",
    ),
}

#: Values that no minimal request may tell, anywhere.
SECRETS = (
    *("Azurine ultramarine", "Rivoli secret", "REF-7788", "2264803", "2264861", "2263494", "2251545", "2209738"),
    *("-1.75", "-1,75", "0.75", "0,75", "137", "2.25", "2,25", "3.50", "3,50", "211", "33.5", "33,5", "21.5", "21,5"),
    *("2025-01-17", "17/01/2025", "10000000017", "BESNAINOU", "keratocone"),
)


def paths(xml):
    """The paths of all that an XML document says."""
    found = set()

    def walk(element, path):
        found.update(f"{path}@{name}" for name in element.attrib)
        if not len(element) and element.text:
            found.add(path.rstrip("/"))
        for child in element:
            walk(child, f"{path}{etree.QName(child).localname}/")

    walk(etree.fromstring(xml), "")
    return found


def told(text):
    """Which of the secrets stand in a text."""
    return [secret for secret in SECRETS if re.search(rf"(?<![\d.,]){re.escape(secret)}(?!\d)", text)]


class TransmissionCase(OptoamcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prescriber.write({"lastname": "BESNAINOU", "rpps": "10000000017"})
        cls.detailed = cls.env.ref("l10n_fr_optoamc.profile_detailed")
        cls.minimal = cls.env.ref("l10n_fr_optoamc.profile_minimal")
        lens = {"lens_index": 1.6, "lens_diameter": 65, "default_code": "REF-7788"}
        cls.articles = {
            "lens_b": cls._article("lens", "2264803", "VU1", "Azurine ultramarine", lens_type="single", **lens),
            "lens_p": cls._article("lens", "2263494", "VM1", "Azurine ultramarine", lens_type="progressive", **lens),
            "lens_a": cls._article("lens", "2263287", "V01", "Azurine ultramarine", lens_type="single", **lens),
            "frame_b": cls._article("frame", "2264861", "M03", "Rivoli secret", default_code="REF-7788", **_FRAME),
            "frame_a": cls._article("frame", "2222124", "M01", "Rivoli secret", default_code="REF-7788", **_FRAME),
            "service": cls._article("supplement", "2209738", "SV1", "Azurine ultramarine"),
            "contact": cls._article(
                "contact", "2251545", "LEN", "Azurine ultramarine", contact_replacement_days=30, contact_radius=8.6
            ),
        }

    @classmethod
    def _article(cls, category, code, group, name, **values):
        lpp = cls.env.ref(f"l10n_fr_optoamc.lpp_{code}")
        lpp.write({"group_code": group})
        if not lpp._base_price_on(DAY):
            cls.env["optoamc.lpp.price"].create({"lpp_id": lpp.id, "date_from": "2020-01-01", "base_price": 0.05})
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": 20.0,
                "taxes_id": [Command.clear()],
                "optical_category": category,
                "lpp_id": lpp.id,
                **values,
            }
        )

    def _dossier(self, words="lens_b frame_b", responsible="unknown", **values):
        """A dossier of 2025 of these articles, for a new patient."""
        words = words.split()
        order = self._new_dossier("1012345678", consent=False)
        patient = order.patient_id
        patient.birthdate = date(1980, 7, 14)
        contract = patient.optoamc_contract_ids
        contract.responsible = responsible
        if "card" in words:
            contract.write({"contract_number": "C1", "group_number": "G1", "contract_type": "T1"})
        eye = {"sphere": -1.75, "cylinder": 0.75, "axis": 137, "addition": 2.25, "pupillary_distance": 33.5}
        eye |= {"height": 21.5, **({"prism": 3.5, "prism_base": 211} if "prism" in words else {})}
        prescription = self.env["optoamc.prescription"].create(
            {
                "patient_id": patient.id,
                "prescriber_id": self.prescriber.id,
                "date": WRITTEN,
                "note": "keratocone",
                "equipment_kind": "contact_lenses" if "contact" in words else "glasses",
                "eye_ids": [Command.create({"side": side, "vision": "far", **eye}) for side in ("right", "left")],
            }
        )
        if "early" in words:
            patient.write({"last_equipment_typed_on": "2024-02-01", "last_equipment_source": "card"})
            values["renewal_case"] = "evolution"
        lines = []
        for word in words:
            product = self.articles.get(word)
            if not product:
                continue
            eyes = ("right", "left") if product.optical_category in ("lens", "contact") else (False,)
            vision = {"lens_p": "all", "lens_b": "far", "lens_a": "far", "contact": "far"}.get(word, False)
            lines += [
                Command.create({"product_id": product.id, "eye_side": side, **({"vision": vision} if vision else {})})
                for side in eyes
            ]
        order.write({"order_line": [Command.clear()]})
        order.write({"optical_date": DAY, "prescription_id": prescription.id, "order_line": lines, **values})
        for line in order.order_line.filtered(lambda line: not line.amo_amount):
            line.amo_amount = 0.03
        return order

    def _use_detailed(self, **values):
        return self.env["optoamc.profile.rule"].create(
            {"profile_id": self.detailed.id, "insurer_id": self.insurer.id, "date_from": "2025-01-01", **values}
        )

    def _bytes(self, order):
        request = self._new_request(order).sudo()
        self.assertEqual(request.check(), [])
        return request, self.platform._write_message(request._examine().prepared)

    def _expected(self, words, both, detail):
        """The paths of a dossier's row; ``detail`` is ``None`` for a minimal request."""
        groups = {word: _GROUPS[word] for word in words.split() if word in _GROUPS}
        found = {*COMMON, *both.split()}
        for group in groups.values():
            found |= {f"Equipement/{group}/{name}" for name in LEAST[group].split()}
            if detail is not None:
                found |= {f"Equipement/{group}/{name}" for name in DETAIL[group].split()}
        if detail is not None:
            found |= {*PRESCRIPTION.split(), *detail.split()}
            if "contact" not in words.split():
                found.add("Equipement/@vision")
        return found


_FRAME = {"frame_brand": "Rivoli secret", "frame_model": "M7", "frame_colour": "Bleu", "frame_size": "52*18"}
_GROUPS = {
    **dict.fromkeys(("lens_b", "lens_p", "lens_a"), "Verre"),
    **dict.fromkeys(("frame_b", "frame_a"), "Monture"),
    "contact": "Lentille",
    "service": "Supplement",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTransmission(TransmissionCase):
    def test_twelve_dossiers_under_each_profile(self):
        """The exact paths that leave: of a responsible contract, then of another with the detailed profile."""
        self.assertEqual(len(DOSSIERS), 12)
        nir = self.env.ref("l10n_fr_optoamc.field_insured_nir").with_company(self.company)
        for detailed in (False, True):
            if detailed:
                self._use_detailed()
            for name, (words, both, detail) in DOSSIERS.items():
                nir.is_sent = "nir" in words
                with self.subTest(name, detailed=detailed):
                    order = self._dossier(words, "no" if detailed else "unknown")
                    _request, xml = self._bytes(order)
                    self.assertEqual(paths(xml), self._expected(words, both, detail if detailed else None))

    def test_what_is_minimal_is_told_nowhere(self):
        """Neither in the bytes, nor in the consent, nor on paper, nor in the log."""
        order = self._dossier("lens_p frame_b service prism")
        _request, xml = self._bytes(order)
        screen = Form(
            self.env["optoamc.request.wizard"].with_user(self.optician).with_context(default_order_id=order.id)
        ).save()
        with self.assertLogs("odoo.addons.l10n_fr_optoamc", "DEBUG") as logs:
            screen.action_record_consent()
            screen.action_request_coverage()
            self._dispatch()
            logging.getLogger("odoo.addons.l10n_fr_optoamc").debug("end")  # assertLogs wants a word
        self.assertEqual(screen.state, "granted", screen.request_id.error_code)
        sent = b"".join(base64.b64decode(exchange.xml) for exchange in screen.request_id.sudo().exchange_ids)
        consent = self.env["optoamc.consent"].search([("patient_id", "=", order.patient_id.id)], limit=1)
        self.assertFalse(consent.options)
        by_mail = self._dossier("lens_p frame_b service prism")
        by_mail.patient_id.optoamc_contract_ids.insurer_id.optoamc_platform_id = False
        paper = self._paper(by_mail)
        for where, text in (
            ("bytes", xml.decode()),
            ("sent", sent.decode()),
            ("consent", str(consent.document)),
            ("paper", paper),
            ("log", "\n".join(logs.output)),
        ):
            with self.subTest(where):
                self.assertEqual(told(text), [])
        self.assertIn("VM1", paper)

    def _paper(self, order):
        """The text that is printed for the insurer of a dossier that is asked by mail."""
        screen = Form(
            self.env["optoamc.request.wizard"].with_user(self.optician).with_context(default_order_id=order.id)
        ).save()
        screen.action_record_consent()
        screen.action_request_coverage()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "l10n_fr_optoamc.report_request", screen.request_id.ids
        )
        return fromstring(html).text_content()  # links to style sheets have numbers of their own

    def test_the_paper_of_a_detailed_dossier_says_more(self):
        self._use_detailed()
        order = self._dossier("lens_b frame_b", "no")
        self.insurer.optoamc_platform_id = False
        paper = self._paper(order)
        for word in ("Azurine ultramarine", "2264803", "10000000017", "-1,75"):
            self.assertIn(word, paper)

    def test_the_consent_lists_what_leaves_and_a_wider_profile_is_signed_anew(self):
        case = Case(DAY)
        least = transmitted_fields(self.env, self.insurer, self.company, case)
        words = " ".join((*least.mandatory, *least.conditional, *(field.label for field in least.optional)))
        self.assertIn("classe", words)
        for absent in ("sphère", "code LPP", "désignation", "Prescription", "prescripteur"):
            self.assertNotIn(absent, words)
        order = self._dossier("lens_b frame_b", "no")
        patient = order.patient_id
        self.env["optoamc.consent"].create(
            {"patient_id": patient.id, "company_id": self.company.id, "purpose": "coverage", "dossier_date": DAY}
        )
        request = self._new_request(order)
        self.assertEqual(request._consented(), request)
        self._use_detailed()
        self.assertFalse(request._consented(), "corrections would leave that the patient has not read of")
        self.env["optoamc.consent"].create(
            {"patient_id": patient.id, "company_id": self.company.id, "purpose": "coverage", "dossier_date": DAY}
        )
        self.assertEqual(request._consented(), request)

    def test_detailed_is_never_for_class_a_nor_for_a_responsible_contract(self):
        self._use_detailed()
        options = self.env["optoamc.field"]._sent_options
        self.assertTrue(options(self.insurer, self.company, Case(DAY, False, False)))
        for case in (Case(DAY, True, False), Case(DAY, False, True), Case(date(2024, 12, 31), False, False)):
            self.assertFalse(options(self.insurer, self.company, case))
        self.assertTrue(options(self.insurer, self.company, Case(date(2013, 11, 26), True, False)), "before the day")

    def test_a_manager_uses_profiles_and_changes_none(self):
        manager = new_user(self.company, "transmission_manager", "l10n_fr_optoamc.group_manager")
        rules = self.env["optoamc.profile.rule"].with_user(manager)
        rule = rules.create({"profile_id": self.detailed.id, "insurer_id": self.insurer.id, "date_from": "2025-01-01"})
        with self.assertRaises(AccessError):
            self.detailed.with_user(manager).serves_class_a = True
        with self.assertRaises(ValidationError):
            rule.date_to = "2024-01-01"
        screen = self.env["optoamc.transmission"].with_user(manager).create({"insurer_id": self.insurer.id})
        self.assertEqual(screen.profile, self.minimal.name)
        self.assertNotIn("sphère", screen.document.split("<h6")[1])
        screen.is_responsible = False
        self.assertEqual(screen.profile, self.detailed.name)
        self.assertIn("sphère", screen.document.split("<h6")[1])

    def test_preview_shows_each_field_with_its_value(self):
        order = self._dossier("lens_b frame_b")
        screen = (
            self.env["optoamc.transmission"]
            .with_user(self.optician)
            .create({"order_id": order.id, "contract_id": order.patient_id.optoamc_contract_ids.id})
        )
        for value in ("VU1", "M03", "1012345678", "14/07/1980", "MONTFORT"):
            self.assertIn(f">{value}<", screen.document)
        for secret in ("2264803", "-1,75", "10000000017"):
            self.assertNotIn(secret, screen.document)

    def test_a_group_code_that_is_missing_stops_the_request(self):
        order = self._dossier("lens_b frame_b")
        self.articles["lens_b"].lpp_id.group_code = False
        missing = self._new_request(order).check()
        self.assertEqual({item["field"] for item in missing}, {"group_code"})
        self.assertIn("LPP", missing[0]["reason"])

    def _upload(self, table, xsd):
        """The platform's own files."""
        attachment = self.env["ir.attachment"].create({"name": "open.xsd", "raw": xsd})
        self.platform.write(
            {
                "dialect": "maison",
                "table_file": base64.b64encode(table.encode()),
                "schema_ids": [Command.set(attachment.ids)],
            }
        )

    def test_a_platform_that_cannot_do_without_corrections_is_refused_in_words(self):
        """By its table, or by its schema; with the detailed profile it is asked."""
        table, files = shipped()
        sphere = ";O;;sphere;;correction;"
        self.assertIn(sphere, table)
        element = b'<xs:element name="Sphere" type="Sphere" minOccurs="0"/>'
        self.assertIn(element, files["open.xsd"])
        for own_table, xsd, word in (
            (table.replace(sphere, ";O;;sphere;;;"), files["open.xsd"], "sphère"),
            (
                table,
                files["open.xsd"].replace(element, element.replace(b' minOccurs="0"', b"")),
                "attendu : TypeVerre ou Sphere",
            ),
        ):
            self._upload(own_table, xsd)
            missing = self._new_request(self._dossier("lens_b frame_b")).check()
            self.assertEqual([item["label"] for item in missing], [self.platform.name])
            self.assertIn(word, missing[0]["reason"])
        self._use_detailed()
        self.assertEqual(self._new_request(self._dossier("lens_b frame_b", "no")).check(), [])

    def test_the_privacy_officer_sees_what_leaves_and_no_dossier(self):
        officer = new_user(self.company, "transmission_officer", "l10n_fr_optoamc.group_privacy_officer")
        screens = self.env["optoamc.transmission"].with_user(officer).with_company(self.company)
        screen = screens.create({"insurer_id": self.insurer.id, "date": DAY})
        self.assertEqual(screen.profile, self.minimal.name)
        self.assertIn("classe", screen.document)
        self.assertNotIn("sphère", screen.document)
        self._use_detailed()
        screen.is_responsible = False
        self.assertIn("sphère", screen.document)
        order = self._dossier()
        with self.assertRaises(AccessError):
            screens.create({"order_id": order.id, "contract_id": order.patient_id.optoamc_contract_ids.id})

    def test_the_demonstration_has_a_dossier_with_each_kind_of_insurer(self):
        """And each may leave as it is."""
        profiles = self.env["optoamc.profile"]
        for name, number, profile in (
            ("petit", "99000010", "minimal"),
            ("moreau", "99000011", "detailed"),
            ("roux", "99000012", "minimal"),
        ):
            with self.subTest(name):
                order = self.env.ref(f"l10n_fr_optoamc.order_{name}")
                contract = order.patient_id.with_company(order.company_id).optoamc_contract_ids
                self.assertEqual(contract.insurer_id.amc_number, number)
                case = order._optoamc_case(contract, 1)
                self.assertEqual(profiles._of_case(contract.insurer_id, order.company_id, case).key, profile)
                request = self.env["optoamc.request"].with_company(order.company_id)
                request = request.new({"order_id": order.id, "contract_id": contract.id, "kind": "coverage"})
                request = request._as_asked_now()
                # Here the tests' own shop has the FINESS number.
                missing = [item["path"] for item in request._missing() if item["path"] != "optician.finess"]
                self.assertEqual((missing, request._checks()), ([], []))

    def test_insurers_of_both_kinds_in_the_sandbox(self):
        """One takes group codes alone, one wants the detail, one the insured person's number."""
        order = self._dossier("lens_b frame_b", "no")
        contract = order.patient_id.optoamc_contract_ids
        for number, detailed, refused in (
            ("99000010", False, None),
            ("99000011", False, "DON03"),
            ("99000012", False, "DON01"),
            ("99000011", True, None),
            ("99000010", True, "DON06"),
        ):
            with self.subTest(number, detailed=detailed):
                self.env["res.partner"].search([("amc_number", "=", number)]).active = False
                insurer = self.insurer.copy({"amc_number": number, "optoamc_platform_id": self.platform.id})
                contract.copy({"insurer_id": insurer.id, "rank": 1, "active": False})
                contract.insurer_id = insurer
                if detailed:
                    self._use_detailed(insurer_id=insurer.id)
                screen = Form(
                    self.env["optoamc.request.wizard"].with_user(self.optician).with_context(default_order_id=order.id)
                ).save()
                screen.action_record_consent()
                screen.action_request_quote()
                self._dispatch()
                request = screen.request_id
                self.assertEqual(request.reason_codes or [], [refused] if refused else [])
                self.assertEqual(request.state, "refused" if refused else "granted")
                self.env.invalidate_all()
