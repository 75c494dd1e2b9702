/* The drawing of a cascade as a tree of text, and its findings. */
#include "report/cascade_parts.h"
#include "base/utf8.h"

/* ---- the tree ---- */

/* Whether another line of the same depth comes below, before one that is less deep. */
static void find_last(const Cascade *cascade, bool *last)
{
    Arena *scratch = arena_new();
    bool *follows = arena_alloc_array(scratch, cascade->lines.count + 2, sizeof *follows);
    for (size_t i = cascade->lines.count; i-- > 0;) {
        size_t depth = cascade->lines.at[i].depth;
        last[i] = !follows[depth];
        follows[depth] = true;
        for (size_t k = depth + 1; k < cascade->lines.count + 2 && follows[k]; k++)
            follows[k] = false;
    }
    arena_free(scratch);
}

/* "│  └─ ": `open[d]`: a line goes on at depth d. */
static void add_branches(Text *text, const bool *open, size_t depth, bool last)
{
    for (size_t i = 1; i < depth; i++)
        text_put(text, open[i] ? "│  " : "   ");
    if (depth)
        text_put(text, last ? "└─ " : "├─ ");
}

typedef struct Labels {
    VEC(const char *) at;
    size_t width;
} Labels;

static void make_labels(Arena *arena, const Cascade *cascade, Labels *labels)
{
    bool *last = arena_alloc_array(arena, cascade->lines.count + 1, sizeof *last);
    bool *open = arena_alloc_array(arena, cascade->lines.count + 2, sizeof *open);
    find_last(cascade, last);
    for (size_t i = 0; i < cascade->lines.count; i++) {
        const CascadeLine *line = &cascade->lines.at[i];
        Text text = TEXT_EMPTY;
        add_branches(&text, open, line->depth, last[i]);
        open[line->depth] = !last[i];
        text_put(&text, line->key ? line->key->title : line->table->title);
        *vec_add(arena, &labels->at) = arena_string(arena, text_string(&text));
        size_t width = utf8_width(text_string(&text));
        labels->width = width > labels->width ? width : labels->width;
        text_done(&text);
    }
}

static void pad(Text *text, const char *string, size_t width)
{
    text_put(text, string);
    for (size_t have = utf8_width(string); have < width; have++)
        text_char(text, ' ');
}

static void add_state(Arena *arena, Text *text, const CascadeLine *line)
{
    const TableKey *key = line->key;
    if (!key->declared)
        text_put(text, "no foreign key");
    else if (key->index)
        text_print(text, "index %s", key->index);
    else {
        const char *size = key_table_size(arena, key->from);
        text_print(text, "no index: a DELETE reads %s each time", size ? size : "all rows");
    }
    if (key->deferrable)
        text_put(text, key->deferred ? ", deferred" : ", deferrable");
    if (key->declared && !key->enforced)
        text_put(text, ", NOT ENFORCED");
    else if (!key->validated)
        text_put(text, ", NOT VALID");
    if (key->to_partition)
        text_print(text, ", to %s", key->to_partition);
    if (line->again)
        text_put(text, line->key->from == line->key->to ? " (itself)"
                       : line->later                    ? " (see below)"
                                                        : " (see above)");
}

static void add_tree(Report *report, const Cascade *cascade, bool classes)
{
    Arena *arena = arena_new();
    Labels labels = {0};
    Text *text = &report->text;
    make_labels(arena, cascade, &labels);
    const char *size = key_table_size(arena, cascade->root);
    text_print(text, size ? "%s  (%s)\n" : "%s\n", cascade->root->title, size);
    for (size_t i = 1; i < cascade->lines.count; i++) {
        const CascadeLine *line = &cascade->lines.at[i];
        pad(text, labels.at.at[i], labels.width + 2);
        pad(text, line->key->declared ? key_action_name(line->key->action) : "-", 11);
        text_put(text, "  ");
        if (classes)
            pad(text, line->key->relation ? relation_name(line->key->relation) : "no class", 10);
        add_state(arena, text, line);
        text_char(text, '\n');
    }
    arena_free(arena);
}

/* ---- what it comes to ---- */

static void add_counts(Text *text, const Cascade *cascade)
{
    static const char actions[] = "carnd";
    size_t counts[sizeof actions] = {0}, said = 0, tables = cascade->tables.count - 1;
    for (size_t i = 1; i < cascade->lines.count; i++) {
        const TableKey *key = cascade->lines.at[i].key;
        if (key->declared)
            counts[strchr(actions, key->action) - actions]++;
    }
    text_print(text, "\n%zu table%s below %s, %zu level%s", tables, tables == 1 ? "" : "s",
               cascade->root->title, cascade->depth, cascade->depth == 1 ? "" : "s");
    for (size_t i = 0; i + 1 < sizeof actions; i++)
        if (counts[i])
            text_print(text, "%s%zu %s", said++ ? ", " : "; keys: ", counts[i],
                       key_action_name(actions[i]));
    text_char(text, '\n');
}

static void add_findings(Text *text, const CascadeFindings *findings, bool fails)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += findings->at[i].fails == fails;
    if (!count)
        return;
    text_print(text, "\n%zu %s%s\n", count, fails ? "problem" : "note", count == 1 ? "" : "s");
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].fails == fails) {
            text_put(text, "  ");
            pad(text, cascade_type_name(findings->at[i].type), 14);
            text_print(text, "%s\n", findings->at[i].text);
        }
}

void report_cascades(Report *report, Cascade *const *cascades, size_t count, CascadeFormat format,
                     bool classes)
{
    if (format == CASCADE_JSON) {
        report_document(report, cascades_value(cascades, count));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (format == CASCADE_DOT)
            cascade_dot(cascades[i], &report->text);
        else if (format == CASCADE_MERMAID)
            cascade_mermaid(cascades[i], &report->text);
        else {
            if (i)
                text_char(&report->text, '\n');
            add_tree(report, cascades[i], classes);
            add_counts(&report->text, cascades[i]);
            add_findings(&report->text, &cascades[i]->findings, true);
            add_findings(&report->text, &cascades[i]->findings, false);
        }
    }
}

/* ---- verify ---- */

static void add_verdict_text(Text *text, const KeyVerdict *verdict, size_t width)
{
    text_put(text, verdict->good ? "PASS  " : "FAIL  ");
    pad(text, verdict->title, width + 2);
    pad(text, verdict->key && verdict->key->declared ? key_action_name(verdict->key->action) : "-",
        11);
    if (verdict->wanted)
        text_print(text, "  wanted: %s", relation_name(verdict->wanted));
    if (verdict->reason)
        text_print(text, "  (%s)", verdict->reason);
    text_char(text, '\n');
}

static void add_verdict_value(Value *list, const KeyVerdict *verdict)
{
    Value *value = value_object();
    value_set_text(value, "key", verdict->title);
    value_set_text(value, "constraint", verdict->key ? verdict->key->name : NULL);
    value_set_text(value, "table", verdict->key ? verdict->key->from->title : NULL);
    value_set_text(value, "references", verdict->key ? verdict->key->to->title : NULL);
    value_set_text(value, "action",
                   verdict->key && verdict->key->declared ? key_action_name(verdict->key->action)
                                                          : NULL);
    value_set_text(value, "class", verdict->wanted ? relation_name(verdict->wanted) : NULL);
    value_set_bool(value, "pass", verdict->good);
    value_set_text(value, "reason", verdict->reason);
    value_append(list, value);
}

size_t report_key_verdicts(Report *report, const KeyVerdicts *verdicts)
{
    size_t failed = 0, width = 0;
    Value *list = value_array();
    for (size_t i = 0; i < verdicts->count; i++) {
        size_t have = utf8_width(verdicts->at[i].title);
        width = have > width ? have : width;
        failed += !verdicts->at[i].good;
    }
    for (size_t i = 0; i < verdicts->count; i++) {
        if (report->json)
            add_verdict_value(list, &verdicts->at[i]);
        else
            add_verdict_text(&report->text, &verdicts->at[i], width);
    }
    if (report->json) {
        Value *document = value_object();
        value_set_int(document, "passed", (int64_t)(verdicts->count - failed));
        value_set_int(document, "failed", (int64_t)failed);
        value_set(document, "keys", list);
        report_document(report, document);
        return failed;
    }
    value_free(list);
    text_print(&report->text, "%zu key%s: %zu passed, %zu failed\n", verdicts->count,
               verdicts->count == 1 ? "" : "s", verdicts->count - failed, failed);
    return failed;
}
