/* The first page: what needs somebody, and how it stands. */
#include "serve/page_parts.h"

/* ---- readiness: what /readyz says ---- */

static Value *ask_ready(Request *request)
{
    Request probe = *request;
    Value *value = NULL;
    Error ignored;
    probe.answer = TEXT_EMPTY;
    health_ready(&probe);
    if (value_read("ready", text_string(&probe.answer), probe.answer.length, &value, &ignored))
        value = NULL;
    text_done(&probe.answer);
    return value;
}

static void put_ready(Request *request)
{
    Text *out = &request->answer;
    Value *ready = ask_ready(request);
    const Value *list = value_get(ready, "not_ready");
    text_put(out, "<section aria-labelledby=\"ready\"><h2 id=\"ready\">Readiness</h2>\n");
    if (ready && !list && strcmp(html_get(ready, "status"), "ready") == 0)
        html_message(out, TONE_GOOD, "Ready", "Requests can be carried out.");
    else {
        text_put(out, "<div class=\"message bad\"><p><strong><span class=\"sign\" "
                      "aria-hidden=\"true\">\u2715</span>Not ready</strong></p>");
        if (value_count(list))
            text_put(out, "<ul>");
        for (size_t i = 0; i < value_count(list); i++)
            html(out, "<li><b>%s</b>: %s</li>", html_get(value_at(list, i), "name"),
                 html_get(value_at(list, i), "detail"));
        text_put(out, value_count(list) ? "</ul></div>\n" : "</div>\n");
    }
    text_put(out, "</section>\n");
    value_free(ready);
}

/* ---- counts ---- */

typedef struct Figure {
    const char *live, *field, *words, *href;
    Tone tone; /* when it is not 0 */
} Figure;

static void put_figure(Text *out, const Figure *figure, int64_t number)
{
    Tone tone = number ? figure->tone : TONE_PLAIN;
    static const char *const names[TONE_COUNT] = {"plain", "good", "warn", "bad"};
    html(out,
         "<li class=\"figure %s\" data-tone=\"%s\"><a href=\"%s\"><span class=\"number\" "
         "data-live=\"%s\">%lld</span> <span class=\"words\">%s</span></a></li>\n",
         names[tone], names[figure->tone], figure->href, figure->live, (long long)number,
         figure->words);
}

static void put_figures(Request *request, const Value *survey)
{
    static const Figure figures[] = {
        {"pending", "pending_deletions", "open requests", "/erasures", TONE_PLAIN},
        {"due", "ready_to_delete", "due now", "/erasures?state=pending", TONE_WARN},
        {"purging", "purging", "being erased", "/erasures?state=purging", TONE_WARN},
        {"failing", "failing", "failed, tried again", "/erasures", TONE_BAD},
        {"held", "held", "due and held", "/erasures", TONE_WARN},
        {"holds", "holds", "holds in force", "/holds", TONE_PLAIN},
    };
    Text *out = &request->answer;
    text_put(out, "<section aria-labelledby=\"figures\"><h2 id=\"figures\">Erasure</h2>\n"
                  "<ul class=\"figures\">\n");
    for (size_t i = 0; i < COUNT(figures); i++)
        put_figure(out, &figures[i], value_get_int(value_get(survey, figures[i].field)));
    text_put(out, "</ul>\n<dl class=\"facts\"><div><dt>Next due</dt><dd>");
    html_time(out, html_get(survey, "next_due_at"), "nothing is open");
    text_put(out, "</dd></div><div><dt>Last purge that ended well</dt><dd>");
    html_time(out, html_get(survey, "last_purge_at"), "never");
    text_put(out, "</dd></div></dl></section>\n");
}

static void put_alerts(Request *request, const Value *survey)
{
    Text *out = &request->answer;
    const Value *alerts = value_get(survey, "alerts");
    text_put(out, "<section aria-labelledby=\"alerts\"><h2 id=\"alerts\">Alerts</h2>\n");
    if (!value_count(alerts))
        text_put(out, "<p class=\"calm\">None fires.</p>\n");
    for (size_t i = 0; i < value_count(alerts); i++)
        html_message(out, TONE_WARN, html_get(value_at(alerts, i), "text"), NULL);
    text_put(out, "</section>\n");
}

static void put_lifecycle(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    arguments.lifecycle = true;
    Value *survey = page_ask(request, rung_status, &arguments);
    if (survey) {
        put_alerts(request, survey);
        put_figures(request, survey);
    }
    value_free(survey);
}

/* ---- the database ---- */

static void put_current(Text *out, const Value *list)
{
    for (size_t i = 0; i < value_count(list); i++)
        html(out, "<li><code>%s</code> %s</li>", html_get(value_at(list, i), "id"),
             html_get(value_at(list, i), "message"));
}

static void put_database(Request *request)
{
    Text *out = &request->answer;
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    text_put(out, "<section aria-labelledby=\"database\"><h2 id=\"database\">Database</h2>\n");
    Value *status = page_ask(request, rung_status, &arguments);
    if (status) {
        const Value *current = value_get(status, "current");
        size_t pending = value_count(value_get(status, "pending"));
        html(out,
             "<dl class=\"facts\"><div><dt>Target</dt><dd>%s</dd></div><div><dt>Server</dt>"
             "<dd>%s</dd></div><div><dt>Address</dt><dd><code>%s</code></dd></div><div>"
             "<dt>Revisions</dt><dd>%lld of %lld applied ",
             html_get(status, "target"), html_get(status, "server"), html_get(status, "url"),
             (long long)value_get_int(value_get(status, "applied")),
             (long long)value_get_int(value_get(status, "files")));
        if (pending)
            html_badge(out, TONE_WARN, arena_print(request->arena, "%zu pending", pending));
        else
            html_badge(out, TONE_GOOD, "nothing pending");
        text_put(out, "</dd></div><div><dt>Current</dt><dd><ul class=\"plain\">");
        put_current(out, current);
        if (!value_count(current))
            text_put(out, "<li>base: nothing is applied</li>");
        text_put(out, "</ul></dd></div></dl>\n");
    }
    text_put(out, "</section>\n");
    value_free(status);
}

void page_overview(Request *request)
{
    page_start(request, "Overview");
    put_ready(request);
    put_lifecycle(request);
    put_database(request);
    text_put(&request->answer, "<section aria-labelledby=\"chain\"><h2 id=\"chain\">Audit</h2>\n");
    page_put_chain(request);
    text_put(&request->answer, "</section>\n<section aria-labelledby=\"runs\">"
                               "<h2 id=\"runs\">Last runs</h2>\n");
    page_put_runs(request, 5);
    text_put(&request->answer, "</section>\n");
    page_end(request, 200);
}
