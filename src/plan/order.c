/* An order of the actions that keeps all edges: cycles are found and opened first. */
#include "plan/planner.h"

/* The edges by what they begin with. */
typedef struct Web {
    Planner *planner;
    bool strong;     /* weak edges are left out */
    size_t count;    /* actions */
    size_t *first;   /* of each action's edges in `next` */
    uint32_t *next;  /* indexes of actions */
    uint32_t *part;  /* the strongly connected part of each action */
    uint32_t *parts; /* members of each part */
    size_t cyclic;   /* parts that are cycles */
} Web;

static size_t top_index(const Action *action)
{
    return action_top((Action *)(uintptr_t)action)->index;
}

static bool counts(const Web *web, const Edge *edge)
{
    return !(web->strong && edge->weak) && top_index(edge->before) != top_index(edge->after);
}

static void web_build(Web *web)
{
    Planner *planner = web->planner;
    Arena *arena = planner->arena;
    web->count = planner->actions.count;
    web->first = arena_alloc_array(arena, web->count + 2, sizeof *web->first);
    web->next = arena_alloc_array(arena, planner->edges.count + 1, sizeof *web->next);
    for (size_t i = 0; i < planner->edges.count; i++) {
        const Edge *edge = &planner->edges.at[i];
        if (counts(web, edge))
            web->first[top_index(edge->before) + 2]++;
    }
    for (size_t i = 2; i < web->count + 2; i++)
        web->first[i] += web->first[i - 1];
    for (size_t i = 0; i < planner->edges.count; i++) {
        const Edge *edge = &planner->edges.at[i];
        if (counts(web, edge))
            web->next[web->first[top_index(edge->before) + 1]++] = (uint32_t)top_index(edge->after);
    }
}

/* ---- parts that are cycles: Tarjan's algorithm, without recursion ---- */

typedef struct Tarjan {
    uint32_t *number, *low, *stack, *path;
    size_t *edge;
    bool *waiting;
    size_t stacked, depth;
    uint32_t counter;
} Tarjan;

static void tarjan_enter(Tarjan *tarjan, const Web *web, uint32_t node)
{
    tarjan->number[node] = tarjan->low[node] = ++tarjan->counter;
    tarjan->stack[tarjan->stacked++] = node;
    tarjan->waiting[node] = true;
    tarjan->edge[node] = web->first[node];
    tarjan->path[tarjan->depth++] = node;
}

static void tarjan_leave(Tarjan *tarjan, Web *web, uint32_t node)
{
    uint32_t member, size = 0;
    tarjan->depth--;
    if (tarjan->depth) {
        uint32_t below = tarjan->path[tarjan->depth - 1];
        if (tarjan->low[node] < tarjan->low[below])
            tarjan->low[below] = tarjan->low[node];
    }
    if (tarjan->low[node] != tarjan->number[node])
        return;
    do {
        member = tarjan->stack[--tarjan->stacked];
        tarjan->waiting[member] = false;
        web->part[member] = node;
        size++;
    } while (member != node);
    web->parts[node] = size;
    web->cyclic += size > 1;
}

static void tarjan_visit(Tarjan *tarjan, Web *web, uint32_t root)
{
    tarjan_enter(tarjan, web, root);
    while (tarjan->depth) {
        uint32_t node = tarjan->path[tarjan->depth - 1];
        if (tarjan->edge[node] == web->first[node + 1]) {
            tarjan_leave(tarjan, web, node);
            continue;
        }
        uint32_t next = web->next[tarjan->edge[node]++];
        if (!tarjan->number[next])
            tarjan_enter(tarjan, web, next);
        else if (tarjan->waiting[next] && tarjan->number[next] < tarjan->low[node])
            tarjan->low[node] = tarjan->number[next];
    }
}

static void web_parts(Web *web)
{
    Arena *arena = web->planner->arena;
    size_t count = web->count + 1;
    Tarjan tarjan = {.number = arena_alloc_array(arena, count, sizeof(uint32_t)),
                     .low = arena_alloc_array(arena, count, sizeof(uint32_t)),
                     .stack = arena_alloc_array(arena, count, sizeof(uint32_t)),
                     .path = arena_alloc_array(arena, count, sizeof(uint32_t)),
                     .edge = arena_alloc_array(arena, count, sizeof(size_t)),
                     .waiting = arena_alloc_array(arena, count, sizeof(bool))};
    web->part = arena_alloc_array(arena, count, sizeof *web->part);
    web->parts = arena_alloc_array(arena, count, sizeof *web->parts);
    for (size_t i = 0; i < web->count; i++)
        if (!tarjan.number[i])
            tarjan_visit(&tarjan, web, (uint32_t)i);
}

/* ---- opening cycles ---- */

static bool within(const Web *web, size_t before, size_t after)
{
    return before != after && web->part[before] == web->part[after];
}

/* What was made part of another statement and takes part in a cycle is written by itself. */
static bool split(Web *web)
{
    Planner *planner = web->planner;
    bool any = false;
    for (size_t i = 0; i < planner->edges.count; i++) {
        const Edge *edge = &planner->edges.at[i];
        if (edge->weak || !within(web, top_index(edge->before), top_index(edge->after)))
            continue;
        for (Action *end = edge->before; end; end = end == edge->before ? edge->after : NULL)
            if (end->into && !end->firm) {
                end->into = NULL;
                any = true;
            }
    }
    return any;
}

static bool drop_weak(Web *web)
{
    Planner *planner = web->planner;
    size_t kept = 0, count = planner->edges.count;
    for (size_t i = 0; i < count; i++) {
        Edge edge = planner->edges.at[i];
        if (!(edge.weak && within(web, top_index(edge.before), top_index(edge.after))))
            planner->edges.at[kept++] = edge;
    }
    planner->edges.count = kept;
    return kept < count;
}

static Code refuse_cycle(Web *web)
{
    Planner *planner = web->planner;
    Text names = TEXT_EMPTY;
    size_t count = 0;
    for (size_t i = 0; i < web->count; i++)
        if (web->parts[web->part[i]] > 1 && count++ < 12)
            text_print(&names, "%s%d %s", count > 1 ? ", " : "", planner->actions.at[i]->type,
                       pair_object(planner->actions.at[i]->pair)->key);
    error_set(planner->error, RUNG_FAILED, "%zu objects need each other in a circle", count);
    error_detail(planner->error, "%s", text_string(&names));
    text_done(&names);
    return RUNG_FAILED;
}

/* ---- the order ---- */

static const Object *group_of(const Action *action)
{
    const Object *object = pair_object(action->pair);
    while (object->parent)
        object = object->parent;
    return object;
}

/* What may run at the same time is ordered so that it can be read: by table, and then by kind. */
static int compare(const Action *a, const Action *b)
{
    const Object *left = group_of(a), *right = group_of(b);
    int down = a->rank == 0 ? -1 : 1, order;
    if (a->rank != b->rank)
        return a->rank - b->rank;
    if (left->kind != right->kind)
        return down * ((int)left->kind - (int)right->kind);
    if ((order = strcmp(left->key, right->key)))
        return order;
    left = pair_object(a->pair);
    right = pair_object(b->pair);
    if (left->kind != right->kind)
        return down * ((int)left->kind - (int)right->kind);
    order = strcmp(left->key, right->key);
    return order ? order : (int)a->type - (int)b->type;
}

static void heap_add(Action **heap, size_t *count, Action *action)
{
    size_t at = (*count)++;
    for (; at && compare(action, heap[(at - 1) / 2]) < 0; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = action;
}

static Action *heap_take(Action **heap, size_t *count)
{
    Action *first = heap[0], *last = heap[--*count];
    size_t at = 0, child;
    while ((child = at * 2 + 1) < *count) {
        if (child + 1 < *count && compare(heap[child + 1], heap[child]) < 0)
            child++;
        if (compare(last, heap[child]) <= 0)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

static void take_in_order(Web *web)
{
    Planner *planner = web->planner;
    uint32_t *waits = arena_alloc_array(planner->arena, web->count + 1, sizeof *waits);
    Action **heap = arena_alloc_array(planner->arena, web->count + 1, sizeof(Action *));
    size_t count = 0;
    for (size_t i = 0; i < web->first[web->count]; i++)
        waits[web->next[i]]++;
    for (size_t i = 0; i < web->count; i++)
        if (!planner->actions.at[i]->into && !waits[i])
            heap_add(heap, &count, planner->actions.at[i]);
    while (count) {
        Action *action = heap_take(heap, &count);
        *vec_add(planner->arena, &planner->order) = action;
        for (size_t i = web->first[action->index]; i < web->first[action->index + 1]; i++)
            if (--waits[web->next[i]] == 0)
                heap_add(heap, &count, planner->actions.at[web->next[i]]);
    }
}

static Web web_of(Planner *planner, bool strong)
{
    Web web = {.planner = planner, .strong = strong};
    web_build(&web);
    web_parts(&web);
    return web;
}

/* What is altered so that it leaves one object for another can be dropped first and made anew. */
static bool step_aside(Web *web)
{
    Planner *planner = web->planner;
    bool any = false;
    for (size_t i = 0; i < web->count; i++) {
        const Action *action = planner->actions.at[i];
        if (web->parts[web->part[i]] > 1 && action->type == ACTION_ALTER)
            any |= decide_replace(planner, action->pair);
    }
    return any;
}

Code actions_order(Planner *planner, bool *ret_again)
{
    *ret_again = false;
    Web web = web_of(planner, true);
    for (; web.cyclic; web = web_of(planner, true))
        if (!split(&web)) {
            *ret_again = step_aside(&web);
            return *ret_again ? RUNG_OK : refuse_cycle(&web);
        }
    web = web_of(planner, false);
    if (web.cyclic && drop_weak(&web))
        web = web_of(planner, false);
    take_in_order(&web);
    return RUNG_OK;
}
