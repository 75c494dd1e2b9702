/* The tables below a root and the lines of their drawing. */
#include "lifecycle/cascade.h"
#include "lifecycle/cascade_judge.h"

const char *key_action_name(char action)
{
    switch (action) {
    case 'c':
        return "CASCADE";
    case 'n':
        return "SET NULL";
    case 'd':
        return "SET DEFAULT";
    case 'r':
        return "RESTRICT";
    default:
        return "NO ACTION";
    }
}

bool key_does(const TableKey *key, RelationClass relation)
{
    switch (relation) {
    case RELATION_CASCADE:
        return key->declared && key->action == 'c';
    case RELATION_SET_NULL:
        return key->declared && key->action == 'n';
    case RELATION_RESTRICT:
        return key->declared && (key->action == 'a' || key->action == 'r');
    case RELATION_RETAIN:
        return !key->declared;
    default:
        return true;
    }
}

bool key_stops(const TableKey *key)
{
    if (!key->declared || !key->enforced)
        return true;
    if (key->relation)
        return key->relation != RELATION_CASCADE;
    return key->action == 'n' || key->action == 'd';
}

/* ---- tables, breadth first ---- */

static void reach(Cascade *cascade, size_t *places, const TableKey *key, size_t depth)
{
    KeyTable *table = key->from;
    if (places[table->index]) {
        cascade->tables.at[places[table->index] - 1].ways++;
        return;
    }
    *vec_add(cascade->graph->arena, &cascade->tables) = (CascadeTable){table, depth, key, 1};
    places[table->index] = cascade->tables.count;
    if (depth > cascade->depth)
        cascade->depth = depth;
}

/* `places`: of each table of the graph in cascade->tables, from 1; 0: it is not there. */
static void find_tables(Cascade *cascade, size_t *places)
{
    *vec_add(cascade->graph->arena, &cascade->tables) =
        (CascadeTable){(KeyTable *)(uintptr_t)cascade->root, 0, NULL, 0};
    places[cascade->root->index] = 1;
    for (size_t i = 0; i < cascade->tables.count; i++) {
        const CascadeTable from = cascade->tables.at[i];
        for (size_t k = 0; k < from.table->below.count; k++)
            if (!key_stops(from.table->below.at[k]))
                reach(cascade, places, from.table->below.at[k], from.depth + 1);
    }
}

/* ---- lines, depth first along the shortest ways ---- */

typedef struct Open {
    const KeyTable *table;
    size_t next, depth;
} Open;

static bool add_line(Cascade *cascade, const size_t *places, const TableKey *key, size_t depth)
{
    bool stops = key_stops(key);
    size_t place = places[key->from->index];
    bool again = !stops && cascade->tables.at[place - 1].via != key;
    *vec_add(cascade->graph->arena, &cascade->lines) = (CascadeLine){
        .key = key, .table = key->from, .depth = depth, .again = again, .stops = stops};
    return !stops && !again;
}

static void find_lines(Cascade *cascade, const size_t *places)
{
    Arena *arena = cascade->graph->arena;
    VEC(Open) path = {0};
    *vec_add(arena, &cascade->lines) = (CascadeLine){.table = cascade->root};
    *vec_add(arena, &path) = (Open){cascade->root, 0, 0};
    while (path.count) {
        Open *top = &path.at[path.count - 1];
        if (top->next == top->table->below.count) {
            path.count--;
            continue;
        }
        const TableKey *key = top->table->below.at[top->next++];
        size_t depth = top->depth + 1;
        if (add_line(cascade, places, key, depth))
            *vec_add(arena, &path) = (Open){key->from, 0, depth};
    }
}

static void find_later(Cascade *cascade)
{
    Arena *scratch = arena_new();
    bool *seen = arena_alloc_array(scratch, cascade->graph->tables.count + 1, sizeof *seen);
    for (size_t i = 0; i < cascade->lines.count; i++) {
        CascadeLine *line = &cascade->lines.at[i];
        if (line->again)
            line->later = !seen[line->table->index];
        else if (!line->stops)
            seen[line->table->index] = true;
    }
    arena_free(scratch);
}

Cascade *cascade_draw(KeyGraph *graph, const KeyTable *root, const Lifecycle *lifecycle)
{
    Cascade *cascade = arena_alloc(graph->arena, sizeof *cascade);
    size_t *places = arena_alloc_array(graph->arena, graph->tables.count + 1, sizeof *places);
    cascade->graph = graph;
    cascade->root = root;
    find_tables(cascade, places);
    find_lines(cascade, places);
    find_later(cascade);
    cascade_judge(cascade, places, lifecycle);
    return cascade;
}
