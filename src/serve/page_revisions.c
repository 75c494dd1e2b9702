/* The graph of revisions, with what the database has of it. */
#include "serve/page_parts.h"

typedef struct Mark {
    const char *name, *words; /* class, and for people */
    Tone tone;
} Mark;

typedef enum { MARK_APPLIED, MARK_PENDING, MARK_EDITED, MARK_HALF, MARK_OPEN } MarkKind;

static const Mark marks[] = {
    [MARK_APPLIED] = {"applied", "applied", TONE_GOOD},
    [MARK_PENDING] = {"pending", "pending", TONE_WARN},
    [MARK_EDITED] = {"edited", "applied, and its file edited since", TONE_BAD},
    [MARK_HALF] = {"half", "half-done", TONE_BAD},
    [MARK_OPEN] = {"open", "not applied", TONE_PLAIN},
};

static bool has_id(const Value *list, const char *member, const char *id)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (strcmp(html_get(value_at(list, i), member), id) == 0)
            return true;
    return false;
}

static bool has_text(const Value *list, const char *text)
{
    for (size_t i = 0; i < value_count(list); i++) {
        const char *item = value_get_text(value_at(list, i));
        if (item && strcmp(item, text) == 0)
            return true;
    }
    return false;
}

/* What is above a revision that is applied is applied: a revision stands behind its children in
 * the list, which is newest first. */
static bool *find_applied(Arena *arena, const Value *revisions, const Value *status)
{
    size_t count = value_count(revisions);
    bool *applied = arena_alloc_array(arena, count + 1, sizeof *applied);
    for (size_t i = 0; i < count; i++)
        applied[i] =
            has_id(value_get(status, "current"), "id", html_get(value_at(revisions, i), "id"));
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; applied[i] && j < count; j++)
            if (has_text(value_get(value_at(revisions, i), "parents"),
                         html_get(value_at(revisions, j), "id")))
                applied[j] = true;
    return applied;
}

static MarkKind mark_of(const Value *status, const char *id, bool applied)
{
    if (has_id(value_get(status, "half_done"), "revision", id))
        return MARK_HALF;
    if (has_id(value_get(status, "edited"), "id", id))
        return MARK_EDITED;
    if (applied)
        return MARK_APPLIED;
    return has_id(value_get(status, "pending"), "id", id) ? MARK_PENDING : MARK_OPEN;
}

static void put_parents(Text *out, const Value *parents)
{
    for (size_t i = 0; i < value_count(parents); i++) {
        const char *id = value_get_text(value_at(parents, i));
        html(out, "%s<code>%s</code>", i ? " and " : "", id);
    }
    if (!value_count(parents))
        text_put(out, "<span class=\"none\">nothing</span>");
}

static void put_row(Request *request, const Lanes *lanes, const Value *revision, size_t index,
                    const Mark *mark, bool current)
{
    Text *out = &request->answer;
    html(out, "<tr class=\"%s\"><td class=\"lane\">", mark->name);
    lanes_put(lanes, index, mark->name, out);
    html(out, "</td><th scope=\"row\"><code>%s</code></th><td data-label=\"State\">",
         html_get(revision, "id"));
    html_badge(out, mark->tone, mark->words);
    if (current)
        text_put(out, " <span class=\"badge here\">current</span>");
    html(out, "</td><td data-label=\"Message\">%s</td><td data-label=\"Follows\">",
         html_get(revision, "message"));
    put_parents(out, value_get(revision, "parents"));
    text_put(out, "</td></tr>\n");
}

static void put_graph(Request *request, const Value *history, const Value *status)
{
    static const char *const titles[] = {"", "Revision", "State", "Message", "Follows", NULL};
    const Value *revisions = value_get(history, "revisions");
    size_t count = value_count(revisions);
    bool *applied = find_applied(request->arena, revisions, status);
    if (!count) {
        text_put(&request->answer, "<p class=\"calm\">There are no revision files yet.</p>\n");
        return;
    }
    Lanes *lanes = lanes_new(request->arena, revisions);
    text_put(&request->answer, "<div class=\"graph\">");
    page_put_table(request, "Revisions, newest first", titles);
    for (size_t i = 0; i < count; i++) {
        const Value *revision = value_at(revisions, i);
        const char *id = html_get(revision, "id");
        put_row(request, lanes, revision, i, &marks[mark_of(status, id, applied[i])],
                has_id(value_get(status, "current"), "id", id));
    }
    page_end_table(request);
    text_put(&request->answer, "</div>");
}

/* ---- what is wrong ---- */

static void put_drift(Request *request)
{
    Text *out = &request->answer;
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    Value *check = page_ask(request, rung_check, &arguments);
    const Value *findings = value_get(check, "findings");
    if (!check)
        return;
    if (!value_count(findings))
        html_message(out, TONE_GOOD, "Files and database agree", NULL);
    else {
        text_put(out, "<div class=\"message warn\"><p><strong><span class=\"sign\" "
                      "aria-hidden=\"true\">!</span>Files and database do not agree</strong></p>"
                      "<ul>");
        for (size_t i = 0; i < value_count(findings); i++)
            html(out, "<li><b>%s</b>: %s</li>", html_get(value_at(findings, i), "kind"),
                 html_get(value_at(findings, i), "text"));
        text_put(out, "</ul></div>\n");
    }
    value_free(check);
}

static void put_unknown(Request *request, const Value *status)
{
    const Value *unknown = value_get(status, "unknown");
    for (size_t i = 0; i < value_count(unknown); i++)
        html_message(&request->answer, TONE_BAD,
                     arena_print(request->arena, "Unknown: %s is applied, and no file has it",
                                 value_get_text(value_at(unknown, i))),
                     NULL);
}

void page_revisions(Request *request)
{
    rung_arguments first = RUNG_ARGUMENTS_INIT, second = RUNG_ARGUMENTS_INIT;
    page_start(request, "Revisions");
    put_drift(request);
    Value *status = page_ask(request, rung_status, &first);
    Value *history = page_ask(request, rung_history, &second);
    put_unknown(request, status);
    if (history)
        put_graph(request, history, status);
    text_put(&request->answer, "<h2>Last runs</h2>\n");
    page_put_runs(request, 20);
    value_free(status);
    value_free(history);
    page_end(request, 200);
}
