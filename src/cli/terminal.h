/* Where output goes and what it may look like: results and progress on stdout, errors, warnings
 * and what the server says on stderr. One live line at the bottom of a terminal is kept out of the
 * way of everything else. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/error.h"
#include "base/text.h"
#include "rung/rung.h"

typedef enum { COLOR_NONE, COLOR_RED, COLOR_GREEN, COLOR_YELLOW, COLOR_CYAN } Color;

typedef struct Terminal {
    FILE *out, *err;
    bool out_terminal, err_terminal; /* a terminal that understands control sequences */
    bool color;                      /* colour is wanted where there is a terminal */
    bool utf8;
    bool quiet, json;
    bool result_shown; /* with --json: stdout has its document */
    Text live;         /* the live line; empty: none */
} Terminal;

/* Looks at the streams and at NO_COLOR, TERM, LC_ALL, LC_CTYPE and LANG. `out` and `err` stay the
 * caller's. */
void terminal_init(Terminal *terminal, FILE *out, FILE *err);
void terminal_done(Terminal *terminal);

/* `text` in a colour for stdout or stderr, as it is where there is no colour. */
void terminal_paint(const Terminal *terminal, bool err, Color color, const char *string,
                    Text *text);

/* Prints whole lines, above the live line if there is one, at once. Control characters that
 * someone put into a message do not reach a terminal. */
void terminal_out(Terminal *terminal, const char *lines);
void terminal_err(Terminal *terminal, const char *lines);

/* Shows or replaces the live line; nothing when stdout is no terminal. */
void terminal_live(Terminal *terminal, const char *line);
void terminal_live_end(Terminal *terminal);

/* A result, byte for byte. */
void terminal_result(Terminal *terminal, const char *text);

/* Asks on stderr and reads a line of stdin: yes or no. False when nobody can be asked, because one
 * of them is no terminal. */
bool terminal_can_ask(const Terminal *terminal);
bool terminal_ask(Terminal *terminal, const char *question);

/* In words on stderr; with --json also as a document on stdout, unless a result is there. */
void terminal_error(Terminal *terminal, const Error *error);

/* Flushes stdout. RUNG_FILE if anything printed there was lost. */
Code terminal_finish(Terminal *terminal, Error *error);

#endif
