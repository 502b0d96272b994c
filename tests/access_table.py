"""Who may what, written by hand: role by class of data, and the class of each model and field.

Nothing here is read from access rights, rules or fields: the tests compare those with these tables. A model or
a field that nobody has put into a class fails them.
"""

#: Class of data -> role -> operations on its records (read, write, create, unlink); roles that are not named: none.
CLASSES = {
    # Patients.
    "health": {"optician": "rwcu"},
    "asked": {"optician": "r"},
    "cover": {"optician": "rwc", "officer": "r"},
    "consent": {"optician": "rwc", "officer": "rw"},
    "message": {"optician": "r", "officer": "r"},
    "log": {"officer": "r"},
    # Screens: of their owner alone (test_own_screen).
    "counter": {"optician": "rwcu"},
    "preview": {"optician": "rwcu", "manager": "rwcu", "officer": "rwcu"},
    "rights": {"officer": "rwcu"},
    "set-up": {"manager": "rwc"},
    "booking": {"billing": "rwcu"},
    "closing screen": {"billing": "rwcu", "auditor": "rwcu"},
    # Settings and the insurers' directory.
    "settings": {"optician": "r", "manager": "rwcu"},
    "switches": {"optician": "r", "manager": "rw"},
    "law": {"optician": "r", "manager": "r"},
    "directory": {"optician": "r", "officer": "r", "manager": "rwcu"},
    "duration": {"optician": "r", "officer": "r", "manager": "rw"},
    "list": {"manager": "rwcu"},
    "list line": {"manager": "rw"},
    # The public table of tariffs: on every article.
    "tariff": dict.fromkeys(
        ("none", "salesperson", "sales", "sales_manager", "billing", "auditor", "contacts", "inventory", "admin"), "r"
    )
    | {"optician": "r", "officer": "r", "manager": "rwcu"},
    # Figures without identities.
    "figures": {"manager": "r"},
    "delays": {"optician": "r", "manager": "r"},
    "ages": {"billing": "r", "auditor": "r", "manager": "r"},
    # Of a month's end: invoices and journal items, as who keeps the books sees them.
    "closing": {"billing": "r", "auditor": "r"},
    # Money.
    "share": {"optician": "r", "billing": "r", "auditor": "r"},
    "advice": {"billing": "rwu", "auditor": "r"},
    "advice line": {"billing": "rw", "auditor": "r"},
    "columns": {"billing": "rwcu"},
    # What is told to who answers for it.
    "sharing": {"officer": "rc"},
    "kept": {"officer": "r"},
    "trail": {"manager": "r"},
}

#: Class of data -> the module's models in it.
MODELS = {
    "health": "optoamc.prescription optoamc.prescription.eye optoamc.request",
    "asked": "optoamc.request.line optoamc.rights.check",
    "cover": "optoamc.contract",
    "consent": "optoamc.consent",
    "message": "optoamc.exchange",
    "log": "optoamc.privacy.log",
    "counter": "optoamc.request.wizard optoamc.request.wizard.line optoamc.manual.answer optoamc.manual.answer.line "
    "optoamc.consent.form optoamc.article.data optoamc.request.cancellation "
    "optoamc.class.a.offer optoamc.class.a.offer.line",
    "rights": "optoamc.privacy.request",
    "set-up": "optoamc.platform.access optoamc.platform.kit optoamc.directory.export optoamc.setup "
    "optoamc.check.replay",
    "booking": "optoamc.share.write.off optoamc.collection optoamc.credit.to.patient optoamc.remittance.import "
    "optoamc.remittance.import.column",
    "closing screen": "optoamc.closing",
    "law": "optoamc.profile",
    "preview": "optoamc.transmission",
    "settings": "optoamc.platform optoamc.field.rule optoamc.profile.rule optoamc.renewal.period optoamc.reason "
    "optoamc.amo.rate optoamc.responsible.limit",
    "switches": "optoamc.field",
    "directory": "optoamc.scheme optoamc.consent.text",
    "duration": "optoamc.retention",
    "list": "optoamc.import",
    "list line": "optoamc.import.line",
    "tariff": "optoamc.lpp optoamc.lpp.price optoamc.maker",
    "figures": "optoamc.statistics optoamc.class.a.share",
    "delays": "optoamc.answer.time",
    "ages": "optoamc.share.age optoamc.closing.event",
    "closing": "optoamc.closing.item optoamc.closing.payer optoamc.closing.refund optoamc.closing.dossier "
    "optoamc.closing.advice optoamc.closing.loss optoamc.undone.match",
    "share": "optoamc.share",
    "advice": "optoamc.remittance",
    "advice line": "optoamc.remittance.line",
    "columns": "optoamc.remittance.mapping",
    "sharing": "optoamc.patient.sharing",
    "kept": "optoamc.kept.data",
    "trail": "optoamc.platform.change optoamc.mailbox",
}

#: Class of a field -> who reads it, among those who read its record; ``None``: all of them.
READERS = {
    "plain": None,
    # A person's identity and cover.
    "health": {"optician", "officer"},
    # What a dossier tells of the person's health.
    "dossier": {"optician"},
    # Of an insurer.
    "insurer's settings": {"optician", "manager"},
    "schemes": {"optician", "officer", "manager"},
    "list": {"manager"},
    # The bytes of a message.
    "bytes": {"officer"},
    # Of a platform: the system group's, which opens no platform.
    "secret": set(),
    "login": {"manager"},
    # What payers' files say of a share.
    "advice": {"billing", "auditor"},
    "share": {"optician", "billing", "auditor"},
}

#: The module's fields on Odoo's models: model -> class of the field -> names.
EXTENSIONS = {
    "account.move": {
        "plain": (
            "optoamc_share_ids optoamc_share_count optoamc_amount optoamc_patient_amount optoamc_has_payers "
            "optoamc_state optoamc_to_collect optoamc_has_discount"
        ),
        "share": "optoamc_cancelled_notice optoamc_unbooked_notice optoamc_returned_notice",
        "dossier": "optoamc_unused_request_ids",
    },
    "account.move.line": {
        "plain": "optoamc_share_id optoamc_share_entry optoamc_paid optoamc_first_due optoamc_for_money",
    },
    "account.partial.reconcile": {
        "plain": "optoamc_date",
    },
    "account.payment": {
        "plain": "optoamc_remittance_id optoamc_invoice_count optoamc_paid",
    },
    "base.partner.merge.automatic.wizard": {
        "plain": "group_by_amc_number",
    },
    "product.template": {
        "plain": (
            "optical_category lpp_id product_class lens_type lens_index lens_diameter lens_surface "
            "lens_is_tinted lens_is_anti_reflective lens_is_photochromic lens_is_hardened lens_is_anti_soiling "
            "frame_brand frame_model frame_colour frame_size contact_replacement_days contact_per_box "
            "contact_radius optical_quote_gaps frame_is_child "
            "optoamc_is_trial optical_maker_id optical_material optical_origin optical_characteristics"
        ),
    },
    "res.company": {
        "plain": (
            "finess optoamc_contact_id optoamc_privacy_contact optoamc_consent_text_id "
            "amo_third_party amo_partner_id optoamc_journal_id optoamc_receivable_account_id optoamc_vat_day "
            "optoamc_scan_days optoamc_quote_days optoamc_quote_reminder_days optoamc_quote_without_class_a "
            "optoamc_quote_shows_base optoamc_quote_shows_identity optoamc_quote_shows_origin"
        ),
    },
    "res.config.settings": {
        "plain": (
            "optoamc_is_shop finess optoamc_contact_id amo_third_party amo_partner_id optoamc_journal_id "
            "optoamc_receivable_account_id optoamc_vat_day optoamc_privacy_contact optoamc_scan_days "
            "optoamc_quote_days optoamc_quote_reminder_days optoamc_quote_without_class_a optoamc_quote_shows_base "
            "optoamc_quote_shows_identity optoamc_quote_shows_origin"
        ),
    },
    "res.partner": {
        "plain": (
            "directory_platform_id is_in_directory delisted_on is_amc amc_number amc_platform_number "
            "optoamc_platform_id uses_optoamc third_party_payment is_mutualist_top pec_validity_days "
            "invoicing_delay_days payment_delay_days coverage_phone coverage_email can_edit_insurer is_amo "
            "amo_regime amo_fund amo_centre lastname firstname is_prescriber prescriber_kind rpps adeli "
            "prescriber_number company_id optoamc_is_trial optoamc_is_patient"
        ),
        "list": "directory_values",
        "insurer's settings": "optoamc_field_rule_ids optoamc_profile_rule_ids",
        "schemes": "scheme_ids",
        "health": (
            "card_birthdate "
            "insured_contract_count birthdate nir birth_rank insured_id dependant_ids beneficiary_quality "
            "amo_id insurance_nature exoneration optoamc_contract_ids main_contract_id health_warning "
            "optoamc_family_count quality_note last_equipment_typed_on last_equipment_source last_equipment_on "
            "last_equipment_origin renewable_from renewal_note optoamc_erased_on"
        ),
        "dossier": (
            "optoamc_prescription_count optoamc_request_count optoamc_consent_ids amo_rate optoamc_can_take_over"
        ),
    },
    "sale.advance.payment.inv": {
        "plain": "optoamc_returned optoamc_bills_returned",
    },
    "sale.order": {
        "plain": (
            "patient_id optical_date variant_of_id variant_ids variant_count amo_total amc_total patient_total "
            "optical_content optoamc_is_trial patient_due optoamc_to_collect has_legal_quote is_other_variant "
            "optoamc_asks_before_cancel optoamc_asks_before_keep optoamc_stage is_class_a_missing is_sale_doubtful "
            "is_returned has_returns is_over"
        ),
        "dossier": (
            "chosen_patient_id prescription_id proposed_prescription_id other_prescription_id has_two_prescriptions "
            "prescription_warning insurance_nature amo_rate is_child optoamc_request_ids "
            "optoamc_request_count quoted_total is_quoted is_amc_answered optoamc_state "
            "optical_summary returned_parts left_total is_left_unknown left_note "
            "renewal_case is_replacement last_equipment_on renewable_from is_renewal_early early_reason renewal_note "
            "renewal_problem is_agreement_stale stale_requests is_of_the_day lpp_warnings has_unknown_amo "
            "address_warning "
            "optoamc_currency_warning optoamc_shop_warning optoamc_amo_none_choice has_fictitious_tariffs "
            "delivered_on second_pair_delivered_on has_second_pair optoamc_offer "
            "no_class_a_reason quote_problems quote_warnings note_warnings has_codes_to_check needs_class_a_offer "
            "has_other_codes has_sale_doubts quote_gaps quote_other_problems quote_dashes quote_other_warnings "
            "chosen_offer "
            "chosen_by chosen_on quote_reminded_on declined_for_id accepted_seal signed_seal quoted_on "
            "is_quote_changed has_parts_not_due parts_not_due faulty_offer_id prescription_kind "
            "other_prescription_kind "
            "other_prescription_warning"
        ),
        "share": "optoamc_share_ids optoamc_cancelled_notice optoamc_unbooked_notice optoamc_returned_notice",
    },
    "sale.order.line": {
        "plain": "equipment_number optical_category optical_date amc_amount catalogue_code net_price",
        # The AMO's part of a line tells its LPP code, and the patient's part of it tells the AMO's.
        "dossier": (
            "eye_side vision lpp_id proposed_lpp_id optoamc_line_ids granted_amount is_amo_unknown lpp_warning "
            "is_amo_none optical_trace is_tariff_fictitious is_amc_answered is_own_expense "
            "amo_base amo_amount patient_amount left_amount is_left_unknown "
            "lpp_id_worked_out amo_base_worked_out amo_amount_worked_out eye_side_worked_out traced_eye_side"
        ),
    },
}

#: The module's own fields: model -> names, of the model's class unless :data:`CLOSER` says another.
FIELDS = {
    "optoamc.closing": (
        "company_id currency_id date share_amount late_amount untaxed_late_amount balance credit_amount "
        "other_amount difference to_invoice_amount to_allocate_amount refund_amount advice_amount "
        "vat_amount settled_later"
    ),
    "optoamc.closing.advice": (
        "company_id currency_id payment_id remittance_id partner_id journal_id transfer date amount amount_residual"
    ),
    "optoamc.closing.dossier": (
        "company_id currency_id situation order_name partner_id pec_number answered_on delivered_on "
        "invoiced_on granted_amount billed_amount allocated_amount amount"
    ),
    "optoamc.closing.event": (
        "company_id currency_id partner_id kind invoice_date date revenue granted returned written_off "
        "paid rejected open"
    ),
    "optoamc.closing.item": (
        "company_id currency_id account_id partner_id kind nature share_id invoice_id pec_number move_id "
        "line_id date date_maturity age balance amount_residual amount_untaxed"
    ),
    "optoamc.closing.loss": (
        "company_id currency_id account_id partner_id share_id invoice_id move_id date amount amount_tax "
        "amount_untaxed"
    ),
    "optoamc.closing.payer": (
        "company_id currency_id account_id partner_id balance share_amount credit_amount other_amount difference"
    ),
    "optoamc.closing.refund": "company_id currency_id partner_id date invoice_id credit_amount debit_amount amount",
    "optoamc.credit.to.patient": "line_ids company_id currency_id payer_name open_amount amount invoice_id date",
    "optoamc.manual.answer": (
        "request_id currency_id state kind decision insurer_message answer_channel pec_number valid_until note "
        "line_ids total less_note"
    ),
    "optoamc.manual.answer.line": (
        "agreement_id line_id currency_id name eye_side price amo_amount rest_amount granted_amount"
    ),
    "optoamc.article.data": (
        "product_id optical_category lens_type lens_index lens_diameter lens_surface frame_brand frame_model "
        "frame_colour frame_size contact_replacement_days contact_per_box contact_radius "
        "optical_maker_id optical_material default_code"
    ),
    "optoamc.amo.rate": "nature fund_id date_from rate",
    "optoamc.answer.time": "company_id insurer_id kind answer_count median_seconds percentile_95_seconds",
    "optoamc.consent": (
        "patient_id company_id purpose recipient insurer_id method signatory signature scan text_id document "
        "options given_on valid_until withdrawn_on withdrawn_by_id collected_by_id is_current capacity expires_on "
        "minor_ground platform_id sheet unscanned_until dossier_date has_class_a"
    ),
    "optoamc.consent.form": (
        "patient_id company_id insurer_id recipient for_quote for_coverage for_invoicing valid_until document "
        "method signatory signature scan capacity is_minor minor_ground missing scan_days dossier_date has_class_a"
    ),
    "optoamc.consent.text": (
        "name date_from active company_id introduction purpose recipients retention rights complaint refusal "
        "statement is_signed"
    ),
    "optoamc.contract": (
        "partner_id insurer_id uses_optoamc scheme_id rank member_number contract_number group_number "
        "contract_type insured_id relation date_from date_to company_id currency_id has_annual_max annual_max "
        "annual_used annual_remaining is_current active rights_state rights_date rights_until rights_check_ids "
        "rights_seconds responsible c2s_type portability_until"
    ),
    "optoamc.class.a.offer": (
        "order_id company_id line_ids is_complete reason pairing_ids has_pairing left_out_ids has_left_out "
        "keeps_left_out left_out_reductions"
    ),
    "optoamc.class.a.offer.line": (
        "offer_id order_line_id replaced_id eye_side quantity lpp_id group_code candidate_ids candidate_count "
        "product_id is_pairing equipment_number indices currency_id price amo_amount is_amo_unknown amc_amount "
        "is_amc_known left_amount is_left_unknown"
    ),
    "optoamc.class.a.share": "company_id month month_name order_count class_a_count mixed_count class_a_percent",
    "optoamc.directory.export": "file_format insurer_count file file_name",
    "optoamc.exchange": (
        "request_id patient_id company_id platform_id mode dialect direction kind exchange_id checksum "
        "http_status duration_ms error_code error_detail xml options check_id ticket"
    ),
    "optoamc.field": "sequence name option is_sent by_profile rule_ids required_count withheld_count never_with",
    "optoamc.field.rule": "field_id insurer_id company_id is_sent",
    "optoamc.import": (
        "kind state company_id platform_id is_download is_complete is_automatic file file_name progress "
        "message preview_key lpp_release is_older_release is_older_wanted line_ids new_count "
        "changed_count kept_count gone_count problem_count"
    ),
    "optoamc.import.line": "import_id kind number label column old new use_new",
    "optoamc.kept.data": "company_id patient_id kind ground until record_count",
    "optoamc.lpp": (
        "code name active generic_id individual_ids category group_code product_class lens_type tint age_from "
        "age_below date_from date_to sphere_range cylinder_range sum_range price_ids base_price max_price "
        "is_in_force is_fictitious group_code_origin group_code_checked_by_id group_code_checked_on pairing_index "
        "is_pairing lump_sum"
    ),
    "optoamc.mailbox": (
        "platform_id company_id mode state receipts empty_rounds fetched_at error_code next_poll_at attempts"
    ),
    "optoamc.maker": "name address country_id is_outside_eu representative",
    "optoamc.responsible.limit": "category date_from min_amount max_amount",
    "optoamc.lpp.price": (
        "lpp_id date_from date_to base_price max_price is_fictitious overseas_971 overseas_972 overseas_973 "
        "overseas_974 overseas_975 overseas_976"
    ),
    "optoamc.patient.sharing": (
        "company_id other_company_id state proposed_by_id accepted_by_id accepted_on ended_by_id ended_on"
    ),
    "optoamc.platform": (
        "directory_url directory_weekly directory_company_id directory_checked_at import_ids name active mode "
        "insurer_ids transport url_production url_test url_demo connect_timeout read_timeout answer_limit_days "
        "dialect wsdl_name failure_count circuit_open_until has_password certificate_end certificate_ok "
        "tested_at is_reachable diagnosis directory_file directory_etag directory_modified password "
        "certificate_id table_file schema_ids operations fault_codes operation_names fault_names username change_ids "
        "identifier_kind identifier_prefix identifier_digits identifier_sequence_id "
        "access_key body_template http_headers is_digest is_gzip login_path login_template token_name "
        "token_seconds_name on_hold hold_reason switched_on fetch_path fetch_template acknowledge_path "
        "acknowledge_template ticket_name receipt_name nothing_words host_keys mailbox_ids"
    ),
    "optoamc.platform.change": ("platform_id platform_name company_id user_id field_name label old_value new_value"),
    "optoamc.platform.access": "platform_id username password access_key certificate certificate_password",
    "optoamc.platform.kit": (
        "platform_id papers papers_name message_names table table_name summary report report_file report_name"
    ),
    "optoamc.prescription": (
        "patient_id prescriber_id prescriber_kind company_id active date equipment_kind renewal valid_until "
        "is_expired warning eye_ids has_negative_cylinder has_intermediate has_near previous_id comparison "
        "scan_ids note is_first_wear is_adapted_first prescriber_agreed_on agreement_document renewal_note "
        "is_renewal_early has_lump_sum_indication"
    ),
    "optoamc.prescription.eye": (
        "prescription_id side vision sphere cylinder axis addition prism prism_base pupillary_distance height "
        "is_plano formula company_id"
    ),
    "optoamc.privacy.log": "create_date user_id company_id event patient_id model res_id detail",
    "optoamc.privacy.request": (
        "patient_id right request_date is_identity_checked recipients history kept file file_name erased_on "
        "answered_on"
    ),
    "optoamc.renewal.period": (
        "case name age_from age_below months date_from date_to condition proof source is_to_confirm"
    ),
    "optoamc.profile": (
        "sequence code name ground included_ids allowed_ids limited_from serves_responsible serves_class_a rule_ids"
    ),
    "optoamc.profile.rule": "profile_id date_from date_to platform_id insurer_id company_id",
    "optoamc.transmission": (
        "order_id equipment_number contract_id insurer_id company_id date is_responsible has_class_a profile ground "
        "document"
    ),
    "optoamc.check.replay": "company_id month insurer_id cause check outcome refusal_count",
    "optoamc.reason": (
        "kind code name advice path platform_id seen_count seen_at to_describe company_id cause_id code_ids foreseen "
        "check_words refusal_count told_advice field_id by_manager"
    ),
    "optoamc.remittance": (
        "name format file_key company_id currency_id partner_id journal_id date state line_ids payment_ids "
        "amount matched_count doubtful_count unknown_count undecided_count received_notice "
        "booked_by_id missing_notice booking has_rejects has_received has_unknown has_undecided has_chosen"
    ),
    "optoamc.remittance.import": "company_id file file_name partner_id journal_id date column_ids",
    "optoamc.remittance.import.column": "wizard_id position header sample field",
    "optoamc.remittance.line": (
        "remittance_id company_id currency_id state partner_id kind outcome invoice_number pec_number "
        "member_number payee transfer date asked amount reject_code reject_reason match doubt doubt_help share_id "
        "file_doubt request_id "
        "share_residual decision move_line_id received_move_id "
        "uses_received reversed_on counted_on"
    ),
    "optoamc.remittance.mapping": "company_id partner_id header field",
    "optoamc.request": (
        "name kind state allowed_actions company_id currency_id user_id order_id equipment_number contract_id "
        "patient_id insurer_id prescription_id line_ids share_ids exchange_ids exchange_id platform_id mode "
        "asked_at sent_at pec_number answered_at valid_until insurer_message reason_codes error_code advice "
        "granted_total transferred answer_channel letter letter_name next_poll_at attempts is_stale is_latest "
        "answer_hours acceptance_rate is_late equipment_kind equipment_vision price_total amo_total "
        "blamed_field is_trial platform_url answer_seconds consulted_at cancellation_refusal is_on_invoice "
        "is_unbilled cancelled_before agreed_total unbooked_notice is_answered later_answer later_notice stale_changes"
    ),
    "optoamc.request.line": (
        "request_id company_id currency_id line_number order_line_id catalogue_code name optical_category "
        "quantity discount price_unit price lpp_code amo_base amo_amount other_amc_amount granted_amount eye_side "
        "patient_amount reason_codes eye_id discount_amount formula has_other_amc is_amo_unknown is_answered "
        "is_left_unknown"
    ),
    "optoamc.request.wizard": (
        "order_id company_id currency_id patient_id prescription_id prescription_warning equipment_number "
        "amo_none_choice "
        "equipments contract_id insurer_id uses_optoamc rights_state line_ids has_other_insurer has_returned "
        "insurance_nature amo_rate is_child prisms doubts to_confirm "
        "renewal_case renewal_note is_renewal_early for_quote for_coverage is_consent_given "
        "missing examined to_check request_id state allowed_actions kind pec_number answered_at sent_at valid_until "
        "insurer_message advice is_stale transferred next_contract_id can_ask can_quote can_cover can_agree "
        "can_sign can_sign_at_once "
        "answer_seconds rights_seconds consulted_at cancellation_refusal is_on_invoice cancelled_before "
        "has_fictitious_tariffs unbooked_notice patient_due unknown_amo is_held shown later_notice stale_changes "
        "left_note"
    ),
    "optoamc.request.wizard.line": (
        "wizard_id order_line_id currency_id catalogue_code name eye_side traced_eye_side vision "
        "quantity discount price_unit price optical_category optical_date lpp_id proposed_lpp_id amo_amount "
        "is_amo_unknown "
        "granted_amount other_amount "
        "patient_amount is_left_unknown is_answered is_returned shown"
    ),
    "optoamc.retention": (
        "sequence name kind months months_default months_own months_min is_proposal is_confirmed is_to_confirm "
        "counted_from source last_run last_count"
    ),
    "optoamc.rights.check": (
        "contract_id patient_id insurer_id company_id platform_id mode date state answered_at valid_from "
        "valid_until error_code next_poll_at attempts"
    ),
    "optoamc.scheme": "name code insurer_id active",
    "optoamc.setup": (
        "country_done country_name currency_name chart_name price_list_name french_obstacle is_chart_replaced "
        "company_id company_name finess finess_warning siret_warning is_price_included price_example "
        "company_registry vat vat_done street zip city phone email contact_id "
        "company_partner_id platform_id platform_mode platform_diagnosis journal_name account_name text_name "
        "insurer_count "
        "done_count step_count shop_done contact_done platform_done credentials_done books_done text_done "
        "insurers_done lpp_done lpp_release is_lpp_old trial_done trial_insurer_id trial_member_number "
        "trial_state trial_message trial_advice "
        "amo_third_party amo_partner_id privacy_contact scan_days journal_id account_id has_vat_on_payments vat_day"
    ),
    "optoamc.share": (
        "remittance_line_ids is_rejected reject_code reject_reason move_id company_id currency_id kind rank "
        "partner_id order_id request_id pec_number label vat_day line_ids invoice_date date_maturity amount_moved "
        "amount_reversed amount_returned amount_written_off amount amount_paid amount_residual state"
    ),
    "optoamc.share.age": (
        "company_id currency_id partner_id kind state invoice_date date_maturity age amount amount_paid "
        "amount_residual days_to_pay"
    ),
    "optoamc.request.cancellation": "request_ids effects is_asked_there order_ids kept_order_id kept_invoices",
    "optoamc.collection": (
        "order_id move_id company_id currency_id to_collect amount journal_id date on_invoices as_down_payment "
        "unused_note left_note"
    ),
    "optoamc.share.write.off": (
        "share_ids share_count company_id currency_id open_amount amount loss account_id date reason"
    ),
    "optoamc.statistics": (
        "company_id currency_id month insurer_id kind state request_count price_total quoted_total "
        "agreed_total typed_total receivable_total answer_hours"
    ),
    "optoamc.undone.match": "debit_line_id credit_line_id company_id currency_id amount date_from date_to",
}

#: Fields that fewer people read than their record: model -> class of the field -> names.
CLOSER = {
    "optoamc.share": {"advice": "remittance_line_ids"},
    "optoamc.contract": {
        "dossier": "rights_check_ids",
    },
    "optoamc.exchange": {
        "bytes": "xml",
    },
    "optoamc.setup": {
        "advice": "journal_id account_id",
    },
    "optoamc.platform": {
        "list": "import_ids change_ids mailbox_ids",
        "secret": (
            "directory_file directory_etag directory_modified password certificate_id table_file schema_ids "
            "operations fault_codes operation_names fault_names switched_on identifier_sequence_id "
            "access_key body_template http_headers "
            "is_digest is_gzip login_path login_template token_name token_seconds_name "
            "fetch_path fetch_template acknowledge_path acknowledge_template ticket_name receipt_name "
            "nothing_words host_keys"
        ),
        "login": "username",
    },
}

#: What programs may call besides buttons (``action_…``) and the ORM's own methods.
PUBLIC_METHODS = {
    *(
        "check",
        "get_dashboard",
        "get_empty_list_help",
        "button_cancel",
        "button_draft",
        "autocomplete_by_name",
        "js_remove_outstanding_partial",
    ),
    "get_bindings",  # of actions: Odoo's own
    "cache_invalidation_fields",  # of companies: Odoo's own
}


def rights(role):
    """What a role may do with each of the module's models: ``{model: operations}``."""
    return {model: CLASSES[group].get(role, "") for group, models in MODELS.items() for model in models.split()}


def readers(model):
    """Who reads each of the module's fields on a model: ``{field: roles, or None}``."""
    classes = EXTENSIONS.get(model) or {"plain": FIELDS[model]} | CLOSER.get(model, {})
    return {name: READERS[group] for group, names in classes.items() for name in names.split()}
