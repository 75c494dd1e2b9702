/* Streams, colours, errors. The few control sequences are ECMA-48 ones. */
#include "cli/terminal.h"
#include "base/value.h"
#include "cli/secret.h"

#include <errno.h>
#include <strings.h>
#include <unistd.h>

enum { STATEMENT_WIDTH = 100 };

#define CLEAR_LINE "\r\033[K"
#define WRAP_OFF   "\033[?7l" /* a line that is too long is cut by the terminal */
#define WRAP_ON    "\033[?7h"

static bool set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

/* The first of the three that is set decides (POSIX, "Environment Variables"). */
static bool locale_is_utf8(void)
{
    const char *name = set("LC_ALL") ? "LC_ALL" : set("LC_CTYPE") ? "LC_CTYPE" : "LANG";
    const char *value = getenv(name);
    return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

void terminal_init(Terminal *terminal, FILE *out, FILE *err)
{
    const char *term = getenv("TERM");
    bool dumb = !term || !*term || strcmp(term, "dumb") == 0;
    *terminal = (Terminal){.out = out, .err = err, .color = !set("NO_COLOR")};
    terminal->out_terminal = !dumb && isatty(fileno(out));
    terminal->err_terminal = !dumb && isatty(fileno(err));
    terminal->utf8 = locale_is_utf8();
}

void terminal_done(Terminal *terminal)
{
    text_done(&terminal->live);
}

void terminal_paint(const Terminal *terminal, bool err, Color color, const char *string, Text *text)
{
    static const char *const codes[] = {
        [COLOR_RED] = "1;31", [COLOR_GREEN] = "32", [COLOR_YELLOW] = "1;33", [COLOR_CYAN] = "36"};
    bool painted = terminal->color && color != COLOR_NONE &&
                   (err ? terminal->err_terminal : terminal->out_terminal);
    if (painted)
        text_print(text, "\033[%sm%s\033[0m", codes[color], string);
    else
        text_put(text, string);
}

/* ---- lines ---- */

/* A terminal obeys control characters, and messages come from files and servers: only our own
 * colour sequences pass. */
static void write_clean(FILE *stream, const char *lines)
{
    const char *clean = lines;
    for (; *lines; lines++) {
        unsigned char byte = (unsigned char)*lines;
        if ((byte >= ' ' && byte != 127) || byte == '\n' || byte == '\t')
            continue;
        size_t color = byte == '\033' && lines[1] == '[' ? 2 + strspn(lines + 2, "0123456789;") : 0;
        if (color && lines[color] == 'm') {
            lines += color;
            continue;
        }
        fwrite(clean, 1, (size_t)(lines - clean), stream);
        fputc('?', stream);
        clean = lines + 1;
    }
    fwrite(clean, 1, (size_t)(lines - clean), stream);
}

static void write_lines(FILE *stream, bool terminal, const char *lines)
{
    if (terminal)
        write_clean(stream, lines);
    else
        fputs(lines, stream);
}

static void hide_live(Terminal *terminal)
{
    if (terminal->live.length)
        fputs(CLEAR_LINE, terminal->out);
}

static void show_live(Terminal *terminal)
{
    if (!terminal->live.length)
        return;
    fputs(CLEAR_LINE WRAP_OFF, terminal->out);
    write_clean(terminal->out, text_string(&terminal->live));
    fputs(WRAP_ON, terminal->out);
    fflush(terminal->out);
}

void terminal_out(Terminal *terminal, const char *lines)
{
    hide_live(terminal);
    write_lines(terminal->out, terminal->out_terminal, lines);
    show_live(terminal);
    fflush(terminal->out);
}

void terminal_err(Terminal *terminal, const char *lines)
{
    bool covered = terminal->live.length && terminal->err_terminal;
    if (covered)
        hide_live(terminal);
    fflush(terminal->out);
    write_lines(terminal->err, terminal->err_terminal, lines);
    fflush(terminal->err);
    if (covered)
        show_live(terminal);
}

void terminal_live(Terminal *terminal, const char *line)
{
    if (!terminal->out_terminal)
        return;
    text_clear(&terminal->live);
    text_put(&terminal->live, line);
    show_live(terminal);
}

void terminal_live_end(Terminal *terminal)
{
    hide_live(terminal);
    text_clear(&terminal->live);
    fflush(terminal->out);
}

void terminal_result(Terminal *terminal, const char *text)
{
    fputs(text, terminal->out);
    terminal->result_shown = true;
}

/* ---- questions ---- */

bool terminal_can_ask(const Terminal *terminal)
{
    return terminal->err_terminal && !terminal->json && isatty(0);
}

bool terminal_ask(Terminal *terminal, const char *question)
{
    char answer[16] = "";
    Text text = TEXT_EMPTY;
    text_print(&text, "%s [y/N] ", question);
    terminal_err(terminal, text_string(&text));
    text_done(&text);
    if (!fgets(answer, sizeof answer, stdin))
        terminal_err(terminal, "\n");
    return answer[0] == 'y' || answer[0] == 'Y';
}

/* ---- errors ---- */

static void add_place(Text *text, const Error *error)
{
    if (!*error->file && !*error->revision)
        return;
    text_put(text, "  at ");
    if (*error->file)
        text_put(text, error->file);
    if (*error->file && error->line)
        text_print(text, ":%d", error->line);
    if (*error->revision)
        text_print(text, "%srevision %s", *error->file ? ", " : "", error->revision);
    text_char(text, '\n');
}

/* Blanks and line ends become one blank; what is too long is cut between characters. */
static void add_statement(Text *text, const char *statement)
{
    size_t width = 0;
    if (!*statement)
        return;
    text_put(text, "  statement: ");
    statement += strspn(statement, " \t\r\n");
    while (*statement && width < STATEMENT_WIDTH) {
        size_t blanks = strspn(statement, " \t\r\n");
        if (blanks && !statement[blanks])
            break;
        text_char(text, blanks ? ' ' : *statement);
        statement += blanks ? blanks : 1;
        while ((*statement & 0xC0) == 0x80)
            text_char(text, *statement++);
        width++;
    }
    statement += strspn(statement, " \t\r\n");
    text_put(text, *statement ? " ...\n" : "\n");
}

/* "  detail: first line", the others under it. */
static void add_field(Text *text, const char *name, const char *value)
{
    if (!*value)
        return;
    text_print(text, "  %s: ", name);
    for (; *value; value++) {
        if (*value == '\n' && !value[1])
            break;
        text_char(text, *value);
        if (*value == '\n')
            text_put(text, "    ");
    }
    text_char(text, '\n');
}

static void add_words(const Terminal *terminal, const Error *error, Text *text)
{
    if (error->code == RUNG_INTERRUPTED) {
        terminal_paint(terminal, true, COLOR_YELLOW, "interrupted:", text);
        text_put(text, " what was under way was rolled back; run the same command again\n");
    } else {
        terminal_paint(terminal, true, COLOR_RED, "error:", text);
        text_print(text, " %s", error->message);
        if (*error->sqlstate)
            text_print(text, " (%s)", error->sqlstate);
        text_char(text, '\n');
    }
    add_place(text, error);
    add_statement(text, error->statement);
    add_field(text, "detail", error->detail);
    add_field(text, "hint", error->hint);
}

static void set_known(Value *object, const char *key, const char *value)
{
    if (*value)
        value_set_text(object, key, value);
}

static void add_json(const Error *error, Text *text)
{
    Value *document = value_object(), *object = value_object();
    value_set_text(object, "code", rung_code_name(error->code));
    value_set_text(object, "message", error->message);
    set_known(object, "detail", error->detail);
    set_known(object, "hint", error->hint);
    set_known(object, "sqlstate", error->sqlstate);
    set_known(object, "file", error->file);
    if (error->line)
        value_set_int(object, "line", error->line);
    set_known(object, "revision", error->revision);
    set_known(object, "statement", error->statement);
    value_set_int(object, "exit", rung_code_exit(error->code));
    value_set(document, "error", object);
    value_write(document, true, text);
    text_char(text, '\n');
    value_free(document);
}

void terminal_error(Terminal *terminal, const Error *error)
{
    Error shown = *error;
    Text text = TEXT_EMPTY;
    secret_cover(shown.message);
    secret_cover(shown.detail);
    secret_cover(shown.hint);
    add_words(terminal, &shown, &text);
    terminal_err(terminal, text_string(&text));
    if (terminal->json && !terminal->result_shown) {
        text_clear(&text);
        add_json(&shown, &text);
        terminal_result(terminal, text_string(&text));
    }
    text_done(&text);
}

Code terminal_finish(Terminal *terminal, Error *error)
{
    bool lost = ferror(terminal->out);
    errno = 0;
    if (fflush(terminal->out) == 0 && !lost)
        return RUNG_OK;
    error_set(error, RUNG_FILE, "standard output: %s", errno ? strerror(errno) : "write failed");
    return error_hint(error, "the command itself ran to its end; only what it printed is lost");
}
