/* Walks over the parse trees of sql/parse.h, whatever they are made of. */
#ifndef LINT_KNOWN_TREE_H
#define LINT_KNOWN_TREE_H

#include "base/vec.h"
#include "sql/parse.h"

/* Called for each message, parents first; false: what is below it is left out. */
typedef bool TreeVisit(const ProtobufCMessage *message, void *context);
void tree_walk(const ProtobufCMessage *message, TreeVisit *visit, void *context);

/* "RangeVar", "FuncCall" */
bool tree_is(const ProtobufCMessage *message, const char *name);

/* The texts of a list of strings, as names are: the last one, and the one before it (NULL if there
 * is none). */
typedef struct TreeName {
    const char *schema, *name;
} TreeName;
TreeName tree_name(PgQuery__Node *const *names, size_t count);
TreeName tree_range(const PgQuery__RangeVar *range);

/* NULL where it is empty. */
const char *tree_text(const char *text);

/* The same, word by word, and where in the text they stand apart. */
bool tree_same(const ProtobufCMessage *a, const ProtobufCMessage *b);

/* The relations below a tree, without the names that its WITH clauses define. */
typedef VEC(const PgQuery__RangeVar *) RangeList;
void tree_ranges(Arena *arena, const ProtobufCMessage *message, RangeList *ret_ranges);

/* The columns named below it, without their tables: `a.b` gives b. */
typedef VEC(const char *) NameList;
void tree_columns(Arena *arena, const ProtobufCMessage *message, NameList *ret_names);

/* The texts of its string constants. */
void tree_constants(Arena *arena, const ProtobufCMessage *message, NameList *ret_texts);

/* The names of the functions called below it. */
typedef VEC(TreeName) TreeNameList;
void tree_functions(Arena *arena, const ProtobufCMessage *message, TreeNameList *ret_names);

#endif
