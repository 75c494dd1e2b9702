/* What the pages of the dashboard share: who may see them, their frame, and asking a verb. */
#ifndef SERVE_PAGE_H
#define SERVE_PAGE_H

#include "serve/html.h"
#include "serve/route.h"
#include "serve/session.h"

enum { PAGE_ROWS = 50 };

bool page_is_route(const Request *request);

/* Whether the request may go on: who is signed in, and forms only from our own pages. Else it is
 * answered: by the page to sign in, 401 or 403. */
bool page_judge(Request *request);

/* The path of "dashboard.css", with its hash. */
const char *page_asset_path(const char *name);

/* Before the answer is sent: an error becomes a page, and every answer of the dashboard gets its
 * headers. Nothing for other routes. */
void page_finish(Request *request);

/* The beginning and end of a page; what is between goes to request->answer. */
void page_start(Request *request, const char *title);
void page_end(Request *request, int status);

/* 303: what was asked for is done, and the browser goes there. The text is kept. */
void page_redirect(Request *request, const char *location);

/* ---- verbs ---- */

/* Runs a verb for the admin who is signed in, and gives its JSON, which the caller frees. NULL when
 * it failed: then `ret_problem` says why, for people. */
Value *page_try(Request *request, rung_verb *verb, rung_arguments *arguments,
                const char **ret_problem);

/* The same; a failure is written into the page. */
Value *page_ask(Request *request, rung_verb *verb, rung_arguments *arguments);

/* ---- forms ---- */

/* The body of a form of ours, with the key of the session; NULL when it is none, and answered. */
const char *page_form(Request *request);

/* The hidden field with the key. */
void page_form_key(Request *request);

/* A field of the query, or "". */
const char *page_query(const Request *request, const char *name);

/* What was done, after a redirect: `codes` are pairs of "done=" and words; NULL ends them. */
void page_done(Request *request, const char *const *codes);

#endif
