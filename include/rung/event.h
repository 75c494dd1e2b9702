/* What happens while a verb runs, told to the caller as it happens. */
#ifndef RUNG_EVENT_H
#define RUNG_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rung_event_type {
    RUNG_EVENT_NOTICE,       /* text: something the user should know */
    RUNG_EVENT_WARNING,      /* text: something the user should look at */
    RUNG_EVENT_SERVER,       /* text: a message of the database server (RAISE NOTICE), live */
    RUNG_EVENT_START,        /* revision, text (message), done of total: a revision begins */
    RUNG_EVENT_DONE,         /* revision, text, done of total, elapsed_us: it is committed */
    RUNG_EVENT_STEP,         /* revision, text, done of total: a step of a revision with several */
    RUNG_EVENT_PROGRESS,     /* revision, text, done of total rows of a backfill, elapsed_us */
    RUNG_EVENT_WAIT,         /* text: what is waited for and who holds it */
    RUNG_EVENT_RETRY,        /* text: why and when it is tried again */
    RUNG_EVENT_TASK,         /* text: a step of a deployment begins */
    RUNG_EVENT_TASK_DONE,    /* text (what came of it), elapsed_us */
    RUNG_EVENT_TASK_FAILED,  /* text (why), elapsed_us */
    RUNG_EVENT_TASK_SKIPPED, /* text (why) */
} rung_event_type;

typedef struct rung_event {
    rung_event_type type;
    const char *revision; /* NULL when it belongs to none */
    const char *text;     /* never NULL; valid during the call */
    int64_t done, total;  /* total 0: not known */
    int64_t elapsed_us;   /* 0: not known */
    bool undo;            /* START, DONE: a downgrade */
} rung_event;

typedef void rung_event_fn(void *context, const rung_event *event);

/* Asks somebody a question that yes or no answers; several lines, without a newline at the end. */
typedef bool rung_ask_fn(void *context, const char *question);

#ifdef __cplusplus
}
#endif
#endif
