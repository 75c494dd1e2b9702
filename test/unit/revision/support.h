/* What the tests of this room share: an arena for each test, revisions from short texts. */
#ifndef TEST_REVISION_SUPPORT_H
#define TEST_REVISION_SUPPORT_H

#include "revision/graph.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static Arena *arena;
static Error error;

static inline int start(void **state)
{
    arena = arena_new();
    error = (Error){0};
    return 0;
}

static inline int stop(void **state)
{
    arena_free(arena);
    return 0;
}

static inline void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* A revision of which only the graph's part counts; `parents` are ids apart by blanks. */
static inline Revision *make_revision(const char *id, const char *parents)
{
    const char *text = arena_print(
        arena, "-- rung:revision %s\n-- rung:parents %s\n-- rung:up\nx;\n", id, parents);
    Revision *revision = NULL;
    if (revision_read(arena, arena_print(arena, "migrations/%s.sql", id), text, strlen(text),
                      &revision, &error))
        fail_msg("%s", error.message);
    return revision;
}

/* A graph from rows "id parent parent", or the code that came of it. */
static inline Code try_graph(const char *const *rows, size_t count, Graph **ret_graph)
{
    Revision **revisions = arena_alloc_array(arena, count, sizeof *revisions);
    for (size_t i = 0; i < count; i++) {
        const char *blank = strchr(rows[i], ' ');
        size_t length = blank ? (size_t)(blank - rows[i]) : strlen(rows[i]);
        revisions[i] = make_revision(arena_copy(arena, rows[i], length), blank ? blank : "");
    }
    return graph_build(arena, revisions, count, ret_graph, &error);
}

#define GRAPH(...)                                                                                 \
    make_graph((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static inline Graph *make_graph(const char *const *rows, size_t count)
{
    Graph *graph = NULL;
    if (try_graph(rows, count, &graph))
        fail_msg("%s", error.message);
    return graph;
}

/* The ids of a list, apart by blanks. */
static inline const char *ids_of(const RevisionList *list)
{
    const char *ids = "";
    for (size_t i = 0; i < list->count; i++)
        ids = arena_print(arena, "%s%s%s", ids, i ? " " : "", list->at[i]->id);
    return ids;
}

#endif
