/* Formatting into the fixed fields of an Error; what does not fit ends in "...". */
#include "base/error.h"

#include <stdarg.h>

static const struct {
    const char *name;
    int exit;
    const char *doc;
} codes[] = {
#define CODE_ROW(name, exit, doc) [RUNG_##name] = {#name, exit, doc},
    RUNG_CODES(CODE_ROW)
#undef CODE_ROW
};

static void mark_cut(char *field, size_t size, int length)
{
    if (length < 0 || (size_t)length >= size)
        memcpy(field + size - 4, "...", 4);
}

static void print_field(char *field, size_t size, const char *format, va_list list)
{
    mark_cut(field, size, vsnprintf(field, size, format, list));
}

Code error_set(Error *error, Code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char message[sizeof error->message];
    print_field(message, sizeof message, format, list);
    va_end(list);
    *error = (Error){.code = code};
    memcpy(error->message, message, sizeof message);
    return code;
}

Code error_at(Error *error, Code code, const char *file, int line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char message[sizeof error->message];
    char where[sizeof error->file];
    print_field(message, sizeof message, format, list);
    va_end(list);
    mark_cut(where, sizeof where, snprintf(where, sizeof where, "%s", file ? file : ""));
    *error = (Error){.code = code, .line = line};
    memcpy(error->message, message, sizeof message);
    memcpy(error->file, where, sizeof where);
    return code;
}

Code error_hint(Error *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_field(error->hint, sizeof error->hint, format, list);
    va_end(list);
    return error->code;
}

Code error_detail(Error *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_field(error->detail, sizeof error->detail, format, list);
    va_end(list);
    return error->code;
}

void error_statement(Error *error, const char *sql, size_t length)
{
    size_t size = sizeof error->statement;
    size_t kept = length < size ? length : size - 1;
    memcpy(error->statement, sql, kept);
    error->statement[kept] = '\0';
    if (kept < length)
        memcpy(error->statement + size - 4, "...", 4);
}

const char *error_code_name(Code code)
{
    return code < RUNG_CODE_COUNT ? codes[code].name : "UNKNOWN_CODE";
}

int error_code_exit(Code code)
{
    return code < RUNG_CODE_COUNT ? codes[code].exit : 1;
}

const char *error_code_doc(Code code)
{
    return code < RUNG_CODE_COUNT ? codes[code].doc : "";
}
