/* Revisions and what happened to them. Text is laid out in columns; JSON has the same facts. */
#include "report/report.h"
#include "base/clock.h"
#include "base/utf8.h"

void report_document(Report *report, Value *value)
{
    value_write(value, true, &report->text);
    text_char(&report->text, '\n');
    value_free(value);
}

static void pad(Text *text, const char *string, size_t width)
{
    text_put(text, string);
    for (size_t have = utf8_width(string); have < width; have++)
        text_char(text, ' ');
}

/* ---- revisions ---- */

static size_t id_width(const RevisionList *list)
{
    size_t width = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strlen(list->at[i]->id);
        width = length > width ? length : width;
    }
    return width;
}

static bool is_current(const RevisionMarks *marks, const Revision *revision)
{
    if (!marks->applied || !marks->applied->has[revision->order])
        return false;
    for (size_t i = 0; i < revision->children.count; i++)
        if (marks->applied->has[revision->children.at[i]->order])
            return false;
    return true;
}

static void put_marks(Text *text, const RevisionMarks *marks, const Revision *revision)
{
    const struct {
        bool is;
        const char *word;
    } words[] = {
        {revision->children.count == 0, "head"},
        {is_current(marks, revision), "current"},
        {marks->applied && !marks->applied->has[revision->order], "pending"},
        {revision->parents.count == 0, "base"},
        {revision->parents.count > 1, "merge"},
        {revision->children.count > 1, "fork"},
    };
    bool any = false;
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].is) {
            text_print(text, "%s%s", any ? ", " : " (", words[i].word);
            any = true;
        }
    if (any)
        text_char(text, ')');
}

static Value *id_array(Revision *const *list, size_t count)
{
    Value *array = value_array();
    for (size_t i = 0; i < count; i++)
        value_append(array, value_text(list[i]->id));
    return array;
}

static Value *revision_value(const RevisionMarks *marks, const Revision *revision)
{
    Value *value = value_object();
    value_set_text(value, "id", revision->id);
    value_set_text(value, "message", revision->message);
    value_set_text(value, "path", revision->path);
    value_set(value, "parents", id_array(revision->parents.at, revision->parents.count));
    value_set(value, "children", id_array(revision->children.at, revision->children.count));
    value_set_bool(value, "head", revision->children.count == 0);
    if (marks && marks->applied) {
        value_set_bool(value, "applied", marks->applied->has[revision->order]);
        value_set_bool(value, "current", is_current(marks, revision));
    }
    value_set_text(value, "hash", revision->hash);
    return value;
}

static Value *revision_values(const RevisionMarks *marks, const RevisionList *list)
{
    Value *array = value_array();
    for (size_t i = 0; i < list->count; i++)
        value_append(array, revision_value(marks, list->at[i]));
    return array;
}

/* A line says its parents only where the line below is not the one parent. */
static bool follows(const RevisionList *list, size_t i)
{
    const Revision *revision = list->at[i];
    return revision->parents.count == 0 || (revision->parents.count == 1 && i + 1 < list->count &&
                                            list->at[i + 1] == revision->parents.at[0]);
}

static void put_revision(Report *report, const RevisionMarks *marks, const RevisionList *list,
                         size_t i, size_t width)
{
    const Revision *revision = list->at[i];
    pad(&report->text, revision->id, width);
    text_print(&report->text, "  %s", revision->message);
    put_marks(&report->text, marks, revision);
    if (list->count > 1 && !follows(list, i)) {
        text_put(&report->text, "  after ");
        for (size_t k = 0; k < revision->parents.count; k++)
            text_print(&report->text, "%s%s", k ? " and " : "", revision->parents.at[k]->id);
    }
    text_char(&report->text, '\n');
}

void report_revisions(Report *report, const RevisionMarks *marks, const RevisionList *list,
                      const char *empty)
{
    report->count = list->count;
    if (report->json) {
        Value *value = value_object();
        value_set(value, "revisions", revision_values(marks, list));
        report_document(report, value);
        return;
    }
    if (!list->count)
        text_print(&report->text, "%s\n", empty);
    for (size_t i = 0; i < list->count; i++)
        put_revision(report, marks, list, i, id_width(list));
}

void report_show(Report *report, const RevisionMarks *marks, const Revision *revision,
                 const char *body, size_t length)
{
    report->count = 1;
    if (report->json) {
        Value *value = revision_value(marks, revision);
        value_set_text(value, "text", body);
        report_document(report, value);
        return;
    }
    text_print(&report->text, "revision  %s", revision->id);
    put_marks(&report->text, marks, revision);
    text_put(&report->text, "\nparents  ");
    for (size_t i = 0; i < revision->parents.count; i++)
        text_print(&report->text, " %s", revision->parents.at[i]->id);
    text_print(&report->text, "%s\nfile      %s\nhash      %s\n\n",
               revision->parents.count ? "" : " none", revision->path, revision->hash);
    text_add(&report->text, body, length);
    if (length && body[length - 1] != '\n')
        text_char(&report->text, '\n');
}

void report_written(Report *report, const WrittenReport *written)
{
    report->count = written->paths.count;
    Value *paths = report->json ? value_array() : NULL;
    for (size_t i = 0; i < written->paths.count; i++)
        if (paths)
            value_append(paths, value_text(written->paths.at[i]));
        else
            text_print(&report->text, "wrote %s\n", written->paths.at[i]);
    if (paths) {
        Value *value = value_object();
        value_set(value, "written", paths);
        value_set_text(value, "revision", written->revision);
        value_set_bool(value, "stamped", written->stamped);
        report_document(report, value);
    } else if (!written->paths.count && written->nothing)
        text_print(&report->text, "%s\n", written->nothing);
    else if (written->stamped)
        text_print(&report->text, "stamped %s as applied\n", written->revision);
}

/* ---- status ---- */

static void put_list(Text *text, const char *label, const RevisionMarks *marks,
                     const RevisionList *list, const char *none)
{
    size_t width = id_width(list);
    pad(text, label, 11);
    if (!list->count)
        text_print(text, "%s\n", none);
    for (size_t i = 0; i < list->count; i++) {
        pad(text, i ? "           " : "", i ? 11 : 0);
        pad(text, list->at[i]->id, width);
        text_print(text, "  %s", list->at[i]->message);
        put_marks(text, marks, list->at[i]);
        text_char(text, '\n');
    }
}

static void put_pending(Text *text, const RevisionMarks *marks, const RevisionList *path)
{
    enum { SHOWN = 20 };
    RevisionList some = *path;
    if (some.count > SHOWN)
        some.count = SHOWN;
    put_list(text, "pending", marks, &some, "none");
    if (path->count > SHOWN)
        text_print(text, "           and %zu more\n", path->count - SHOWN);
}

static void put_half_done(Text *text, const History *history)
{
    for (size_t i = 0; i < history->journal.count; i++) {
        const JournalEntry *entry = &history->journal.at[i];
        text_print(text, "%s%s of %s: step %d of %d %s", i ? "           " : "half-done  ",
                   entry->undo ? "downgrade" : "upgrade", entry->revision, entry->step,
                   entry->steps, entry->done ? "done" : "started");
        if (entry->position.count)
            text_print(text, ", %lld rows, up to key %s", (long long)entry->rows_done,
                       entry->position.at[0]);
        text_print(text, " (%s)\n", entry->at);
    }
}

const char *report_server(Engine engine, int version, char *buffer, size_t size)
{
    int v = version;
    if (engine == ENGINE_SQLITE)
        snprintf(buffer, size, "SQLite %d.%d.%d", v / 1000000, v / 1000 % 1000, v % 1000);
    else
        snprintf(buffer, size, "PostgreSQL %d.%d", v / 10000, v % 10000);
    return buffer;
}

static const char *version_text(const StatusReport *status, char *buffer, size_t size)
{
    if (!status->server_version)
        return "not created yet";
    return report_server(status->url->engine, status->server_version, buffer, size);
}

static void status_text(Report *report, const StatusReport *status, const RevisionMarks *marks)
{
    char version[64];
    Text *text = &report->text;
    text_print(text, "target     %s, %s, %s\n", status->target, status->url->shown,
               version_text(status, version, sizeof version));
    put_list(text, "current", marks, &status->current, "nothing is applied");
    text_print(text, "applied    %zu of %zu\n", status->plan->applied.count, status->files);
    put_pending(text, marks, &status->plan->path);
    put_half_done(text, &status->plan->history);
    if (status->edited.count)
        put_list(text, "edited", marks, &status->edited, "");
    for (size_t i = 0; i < status->unknown.count; i++)
        text_print(text, "unknown    %s is applied, and no file has it\n", status->unknown.at[i]);
    if (status->heads.count > 1)
        text_print(text, "heads      %zu: `rung merge` joins them\n", status->heads.count);
}

static Value *journal_values(const History *history)
{
    Value *array = value_array();
    for (size_t i = 0; i < history->journal.count; i++) {
        const JournalEntry *entry = &history->journal.at[i];
        Value *value = value_object();
        value_set_text(value, "revision", entry->revision);
        value_set_text(value, "direction", entry->undo ? "down" : "up");
        value_set_int(value, "step", entry->step);
        value_set_int(value, "steps", entry->steps);
        value_set_text(value, "state", entry->done ? "done" : "started");
        value_set_int(value, "rows_done", entry->rows_done);
        value_set_text(value, "at", entry->at);
        value_append(array, value);
    }
    return array;
}

void report_status(Report *report, const StatusReport *status)
{
    char version[64];
    RevisionMarks marks = {status->plan->graph, &status->plan->applied};
    report->count = status->plan->path.count;
    if (!report->json) {
        status_text(report, status, &marks);
        return;
    }
    Value *value = value_object(), *unknown = value_array();
    for (size_t i = 0; i < status->unknown.count; i++)
        value_append(unknown, value_text(status->unknown.at[i]));
    value_set_text(value, "target", status->target);
    value_set_text(value, "url", status->url->shown);
    value_set_text(value, "server", version_text(status, version, sizeof version));
    value_set(value, "current", revision_values(&marks, &status->current));
    value_set_int(value, "applied", (int64_t)status->plan->applied.count);
    value_set_int(value, "files", (int64_t)status->files);
    value_set(value, "pending", revision_values(&marks, &status->plan->path));
    value_set(value, "half_done", journal_values(&status->plan->history));
    value_set(value, "edited", revision_values(&marks, &status->edited));
    value_set(value, "unknown", unknown);
    value_set(value, "heads", revision_values(&marks, &status->heads));
    report_document(report, value);
}

/* ---- check ---- */

void report_findings(Report *report, const FindingList *findings, const char *good)
{
    report->count = findings->count;
    Value *array = report->json ? value_array() : NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const Finding *finding = &findings->at[i];
        if (array) {
            Value *value = value_object();
            value_set_text(value, "kind", finding->kind);
            value_set_text(value, "revision", finding->revision);
            value_set_text(value, "text", finding->text);
            value_append(array, value);
        } else {
            pad(&report->text, finding->kind, 10);
            text_print(&report->text, " %s\n", finding->text);
        }
    }
    if (array) {
        Value *value = value_object();
        value_set_bool(value, "ok", findings->count == 0);
        value_set(value, "findings", array);
        report_document(report, value);
    } else if (!findings->count)
        text_print(&report->text, "%s\n", good);
}

/* ---- log ---- */

static Value *log_value(const LogEntry *entry)
{
    Value *value = value_object();
    value_set_int(value, "id", entry->id);
    value_set_text(value, "at", entry->at);
    value_set_text(value, "actor", entry->actor);
    value_set_text(value, "event", entry->event);
    value_set_text(value, "revision", entry->revision);
    value_set_text(value, "file_hash", entry->file_hash);
    value_set_text(value, "run", entry->run);
    value_set_int(value, "duration_us", entry->duration_us);
    value_set_int(value, "statements", entry->statements);
    value_set_text(value, "tool", entry->tool);
    value_set_text(value, "detail", entry->detail);
    value_set_text(value, "hash", entry->hash);
    return value;
}

static void put_log(Text *text, const LogEntry *entry)
{
    Arena *arena = arena_new();
    text_print(text, "%4lld  %.19sZ  ", (long long)entry->id, entry->at);
    pad(text, entry->event, 10);
    text_print(text, " %s", entry->revision ? entry->revision : "-");
    if (entry->duration_us)
        text_print(text, "  %s", clock_print_duration(arena, entry->duration_us));
    if (entry->statements)
        text_print(text, ", %lld statement%s", (long long)entry->statements,
                   entry->statements == 1 ? "" : "s");
    text_print(text, "  by %s", entry->actor);
    if (entry->detail)
        text_print(text, "  (%s)", entry->detail);
    text_char(text, '\n');
    arena_free(arena);
}

void report_log(Report *report, const LogList *log)
{
    Value *array = report->json ? value_array() : NULL;
    report->count = log->count;
    for (size_t i = 0; i < log->count; i++)
        if (array)
            value_append(array, log_value(&log->at[i]));
        else
            put_log(&report->text, &log->at[i]);
    if (array) {
        Value *value = value_object();
        value_set(value, "log", array);
        report_document(report, value);
    } else if (!log->count)
        text_put(&report->text, "the log is empty: rung never changed this database\n");
}
