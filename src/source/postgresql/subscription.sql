-- Only superusers may read all of pg_subscription; PostgreSQL 13 shows others even less.
SELECT
    s.oid, --14+ or superuser
    s.subconninfo AS connection, --superuser
    s.subname AS name, pg_get_userbyid(s.subowner) AS owner,
    ARRAY(SELECT quote_ident(publication) FROM unnest(s.subpublications) WITH ORDINALITY p(publication, at) ORDER BY at) AS publications,
    array_remove(ARRAY[
        'slot_name = ' || coalesce(quote_literal(s.subslotname), 'NONE'),
        'synchronous_commit = ' || quote_literal(s.subsynccommit), --14+ or superuser
        'binary = ' || s.subbinary, --14+
        'streaming = ' || CASE s.substream::text WHEN 'p' THEN 'parallel' WHEN 't' THEN 'on' WHEN 'true' THEN 'on' ELSE 'off' END, --14+
        'disable_on_error = ' || s.subdisableonerr, --15+
        'password_required = ' || s.subpasswordrequired, --16+
        'run_as_owner = ' || s.subrunasowner, --16+
        'origin = ' || quote_literal(s.suborigin), --16+
        'failover = ' || s.subfailover, --17+
        NULL], NULL) AS options,
    array_remove(ARRAY[
        'two_phase = ' || (s.subtwophasestate <> 'd'), --15+
        NULL], NULL) AS fixed_options,
    s.subenabled AS enabled
FROM pg_subscription s
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
