CREATE SUBSCRIPTION rung_s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false);
