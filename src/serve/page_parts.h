/* Parts that stand on several pages. */
#ifndef SERVE_PAGE_PARTS_H
#define SERVE_PAGE_PARTS_H

#include "serve/page.h"

/* Whether the audit is whole, by a check that is at most a minute old. */
void page_put_chain(Request *request);

/* The last runs of revisions, newest first. */
void page_put_runs(Request *request, size_t limit);

/* The beginning of a table: titles that NULL ends, those of numbers with # in front. */
void page_put_table(Request *request, const char *caption, const char *const *titles);
void page_end_table(Request *request);

/* When a job of lifecycle.schedule runs next. */
void page_put_next(Request *request, const char *name);

/* Holds that are in force, or NULL. */
Value *page_holds_in_force(Request *request);

/* The lines and the dot of row `index` of the graph of revisions, as they come from rung_history.
 */
typedef struct Lanes Lanes;
Lanes *lanes_new(Arena *arena, const Value *revisions);
void lanes_put(const Lanes *lanes, size_t index, const char *mark, Text *out);

/* A picture of what rung_cascade says of one root. */
void picture_put(Request *request, const Value *root, size_t number);

#endif
