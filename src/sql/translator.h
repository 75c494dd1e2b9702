/* What the files of the translation share: the state of one statement, and their functions.
 *
 * Every node of the parse tree is either known to mean the same in SQLite, edited until it does, or
 * refused; a kind of node that no table names is refused. */
#ifndef SQL_TRANSLATOR_H
#define SQL_TRANSLATOR_H

#include "sql/parse.h"
#include "sql/rewrite.h"
#include "sql/translate.h"

typedef struct Translator {
    Arena *scratch; /* freed when the statement is done */
    Arena *arena;   /* the caller's */
    const char *file, *heading;
    int line;
    const char *sql;
    size_t length;
    const char *command; /* "CREATE TABLE" */
    Rewrite rewrite;
    const char *fixed; /* "a CHECK": only what gives the same result for ever is allowed */
    size_t depth;      /* of the walk */
    SqlTranslation *translation;
    Error *error;
} Translator;

/* ---- translate.c ---- */

/* RUNG_REVISION at the place of `location` (-1: the statement); `hint` NULL: the heading alone. */
Code translator_refuse(Translator *translator, int location, const char *hint, const char *format,
                       ...) PRINTF_LIKE(4, 5);

/* Adds to the notice. */
void translator_drop(Translator *translator, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds the edited text of the tokens first to last to the result. */
void translator_add(Translator *translator, size_t first, size_t last);
void translator_add_all(Translator *translator);

/* Text for an edit. */
const char *translator_print(Translator *translator, const char *format, ...) PRINTF_LIKE(2, 3);

/* A name as SQL text, quoted. */
const char *translator_quote(Translator *translator, const char *name);

/* ---- translate_expression.c ---- */

/* Walks a tree by the tables; NULL is accepted. */
Code translate_tree(Translator *translator, const void *message);
Code translate_trees(Translator *translator, PgQuery__Node *const *nodes, size_t count);

/* The same where the result must never change; `where` names the place. */
Code translate_fixed(Translator *translator, const void *message, const char *where);

/* Quotes a name that SQLite reserves and PostgreSQL does not. */
void translate_name(Translator *translator, size_t index);
void translate_names_between(Translator *translator, size_t first, size_t last);

bool is_function(const PgQuery__FuncCall *call, const char *name);

/* now() and its kin; gen_random_uuid() and its kin. */
bool is_now(const PgQuery__Node *node);
bool is_new_uuid(const PgQuery__Node *node);

/* ---- translate_query.c: SELECT, INSERT, UPDATE, DELETE and their parts ---- */

typedef Code TranslateNode(Translator *translator, const ProtobufCMessage *message);

typedef struct NodeRule {
    const char *name;         /* the message's short name */
    TranslateNode *translate; /* NULL: known, its parts are walked */
    const char *refusal;      /* what people call it */
} NodeRule;

const NodeRule *query_rule(const char *name);

/* Edits that are found by words: ORDER BY gets PostgreSQL's place of NULLs; FETCH FIRST and
 * parentheses around the parts of a UNION are refused. */
Code translate_query_words(Translator *translator);

/* schema.table at a place of the tree: public. is removed, other schemas and catalogs refused. */
Code translate_relation(Translator *translator, const PgQuery__RangeVar *relation);

/* ---- translate_type.c ---- */

typedef enum {
    TYPE_REFUSED,
    TYPE_TEXT,
    TYPE_LIMITED, /* varchar(n), char(n) */
    TYPE_INTEGER,
    TYPE_SERIAL,
    TYPE_BOOLEAN,
    TYPE_UUID,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_TIMESTAMP,
    TYPE_JSON,
    TYPE_BYTES,
    TYPE_REAL,
    TYPE_NUMERIC,
} TypeClass;

typedef struct TypeRule {
    const char *name; /* as the parser gives it */
    TypeClass class;
    const char *sqlite; /* its name there; NULL: as written, the affinity is right */
} TypeRule;

/* NULL for types that have no form in SQLite, arrays among them. */
const TypeRule *type_find(const PgQuery__TypeName *type);

/* The first and the last token of a type as written, and its text. */
size_t type_first(const Translator *translator, const PgQuery__TypeName *type);
size_t type_last(const Translator *translator, size_t first);
const char *type_text(Translator *translator, const PgQuery__TypeName *type);

/* n of varchar(n), 1 for char, 0 for none. */
long type_limit(const PgQuery__TypeName *type);

/* What a string constant becomes when it is read as the type; NULL: no faithful form. */
const char *type_constant(Translator *translator, const PgQuery__TypeName *type,
                          const TypeRule *rule, const char *text);

/* now() - INTERVAL '30 days' as datetime('now', '-30 days'). False, without an edit, for anything
 * that is not now() plus or minus whole weeks, days, hours, minutes or seconds. */
bool translate_interval(Translator *translator, const PgQuery__AExpr *expression);

Code translate_cast(Translator *translator, const ProtobufCMessage *message);

/* ---- translate_table.c ---- */

Code translate_create_table(Translator *translator, const PgQuery__CreateStmt *create);

/* The column of ALTER TABLE … ADD COLUMN. */
Code translate_added_column(Translator *translator, const PgQuery__ColumnDef *column);

/* ---- translate_alter.c ---- */

Code translate_alter(Translator *translator, const PgQuery__AlterTableStmt *alter);
Code translate_rename(Translator *translator, const PgQuery__RenameStmt *rename);
Code translate_drop(Translator *translator, const PgQuery__DropStmt *drop);
Code translate_truncate(Translator *translator, const PgQuery__TruncateStmt *truncate);
Code translate_index(Translator *translator, const PgQuery__IndexStmt *index);
Code translate_view(Translator *translator, const PgQuery__ViewStmt *view);

/* ---- translate_any.c ---- */

/* The statement with IN in place of = ANY (ARRAY[…]) and NOT IN in place of <> ALL (ARRAY[…]); the
 * same text when it has none of them. */
const char *translate_any(Arena *arena, const char *sql, size_t length, size_t *ret_length);

#endif
