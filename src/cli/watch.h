/* What happens while a verb runs, shown as it happens. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/terminal.h"
#include "rung/event.h"

typedef struct Watch {
    Terminal *terminal;
    Text revision, title;         /* of the revision that began last and is not done; empty: none */
    Text backfill;                /* the table whose rows are counted; empty: none */
    int64_t first_rows, first_us; /* of its first report: a resumed one does not begin at 0 */
    int64_t rows, rows_total, us; /* of its last report */
    int64_t shown_us;             /* when a line was last shown, on the reports' clock */
} Watch;

void watch_init(Watch *watch, Terminal *terminal);
void watch_done(Watch *watch);

/* A rung_event_fn; `context` is the Watch. */
void watch_event(void *context, const rung_event *event);

/* A rung_ask_fn; `context` is the Watch. */
bool watch_ask(void *context, const char *question);

/* The verb has returned: ends live lines; a revision that failed gets its line. */
void watch_end(Watch *watch, const Error *error);

#endif
