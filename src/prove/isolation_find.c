/* Ways around the policies, read from the catalog. Each query gives kind, whether it counts,
 * object, schema and name (of what may be left out), what it is, and what to do. */
#include "prove/isolation_parts.h"

/* $1 the role, $2 the tenant column. */
#define OWNED                                                                                      \
    "WITH me AS (SELECT oid, rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = $1),"   \
    " owned AS (SELECT c.oid, n.nspname, c.relname, c.relowner, c.relrowsecurity AS guarded,"      \
    " c.relforcerowsecurity AS forced, c.relispartition AS part, a.attnum, format('%I.%I',"        \
    " n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace" \
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $2 AND NOT a.attisdropped"         \
    " WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND n.nspname NOT IN ('rung',"              \
    " 'pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_temp%') "

#define USES(relation)                                                                             \
    "has_schema_privilege(me.oid, " relation ".relnamespace, 'USAGE') AND (has_table_privilege("   \
    "me.oid, " relation ".oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege("     \
    "me.oid, " relation ".oid, 'SELECT, INSERT, UPDATE'))"

#define NAMES(key, relation)                                                                       \
    "(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.place) FROM unnest(" key           \
    ") WITH ORDINALITY u(num, place) JOIN pg_attribute a ON a.attrelid = " relation                \
    " AND a.attnum = u.num)"

static const char role_sql[] = OWNED
    "SELECT CASE WHEN rolsuper THEN 'superuser' ELSE 'bypassrls' END, true, quote_ident(rolname),"
    " NULL, NULL, CASE WHEN rolsuper THEN 'it is a superuser' ELSE 'it has BYPASSRLS' END ||"
    " ': no policy holds for it', 'give the application a role of its own, NOSUPERUSER NOBYPASSRLS,"
    " and name it by --role' FROM me WHERE rolsuper OR rolbypassrls";

static const char member_sql[] = OWNED
    "SELECT 'member', false, quote_ident(me.rolname), NULL, NULL, 'it can become ' ||"
    " quote_ident(r.rolname) || ', for whom no policy holds', format('REVOKE %I FROM %I',"
    " r.rolname, me.rolname) FROM me JOIN pg_roles r ON (r.rolsuper OR r.rolbypassrls) AND r.oid <>"
    " me.oid AND pg_has_role(me.oid, r.oid, 'MEMBER') WHERE NOT me.rolsuper ORDER BY r.rolname";

static const char owner_sql[] = OWNED
    "SELECT 'owner', true, o.name, o.nspname, o.relname, quote_ident(me.rolname) || ' is its owner,"
    " or has the owner''s rights: its policies do not hold for it', format('give it another owner,"
    " or: ALTER TABLE %s FORCE ROW LEVEL SECURITY', o.name) FROM owned o, me WHERE o.guarded AND "
    "NOT"
    " o.forced AND NOT me.rolsuper AND NOT me.rolbypassrls AND pg_has_role(me.oid, o.relowner,"
    " 'USAGE') ORDER BY o.name";

static const char unguarded_sql[] = OWNED
    "SELECT 'no-policy', true, o.name, o.nspname, o.relname, 'row-level security is off' || CASE"
    " WHEN p.count > 0 THEN format(', so its policies (%s) do nothing', p.count) ELSE '' END,"
    " format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', o.name) || CASE WHEN p.count > 0 THEN ''"
    " ELSE format(', and a policy: CREATE POLICY own ON %s USING (%I = …)', o.name, $2) END"
    " FROM owned o, LATERAL (SELECT count(*) FROM pg_policy WHERE polrelid = o.oid) p"
    " WHERE NOT o.guarded AND NOT o.part ORDER BY o.name";

static const char partition_sql[] = OWNED
    "SELECT 'partition', true, o.name, o.nspname, o.relname, 'the role may use this partition by "
    "its"
    " own name, where the policies of the whole table do not hold', format('REVOKE ALL ON %s FROM"
    " %I, or: ALTER TABLE %s ENABLE ROW LEVEL SECURITY', o.name, me.rolname, o.name)"
    " FROM owned o JOIN pg_class c ON c.oid = o.oid, me WHERE o.part AND NOT o.guarded AND"
    " " USES("c") " ORDER BY o.name";

static const char key_sql[] = OWNED
    "SELECT 'key', k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'), o.name,"
    " o.nspname, o.relname, format('its key %s (%s) on %s does not hold %I on both sides: ',"
    " quote_ident(k.conname), " NAMES(
        "k.conkey",
        "o.oid") ", p.name, $2) || CASE WHEN k.confdeltype"
                 " IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd') THEN 'what one tenant "
                 "does to its row"
                 " there changes or deletes rows of others here, whatever the policies say' ELSE "
                 "'a row can"
                 " reference another tenant''s, which then cannot be deleted' END, format('UNIQUE "
                 "(%I, %s) on %s,"
                 " and a key of (%I, %s) here', $2, " NAMES(
                     "k.confkey",
                     "p.oid") ", p.name, $2,"
                              " " NAMES(
                                  "k.conkey",
                                  "o.oid") ") FROM pg_constraint k JOIN owned o ON o.oid = "
                                           "k.conrelid JOIN"
                                           " owned p ON p.oid = k.confrelid WHERE k.contype = 'f' "
                                           "AND k.conparentid = 0 AND NOT EXISTS"
                                           " (SELECT FROM unnest(k.conkey, k.confkey) u(mine, "
                                           "theirs) WHERE u.mine = o.attnum AND (u.theirs"
                                           " = p.attnum OR cardinality(k.conkey) = 1)) ORDER BY "
                                           "o.name, k.conname";

static const char definer_sql[] = OWNED
    "SELECT 'definer', true, format('%I.%I(%s)', n.nspname, f.proname,"
    " pg_get_function_identity_arguments(f.oid)), n.nspname, f.proname, 'SECURITY DEFINER without a"
    " search_path of its own: its caller decides which tables and functions its names mean, and it"
    " runs them as ' || quote_ident(pg_get_userbyid(f.proowner)), format('ALTER FUNCTION %I.%I(%s)"
    " SET search_path = pg_catalog, pg_temp, with schemas in front of its names', n.nspname,"
    " f.proname, pg_get_function_identity_arguments(f.oid)) FROM pg_proc f JOIN pg_namespace n ON"
    " n.oid = f.pronamespace WHERE f.prosecdef AND f.oid >= 16384 AND n.nspname NOT IN ('rung',"
    " 'pg_catalog', 'information_schema') AND NOT EXISTS (SELECT FROM unnest(f.proconfig) c WHERE c"
    " LIKE 'search\\_path=%') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND"
    " d.classid = 'pg_proc'::regclass AND d.deptype = 'e') ORDER BY 3";

/* A view that has the column is tried; what a materialized view holds, no policy ever saw. */
static const char view_sql[] = OWNED
    "SELECT DISTINCT 'view', c.relkind = 'm' OR NOT EXISTS (SELECT FROM pg_attribute a WHERE"
    " a.attrelid = c.oid AND a.attname = $2 AND NOT a.attisdropped) OR (has_table_privilege(me.oid,"
    " c.oid, 'INSERT') AND pg_relation_is_updatable(c.oid, true) & 8 > 0 AND "
    "coalesce(c.reloptions::text, '')"
    " NOT LIKE '%check_option%'), format('%I.%I', n.nspname,"
    " c.relname), n.nspname, c.relname, CASE WHEN c.relkind = 'm' THEN 'it keeps rows of all"
    " tenants, and no policy holds for a materialized view' ELSE format('it reads %s as its owner"
    " %s, for whom no policy holds; only its own WHERE can keep tenants apart', o.name,"
    " quote_ident(r.rolname)) END, CASE WHEN c.relkind = 'm' THEN format('REVOKE ALL ON %I.%I FROM"
    " %I', n.nspname, c.relname, me.rolname) WHEN current_setting('server_version_num')::int >="
    " 150000 THEN format('ALTER VIEW %I.%I SET (security_invoker = true)', n.nspname, c.relname)"
    " ELSE 'give it an owner for whom the policies hold' END FROM pg_class c JOIN pg_namespace n ON"
    " n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner JOIN pg_rewrite w ON w.ev_class "
    "="
    " c.oid JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND"
    " d.refclassid = 'pg_class'::regclass JOIN owned o ON o.oid = d.refobjid, me WHERE c.relkind IN"
    " ('v', 'm') AND " USES("c") " AND (c.relkind = 'm' OR (o.guarded AND (r.rolsuper OR"
                                 " r.rolbypassrls OR (NOT o.forced AND pg_has_role(c.relowner, "
                                 "o.relowner, 'USAGE'))) AND NOT"
                                 " EXISTS (SELECT FROM unnest(c.reloptions) s WHERE lower(s) ~"
                                 " '^security_invoker=(true|on|yes|1)$'))) ORDER BY 3";

static const char child_sql[] = OWNED
    "SELECT DISTINCT 'child', NOT c.relrowsecurity, format('%I.%I', n.nspname, c.relname),"
    " n.nspname, c.relname, format('its rows belong to tenants by its key on %s, but it has no %I "
    "to"
    " try it with', p.name, $2) || CASE WHEN c.relrowsecurity THEN '' ELSE ', and row-level "
    "security"
    " is off' END, format('ALTER TABLE %I.%I ADD COLUMN %I, as part of the key', n.nspname,"
    " c.relname, $2) FROM pg_constraint k JOIN owned p ON p.oid = k.confrelid JOIN pg_class c ON"
    " c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace, me WHERE k.contype = 'f' "
    "AND"
    " k.conparentid = 0 AND NOT c.relispartition AND NOT EXISTS (SELECT FROM owned o WHERE o.oid ="
    " c.oid) AND " USES("c") " ORDER BY 3";

static const char truncate_sql[] = OWNED
    "SELECT 'truncate', false, o.name, o.nspname, o.relname, quote_ident(me.rolname) || ' may"
    " TRUNCATE it, which asks no policy', format('REVOKE TRUNCATE ON %s FROM %I', o.name,"
    " me.rolname) FROM owned o, me WHERE NOT me.rolsuper AND NOT o.part AND NOT pg_has_role(me.oid,"
    " o.relowner, 'USAGE') AND has_table_privilege(me.oid, o.oid, 'TRUNCATE') ORDER BY o.name";

static Code find(Proof *proof, const char *sql, Error *error)
{
    DbRows rows;
    const char *params[] = {proof->result->role, proof->options->column};
    DbStatement statement = {.sql = sql, .params = params, .param_count = 2};
    Code code = db_query(proof->db, proof->arena, &statement, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        FillTable owner = {.schema = db_cell(&rows, i, 3), .plain = db_cell(&rows, i, 4)};
        if (owner.plain && !proof_takes(proof, &owner))
            continue;
        IsolationFinding *finding = proof_find(proof, db_cell(&rows, i, 1)[0] == 't',
                                               db_cell(&rows, i, 0), db_cell(&rows, i, 2));
        finding->what = db_cell(&rows, i, 5);
        finding->fix = db_cell(&rows, i, 6);
    }
    return code;
}

Code ways_find(Proof *proof, Error *error)
{
    static const char *const queries[] = {role_sql,      member_sql,  owner_sql,   unguarded_sql,
                                          partition_sql, key_sql,     definer_sql, view_sql,
                                          child_sql,     truncate_sql};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < COUNT(queries); i++)
        code = find(proof, queries[i], error);
    return code;
}
