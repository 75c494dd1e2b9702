/* Sections of a revision file that prove what its keys do, by queries without rung. */
#include "report/cascade.h"
#include "sql/quote.h"

static const struct {
    const char *title;
    const char *codes;   /* pg_constraint.confdeltype */
    const char *actions; /* pragma foreign_key_list */
} proofs[RELATION_COUNT] = {
    [RELATION_CASCADE] = {"Keys that cascade", "'c'", "'CASCADE'"},
    [RELATION_SET_NULL] = {"Keys that set NULL", "'n'", "'SET NULL'"},
    [RELATION_RESTRICT] = {"Keys that stop a deletion", "'a', 'r'", "'NO ACTION', 'RESTRICT'"},
};

/* ('orders', 'user_id'): the table with a constraint or a column. */
static void add_pair(Text *text, Engine engine, const TableKey *key)
{
    Text name = TEXT_EMPTY;
    text_put(text, "    (");
    if (engine == ENGINE_POSTGRESQL) {
        sql_add_identifier(&name, key->schema);
        text_char(&name, '.');
        sql_add_identifier(&name, key->table);
        text_put(text, "to_regclass(");
        sql_add_constant(text, text_string(&name));
        text_put(text, "), ");
        sql_add_constant(text, key->name);
    } else {
        sql_add_constant(text, key->table);
        text_put(text, ", ");
        sql_add_constant(text, key->columns.at[0]);
    }
    text_char(text, ')');
    text_done(&name);
}

static void add_pairs(Text *text, Engine engine, const KeyVerdicts *keys, RelationClass wanted)
{
    const char *before = engine == ENGINE_POSTGRESQL ? "(\n" : "(VALUES\n";
    for (size_t i = 0; i < keys->count; i++)
        if (keys->at[i].wanted == wanted) {
            text_put(text, before);
            add_pair(text, engine, keys->at[i].key);
            before = ",\n";
        }
    text_put(text, ");\n");
}

static size_t count_of(const KeyVerdicts *keys, RelationClass wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < keys->count; i++)
        count += keys->at[i].wanted == wanted;
    return count;
}

static void add_count(Text *text, Engine engine, const char *heading, const KeyVerdicts *keys,
                      RelationClass wanted)
{
    size_t count = count_of(keys, wanted);
    if (!count)
        return;
    text_print(text, "\n%s %s\nSELECT count(*) >= %zu, count(*), %zu\n", heading,
               proofs[wanted].title, count, count);
    if (engine == ENGINE_POSTGRESQL)
        text_print(text,
                   "FROM pg_constraint\nWHERE contype = 'f' AND confdeltype IN (%s) AND (conrelid, "
                   "conname) IN ",
                   proofs[wanted].codes);
    else
        text_print(text,
                   "FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f\nWHERE s.type = "
                   "'table' AND f.seq = 0 AND f.on_delete IN (%s) AND (s.name, f.\"from\") IN ",
                   proofs[wanted].actions);
    add_pairs(text, engine, keys, wanted);
}

static void add_gone(Text *text, Engine engine, const char *heading, const KeyVerdicts *keys)
{
    if (!count_of(keys, RELATION_RETAIN))
        return;
    text_print(text, "\n%s none: Keys that are to be gone\n", heading);
    if (engine == ENGINE_POSTGRESQL)
        text_put(text, "SELECT conname FROM pg_constraint\nWHERE contype = 'f' AND (conrelid, "
                       "conname) IN ");
    else
        text_put(text, "SELECT s.name FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f\n"
                       "WHERE s.type = 'table' AND (s.name, f.\"from\") IN ");
    add_pairs(text, engine, keys, RELATION_RETAIN);
}

void report_key_checks(Engine engine, const char *heading, const KeyVerdicts *keys, Text *text)
{
    add_count(text, engine, heading, keys, RELATION_CASCADE);
    add_count(text, engine, heading, keys, RELATION_SET_NULL);
    add_count(text, engine, heading, keys, RELATION_RESTRICT);
    add_gone(text, engine, heading, keys);
}

void report_root_check(Engine engine, const char *heading, const KeyTable *root, Text *text)
{
    Text name = TEXT_EMPTY;
    text_print(text, "\n%s none: Every key to %s has ON DELETE CASCADE\n", heading, root->title);
    if (engine == ENGINE_POSTGRESQL) {
        sql_add_identifier(&name, root->schema);
        text_char(&name, '.');
        sql_add_identifier(&name, root->name);
        text_put(text, "SELECT conrelid::regclass, conname FROM pg_constraint\nWHERE contype = 'f' "
                       "AND conparentid = 0 AND confdeltype <> 'c' AND confrelid = to_regclass(");
        sql_add_constant(text, text_string(&name));
        text_put(text, ");\n");
    } else {
        text_put(text, "SELECT s.name, f.\"from\" FROM sqlite_schema s JOIN "
                       "pragma_foreign_key_list(s.name) f\nWHERE s.type = 'table' AND f.on_delete "
                       "<> 'CASCADE' AND lower(f.\"table\") = lower(");
        sql_add_constant(text, root->name);
        text_put(text, ");\n");
    }
    text_done(&name);
}
