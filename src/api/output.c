/* A text that a verb made: printed, written to --output, or with --check compared to that file. */
#include "api/output.h"
#include "base/file.h"
#include "report/lines.h"

enum { FILE_LIMIT = 256 * 1024 * 1024, LINES_SHOWN = 40 };

static Code compare_file(Verb *verb, const Text *text, Error *error)
{
    const char *path = verb->arguments->output;
    Report *report = &verb->report;
    Text said = TEXT_EMPTY;
    char *data = NULL;
    size_t length = 0;
    bool exists = file_exists(path);
    Code code = exists ? file_read(verb->arena, path, FILE_LIMIT, &data, &length, error) : RUNG_OK;
    if (code)
        return code;
    bool same = exists && length == text->length && memcmp(data, text->data, length) == 0;
    if (same)
        text_print(&said, "%s is current\n", path);
    else if (!exists)
        text_print(&said, "%s is missing\n", path);
    else {
        text_print(&said, "%s is not current\n", path);
        lines_compare(verb->arena, data, text_string(text), LINES_SHOWN, &said);
    }
    if (report->json) {
        Value *value = value_object();
        value_set_text(value, "path", path);
        value_set_bool(value, "current", same);
        value_set_text(value, "text", text_string(&said));
        report_document(report, value);
    } else
        text_put(&report->text, text_string(&said));
    text_done(&said);
    return same ? RUNG_OK : RUNG_FOUND;
}

Code output_check_arguments(Verb *verb, Error *error)
{
    if (!verb->arguments->up_to_date || verb->arguments->output)
        return RUNG_OK;
    error_set(error, RUNG_USAGE, "--check needs the file to look at");
    return error_hint(error, "-o FILE names it");
}

Code output_give(Verb *verb, const char *kind, const Text *text, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    WrittenReport written = {0};
    Report *report = &verb->report;
    if (text->failed)
        return error_set(error, RUNG_LIMIT, "there is no memory for the text");
    if (arguments->up_to_date)
        return compare_file(verb, text, error);
    if (arguments->output) {
        Code code = file_write(arguments->output, text_string(text), text->length, error);
        *vec_add(verb->arena, &written.paths) = arguments->output;
        if (!code)
            report_written(report, &written);
        return code;
    }
    if (report->json && strcmp(kind, "json-schema") != 0) {
        Value *value = value_object();
        value_set_text(value, "kind", kind);
        value_set_text(value, "text", text_string(text));
        report_document(report, value);
    } else
        text_put(&report->text, text_string(text));
    return RUNG_OK;
}
