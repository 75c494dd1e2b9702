/* The queue of requests to be erased. */
#include "serve/page_parts.h"

/* ---- what is shown ---- */

typedef struct State {
    const char *name, *words;
    Tone tone;
} State;

static const State states[] = {
    {"pending", "pending", TONE_PLAIN},
    {"purging", "being erased", TONE_WARN},
    {"purged", "erased", TONE_GOOD},
    {"cancelled", "cancelled", TONE_PLAIN},
};

typedef struct Filter {
    const char *state; /* "": those that are open; "all" */
    const char *subject;
    long long page; /* 1… */
} Filter;

static const State *find_state(const char *name)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(states[i].name, name) == 0)
            return &states[i];
    return NULL;
}

static Filter read_filter(const Request *request)
{
    Filter filter = {page_query(request, "state"), page_query(request, "subject"),
                     strtoll(page_query(request, "page"), NULL, 10)};
    if (!find_state(filter.state) && strcmp(filter.state, "all") != 0)
        filter.state = "";
    if (filter.page < 1 || filter.page > 1000000)
        filter.page = 1;
    return filter;
}

static void put_choice(Text *out, const char *value, const char *words, const char *chosen)
{
    html(out, "<option value=\"%s\"", value);
    text_put(out, strcmp(value, chosen) == 0 ? " selected>" : ">");
    html(out, "%s</option>", words);
}

static void put_filter(Request *request, const Filter *filter, const Value *subjects)
{
    Text *out = &request->answer;
    text_put(out, "<form class=\"filter\" method=\"get\" action=\"/erasures\" role=\"search\" "
                  "aria-label=\"Filter requests\"><p><label for=\"state\">State</label>"
                  "<select id=\"state\" name=\"state\">");
    put_choice(out, "", "open", filter->state);
    for (size_t i = 0; i < COUNT(states); i++)
        put_choice(out, states[i].name, states[i].words, filter->state);
    put_choice(out, "all", "all", filter->state);
    text_put(out, "</select></p><p><label for=\"subject\">Subject</label>"
                  "<select id=\"subject\" name=\"subject\">");
    put_choice(out, "", "all", filter->subject);
    for (size_t i = 0; i < value_count(subjects); i++) {
        const char *name = html_get(value_at(subjects, i), "subject");
        put_choice(out, name, name, filter->subject);
    }
    text_put(out, "</select></p><p><button type=\"submit\">Show</button></p></form>\n");
}

/* ---- one request ---- */

static const Value *find_hold(const Value *holds, const char *table, const char *key)
{
    for (size_t i = 0; i < value_count(holds); i++) {
        const Value *hold = value_at(holds, i);
        if (strcmp(html_get(hold, "table"), table) == 0 && strcmp(html_get(hold, "key"), key) == 0)
            return hold;
    }
    return NULL;
}

static void put_state(Request *request, const Value *row, const Value *hold)
{
    Text *out = &request->answer;
    const State *state = find_state(html_get(row, "state"));
    const char *problem = html_get(row, "problem");
    bool pending = state == &states[0],
         due = pending && !value_get_int(value_get(row, "days_remaining"));
    html_badge(out,
               due     ? TONE_WARN
               : state ? state->tone
                       : TONE_PLAIN,
               due ? "due" : html_get(row, "state"));
    if (hold) {
        text_put(out, " ");
        html_badge(out, TONE_WARN, "held");
    }
    if (*problem)
        html(out, "<small class=\"problem\">%s%s</small>",
             value_get_int(value_get(row, "attempts")) ? "failed: " : "kept: ", problem);
    if (hold)
        html(out, "<small class=\"problem\">hold %lld: %s</small>",
             (long long)value_get_int(value_get(hold, "id")), html_get(hold, "reason"));
}

static void put_link(Text *out, const char *path, const char *first, const char *a,
                     const char *second, const char *b)
{
    html(out, "<a class=\"button\" href=\"%s?%s=", path, first);
    form_escape(out, a);
    html(out, "&amp;%s=", second);
    form_escape(out, b);
}

static void put_buttons(Request *request, const Value *row, const Value *hold)
{
    Text *out = &request->answer;
    const char *subject = html_get(row, "subject"), *key = html_get(row, "key");
    if (strcmp(html_get(row, "state"), "pending") != 0) {
        text_put(out, "<span class=\"none\">-</span>");
        return;
    }
    if (hold)
        html(out,
             "<a class=\"button\" href=\"/holds#hold-%lld\">Release"
             "<span class=\"sr\"> the hold on %s %s</span></a> ",
             (long long)value_get_int(value_get(hold, "id")), subject, key);
    else if (*html_get(row, "table")) {
        put_link(out, "/holds", "table", html_get(row, "table"), "key", key);
        html(out, "#add\">Hold<span class=\"sr\"> %s %s</span></a> ", subject, key);
    }
    put_link(out, "/erasures/cancel", "subject", subject, "key", key);
    html(out, "\">Cancel<span class=\"sr\"> the erasure of %s %s</span></a>", subject, key);
}

static void put_left(Text *out, const Value *row)
{
    long long days = value_get_int(value_get(row, "days_remaining"));
    if (strcmp(html_get(row, "state"), "pending") != 0)
        text_put(out, "<span class=\"none\">-</span>");
    else if (!days)
        text_put(out, "now");
    else
        html(out, "%lld day%s", days, days == 1 ? "" : "s");
}

static void put_row(Request *request, const Value *row, const Value *holds)
{
    Text *out = &request->answer;
    const char *key = html_get(row, "key"), *hash = html_get(row, "subject_hash");
    const Value *hold = *key ? find_hold(holds, html_get(row, "table"), key) : NULL;
    html(out, "<tr><th scope=\"row\">%s ", html_get(row, "subject"));
    if (*key)
        html(out, "<code>%s</code>", key);
    else
        html(out, "<code class=\"none\" title=\"%s\">%s</code>", hash,
             arena_print(request->arena, "%.12s\u2026", hash));
    text_put(out, "</th><td data-label=\"State\">");
    put_state(request, row, hold);
    text_put(out, "</td><td data-label=\"Requested\">");
    html_time(out, html_get(row, "requested_at"), "");
    html(out, "<small>by %s</small></td><td data-label=\"Due\">", html_get(row, "requested_by"));
    html_time(out, html_get(row, "deletion_date"), "");
    text_put(out, "</td><td data-label=\"Left\" class=\"number\">");
    put_left(out, row);
    text_put(out, "</td><td class=\"actions\">");
    put_buttons(request, row, hold);
    text_put(out, "</td></tr>\n");
}

/* ---- the list ---- */

static void put_pages(Request *request, const Filter *filter, bool more)
{
    Text *out = &request->answer;
    if (filter->page == 1 && !more)
        return;
    text_put(out, "<nav class=\"pages\" aria-label=\"Parts of the list\">");
    for (int step = -1; step <= 1; step += 2) {
        if (step < 0 ? filter->page == 1 : !more)
            continue;
        html(out,
             "<a class=\"button\" rel=\"%s\" href=\"/erasures?page=%lld&amp;state=%s&amp;subject=",
             step < 0 ? "prev" : "next", filter->page + step, filter->state);
        form_escape(out, filter->subject);
        html(out, "\">%s</a> ", step < 0 ? "Earlier" : "Later");
    }
    html(out, "<span>Page %lld</span></nav>\n", filter->page);
}

static Value *ask_list(Request *request, const Filter *filter)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {"list", filter->subject};
    arguments.revisions = words;
    arguments.revision_count = *filter->subject ? 2 : 1;
    arguments.verbose = true;
    arguments.limit = PAGE_ROWS + 1;
    arguments.offset = (size_t)(filter->page - 1) * PAGE_ROWS;
    arguments.all = strcmp(filter->state, "all") == 0;
    arguments.state = *filter->state ? filter->state : NULL;
    return page_ask(request, rung_erase, &arguments);
}

static void put_list(Request *request, const Filter *filter)
{
    static const char *const titles[] = {"Whose", "State",   "Requested", "Due",
                                         "#Left", "Actions", NULL};
    Text *out = &request->answer;
    Value *list = ask_list(request, filter), *holds = page_holds_in_force(request);
    const Value *rows = value_get(list, "requests");
    size_t count = value_count(rows);
    if (list && !count)
        text_put(out, "<p class=\"calm\">There are no such requests.</p>\n");
    if (count) {
        page_put_table(request, "Requests to be erased, the first that is due on top", titles);
        for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
            put_row(request, value_at(rows, i), value_get(holds, "holds"));
        page_end_table(request);
    }
    if (list)
        put_pages(request, filter, count > PAGE_ROWS);
    value_free(list);
    value_free(holds);
}

void page_erasures(Request *request)
{
    static const char *const done[] = {"cancelled", "The request was cancelled: the account stays.",
                                       "held", "The row is held: nothing erases it.", NULL};
    Filter filter = read_filter(request);
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *problem;
    arguments.lifecycle = true;
    page_start(request, "Erasures");
    page_done(request, done);
    Value *survey = page_try(request, rung_status, &arguments, &problem);
    put_filter(request, &filter, value_get(survey, "subjects"));
    value_free(survey);
    text_put(&request->answer, "<div id=\"fresh\">\n");
    put_list(request, &filter);
    text_put(&request->answer, "</div>\n");
    page_end(request, 200);
}

/* ---- cancelling ---- */

static void put_question(Request *request, const char *subject, const char *key,
                         const char *problem)
{
    Text *out = &request->answer;
    page_start(request, "Cancel an erasure");
    if (problem)
        html_message(out, TONE_BAD, "It was not cancelled", problem);
    html(out,
         "<p>The request to erase <b>%s</b> <code>%s</code> is taken back. Nothing is erased, and "
         "the audit has your name.</p><form method=\"post\" action=\"/erasures/cancel\">"
         "<input type=\"hidden\" name=\"subject\" value=\"%s\"><input type=\"hidden\" "
         "name=\"key\" value=\"%s\">",
         subject, key, subject, key);
    page_form_key(request);
    text_put(out, "<p class=\"choice\"><button class=\"danger\" type=\"submit\">Cancel the "
                  "erasure</button> <a class=\"button\" href=\"/erasures\">Back to the list</a>"
                  "</p></form>\n");
}

void page_erasure_cancel(Request *request)
{
    put_question(request, page_query(request, "subject"), page_query(request, "key"), NULL);
    page_end(request, 200);
}

void page_erasure_cancel_try(Request *request)
{
    const char *problem, *form = page_form(request);
    if (!form)
        return;
    const char *subject = form_get(request->arena, form, "subject");
    const char *key = form_get(request->arena, form, "key");
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {
        "cancel", arena_print(request->arena, "%s:%s", subject ? subject : "", key ? key : "")};
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    Value *value = page_try(request, rung_erase, &arguments, &problem);
    if (value) {
        request_log(request, "%s cancelled an erasure", request->session->name);
        page_redirect(request, "/erasures?done=cancelled");
    } else {
        put_question(request, subject, key, problem);
        page_end(request, 409);
    }
    value_free(value);
}
