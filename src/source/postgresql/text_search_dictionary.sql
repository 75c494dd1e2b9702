-- dictinitoption is what serialize_deflist of src/backend/commands/tsearchcmds.c prints: name = value, name = value.
SELECT d.oid, n.nspname AS schema, d.dictname AS name, pg_get_userbyid(d.dictowner) AS owner,
    quote_ident(tn.nspname) || '.' || quote_ident(t.tmplname) AS template,
    ARRAY(SELECT part[1] FROM regexp_matches(d.dictinitoption,
              $$((?:"(?:[^"]|"")*"|[^ ,="]+) = (?:E?'(?:[^']|'')*'|[^', ]+))(?:, |$)$$, 'g') WITH ORDINALITY p(part, at)
          ORDER BY at) AS options
FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
    JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE d.oid >= 16384
