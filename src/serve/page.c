/* The frame of every page. */
#include "serve/page.h"
#include "base/clock.h"
#include "serve/dashboard.h"

#include <strings.h>

#define HTML_TYPE "text/html; charset=utf-8"
#define FORM_TYPE "application/x-www-form-urlencoded"
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

/* ---- who may see it ---- */

/* A browser says where a form stands; another client has nothing to do here. */
static bool is_own_form(const Request *request)
{
    const char *site = request_header(request, "Sec-Fetch-Site");
    const char *origin = request_header(request, "Origin"), *host = request_header(request, "Host");
    if (site)
        return strcmp(site, "same-origin") == 0;
    const char *name = origin ? strstr(origin, "://") : NULL;
    return name && host && strcasecmp(name + 3, host) == 0;
}

static void ask_to_sign_in(Request *request)
{
    Text location = TEXT_EMPTY;
    bool shows = strcmp(request->route->method, "GET") == 0;
    if (request->route->run == page_events) {
        answer_problem(request, 401, "The session has ended.");
        return;
    }
    text_put(&location, "/signin");
    if (shows && strcmp(request->path, "/") != 0) {
        text_put(&location, "?next=");
        form_escape(&location, request->path);
    }
    page_redirect(request, text_keep(&location, request->arena));
}

bool page_judge(Request *request)
{
    Session *session = arena_alloc(request->arena, sizeof *session);
    if (strcmp(request->route->method, "POST") == 0 && !is_own_form(request)) {
        request_log(request, "a form of another origin was refused");
        answer_problem(request, 403, "The form was not sent by a page of this service.");
        return false;
    }
    if (request->route->auth != AUTH_SESSION)
        return true;
    if (!session_read(request, session)) {
        ask_to_sign_in(request);
        return false;
    }
    request->session = session;
    if (request->route->run != page_events && request->route->run != page_signout)
        session_renew(request);
    return true;
}

/* ---- the frame ---- */

static const char *const places[][2] = {
    {"/", "Overview"},   {"/revisions", "Revisions"}, {"/erasures", "Erasures"},
    {"/holds", "Holds"}, {"/retention", "Retention"}, {"/schedule", "Schedule"},
    {"/audit", "Audit"}, {"/keys", "Keys"},
};

static void put_places(Request *request)
{
    Text *out = &request->answer;
    text_put(out, "<nav aria-label=\"Pages\"><ul>");
    for (size_t i = 0; i < COUNT(places); i++) {
        const char *path = places[i][0];
        size_t length = strlen(path);
        bool here = length > 1 ? strncmp(request->path, path, length) == 0
                               : strcmp(request->path, path) == 0;
        html(out, "<li><a href=\"%s\"", path);
        text_put(out, here ? " aria-current=\"page\">" : ">");
        html(out, "%s</a></li>", places[i][1]);
    }
    text_put(out, "</ul></nav>\n");
}

static void put_account(Request *request)
{
    Text *out = &request->answer;
    html(out,
         "<form class=\"account\" method=\"post\" action=\"/signout\"><span>Signed in as "
         "<b>%s</b></span>",
         request->session->name);
    page_form_key(request);
    text_put(out, "<button type=\"submit\">Sign out</button></form>\n");
}

void page_start(Request *request, const char *title)
{
    Text *out = &request->answer;
    text_clear(out);
    html(out,
         "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s - rung</title>\n"
         "<link rel=\"icon\" href=\"%s\" type=\"image/svg+xml\">\n"
         "<link rel=\"stylesheet\" href=\"%s\">\n",
         title, page_asset_path("icon.svg"), page_asset_path("dashboard.css"));
    if (request->session)
        html(out, "<script src=\"%s\" defer></script>\n", page_asset_path("dashboard.js"));
    text_put(out, "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to content</a>\n"
                  "<header><span class=\"brand\">rung</span>\n");
    if (request->session) {
        put_places(request);
        put_account(request);
    }
    html(out, "</header>\n<main id=\"main\" tabindex=\"-1\">\n<h1>%s</h1>\n", title);
}

void page_end(Request *request, int status)
{
    Text *out = &request->answer;
    const char *now = clock_print_utc(request->arena, clock_wall_us() / 1000000);
    text_put(out, "</main>\n<footer>");
    if (request->session) {
        html(out,
             "<p>As of <time datetime=\"%s\">%s %s UTC</time>. <span id=\"live\" "
             "role=\"status\"></span></p><noscript><p>The page does not renew itself. <a href=\"\">"
             "Reload it</a> for fresh figures.</p></noscript>",
             now, arena_print(request->arena, "%.10s", now),
             arena_print(request->arena, "%.8s", now + 11));
    }
    html(out, "<p>rung %s</p></footer>\n</body>\n</html>\n", rung_version());
    answer_text(request, status, HTML_TYPE);
}

void page_redirect(Request *request, const char *location)
{
    text_clear(&request->answer);
    answer_header(request, "Location", location);
    answer_text(request, 303, HTML_TYPE);
}

/* ---- the end of it ---- */

/* Of a problem that is JSON, its words; for people in place of programs. */
static void put_problem(Request *request)
{
    Value *problem;
    Error ignored;
    int status = request->status;
    const char *words = "";
    if (value_read("problem", text_string(&request->answer), request->answer.length, &problem,
                   &ignored))
        return;
    words = arena_string(request->arena, html_get(problem, "detail"));
    value_free(problem);
    page_start(request, status_title(status));
    html_message(&request->answer, TONE_BAD, "That did not work", words);
    html(&request->answer, "<p>The log has it as request <code>%s</code>.</p>\n", request->id);
    if (!request->session)
        text_put(&request->answer, "<p><a href=\"/signin\">Sign in</a></p>\n");
    page_end(request, status);
}

void page_finish(Request *request)
{
    if (!request->route || !page_is_route(request))
        return;
    if (request->answer_type && strcmp(request->answer_type, "application/problem+json") == 0)
        put_problem(request);
    answer_header(request, "Content-Security-Policy", POLICY);
    answer_header(request, "Referrer-Policy", "same-origin");
    answer_header(request, "X-Frame-Options", "DENY");
    answer_header(request, "Cross-Origin-Opener-Policy", "same-origin");
    answer_header(request, "Cross-Origin-Resource-Policy", "same-origin");
}

/* ---- verbs ---- */

Value *page_try(Request *request, rung_verb *verb, rung_arguments *arguments,
                const char **ret_problem)
{
    rung_result *result = NULL;
    rung_error *error = NULL;
    Error ignored;
    Value *value = NULL;
    arguments->json = true;
    arguments->actor = request->session->name;
    rung_code code = verb(request->project, arguments, &result, &error);
    const char *text = result ? rung_result_text(result) : "";
    if (!error && value_read("result", text, strlen(text), &value, &ignored))
        value = NULL;
    if (!value) {
        const char *message = error ? rung_error_message(error) : "there is no result";
        const char *hint = error ? rung_error_hint(error) : "";
        request_log(request, "%s: %s", rung_code_name(code), message);
        *ret_problem = arena_print(request->arena, "%s%s%s", message, *hint ? "; " : "", hint);
    }
    rung_error_free(error);
    rung_result_free(result);
    return value;
}

Value *page_ask(Request *request, rung_verb *verb, rung_arguments *arguments)
{
    const char *problem;
    Value *value = page_try(request, verb, arguments, &problem);
    if (!value)
        html_message(&request->answer, TONE_BAD, "This cannot be read", problem);
    return value;
}

/* ---- forms ---- */

const char *page_form(Request *request)
{
    const char *type = request->content_type;
    size_t length = strlen(FORM_TYPE);
    if (!type || strncasecmp(type, FORM_TYPE, length) != 0 ||
        (type[length] && type[length] != ';')) {
        answer_problem(request, 415, "The body must be a form.");
        return NULL;
    }
    const char *form = text_string(&request->body);
    if (!request->session ||
        session_form_is_right(request, form_get(request->arena, form, "form_key")))
        return form;
    request_log(request, "a form without the key of its session was refused");
    answer_problem(request, 403, "The form is not of this session: load its page again.");
    return NULL;
}

void page_form_key(Request *request)
{
    html(&request->answer, "<input type=\"hidden\" name=\"form_key\" value=\"%s\">",
         session_form_key(request));
}

const char *page_query(const Request *request, const char *name)
{
    const char *value = form_get(request->arena, request->query, name);
    return value ? value : "";
}

void page_done(Request *request, const char *const *codes)
{
    const char *done = page_query(request, "done");
    for (; *codes; codes += 2)
        if (strcmp(codes[0], done) == 0)
            html_message(&request->answer, TONE_GOOD, codes[1], NULL);
}
