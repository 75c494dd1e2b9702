-- Casts that a column's change of type may use.
SELECT format_type(castsource, NULL) AS source, format_type(casttarget, NULL) AS target, castcontext AS context
FROM pg_cast
