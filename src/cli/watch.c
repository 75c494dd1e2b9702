/* Events as lines: one for each revision, one live line on a terminal, and in a pipe no more
 * progress than a log can bear. */
#include "cli/watch.h"
#include "base/clock.h"

enum { BAR_WIDTH = 20, LIVE_EVERY_US = 100 * 1000, PLAIN_EVERY_US = 10 * 1000 * 1000 };

typedef enum {
    SIGN_UP,
    SIGN_DOWN,
    SIGN_DONE,
    SIGN_FAILED,
    SIGN_SKIPPED,
    SIGN_FULL,
    SIGN_EMPTY
} Sign;

static const struct {
    const char *utf8, *ascii;
    Color color;
} signs[] = {
    [SIGN_UP] = {"\u2192", "->", COLOR_CYAN},      [SIGN_DOWN] = {"\u2193", "<-", COLOR_CYAN},
    [SIGN_DONE] = {"\u2713", "ok", COLOR_GREEN},   [SIGN_FAILED] = {"\u2717", "!!", COLOR_RED},
    [SIGN_SKIPPED] = {"\u2013", "--", COLOR_NONE}, [SIGN_FULL] = {"\u2588", "#", COLOR_CYAN},
    [SIGN_EMPTY] = {"\u2591", "-", COLOR_NONE},
};

void watch_init(Watch *watch, Terminal *terminal)
{
    *watch = (Watch){.terminal = terminal};
}

void watch_done(Watch *watch)
{
    text_done(&watch->revision);
    text_done(&watch->title);
    text_done(&watch->backfill);
}

static void add_sign(const Watch *watch, Sign sign, Text *text)
{
    terminal_paint(watch->terminal, false, signs[sign].color,
                   watch->terminal->utf8 ? signs[sign].utf8 : signs[sign].ascii, text);
}

static void add_duration(Text *text, int64_t us)
{
    Arena *arena = arena_new();
    text_put(text, clock_print_duration(arena, us));
    arena_free(arena);
}

static void keep(Text *text, const char *string)
{
    text_clear(text);
    text_put(text, string ? string : "");
}

/* "  ✓ 20251215T100000  add deletion_requested_at to users" */
static void add_revision(const Watch *watch, Sign sign, const char *revision, const char *title,
                         Text *text)
{
    text_put(text, "  ");
    add_sign(watch, sign, text);
    text_print(text, " %s", revision);
    if (*title)
        text_print(text, "  %s", title);
}

/* ---- rows of a backfill ---- */

/* "1,234,567" */
static void add_count(Text *text, int64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)count);
    for (int i = 0; i < length; i++) {
        text_char(text, digits[i]);
        int left = length - 1 - i;
        if (left && left % 3 == 0 && digits[i] != '-')
            text_char(text, ',');
    }
}

/* Rows a second since the first report; 0: not known yet. */
static double rate(const Watch *watch)
{
    int64_t us = watch->us - watch->first_us;
    int64_t rows = watch->rows - watch->first_rows;
    return us > 0 && rows > 0 ? (double)rows * 1e6 / (double)us : 0;
}

static int percent(const Watch *watch)
{
    if (watch->rows >= watch->rows_total)
        return 100;
    return (int)((double)watch->rows * 100 / (double)watch->rows_total);
}

static void add_bar(const Watch *watch, Text *text)
{
    int full = percent(watch) * BAR_WIDTH / 100;
    const char *marks[] = {signs[SIGN_EMPTY].ascii, signs[SIGN_FULL].ascii};
    if (watch->terminal->utf8) {
        marks[0] = signs[SIGN_EMPTY].utf8;
        marks[1] = signs[SIGN_FULL].utf8;
    }
    Text bar = TEXT_EMPTY;
    for (int i = 0; i < BAR_WIDTH; i++)
        text_put(&bar, marks[i < full]);
    text_put(text, "  ");
    terminal_paint(watch->terminal, false, signs[SIGN_FULL].color, text_string(&bar), text);
    text_put(text, "  ");
    text_done(&bar);
}

static void add_pace(const Watch *watch, Text *text)
{
    double pace = rate(watch);
    if (pace <= 0)
        return;
    text_put(text, ", ");
    add_count(text, (int64_t)pace);
    text_put(text, " rows/s");
    if (watch->rows >= watch->rows_total)
        return;
    text_put(text, ", ETA ");
    add_duration(text, (int64_t)((double)(watch->rows_total - watch->rows) / pace * 1e6));
}

/* "1,200 of 5,000 rows" */
static void add_share(const Watch *watch, Text *text)
{
    add_count(text, watch->rows);
    if (watch->rows_total > 0) {
        text_put(text, " of ");
        add_count(text, watch->rows_total);
    }
    text_put(text, " rows");
}

/* "    users  ████░░░░  1,200 of 5,000 rows (24 %), 310 rows/s, ETA 12.2 s" */
static void add_progress(const Watch *watch, bool bar, Text *text)
{
    bool known = watch->rows_total > 0;
    text_print(text, "    %s%s", text_string(&watch->backfill), bar && known ? "" : ": ");
    if (bar && known)
        add_bar(watch, text);
    add_share(watch, text);
    if (known)
        text_print(text, " (%d %%)", percent(watch));
    add_pace(watch, text);
}

static void show_progress(Watch *watch, const rung_event *event)
{
    bool begins = strcmp(text_string(&watch->backfill), event->text) != 0;
    if (begins) {
        keep(&watch->backfill, event->text);
        watch->first_rows = event->done;
        watch->first_us = event->elapsed_us;
        watch->shown_us = 0;
    }
    watch->rows = event->done;
    watch->rows_total = event->total;
    watch->us = event->elapsed_us;
    bool live = watch->terminal->out_terminal;
    int64_t every = live ? LIVE_EVERY_US : PLAIN_EVERY_US;
    if (!(live && begins) && event->elapsed_us - watch->shown_us < every)
        return;
    watch->shown_us = event->elapsed_us;
    Text line = TEXT_EMPTY;
    add_progress(watch, live, &line);
    if (live)
        terminal_live(watch->terminal, text_string(&line));
    else {
        text_char(&line, '\n');
        terminal_out(watch->terminal, text_string(&line));
    }
    text_done(&line);
}

/* The backfill is over, one way or another: "    users: 5,000 of 5,000 rows in 4.2 s" stays. */
static void end_progress(Watch *watch)
{
    if (!watch->backfill.length)
        return;
    Text line = TEXT_EMPTY;
    text_print(&line, "    %s: ", text_string(&watch->backfill));
    add_share(watch, &line);
    text_put(&line, " in ");
    add_duration(&line, watch->us);
    text_char(&line, '\n');
    terminal_live_end(watch->terminal);
    terminal_out(watch->terminal, text_string(&line));
    text_clear(&watch->backfill);
    text_done(&line);
}

/* ---- revisions ---- */

static void show_start(Watch *watch, const rung_event *event)
{
    keep(&watch->revision, event->revision);
    keep(&watch->title, event->text);
    Text line = TEXT_EMPTY;
    add_revision(watch, event->undo ? SIGN_DOWN : SIGN_UP, text_string(&watch->revision),
                 event->text, &line);
    if (event->total > 1)
        text_print(&line, "  (%lld of %lld)", (long long)event->done + 1, (long long)event->total);
    terminal_live(watch->terminal, text_string(&line));
    text_done(&line);
}

static void show_done(Watch *watch, const rung_event *event)
{
    Text line = TEXT_EMPTY;
    const char *revision = event->revision ? event->revision : "";
    add_revision(watch, SIGN_DONE, revision, event->text, &line);
    if (event->elapsed_us > 0) {
        text_put(&line, " (");
        add_duration(&line, event->elapsed_us);
        text_char(&line, ')');
    }
    text_char(&line, '\n');
    if (strcmp(text_string(&watch->revision), revision) == 0) {
        text_clear(&watch->revision);
        terminal_live_end(watch->terminal);
    }
    terminal_out(watch->terminal, text_string(&line));
    text_done(&line);
}

static void show_step(Watch *watch, const rung_event *event)
{
    Text line = TEXT_EMPTY;
    text_print(&line, "    %lld/%lld  ", (long long)event->done, (long long)event->total);
    for (const char *s = event->text; *s; s++)
        text_char(&line, *s == '\n' || *s == '\r' || *s == '\t' ? ' ' : *s);
    text_char(&line, '\n');
    terminal_out(watch->terminal, text_string(&line));
    text_done(&line);
}

/* "✓ backup: backups/app.db (0.4 s)", in front of the lines of what it does */
static void show_task(Watch *watch, const rung_event *event)
{
    Sign sign = event->type == RUNG_EVENT_TASK_DONE     ? SIGN_DONE
                : event->type == RUNG_EVENT_TASK_FAILED ? SIGN_FAILED
                                                        : SIGN_SKIPPED;
    bool begins = event->type == RUNG_EVENT_TASK;
    Text line = TEXT_EMPTY;
    add_sign(watch, begins ? SIGN_UP : sign, &line);
    text_print(&line, " %s", event->text);
    if (!begins && sign != SIGN_SKIPPED) {
        text_put(&line, " (");
        add_duration(&line, event->elapsed_us);
        text_char(&line, ')');
    }
    if (begins)
        terminal_live(watch->terminal, text_string(&line));
    else {
        text_char(&line, '\n');
        terminal_live_end(watch->terminal);
        terminal_out(watch->terminal, text_string(&line));
    }
    text_done(&line);
}

static void show_words(Watch *watch, Color color, const char *prefix, const char *words)
{
    size_t length = strlen(words);
    Text line = TEXT_EMPTY;
    if (*prefix)
        terminal_paint(watch->terminal, true, color, prefix, &line);
    text_print(&line, "%s%s%s", *prefix ? " " : "", words,
               length && words[length - 1] == '\n' ? "" : "\n");
    terminal_err(watch->terminal, text_string(&line));
    text_done(&line);
}

/* On stderr whatever the output; only warnings with --quiet. */
static bool show_message(Watch *watch, const rung_event *event)
{
    bool quiet = watch->terminal->quiet;
    switch (event->type) {
    case RUNG_EVENT_WARNING:
        show_words(watch, COLOR_YELLOW, "warning:", event->text);
        return true;
    case RUNG_EVENT_NOTICE:
        if (!quiet)
            show_words(watch, COLOR_CYAN, "note:", event->text);
        return true;
    case RUNG_EVENT_RETRY:
        if (!quiet)
            show_words(watch, COLOR_YELLOW, "retry:", event->text);
        return true;
    case RUNG_EVENT_SERVER:
    case RUNG_EVENT_WAIT:
        if (!quiet)
            show_words(watch, COLOR_NONE, "", event->text);
        return true;
    default:
        return false;
    }
}

void watch_event(void *context, const rung_event *event)
{
    Watch *watch = context;
    if (show_message(watch, event) || watch->terminal->quiet || watch->terminal->json)
        return;
    if (event->type != RUNG_EVENT_PROGRESS)
        end_progress(watch);
    if (event->type == RUNG_EVENT_START)
        show_start(watch, event);
    else if (event->type == RUNG_EVENT_DONE)
        show_done(watch, event);
    else if (event->type == RUNG_EVENT_STEP)
        show_step(watch, event);
    else if (event->type == RUNG_EVENT_PROGRESS)
        show_progress(watch, event);
    else if (event->type >= RUNG_EVENT_TASK && event->type <= RUNG_EVENT_TASK_SKIPPED)
        show_task(watch, event);
}

bool watch_ask(void *context, const char *question)
{
    Watch *watch = context;
    return terminal_ask(watch->terminal, question);
}

void watch_end(Watch *watch, const Error *error)
{
    end_progress(watch);
    if (watch->terminal->live.length)
        terminal_live_end(watch->terminal);
    const char *revision = text_string(&watch->revision);
    if (!error || !*revision || (*error->revision && strcmp(error->revision, revision) != 0))
        return;
    Text line = TEXT_EMPTY;
    add_revision(watch, SIGN_FAILED, revision, text_string(&watch->title), &line);
    text_char(&line, '\n');
    terminal_out(watch->terminal, text_string(&line));
    text_done(&line);
}
