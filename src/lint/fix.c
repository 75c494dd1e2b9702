/* --fix: edits in the text of a file, statement by statement. */
#include "lint/lint_parts.h"
#include "sql/quote.h"
#include "sql/rewrite.h"

typedef struct Fixer {
    Lint *lint;
    Arena *arena;
    Text text;  /* of the file, as far as it is written */
    Text after; /* the statements of a second revision */
    size_t at;  /* what comes next, in the file */
    size_t count;
} Fixer;

static bool has_finding(const Fixer *fixer, const LintStatement *statement, const char *rule)
{
    for (size_t i = 0; i < fixer->lint->findings.count; i++) {
        const LintFinding *finding = &fixer->lint->findings.at[i];
        if (finding->offset == statement->offset && strcmp(finding->hazard.rule, rule) == 0)
            return true;
    }
    return false;
}

/* ---- CONCURRENTLY ---- */

static bool add_concurrently(Rewrite *rewrite, const char *const *words, size_t count)
{
    for (size_t i = 0; i < 16; i++)
        for (size_t k = 0; k < count; k++)
            if (rewrite_is(rewrite, i, words[k])) {
                rewrite_behind(rewrite, i, " CONCURRENTLY");
                return true;
            }
    return false;
}

static bool fix_index(const Fixer *fixer, const LintStatement *statement, Rewrite *rewrite)
{
    static const char *const index[] = {"INDEX"};
    static const char *const again[] = {"INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"};
    const PgQuery__Node *tree = statement->tree;
    if (has_finding(fixer, statement, "index-without-concurrently")) {
        const KnownRelation *table =
            known_find_range(fixer->lint->known, tree->index_stmt->relation);
        return !(table && table->partitioned) && add_concurrently(rewrite, index, 1);
    }
    if (has_finding(fixer, statement, "drop-index-without-concurrently"))
        return tree->drop_stmt->n_objects == 1 &&
               tree->drop_stmt->behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE &&
               add_concurrently(rewrite, index, 1);
    if (has_finding(fixer, statement, "reindex-without-concurrently"))
        return tree->reindex_stmt->kind <= PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE &&
               add_concurrently(rewrite, again, COUNT(again));
    if (has_finding(fixer, statement, "detach-without-concurrently") &&
        tree->alter_table_stmt->n_cmds == 1) {
        rewrite_behind(rewrite, rewrite->tokens.count - 2, " CONCURRENTLY");
        return true;
    }
    return false;
}

/* ---- NOT VALID ---- */

/* PostgreSQL's own name for a foreign key of these columns: TABLE_COLUMN_fkey. */
static const char *usual_name(const Fixer *fixer, const PgQuery__AlterTableStmt *alter,
                              const PgQuery__Constraint *constraint)
{
    const char *name = alter->relation->relname;
    if (constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN)
        return NULL;
    for (size_t i = 0; i < constraint->n_fk_attrs; i++)
        name = arena_print(fixer->arena, "%s_%s", name, tree_string(constraint->fk_attrs[i]));
    name = arena_print(fixer->arena, "%s_fkey", name);
    return strlen(name) <= 63 ? name : NULL;
}

static void add_validation(Fixer *fixer, const PgQuery__AlterTableStmt *alter, const char *name)
{
    text_put(&fixer->after, "ALTER TABLE ");
    if (alter->relation->schemaname && *alter->relation->schemaname) {
        sql_add_identifier(&fixer->after, alter->relation->schemaname);
        text_char(&fixer->after, '.');
    }
    sql_add_identifier(&fixer->after, alter->relation->relname);
    text_put(&fixer->after, " VALIDATE CONSTRAINT ");
    sql_add_identifier(&fixer->after, name);
    text_put(&fixer->after, ";\n");
}

static bool fix_constraint(Fixer *fixer, const PgQuery__AlterTableStmt *alter,
                           const PgQuery__Constraint *constraint, Rewrite *rewrite)
{
    bool named = constraint->conname && *constraint->conname;
    const char *name = named ? constraint->conname : usual_name(fixer, alter, constraint);
    size_t first = rewrite_find(rewrite, constraint->location);
    if (!name || first == REWRITE_NONE)
        return false;
    if (!named) {
        Text words = TEXT_EMPTY;
        text_put(&words, "CONSTRAINT ");
        sql_add_identifier(&words, name);
        text_char(&words, ' ');
        rewrite_before(rewrite, first, arena_string(fixer->arena, text_string(&words)));
        text_done(&words);
    }
    rewrite_behind(rewrite, rewrite_element_end(rewrite, first), " NOT VALID");
    add_validation(fixer, alter, name);
    return true;
}

static bool fix_constraints(Fixer *fixer, const LintStatement *statement, Rewrite *rewrite)
{
    bool fixed = false;
    const PgQuery__AlterTableStmt *alter = tree_alter(statement->tree);
    bool check = has_finding(fixer, statement, "check-validated-at-once");
    bool foreign = has_finding(fixer, statement, "foreign-key-validated-at-once");
    const KnownRelation *table =
        check || foreign ? known_find_range(fixer->lint->known, alter->relation) : NULL;
    if (table && table->partitioned)
        foreign = false;
    for (size_t i = 0; (check || foreign) && i < alter->n_cmds; i++) {
        const PgQuery__Node *def = alter->cmds[i]->alter_table_cmd->def;
        const PgQuery__Constraint *constraint =
            def && def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT ? def->constraint : NULL;
        if (constraint && !constraint->skip_validation &&
            ((check && constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK) ||
             (foreign && constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN)))
            fixed |= fix_constraint(fixer, alter, constraint, rewrite);
    }
    return fixed;
}

/* ---- the file ---- */

static void copy_to(Fixer *fixer, size_t to)
{
    text_add(&fixer->text, fixer->lint->file->data + fixer->at, to - fixer->at);
    fixer->at = to;
}

/* Takes the statement out, with its semicolon, and its line if nothing else is there. */
static void remove_statement(Fixer *fixer, size_t from, size_t to)
{
    const LintFile *file = fixer->lint->file;
    while (to < file->length && strchr(" \t\r", file->data[to]))
        to++;
    if (to < file->length && file->data[to] == ';')
        to++;
    copy_to(fixer, from);
    bool alone = from == 0 || file->data[from - 1] == '\n';
    if (alone && to < file->length && file->data[to] == '\n')
        to++;
    fixer->at = to;
}

static void commit_before(Fixer *fixer, size_t from)
{
    const char *data = fixer->lint->file->data;
    copy_to(fixer, from);
    bool begins = from == 0 || data[from - 1] == '\n';
    text_print(&fixer->text, "%s-- rung:commit\n", begins ? "" : "\n");
}

static Code fix_statement(Fixer *fixer, const LintStatement *statement, Error *error)
{
    Rewrite rewrite;
    size_t base = (size_t)(fixer->lint->script.text - fixer->lint->file->data);
    size_t from = base + statement->offset, to = from + statement->length;
    if (has_finding(fixer, statement, "lock-timeout-off")) {
        remove_statement(fixer, from, to);
        fixer->count++;
        return RUNG_OK;
    }
    if (has_finding(fixer, statement, "validate-under-lock")) {
        commit_before(fixer, from);
        fixer->count++;
        return RUNG_OK;
    }
    Code code = rewrite_start(&rewrite, fixer->arena, statement->sql, statement->length, error);
    if (code ||
        !(fix_index(fixer, statement, &rewrite) || fix_constraints(fixer, statement, &rewrite)))
        return code;
    copy_to(fixer, from);
    text_put(&fixer->text, rewrite_print(&rewrite, fixer->arena, 0, rewrite.tokens.count - 2));
    fixer->at = to;
    fixer->count++;
    return RUNG_OK;
}

Code lint_fix(Lint *lint, const LintFile *file, LintFix *ret_fix, Error *error)
{
    Code code = RUNG_OK;
    Fixer fixer = {.lint = lint, .arena = lint->spare};
    *ret_fix = (LintFix){0};
    if (lint->options.engine != ENGINE_POSTGRESQL || lint->file->data != file->data)
        return RUNG_OK;
    for (size_t i = 0; !code && i < lint->script.statements.count; i++)
        if (lint->script.statements.at[i].tree)
            code = fix_statement(&fixer, &lint->script.statements.at[i], error);
    copy_to(&fixer, file->length);
    ret_fix->count = fixer.count;
    if (!code && fixer.count)
        ret_fix->text = arena_string(lint->arena, text_string(&fixer.text));
    if (!code && fixer.after.length)
        ret_fix->after = arena_string(lint->arena, text_string(&fixer.after));
    text_done(&fixer.text);
    text_done(&fixer.after);
    return code;
}
