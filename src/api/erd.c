/* erd: a diagram of tables and foreign keys. */
#include "report/erd.h"
#include "api/types.h"
#include "base/file.h"
#include "base/process.h"

#include <stdlib.h>
#include <unistd.h>

enum { SAID_LIMIT = 500, SVG_LIMIT = 256 * 1024 * 1024 };

/* ---- Graphviz ---- */

static Code run_dot(Verb *verb, const char *source, const char *svg, Error *error)
{
    const char *words[] = {"dot", "-Tsvg", "-o", svg, source, NULL};
    Process process = {.words = words, .limit = SAID_LIMIT, .cancelled = &verb->project->cancelled};
    const char *said;
    int status;
    Code code = process_run(verb->arena, &process, &status, &said, error);
    if (!code && status)
        code = error_set(error, RUNG_FAILED, "dot did not draw the diagram: %s", said);
    return code;
}

/* Graphviz reads a file and writes one: both in a folder that is gone afterwards. */
static Code draw(Verb *verb, const Text *source, Text *ret_svg, Error *error)
{
    char folder[] = "/tmp/rung-erd-XXXXXX";
    char *data;
    size_t length;
    Error ignored;
    if (!process_find(verb->arena, "dot")) {
        error_set(error, RUNG_UNSUPPORTED, "--format svg needs Graphviz: no program dot");
        return error_hint(error, "install the package graphviz, or take --format dot or mermaid");
    }
    if (!mkdtemp(folder))
        return error_set(error, RUNG_FILE, "cannot make a temporary folder in /tmp");
    const char *in = path_join(verb->arena, folder, "erd.dot");
    const char *out = path_join(verb->arena, folder, "erd.svg");
    Code code = file_write_new(in, text_string(source), source->length, error);
    if (!code)
        code = run_dot(verb, in, out, error);
    if (!code)
        code = file_read(verb->arena, out, SVG_LIMIT, &data, &length, error);
    if (!code)
        text_add(ret_svg, data, length);
    file_remove(in, &ignored);
    file_remove(out, &ignored);
    rmdir(folder);
    return code;
}

/* ---- the verb ---- */

static Code write_erd(Verb *verb, size_t format, Types *types, const char *name, Error *error)
{
    Text text = TEXT_EMPTY, svg = TEXT_EMPTY;
    Code code = RUNG_OK;
    if (format == 0)
        erd_mermaid(types, &text);
    else
        erd_dot(types, &text);
    if (format == 2)
        code = draw(verb, &text, &svg, error);
    if (!code)
        code = output_give(verb, name, format == 2 ? &svg : &text, error);
    text_done(&text);
    text_done(&svg);
    return code;
}

static Code verb_erd(Verb *verb, Error *error)
{
    static const char *const formats[] = {"mermaid", "dot", "svg", NULL};
    Types *types;
    Side side = {0};
    size_t format;
    Code code = verb_read_word("format", verb->arguments->format, formats, "mermaid, dot, svg",
                               &format, error);
    if (!code)
        code = output_check_arguments(verb, error);
    if (!code)
        code = types_load(verb, false, &side, &types, error);
    if (!code) {
        verb->report.count = side.catalog->count;
        code = write_erd(verb, format, types, formats[format], error);
    }
    side_done(&side);
    return code;
}
VERB(erd)
