/* The audit: whether its chain is whole, and its last records. */
#include "serve/page_parts.h"
#include "base/clock.h"
#include "serve/dashboard.h"

enum { FRESH_SECONDS = 60, ROWS_MOST = 1000 };

/* ---- the chain ---- */

/* The check reads every record: pages share one for a minute. */
static Value *read_check(Request *request, int64_t *ret_seconds)
{
    Dashboard *dashboard = request->service->shared->dashboard;
    Value *value = NULL;
    Error ignored;
    int64_t now = clock_monotonic_us();
    pthread_mutex_lock(&dashboard->lock);
    *ret_seconds = (now - dashboard->audit_us) / 1000000;
    if (dashboard->audit && *ret_seconds < FRESH_SECONDS &&
        value_read("check", dashboard->audit, strlen(dashboard->audit), &value, &ignored))
        value = NULL;
    pthread_mutex_unlock(&dashboard->lock);
    return value;
}

static void keep_check(Request *request, const Value *value)
{
    Dashboard *dashboard = request->service->shared->dashboard;
    Text text = TEXT_EMPTY;
    if (value)
        value_write(value, false, &text);
    pthread_mutex_lock(&dashboard->lock);
    free(dashboard->audit);
    dashboard->audit = value ? text_take(&text) : NULL;
    dashboard->audit_us = clock_monotonic_us();
    pthread_mutex_unlock(&dashboard->lock);
    text_done(&text);
}

static Value *check_chain(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {"verify"};
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    Value *value = page_ask(request, rung_audit, &arguments);
    keep_check(request, value);
    return value;
}

static void put_whole(Request *request, const Value *check, int64_t seconds)
{
    Text *out = &request->answer;
    Arena *arena = request->arena;
    long long records = value_get_int(value_get(check, "records"));
    long long anchored = value_get_int(value_get(check, "anchored"));
    const char *age = seconds < 2 ? "now" : arena_print(arena, "%lld s ago", (long long)seconds);
    if (value_get_bool(value_get(check, "ok")))
        html_message(out, TONE_GOOD,
                     arena_print(arena, "The chain is whole: %lld records", records),
                     arena_print(arena, "Checked %s.", age));
    else
        html_message(out, TONE_BAD,
                     arena_print(arena, "The chain is broken at record %lld",
                                 (long long)value_get_int(value_get(check, "broken"))),
                     arena_print(arena, "%s. The %lld before it are whole. Checked %s.",
                                 html_get(check, "reason"), records, age));
    text_put(out, "<dl class=\"facts\"><div><dt>Anchored outside</dt><dd>");
    if (anchored)
        html(out, "up to record %lld", anchored);
    else
        text_put(out, "nothing: only a file outside tells whether all was written anew");
    html(out, "</dd></div><div><dt>Head</dt><dd><code class=\"hash\">%s</code></dd></div></dl>\n",
         html_get(check, "head"));
}

void page_put_chain(Request *request)
{
    int64_t seconds;
    Value *check = read_check(request, &seconds);
    if (!check) {
        check = check_chain(request);
        seconds = 0;
    }
    if (check)
        put_whole(request, check, seconds);
    value_free(check);
}

/* ---- the records ---- */

static void put_record(Request *request, const Value *record)
{
    Text *out = &request->answer;
    const char *hash = html_get(record, "subject_hash");
    long long rows = value_get_int(value_get(record, "rows"));
    html(out, "<tr><th scope=\"row\" data-label=\"Record\">%lld</th><td data-label=\"When\">",
         (long long)value_get_int(value_get(record, "seq")));
    html_moment(out, html_get(record, "at"));
    html(out, "</td><td data-label=\"What\">%s</td><td data-label=\"Table\">%s</td>",
         html_get(record, "action"), html_get(record, "table"));
    html(out, "<td data-label=\"Rows\" class=\"number\">%lld</td><td data-label=\"Detail\">%s",
         rows, html_get(record, "detail"));
    if (*hash)
        html(out, " subject <code title=\"%s\">%s</code>", hash,
             arena_print(request->arena, "%.12s\u2026", hash));
    html(out, "</td><td data-label=\"By\">%s</td></tr>\n", html_get(record, "actor"));
}

static void put_records(Request *request, size_t limit)
{
    static const char *const titles[] = {"Record", "When",   "What", "Table",
                                         "#Rows",  "Detail", "By",   NULL};
    Text *out = &request->answer;
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {"log"};
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    arguments.limit = limit;
    Value *value = page_ask(request, rung_audit, &arguments);
    const Value *records = value_get(value, "records");
    if (value && !value_count(records))
        text_put(out, "<p class=\"calm\">There are no records yet.</p>\n");
    if (value_count(records)) {
        page_put_table(request, "The last records, newest first", titles);
        for (size_t i = value_count(records); i-- > 0;)
            put_record(request, value_at(records, i));
        page_end_table(request);
    }
    if (value_count(records) == limit && limit < ROWS_MOST)
        html(out, "<p><a href=\"/audit?rows=%zu\">More records</a></p>\n", limit * 4);
    value_free(value);
}

void page_audit(Request *request)
{
    Text *out = &request->answer;
    long long rows = strtoll(page_query(request, "rows"), NULL, 10);
    rows = rows < PAGE_ROWS ? PAGE_ROWS : rows > ROWS_MOST ? ROWS_MOST : rows;
    page_start(request, "Audit");
    page_put_chain(request);
    text_put(out, "<form method=\"post\" action=\"/audit/check\">");
    page_form_key(request);
    text_put(out, "<p><button type=\"submit\">Check again</button></p></form>\n<h2>Records</h2>\n");
    put_records(request, (size_t)rows);
    page_end(request, 200);
}

void page_audit_check(Request *request)
{
    if (!page_form(request))
        return;
    keep_check(request, NULL);
    page_redirect(request, "/audit");
}
