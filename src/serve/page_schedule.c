/* Jobs that run by themselves: when, and how it went. */
#include "serve/page_parts.h"

static Value *ask_schedule(Request *request, const char **ret_problem)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {"list"};
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    return page_try(request, rung_schedule, &arguments, ret_problem);
}

void page_put_next(Request *request, const char *name)
{
    const char *problem;
    Value *schedule = ask_schedule(request, &problem);
    const Value *jobs = value_get(schedule, "jobs"), *job = NULL;
    for (size_t i = 0; !job && i < value_count(jobs); i++)
        if (strcmp(html_get(value_at(jobs, i), "name"), name) == 0)
            job = value_at(jobs, i);
    html_time(&request->answer, html_get(job, "next_at"), "by hand: it is not scheduled");
    value_free(schedule);
}

/* ---- the last run ---- */

static Tone tone_of(const char *state)
{
    if (strcmp(state, "succeeded") == 0)
        return TONE_GOOD;
    if (strcmp(state, "failed") == 0)
        return TONE_BAD;
    return strcmp(state, "running") == 0 ? TONE_PLAIN : TONE_WARN;
}

/* "3 subjects, 12 rows"; times are shown elsewhere. */
static void put_counts(Text *out, const Value *counts)
{
    const char *key;
    const Value *number;
    size_t shown = 0;
    for (size_t i = 0; value_entry(counts, i, &key, &number); i++) {
        size_t length = strlen(key);
        bool time = length > 3 && strcmp(key + length - 3, "_us") == 0;
        if (!time && value_get_int(number))
            html(out, "%s%lld %s", shown++ ? ", " : "", (long long)value_get_int(number), key);
    }
}

static void put_last(Text *out, const Value *last)
{
    const char *state = html_get(last, "state");
    if (!*state) {
        text_put(out, "<span class=\"none\">it has not run yet</span>");
        return;
    }
    html_badge(out, tone_of(state), state);
    text_put(out, " ");
    html_moment(out, html_get(last, "started_at"));
    text_put(out, "<small>");
    if (*html_get(last, "finished_at"))
        html(out, "%lld s ", (long long)value_get_int(value_get(last, "duration_s")));
    put_counts(out, value_get(last, "counts"));
    text_put(out, "</small>");
    if (*html_get(last, "problem"))
        html(out, "<small class=\"problem\">%s</small>", html_get(last, "problem"));
}

/* ---- the page ---- */

static void put_job(Text *out, const Value *job)
{
    html(out,
         "<tr><th scope=\"row\">%s</th><td data-label=\"When\"><code>%s</code> %s</td>"
         "<td data-label=\"Next\">",
         html_get(job, "name"), html_get(job, "cron"), html_get(job, "zone"));
    html_time(out, html_get(job, "next_at"), "never");
    if (value_get_bool(value_get(job, "due"))) {
        text_put(out, " ");
        html_badge(out, TONE_WARN, "due");
    }
    text_put(out, "</td><td data-label=\"Last\">");
    put_last(out, value_get(job, "last"));
    text_put(out, "</td><td data-label=\"Ended well\">");
    html_time(out, html_get(job, "succeeded_at"), "never");
    html(out,
         "</td><td data-label=\"Runs\" class=\"number\">%lld</td><td data-label=\"Failed\" "
         "class=\"number\">%lld</td><td data-label=\"Missed\" class=\"number\">%lld</td></tr>\n",
         (long long)value_get_int(value_get(job, "runs")),
         (long long)value_get_int(value_get(job, "failures")),
         (long long)value_get_int(value_get(job, "missed")));
}

static void put_scheduler(Request *request, const Value *scheduler)
{
    Text *out = &request->answer;
    const char *holder = html_get(scheduler, "holder"), *at = html_get(scheduler, "at");
    if (value_get_bool(value_get(scheduler, "fresh")))
        html_message(out, TONE_GOOD, "The scheduler runs", holder);
    else if (*holder)
        html_message(out, TONE_BAD, "No scheduler runs",
                     arena_print(request->arena, "%s spoke last at %s", holder, at));
    else
        html_message(out, TONE_WARN, "No scheduler ran yet", NULL);
}

static void put_jobs(Request *request, const Value *jobs)
{
    static const char *const titles[] = {"Job",   "When",    "Next",    "Last", "Ended well",
                                         "#Runs", "#Failed", "#Missed", NULL};
    page_put_table(request, "Jobs of lifecycle.schedule", titles);
    for (size_t i = 0; i < value_count(jobs); i++)
        put_job(&request->answer, value_at(jobs, i));
    page_end_table(request);
}

void page_schedule(Request *request)
{
    const char *problem;
    page_start(request, "Schedule");
    Value *schedule = ask_schedule(request, &problem);
    const Value *jobs = value_get(schedule, "jobs");
    if (!schedule)
        html_message(&request->answer, TONE_BAD, "This cannot be read", problem);
    else if (!value_count(jobs))
        text_put(&request->answer, "<p class=\"calm\">Nothing is scheduled.</p>\n");
    else {
        put_scheduler(request, value_get(schedule, "scheduler"));
        put_jobs(request, jobs);
    }
    value_free(schedule);
    page_end(request, 200);
}
