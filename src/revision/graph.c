/* Builds the graph: every step is linear in revisions and parents, but for the sort by id. */
#include "revision/graph_parts.h"

static int compare_ids(const void *a, const void *b)
{
    return strcmp((*(Revision *const *)a)->id, (*(Revision *const *)b)->id);
}

/* A folder is mostly read in this order already. */
static void sort_by_id(RevisionList *list)
{
    for (size_t i = 1; i < list->count; i++)
        if (compare_ids(&list->at[i - 1], &list->at[i]) > 0) {
            qsort(list->at, list->count, sizeof *list->at, compare_ids);
            return;
        }
}

static void set_revision(Error *error, const Revision *revision)
{
    snprintf(error->revision, sizeof error->revision, "%s", revision->id);
}

static Code index_ids(Graph *graph, Error *error)
{
    for (size_t i = 0; i < graph->by_id.count; i++) {
        Revision *revision = graph->by_id.at[i];
        const Revision *other = map_set(graph->ids, revision->id, revision);
        if (!other)
            continue;
        error_at(error, RUNG_REVISION, revision->path, 0,
                 "two files have the revision id %s: %s and %s", revision->id, other->path,
                 revision->path);
        set_revision(error, revision);
        return error_hint(error, "give one of them another id, in its name and in its first line");
    }
    return RUNG_OK;
}

static Code unknown_parent(const Graph *graph, const Revision *revision, const char *id,
                           Error *error)
{
    Near near;
    near_start(&near, id, strlen(id));
    for (size_t i = 0; i < graph->by_id.count; i++)
        if (graph->by_id.at[i] != revision)
            near_offer(&near, graph->by_id.at[i]->id);
    error_at(error, RUNG_REVISION, revision->path, revision->parents_line,
             "revision %s names the parent %s, which no file has", revision->id, id);
    set_revision(error, revision);
    if (!near.count)
        return error_hint(error, "add the file of %s, or name another parent", id);
    Text names = TEXT_EMPTY;
    names_print(&names, near.names, near.count, "or");
    error_hint(error, "did you mean %s?", text_string(&names));
    text_done(&names);
    return RUNG_REVISION;
}

static Code link_parents(const Graph *graph, Arena *arena, Revision *revision, Error *error)
{
    size_t count = revision->parent_ids.count;
    revision->parents.count = revision->parents.room = count;
    revision->parents.at = count ? arena_alloc_array(arena, count, sizeof(Revision *)) : NULL;
    for (size_t i = 0; i < count; i++) {
        const char *id = revision->parent_ids.at[i];
        Revision *parent = map_get(graph->ids, id);
        if (!parent)
            return unknown_parent(graph, revision, id, error);
        if (parent == revision) {
            error_at(error, RUNG_REVISION, revision->path, revision->parents_line,
                     "revision %s names itself as its parent", id);
            set_revision(error, revision);
            return error_hint(error, "name the revision that it follows, or none");
        }
        revision->parents.at[i] = parent;
        parent->children.room++;
    }
    return RUNG_OK;
}

/* Children stand in the order of their ids. */
static void link_children(const Graph *graph, Arena *arena)
{
    for (size_t i = 0; i < graph->by_id.count; i++) {
        Revision *revision = graph->by_id.at[i];
        if (revision->children.room)
            revision->children.at =
                arena_alloc_array(arena, revision->children.room, sizeof(Revision *));
    }
    for (size_t i = 0; i < graph->by_id.count; i++) {
        Revision *revision = graph->by_id.at[i];
        for (size_t p = 0; p < revision->parents.count; p++) {
            Revision *parent = revision->parents.at[p];
            parent->children.at[parent->children.count++] = revision;
        }
    }
}

static Code link_revisions(const Graph *graph, Arena *arena, Error *error)
{
    for (size_t i = 0; i < graph->by_id.count; i++) {
        Revision *revision = graph->by_id.at[i];
        revision->order = i;
        revision->children.at = NULL;
        revision->children.count = revision->children.room = 0;
    }
    for (size_t i = 0; i < graph->by_id.count; i++) {
        Code code = link_parents(graph, arena, graph->by_id.at[i], error);
        if (code)
            return code;
    }
    link_children(graph, arena);
    return RUNG_OK;
}

/* A binary heap of places in `by_id`, the smallest first. */
typedef struct Heap {
    size_t *at;
    size_t count;
} Heap;

static void heap_push(Heap *heap, size_t place)
{
    size_t i = heap->count++;
    for (; i && heap->at[(i - 1) / 2] > place; i = (i - 1) / 2)
        heap->at[i] = heap->at[(i - 1) / 2];
    heap->at[i] = place;
}

static size_t heap_pop(Heap *heap)
{
    size_t top = heap->at[0], last = heap->at[--heap->count], i = 0;
    for (size_t child = 1; child < heap->count; child = 2 * i + 1) {
        if (child + 1 < heap->count && heap->at[child + 1] < heap->at[child])
            child++;
        if (last <= heap->at[child])
            break;
        heap->at[i] = heap->at[child];
        i = child;
    }
    heap->at[i] = last;
    return top;
}

static Revision *first_stuck_parent(const Revision *revision, const size_t *waiting)
{
    for (size_t i = 0; i < revision->parents.count; i++)
        if (waiting[revision->parents.at[i]->order])
            return revision->parents.at[i];
    return NULL;
}

/* Whoever still waits has a parent that waits: following these leads into a cycle, which is then
 * told from its smallest id on. `visited` is zeroed. */
static Revision *find_cycle(const Graph *graph, const size_t *waiting, bool *visited)
{
    size_t i = 0;
    while (!waiting[i])
        i++;
    Revision *at = graph->by_id.at[i];
    for (; !visited[at->order]; at = first_stuck_parent(at, waiting))
        visited[at->order] = true;
    Revision *smallest = at;
    for (Revision *next = first_stuck_parent(at, waiting); next != at;
         next = first_stuck_parent(next, waiting))
        smallest = next->order < smallest->order ? next : smallest;
    return smallest;
}

static Code fail_cycle(const Graph *graph, Arena *arena, const size_t *waiting, Error *error)
{
    Text cycle = TEXT_EMPTY;
    bool *visited = arena_alloc_array(arena, graph->by_id.count, sizeof(bool));
    const Revision *start = find_cycle(graph, waiting, visited), *at = start;
    do {
        text_print(&cycle, "%s -> ", at->id);
        at = first_stuck_parent(at, waiting);
    } while (at != start);
    text_put(&cycle, start->id);
    error_at(error, RUNG_REVISION, start->path, start->parents_line,
             "the revisions form a cycle, each naming the next as its parent: %s",
             text_string(&cycle));
    set_revision(error, start);
    text_done(&cycle);
    return error_hint(error, "one of them must name another parent, or none");
}

/* Kahn's algorithm; of those that are ready, the smallest id goes first. */
static Code order_revisions(Graph *graph, Arena *arena, Error *error)
{
    size_t count = graph->by_id.count;
    size_t *waiting = arena_alloc_array(arena, count, sizeof *waiting);
    Heap ready = {.at = arena_alloc_array(arena, count, sizeof *ready.at)};
    graph->order.at = arena_alloc_array(arena, count, sizeof(Revision *));
    graph->order.room = count;
    for (size_t i = 0; i < count; i++) {
        waiting[i] = graph->by_id.at[i]->parents.count;
        if (!waiting[i])
            heap_push(&ready, i);
    }
    while (ready.count) {
        Revision *revision = graph->by_id.at[heap_pop(&ready)];
        graph->order.at[graph->order.count++] = revision;
        for (size_t i = 0; i < revision->children.count; i++) {
            size_t child = revision->children.at[i]->order;
            if (--waiting[child] == 0)
                heap_push(&ready, child);
        }
    }
    if (graph->order.count < count)
        return fail_cycle(graph, arena, waiting, error);
    for (size_t i = 0; i < count; i++)
        graph->order.at[i]->order = i;
    return RUNG_OK;
}

static int compare_chains(const void *a, const void *b)
{
    return strcmp((*(Revision *const *)a)->chain, (*(Revision *const *)b)->chain);
}

/* The order in which a file names its parents does not count. */
static void set_chain(Arena *arena, Revision *revision)
{
    size_t count = revision->parents.count;
    Revision **sorted = revision->parents.at;
    if (count > 1) {
        sorted = arena_alloc_array(arena, count, sizeof *sorted);
        memcpy(sorted, revision->parents.at, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, compare_chains);
    }
    Hash hash;
    hash_start(&hash);
    hash_add(&hash, revision->hash, strlen(revision->hash));
    for (size_t i = 0; i < count; i++) {
        hash_add(&hash, "\n", 1);
        hash_add(&hash, sorted[i]->chain, HASH_HEX_SIZE - 1);
    }
    hash_finish(&hash, revision->chain);
}

Code graph_build(Arena *arena, Revision *const *revisions, size_t count, Graph **ret_graph,
                 Error *error)
{
    Graph *graph = arena_alloc(arena, sizeof *graph);
    graph->ids = map_new(arena);
    graph->by_id.at = arena_alloc_array(arena, count, sizeof(Revision *));
    graph->by_id.count = graph->by_id.room = count;
    if (count)
        memcpy(graph->by_id.at, revisions, count * sizeof(Revision *));
    sort_by_id(&graph->by_id);
    Code code = index_ids(graph, error);
    if (!code)
        code = link_revisions(graph, arena, error);
    if (!code)
        code = order_revisions(graph, arena, error);
    if (code)
        return code;
    for (size_t i = 0; i < count; i++)
        set_chain(arena, graph->order.at[i]);
    *ret_graph = graph;
    return RUNG_OK;
}

const RevisionList *graph_revisions(const Graph *graph)
{
    return &graph->order;
}

void graph_heads(const Graph *graph, Arena *arena, RevisionList *ret_heads)
{
    RevisionList heads = {0};
    for (size_t i = 0; i < graph->order.count; i++)
        if (!graph->order.at[i]->children.count)
            *vec_add(arena, &heads) = graph->order.at[i];
    *ret_heads = heads;
}

Revision *graph_find(const Graph *graph, const char *id)
{
    return map_get(graph->ids, id);
}

void graph_forks(const Graph *graph, Arena *arena, RevisionList *ret_forks)
{
    RevisionList forks = {0};
    for (size_t i = 0; i < graph->order.count; i++) {
        Revision *revision = graph->order.at[i];
        if (revision->children.count > 1 || revision->parents.count > 1)
            *vec_add(arena, &forks) = revision;
    }
    *ret_forks = forks;
}
