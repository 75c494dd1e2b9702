/* Signing in and out, and the stream of figures. */
#include "serve/page.h"
#include "serve/events.h"

/* Only a page of ours: nobody is sent elsewhere. */
static const char *next_page(Request *request, const char *next)
{
    const Route *route;
    for (size_t i = 0; next && (route = page_route_at(i)) != NULL; i++)
        if (route->auth == AUTH_SESSION && route->database && strcmp(route->method, "GET") == 0 &&
            strcmp(route->path, next) == 0)
            return route->path;
    return "/";
}

static void put_form(Request *request, const char *problem, const char *name, const char *next)
{
    Text *out = &request->answer;
    page_start(request, "Sign in");
    if (problem)
        html_message(out, TONE_BAD, problem, NULL);
    html(out,
         "<form class=\"signin\" method=\"post\" action=\"/signin\">"
         "<input type=\"hidden\" name=\"next\" value=\"%s\">"
         "<p><label for=\"name\">Name</label><input id=\"name\" name=\"name\" value=\"%s\" "
         "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" required "
         "maxlength=\"255\"></p>"
         "<p><label for=\"password\">Password</label><input id=\"password\" name=\"password\" "
         "type=\"password\" autocomplete=\"current-password\" required maxlength=\"1024\"></p>"
         "<p><button class=\"main\" type=\"submit\">Sign in</button></p></form>\n",
         next, name);
}

void page_signin(Request *request)
{
    Session session;
    const char *next = next_page(request, form_get(request->arena, request->query, "next"));
    if (session_read(request, &session)) {
        page_redirect(request, next);
        return;
    }
    put_form(request, NULL, "", next);
    page_end(request, 200);
}

void page_signin_try(Request *request)
{
    int64_t wait = 0;
    const char *form = page_form(request);
    if (!form)
        return;
    const char *name = form_get(request->arena, form, "name");
    const char *next = next_page(request, form_get(request->arena, form, "next"));
    AdminTry result = admin_try(request, name, form_get(request->arena, form, "password"), &wait);
    if (result == ADMIN_RIGHT) {
        request_log(request, "%s signed in from %s", name, request->address);
        session_start(request, name);
        page_redirect(request, next);
        return;
    }
    if (result == ADMIN_LATER) {
        request->retry_seconds = wait;
        put_form(request,
                 arena_print(request->arena, "Too many attempts. Try again in %lld seconds.",
                             (long long)wait),
                 name, next);
        page_end(request, 429);
        return;
    }
    put_form(request, "Name or password is wrong.", name ? name : "", next);
    page_end(request, result == ADMIN_WRONG ? 401 : 422);
}

void page_signout(Request *request)
{
    if (!page_form(request))
        return;
    session_end(request);
    page_redirect(request, "/signin");
}

void page_events(Request *request)
{
    request->listener = events_listen(request);
    if (request->listener)
        answer_text(request, 200, "text/event-stream; charset=utf-8");
    else
        answer_busy(request, 503, 30, "Too many pages listen already.");
}
