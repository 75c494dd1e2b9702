/* What ran on the database: the event log, by run. */
#include "serve/page_parts.h"
#include "base/clock.h"

enum { LOG_ROWS = 300 };

typedef struct Run {
    const Value *last;
    size_t count;
    int64_t duration_us;
} Run;

/* The events of one run stand together; from `end` back. */
static Run read_run(const Value *log, size_t end)
{
    Run run = {.last = value_at(log, end)};
    const char *id = html_get(run.last, "run");
    for (size_t i = end + 1; i-- > 0;) {
        const Value *entry = value_at(log, i);
        if (run.count && (!*id || strcmp(html_get(entry, "run"), id) != 0))
            break;
        run.count++;
        run.duration_us += value_get_int(value_get(entry, "duration_us"));
    }
    return run;
}

static void put_run(Request *request, const Value *log, size_t end, const Run *run)
{
    Text *out = &request->answer;
    const char *first = html_get(value_at(log, end + 1 - run->count), "revision");
    const char *last = html_get(run->last, "revision");
    text_put(out, "<tr><th scope=\"row\">");
    html_moment(out, html_get(run->last, "at"));
    html(out, "</th><td data-label=\"What\">%s</td><td data-label=\"Revisions\">",
         html_get(run->last, "event"));
    if (run->count > 1)
        html(out, "%zu: <code>%s</code> to <code>%s</code>", run->count, first, last);
    else if (*last)
        html(out, "<code>%s</code>", last);
    html(
        out,
        "</td><td data-label=\"Took\" class=\"number\">%s</td><td data-label=\"By\">%s</td></tr>\n",
        run->duration_us ? clock_print_duration(request->arena, run->duration_us) : "-",
        html_get(run->last, "actor"));
}

void page_put_runs(Request *request, size_t limit)
{
    static const char *const titles[] = {"When", "What", "Revisions", "#Took", "By", NULL};
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    arguments.log = true;
    arguments.limit = LOG_ROWS;
    Value *history = page_ask(request, rung_history, &arguments);
    const Value *log = value_get(history, "log");
    if (!history)
        return;
    if (!value_count(log)) {
        text_put(&request->answer, "<p class=\"calm\">Nothing ran yet.</p>\n");
        value_free(history);
        return;
    }
    page_put_table(request, "The last runs of revisions, newest first", titles);
    for (size_t end = value_count(log), i = 0; end && i < limit; i++) {
        Run run = read_run(log, end - 1);
        put_run(request, log, end - 1, &run);
        end -= run.count;
    }
    page_end_table(request);
    value_free(history);
}
