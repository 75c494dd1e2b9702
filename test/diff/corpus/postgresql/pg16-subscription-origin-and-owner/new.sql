CREATE SUBSCRIPTION rung_s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, origin = none, run_as_owner = true, streaming = parallel, password_required = false);
