/* From what a user wrote to one revision: an id, a prefix of one, `head`, and steps from these. */
#include "revision/graph_parts.h"

#include "base/file.h"

enum { STEP_DIGITS = 9 };

void revisions_print(Text *text, Revision *const *revisions, size_t count, const char *last)
{
    const char *ids[NAMES_SHOWN];
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
        ids[i] = revisions[i]->id;
    names_print(text, ids, count, last);
}

bool relative_read(const char *text, Relative *ret_relative)
{
    size_t length = strlen(text), digits = 0, steps = 0;
    while (digits < length && text[length - digits - 1] >= '0' && text[length - digits - 1] <= '9')
        digits++;
    if (!digits || digits > STEP_DIGITS || digits == length)
        return false;
    size_t sign = length - digits - 1;
    if (text[sign] != '+' && text[sign] != '-')
        return false;
    for (size_t i = sign + 1; i < length; i++)
        steps = steps * 10 + (size_t)(text[i] - '0');
    *ret_relative = (Relative){.base_length = sign, .up = text[sign] == '+', .steps = steps};
    return true;
}

Code graph_single_head(const Graph *graph, Revision **ret_head, Error *error)
{
    Revision *heads[NAMES_SHOWN];
    size_t count = 0;
    for (size_t i = 0; i < graph->order.count; i++) {
        Revision *revision = graph->order.at[i];
        if (revision->children.count)
            continue;
        if (count < NAMES_SHOWN)
            heads[count] = revision;
        count++;
    }
    if (!count) {
        error_set(error, RUNG_UNKNOWN, "there is no revision yet");
        return error_hint(error, "`rung revision -m MESSAGE` writes the first one");
    }
    if (count == 1) {
        *ret_head = heads[0];
        return RUNG_OK;
    }
    Text names = TEXT_EMPTY;
    revisions_print(&names, heads, count, "and");
    error_set(error, RUNG_REVISION, "the history has %zu heads: %s", count, text_string(&names));
    text_done(&names);
    return error_hint(error, "`rung merge` joins them, `rung upgrade heads` goes to all of them, "
                             "and an id goes to one");
}

/* The first place in `by_id` whose id is not below `text`. */
static size_t lower_bound(const RevisionList *by_id, const char *text, size_t length)
{
    size_t low = 0, high = by_id->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(by_id->at[middle]->id, text, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Besides ids, words of a file's name: people remember what a revision is about. */
static void offer_revisions(const Graph *graph, Near *near, const char *text, size_t length)
{
    near_start(near, text, length);
    for (size_t i = 0; i < graph->by_id.count; i++)
        near_offer(near, graph->by_id.at[i]->id);
    for (size_t i = 0; i < graph->by_id.count && length > 2 && near->count < NEAR_COUNT; i++) {
        const Revision *revision = graph->by_id.at[i];
        const char *name = path_name(revision->path);
        if (memmem(name, strlen(name), text, length))
            near_add(near, revision->id, SIZE_MAX);
    }
}

static Code fail_unknown(const Near *near, Error *error)
{
    error_set(error, RUNG_UNKNOWN, "there is no revision %.*s", (int)near->length, near->wanted);
    if (!near->count)
        return error_hint(error, "`rung history` lists them");
    Text names = TEXT_EMPTY;
    names_print(&names, near->names, near->count, "or");
    error_hint(error, "did you mean %s?", text_string(&names));
    text_done(&names);
    return RUNG_UNKNOWN;
}

static Code fail_ambiguous(const Graph *graph, size_t first, size_t count, const char *text,
                           size_t length, Error *error)
{
    Text names = TEXT_EMPTY;
    revisions_print(&names, graph->by_id.at + first, count, "and");
    error_set(error, RUNG_UNKNOWN, "%.*s fits %zu revisions: %s", (int)length, text, count,
              text_string(&names));
    text_done(&names);
    return error_hint(error, "write more of the id");
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* An id or a prefix of one. `ret_revision` is NULL when nothing fits. */
static Code find_prefix(const Graph *graph, const char *text, size_t length,
                        Revision **ret_revision, Error *error)
{
    size_t first = lower_bound(&graph->by_id, text, length), last = first;
    const RevisionList *by_id = &graph->by_id;
    while (last < by_id->count && strncmp(by_id->at[last]->id, text, length) == 0)
        last++;
    bool exact = first < last && strlen(by_id->at[first]->id) == length;
    if (last - first > 1 && !exact)
        return fail_ambiguous(graph, first, last - first, text, length, error);
    *ret_revision = first < last ? by_id->at[first] : NULL;
    return RUNG_OK;
}

/* One of the words, an id, or a prefix. */
static Code resolve_plain(const Graph *graph, const char *text, size_t length,
                          Revision **ret_revision, Error *error)
{
    Near near;
    Revision *found = NULL;
    if (!length) {
        error_set(error, RUNG_UNKNOWN, "no revision is named");
        return error_hint(error, "write an id, the beginning of one, or `head`");
    }
    if (is_word(text, length, "head") || is_word(text, length, "heads"))
        return graph_single_head(graph, ret_revision, error);
    if (is_word(text, length, "base")) {
        error_set(error, RUNG_UNKNOWN, "`base` is the state before any revision, not a revision");
        return error_hint(error, "`rung downgrade base` goes there");
    }
    Code code = find_prefix(graph, text, length, &found, error);
    if (code)
        return code;
    if (!found) {
        offer_revisions(graph, &near, text, length);
        return fail_unknown(&near, error);
    }
    *ret_revision = found;
    return RUNG_OK;
}

static Code fail_step(Error *error, const Revision *from, bool up, size_t taken)
{
    size_t ways = up ? from->children.count : from->parents.count;
    if (!ways) {
        error_set(error, RUNG_REVISION, "that goes too far: after %zu %s, %s has no %s", taken,
                  taken == 1 ? "step" : "steps", from->id, up ? "child" : "parent");
        return error_hint(error, up ? "`head` is the last revision"
                                    : "`base` is the state before the first revision");
    }
    Text names = TEXT_EMPTY;
    revisions_print(&names, up ? from->children.at : from->parents.at, ways, "and");
    error_set(error, RUNG_REVISION,
              up ? "the history forks at %s: its children are %s"
                 : "%s is a merge: its parents are %s",
              from->id, text_string(&names));
    text_done(&names);
    return error_hint(error, "name one of them");
}

static Code walk(Revision *from, const Relative *relative, Revision **ret_revision, Error *error)
{
    for (size_t taken = 0; taken < relative->steps; taken++) {
        size_t ways = relative->up ? from->children.count : from->parents.count;
        if (ways != 1)
            return fail_step(error, from, relative->up, taken);
        from = relative->up ? from->children.at[0] : from->parents.at[0];
    }
    *ret_revision = from;
    return RUNG_OK;
}

/* `REV-1` may also be a mistyped id: ids may have hyphens. */
static Code resolve_relative(const Graph *graph, const char *text, const Relative *relative,
                             Revision **ret_revision, Error *error)
{
    Near near;
    Revision *from;
    if (!relative->base_length) {
        error_set(error, RUNG_UNKNOWN,
                  "%s counts from where a database is, which is not known here", text);
        return error_hint(error, "write REV%s, from a revision on", text);
    }
    Code code = resolve_plain(graph, text, relative->base_length, &from, error);
    if (!code)
        return walk(from, relative, ret_revision, error);
    if (!relative->up) {
        offer_revisions(graph, &near, text, strlen(text));
        if (near.count)
            return fail_unknown(&near, error);
    }
    return code;
}

Code graph_resolve(const Graph *graph, const char *text, Revision **ret_revision, Error *error)
{
    Relative relative;
    Revision *found = NULL;
    if (relative_read(text, &relative)) {
        Code code = find_prefix(graph, text, strlen(text), &found, error);
        if (code)
            return code;
        if (!found)
            return resolve_relative(graph, text, &relative, ret_revision, error);
        *ret_revision = found;
        return RUNG_OK;
    }
    return resolve_plain(graph, text, strlen(text), ret_revision, error);
}
