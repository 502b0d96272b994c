-- A copied database must not reach a real insurer: no mode, no address, no secret is left.
-- (mode, switch-on, username, password, access key and certificate are company-dependent: one JSON column each.)
UPDATE optoamc_platform
   SET mode = NULL,
       switched_on = NULL,
       username = NULL,
       password = NULL,
       access_key = NULL,
       certificate_id = NULL,
       url_production = NULL,
       url_test = NULL,
       directory_url = NULL,
       directory_weekly = FALSE;
