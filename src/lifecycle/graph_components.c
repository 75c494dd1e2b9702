/* Strongly connected tables: R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM
 * Journal on Computing 1 (1972), with a stack of its own: a chain of tables may be long. */
#include "lifecycle/graph.h"

typedef struct Visit {
    KeyTable *table;
    size_t next; /* of table->below, to be followed */
} Visit;

typedef struct Search {
    Visit *path; /* from the root of this search */
    size_t depth;
    KeyTable **open; /* visited, in no component yet */
    size_t open_count;
    size_t *number; /* by table: when it was found, from 1; 0: not yet */
    size_t *lowest; /* by table: the smallest number that is reached from it */
    bool *is_open;
    size_t count, components;
} Search;

static void enter(Search *search, KeyTable *table)
{
    size_t i = table->index;
    search->number[i] = search->lowest[i] = ++search->count;
    search->is_open[i] = true;
    search->open[search->open_count++] = table;
    search->path[search->depth++] = (Visit){table, 0};
}

/* All that was opened since `table`, itself too. */
static void close_component(Search *search, const KeyTable *table)
{
    size_t first = search->open_count;
    while (search->open[--first] != table)
        ;
    bool cyclic = search->open_count - first > 1;
    for (size_t i = first; i < search->open_count; i++) {
        search->open[i]->component = search->components;
        search->open[i]->cyclic = cyclic;
        search->is_open[search->open[i]->index] = false;
    }
    search->open_count = first;
    search->components++;
}

static void leave(Search *search)
{
    KeyTable *table = search->path[--search->depth].table;
    size_t lowest = search->lowest[table->index];
    if (lowest == search->number[table->index])
        close_component(search, table);
    if (!search->depth)
        return;
    size_t above = search->path[search->depth - 1].table->index;
    if (lowest < search->lowest[above])
        search->lowest[above] = lowest;
}

static void walk(Search *search, KeyTable *root)
{
    enter(search, root);
    while (search->depth) {
        Visit *visit = &search->path[search->depth - 1];
        if (visit->next == visit->table->below.count) {
            leave(search);
            continue;
        }
        const TableKey *key = visit->table->below.at[visit->next++];
        KeyTable *below = key->from;
        if (!key->declared)
            continue;
        size_t from = visit->table->index, to = below->index;
        if (!search->number[to])
            enter(search, below);
        else if (search->is_open[to] && search->number[to] < search->lowest[from])
            search->lowest[from] = search->number[to];
    }
}

void key_graph_components(KeyGraph *graph)
{
    size_t count = graph->tables.count;
    Arena *arena = arena_new();
    Search search = {
        .path = arena_alloc_array(arena, count + 1, sizeof(Visit)),
        .open = arena_alloc_array(arena, count + 1, sizeof(KeyTable *)),
        .number = arena_alloc_array(arena, count + 1, sizeof(size_t)),
        .lowest = arena_alloc_array(arena, count + 1, sizeof(size_t)),
        .is_open = arena_alloc_array(arena, count + 1, sizeof(bool)),
    };
    for (size_t i = 0; i < count; i++)
        if (!search.number[i])
            walk(&search, graph->tables.at[i]);
    for (size_t i = 0; i < graph->keys.count; i++)
        if (graph->keys.at[i]->declared && graph->keys.at[i]->from == graph->keys.at[i]->to)
            graph->keys.at[i]->from->cyclic = true;
    arena_free(arena);
}
