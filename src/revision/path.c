/* Sets of revisions and the ways between them. Revisions stand with parents first, so one walk
 * along the order, forwards or backwards, spreads a mark to all descendants or ancestors. */
#include "revision/graph_parts.h"

static bool *marks_new(const Graph *graph, Arena *arena)
{
    return arena_alloc_array(arena, graph->order.count, sizeof(bool));
}

static void mark_ancestors(const Graph *graph, bool *marks)
{
    for (size_t i = graph->order.count; i-- > 0;) {
        const Revision *revision = graph->order.at[i];
        for (size_t p = 0; marks[i] && p < revision->parents.count; p++)
            marks[revision->parents.at[p]->order] = true;
    }
}

static void mark_descendants(const Graph *graph, bool *marks)
{
    for (size_t i = 0; i < graph->order.count; i++) {
        const Revision *revision = graph->order.at[i];
        for (size_t c = 0; marks[i] && c < revision->children.count; c++)
            marks[revision->children.at[c]->order] = true;
    }
}

static Code fail_unknown_head(const Graph *graph, const char *id, Error *error)
{
    Near near;
    near_start(&near, id, strlen(id));
    for (size_t i = 0; i < graph->by_id.count; i++)
        near_offer(&near, graph->by_id.at[i]->id);
    error_set(error, RUNG_MISMATCH, "the database is at revision %s, which no file has", id);
    snprintf(error->revision, sizeof error->revision, "%s", id);
    if (near.count)
        return error_hint(error,
                          "get the files that were deployed there (%s is near, but not the "
                          "same)",
                          near.names[0]);
    return error_hint(error, "get the files that were deployed there, perhaps from another branch");
}

Code graph_applied(const Graph *graph, Arena *arena, const char *const *heads, size_t count,
                   RevisionSet *ret_set, Error *error)
{
    RevisionSet set = {.has = marks_new(graph, arena)};
    for (size_t i = 0; i < count; i++) {
        const Revision *head = graph_find(graph, heads[i]);
        if (!head)
            return fail_unknown_head(graph, heads[i], error);
        set.has[head->order] = true;
    }
    mark_ancestors(graph, set.has);
    for (size_t i = 0; i < graph->order.count; i++)
        set.count += set.has[i];
    *ret_set = set;
    return RUNG_OK;
}

void graph_set_heads(const Graph *graph, Arena *arena, const RevisionSet *set,
                     RevisionList *ret_heads)
{
    RevisionList heads = {0};
    for (size_t i = 0; i < graph->order.count; i++) {
        Revision *revision = graph->order.at[i];
        bool is_head = set->has[i];
        for (size_t c = 0; is_head && c < revision->children.count; c++)
            is_head = !set->has[revision->children.at[c]->order];
        if (is_head)
            *vec_add(arena, &heads) = revision;
    }
    *ret_heads = heads;
}

/* Upgrade */

/* What is not applied, in order; of that, when `marks` is given, what it marks. */
static RevisionList pending(const Graph *graph, Arena *arena, const RevisionSet *applied,
                            const bool *marks)
{
    RevisionList list = {0};
    for (size_t i = 0; i < graph->order.count; i++)
        if (!applied->has[i] && (!marks || marks[i]))
            *vec_add(arena, &list) = graph->order.at[i];
    return list;
}

static Code fail_forked(const Graph *graph, Arena *arena, const RevisionSet *applied, size_t steps,
                        Error *error)
{
    RevisionList heads, open = {0};
    graph_heads(graph, arena, &heads);
    for (size_t i = 0; i < heads.count; i++)
        if (!applied->has[heads.at[i]->order])
            *vec_add(arena, &open) = heads.at[i];
    Text names = TEXT_EMPTY;
    revisions_print(&names, open.at, open.count, "or");
    error_set(error, RUNG_REVISION, "+%zu could lead to any of %zu heads: %s", steps, open.count,
              text_string(&names));
    text_done(&names);
    return error_hint(error, "`rung merge` joins them, `rung upgrade heads` goes to all of them, "
                             "and an id goes to one");
}

static bool several_heads_open(const Graph *graph, const RevisionSet *applied)
{
    size_t open = 0;
    for (size_t i = 0; i < graph->order.count; i++)
        open += !applied->has[i] && !graph->order.at[i]->children.count;
    return open > 1;
}

/* True if at each of the first `steps` of `list` only one revision was ready to run. */
static bool is_forced(const Graph *graph, Arena *arena, const RevisionSet *applied,
                      const RevisionList *list, size_t steps)
{
    size_t *waiting = arena_alloc_array(arena, graph->order.count, sizeof *waiting), ready = 0;
    for (size_t i = 0; i < list->count; i++) {
        const Revision *revision = list->at[i];
        for (size_t p = 0; p < revision->parents.count; p++)
            waiting[revision->order] += !applied->has[revision->parents.at[p]->order];
        ready += !waiting[revision->order];
    }
    for (size_t i = 0; i < steps; i++) {
        const Revision *revision = list->at[i];
        if (ready != 1)
            return false;
        ready--;
        for (size_t c = 0; c < revision->children.count; c++)
            ready += --waiting[revision->children.at[c]->order] == 0;
    }
    return true;
}

static Code next_pending(const Graph *graph, Arena *arena, const RevisionSet *applied, size_t steps,
                         RevisionList *ret_path, Error *error)
{
    RevisionList list = pending(graph, arena, applied, NULL);
    if (several_heads_open(graph, applied) &&
        !is_forced(graph, arena, applied, &list, steps < list.count ? steps : list.count))
        return fail_forked(graph, arena, applied, steps, error);
    if (steps > list.count) {
        error_set(error, RUNG_REVISION, "+%zu goes too far: %zu %s pending", steps, list.count,
                  list.count == 1 ? "revision is" : "revisions are");
        return error_hint(error, "`head` goes as far as there is");
    }
    list.count = steps;
    *ret_path = list;
    return RUNG_OK;
}

Code graph_upgrade_path(const Graph *graph, Arena *arena, const RevisionSet *applied,
                        const char *target, RevisionList *ret_path, Error *error)
{
    Relative relative;
    Revision *revision;
    if (strcmp(target, "heads") == 0 || (strcmp(target, "head") == 0 && !graph->order.count)) {
        *ret_path = pending(graph, arena, applied, NULL);
        return RUNG_OK;
    }
    bool counts = relative_read(target, &relative) && !relative.base_length;
    if (counts && relative.up)
        return next_pending(graph, arena, applied, relative.steps, ret_path, error);
    if (counts) {
        error_set(error, RUNG_REVISION, "an upgrade does not go back by %zu", relative.steps);
        return error_hint(error, "`rung downgrade %s` does", target);
    }
    Code code = graph_resolve(graph, target, &revision, error);
    if (code)
        return code;
    bool *marks = marks_new(graph, arena);
    marks[revision->order] = true;
    mark_ancestors(graph, marks);
    *ret_path = pending(graph, arena, applied, marks);
    return RUNG_OK;
}

/* Downgrade */

/* What is applied and marked (everything, if `marks` is NULL), children before parents. */
static RevisionList undone(const Graph *graph, Arena *arena, const RevisionSet *applied,
                           const bool *marks)
{
    RevisionList list = {0};
    for (size_t i = graph->order.count; i-- > 0;)
        if (applied->has[i] && (!marks || marks[i]))
            *vec_add(arena, &list) = graph->order.at[i];
    return list;
}

static Code fail_several_current(const RevisionList *heads, size_t steps, Error *error)
{
    Text names = TEXT_EMPTY;
    revisions_print(&names, heads->at, heads->count, "or");
    error_set(error, RUNG_REVISION, "-%zu could undo any of %zu current heads: %s", steps,
              heads->count, text_string(&names));
    text_done(&names);
    return error_hint(error, "name the revision that is to stay as the last one, or `base`");
}

/* Takes the only head away, `steps` times; behind a merge there are several. */
static Code last_applied(const Graph *graph, Arena *arena, const RevisionSet *applied, size_t steps,
                         RevisionList *ret_path, Error *error)
{
    RevisionList heads, list = {0};
    if (steps > applied->count) {
        error_set(error, RUNG_REVISION, "-%zu goes too far: %zu %s applied", steps, applied->count,
                  applied->count == 1 ? "revision is" : "revisions are");
        return error_hint(error, "`base` undoes everything");
    }
    size_t *above = arena_alloc_array(arena, graph->order.count, sizeof *above);
    for (size_t i = 0; i < graph->order.count; i++) {
        const Revision *revision = graph->order.at[i];
        for (size_t c = 0; c < revision->children.count; c++)
            above[i] += applied->has[revision->children.at[c]->order];
    }
    graph_set_heads(graph, arena, applied, &heads);
    while (list.count < steps) {
        if (heads.count > 1)
            return fail_several_current(&heads, steps, error);
        Revision *head = heads.at[--heads.count];
        *vec_add(arena, &list) = head;
        for (size_t p = 0; p < head->parents.count; p++)
            if (--above[head->parents.at[p]->order] == 0)
                *vec_add(arena, &heads) = head->parents.at[p];
    }
    *ret_path = list;
    return RUNG_OK;
}

static Code undo_above(const Graph *graph, Arena *arena, const RevisionSet *applied,
                       const Revision *revision, RevisionList *ret_path, Error *error)
{
    if (!applied->has[revision->order]) {
        error_set(error, RUNG_REVISION, "revision %s is not applied, so there is no way back to it",
                  revision->id);
        snprintf(error->revision, sizeof error->revision, "%s", revision->id);
        return error_hint(error, "`rung history` shows what is applied");
    }
    bool *marks = marks_new(graph, arena);
    marks[revision->order] = true;
    mark_descendants(graph, marks);
    marks[revision->order] = false;
    *ret_path = undone(graph, arena, applied, marks);
    return RUNG_OK;
}

Code graph_downgrade_path(const Graph *graph, Arena *arena, const RevisionSet *applied,
                          const char *target, RevisionList *ret_path, Error *error)
{
    Relative relative;
    Revision *revision;
    if (strcmp(target, "base") == 0) {
        *ret_path = undone(graph, arena, applied, NULL);
        return RUNG_OK;
    }
    bool counts = relative_read(target, &relative) && !relative.base_length;
    if (counts && !relative.up)
        return last_applied(graph, arena, applied, relative.steps, ret_path, error);
    if (counts) {
        error_set(error, RUNG_REVISION, "a downgrade does not go forward by %zu", relative.steps);
        return error_hint(error, "`rung upgrade %s` does", target);
    }
    Code code = graph_resolve(graph, target, &revision, error);
    return code ? code : undo_above(graph, arena, applied, revision, ret_path, error);
}
