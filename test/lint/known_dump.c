/* Prints what replayed SQL is known to have made. usage: known_dump FILE…
 *
 * For each file: its name, then a line for each fact, and a point. "relation KIND NAME",
 * "column RELATION.NAME TYPE null|not null default|-", "constraint RELATION.NAME TYPE", "index NAME
 * RELATION", "unread COUNT". A type that is not known is `?`. */
#include <stdio.h>
#include <stdlib.h>

#include "lint/known.h"

static void print_type(const TypeUse *type)
{
    printf(" %s%s", type->name ? type->name : "?", type->array ? "[]" : "");
}

static void print_relation(const KnownRelation *relation)
{
    static const char *const kinds[] = {"table",    "view",    "matview",
                                        "sequence", "foreign", "composite"};
    const char *schema = relation->schema, *name = relation->name;
    printf("relation %s %s.%s%s\n", kinds[relation->type], schema, name,
           relation->complete ? "" : " incomplete");
    for (size_t i = 0; i < relation->columns.count; i++) {
        const KnownColumn *column = relation->columns.at[i];
        printf("column %s.%s.%s", schema, name, column->name);
        print_type(&column->type);
        printf(" %s %s\n", column->not_null ? "not null" : "null",
               column->has_default || column->generated ? "default" : "-");
    }
    for (size_t i = 0; i < relation->constraints.count; i++)
        printf("constraint %s.%s.%s %c\n", schema, name, relation->constraints.at[i]->name,
               "cpuxf"[relation->constraints.at[i]->type]);
    for (size_t i = 0; i < relation->indexes.count; i++)
        printf("index %s.%s %s\n", schema, relation->indexes.at[i]->name, name);
}

static int dump(const char *path)
{
    static char bytes[1 << 22];
    FILE *file = fopen(path, "r");
    if (!file)
        return 1;
    size_t length = fread(bytes, 1, sizeof bytes, file), unread = 0;
    fclose(file);
    Arena *arena = arena_new();
    Known *known = known_new(arena);
    Error error = {0};
    printf("%s\n", path);
    if (known_replay_sql(known, bytes, length, &unread, &error) != RUNG_OK)
        printf("error %s\n", error.message);
    const KnownRelationList *relations = known_relations(known);
    for (size_t i = 0; i < relations->count; i++)
        print_relation(relations->at[i]);
    printf("unread %zu\n.\n", unread);
    arena_free(arena);
    return 0;
}

int main(int count, char **arguments)
{
    int status = 0;
    for (int i = 1; i < count; i++)
        status |= dump(arguments[i]);
    return status;
}
