/* Exports as lines for people and as JSON. */
#include "report/export.h"
#include "base/clock.h"

enum { HASH_SHOWN = 12 };

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static const char *size_text(Arena *arena, int64_t bytes)
{
    if (bytes < 10000)
        return arena_print(arena, "%lld bytes", (long long)bytes);
    if (bytes < 10000000)
        return arena_print(arena, "%.1f kB", (double)bytes / 1e3);
    return arena_print(arena, "%.1f MB", (double)bytes / 1e6);
}

/* ---- one ---- */

static void put_result(Report *report, const ExportResult *result)
{
    Arena *arena = arena_new();
    Text *text = &report->text;
    text_print(text, "%s\n", result->path);
    text_print(text, "%lld row%s of %lld table%s, %s, in %s\n", (long long)result->rows,
               plural(result->rows), (long long)result->tables, plural(result->tables),
               size_text(arena, result->bytes), clock_print_duration(arena, result->elapsed_us));
    text_print(text, "sha256 %s\n", result->sha256);
    for (size_t i = 0; i < result->left_out.count; i++)
        text_print(text, "left out: %s leads to rows of other subjects\n", result->left_out.at[i]);
    arena_free(arena);
}

void report_export(Report *report, const ExportResult *result)
{
    report->count = 1;
    if (!report->json) {
        put_result(report, result);
        return;
    }
    Value *document = value_object(), *left_out = value_array();
    value_set_int(document, "id", result->id);
    value_set_text(document, "path", result->path);
    value_set_text(document, "sha256", result->sha256);
    value_set_int(document, "tables", result->tables);
    value_set_int(document, "rows", result->rows);
    value_set_int(document, "bytes", result->bytes);
    value_set_int(document, "elapsed_us", result->elapsed_us);
    for (size_t i = 0; i < result->left_out.count; i++)
        value_append(left_out, value_text(result->left_out.at[i]));
    value_set(document, "left_out", left_out);
    report_document(report, document);
}

/* ---- the history ---- */

static void set_time(Value *value, const char *name, int64_t seconds)
{
    Arena *arena = arena_new();
    value_set_text(value, name, seconds ? clock_print_utc(arena, seconds) : NULL);
    arena_free(arena);
}

static Value *describe(const ExportRow *row)
{
    Value *value = value_object();
    value_set_int(value, "id", row->id);
    value_set_text(value, "subject", row->subject);
    value_set_text(value, "subject_hash", row->hash);
    value_set_text(value, "status", row->status);
    value_set_text(value, "path", row->path);
    value_set_bool(value, "missing", row->missing);
    value_set_int(value, "rows", row->rows);
    value_set_int(value, "bytes", row->bytes);
    set_time(value, "started_at", row->started_at);
    set_time(value, "finished_at", row->finished_at);
    set_time(value, "expires_at", row->expires_at);
    value_set_text(value, "requested_by", row->by);
    value_set_text(value, "problem", row->problem);
    return value;
}

static void put_row(Text *text, const ExportRow *row)
{
    Arena *arena = arena_new();
    const char *time = clock_print_utc(arena, row->started_at);
    text_print(text, "%lld  %.10s %.8s UTC  %s %.*s  %s", (long long)row->id, time, time + 11,
               row->subject, HASH_SHOWN, row->hash, row->status);
    if (row->bytes)
        text_print(text, "  %lld row%s, %s", (long long)row->rows, plural(row->rows),
                   size_text(arena, row->bytes));
    if (row->expires_at && strcmp(row->status, "completed") == 0)
        text_print(text, ", until %.10s", clock_print_utc(arena, row->expires_at));
    if (row->problem)
        text_print(text, ": %s", row->problem);
    text_char(text, '\n');
    if (row->path)
        text_print(text, "   %s%s\n", row->path, row->missing ? "  IS MISSING" : "");
    arena_free(arena);
}

static void put_json(Report *report, const ExportList *list, bool expired)
{
    Value *document = value_object(), *rows = value_array(), *unknown = value_array();
    for (size_t i = 0; i < list->rows.count; i++)
        value_append(rows, describe(&list->rows.at[i]));
    for (size_t i = 0; i < list->unknown.count; i++)
        value_append(unknown, value_text(list->unknown.at[i]));
    value_set(document, expired ? "expired" : "exports", rows);
    value_set(document, "unknown", unknown);
    if (expired)
        value_set_int(document, "removed", list->removed);
    report_document(report, document);
}

void report_exports(Report *report, const ExportList *list, bool expired)
{
    Text *text = &report->text;
    report->count = list->rows.count;
    if (report->json) {
        put_json(report, list, expired);
        return;
    }
    for (size_t i = 0; i < list->rows.count; i++)
        put_row(text, &list->rows.at[i]);
    if (!list->rows.count)
        text_put(text, expired ? "nothing is over\n" : "nothing was exported yet\n");
    else if (expired)
        text_print(text, "%lld archive%s removed\n", (long long)list->removed,
                   plural(list->removed));
    for (size_t i = 0; i < list->unknown.count; i++)
        text_print(text, "not in the history: %s\n", list->unknown.at[i]);
}

/* ---- after a restore ---- */

void report_replay(Report *report, const LedgerReplay *replay)
{
    Text *text = &report->text;
    report->count = (size_t)replay->again;
    if (report->json) {
        Value *document = value_object();
        value_set_int(document, "entries", replay->entries);
        value_set_int(document, "again", replay->again);
        value_set_int(document, "already", replay->already);
        value_set_int(document, "absent", replay->absent);
        value_set_int(document, "others", replay->others);
        value_set_int(document, "rows", replay->rows);
        report_document(report, document);
        return;
    }
    if (!replay->entries)
        text_put(text, "the database knows every erasure of the ledger\n");
    else
        text_print(text,
                   "%lld erasure%s of the ledger %s not carried out here: %lld row%s %s back,"
                   " %lld %s not\n",
                   (long long)replay->entries, plural(replay->entries),
                   replay->entries == 1 ? "was" : "were", (long long)replay->again,
                   plural(replay->again), replay->again == 1 ? "is" : "are",
                   (long long)replay->absent, replay->absent == 1 ? "is" : "are");
    if (replay->again + replay->already)
        text_put(text, "`rung purge` removes them again\n");
    if (replay->others)
        text_print(text,
                   "%lld entr%s of other databases: a copy of one of them, made before `rung"
                   " erase init`, needs --all\n",
                   (long long)replay->others, replay->others == 1 ? "y" : "ies");
}
