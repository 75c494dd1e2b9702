/* Hazards as text, Markdown, and as the annotations of GitHub's workflow commands. */
#include "base/map.h"
#include "report/hazards_forms.h"

const char *const hazard_formats[] = {"text", "json", "markdown", "junit", "sarif", "github", NULL};
const char hazard_format_words[] = "text, json, markdown, junit, sarif, github";

size_t hazards_count(const HazardList *hazards, Severity severity)
{
    size_t count = 0;
    for (size_t i = 0; i < hazards->count; i++)
        count += hazards->at[i].severity == severity;
    return count;
}

bool hazards_stop(const HazardReport *hazards)
{
    return hazards->strict ? hazards->hazards->count > 0
                           : hazards_count(hazards->hazards, SEVERITY_ERROR) > 0;
}

static const char *many(size_t count)
{
    return count == 1 ? "" : "s";
}

void hazards_summary(const HazardReport *hazards, Text *text)
{
    size_t errors = hazards_count(hazards->hazards, SEVERITY_ERROR);
    size_t warnings = hazards_count(hazards->hazards, SEVERITY_WARNING);
    size_t notes = hazards_count(hazards->hazards, SEVERITY_NOTE);
    text_print(text, "%zu error%s, %zu warning%s, %zu note%s in %zu statement%s of %zu file%s",
               errors, many(errors), warnings, many(warnings), notes, many(notes),
               hazards->statements, many(hazards->statements), hazards->files.count,
               many(hazards->files.count));
    if (hazards->ignored)
        text_print(text, "; %zu ignored", hazards->ignored);
}

/* ---- text ---- */

static void add_indented(Text *text, const char *label, const char *words)
{
    text_print(text, "    %s", label);
    for (; *words; words++)
        text_print(text, *words == '\n' ? "%c    " : "%c", *words);
    text_char(text, '\n');
}

static void add_place(Text *text, const Hazard *hazard)
{
    if (hazard->file)
        text_put(text, hazard->file);
    if (hazard->line)
        text_print(text, ":%zu", hazard->line);
    text_put(text, hazard->file || hazard->line ? ": " : "");
}

/* Notes are a line each, and a rule says once why; -v tells all. */
static void add_hazard(Text *text, const Hazard *hazard, bool brief, bool why)
{
    add_place(text, hazard);
    text_print(text, "%s: %s: %s\n", severity_name(hazard->severity), hazard->rule, hazard->what);
    if (brief)
        return;
    if (hazard->statement)
        add_indented(text, "", hazard->statement);
    if (hazard->why && why)
        add_indented(text, "why: ", hazard->why);
    if (hazard->fix)
        add_indented(text, "fix: ", hazard->fix);
}

static void write_text(Report *report, const HazardReport *hazards)
{
    Text *text = &report->text;
    Arena *arena = arena_new();
    Map *told = map_new(arena);
    for (size_t i = 0; i < hazards->hazards->count; i++) {
        const Hazard *hazard = &hazards->hazards->at[i];
        bool first = !map_get(told, hazard->rule);
        map_set(told, hazard->rule, told);
        add_hazard(text, hazard, hazard->severity == SEVERITY_NOTE && !report->verbose,
                   report->verbose || first);
    }
    if (hazards->hazards->count)
        text_char(text, '\n');
    hazards_summary(hazards, text);
    text_char(text, '\n');
    arena_free(arena);
}

/* ---- in a report of something else ---- */

static void add_in_list(Text *text, const Hazard *hazard, bool markdown)
{
    text_print(text, markdown ? "- **%s** " : "%s: ", severity_name(hazard->severity));
    add_place(text, hazard);
    text_print(text, markdown ? "%s (`%s`)\n" : "%s  [%s]\n", hazard->what, hazard->rule);
    if (hazard->why)
        text_print(text, "  %s\n", hazard->why);
    if (hazard->fix)
        text_print(text, "  %s: %s\n", markdown ? "safe" : "safer", hazard->fix);
}

void report_hazard_list(const HazardList *hazards, bool markdown, Text *text)
{
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--)
        for (size_t i = 0; i < hazards->count; i++)
            if (hazards->at[i].severity == (Severity)severity)
                add_in_list(text, &hazards->at[i], markdown);
}

/* ---- Markdown ---- */

static void add_words(Text *text, const char *words)
{
    for (; *words; words++)
        if (*words == '\n')
            text_char(text, ' ');
        else
            text_print(text, strchr("|*_`<>[]\\", *words) ? "\\%c" : "%c", *words);
}

static void write_markdown(Report *report, const HazardReport *hazards)
{
    Text *text = &report->text;
    text_print(text, "## rung %s\n\n", hazards->verb);
    hazards_summary(hazards, text);
    text_put(text, ".\n");
    for (size_t i = 0; i < hazards->hazards->count; i++) {
        const Hazard *hazard = &hazards->hazards->at[i];
        text_print(text, "\n### %s: %s\n\n", severity_name(hazard->severity), hazard->rule);
        add_place(text, hazard);
        add_words(text, hazard->what);
        text_put(text, ".\n");
        if (hazard->statement)
            text_print(text, "\n```sql\n%s\n```\n", hazard->statement);
        if (hazard->why) {
            text_put(text, "\n- why: ");
            add_words(text, hazard->why);
        }
        if (hazard->fix) {
            text_put(text, "\n- fix: ");
            add_words(text, hazard->fix);
        }
        text_char(text, '\n');
    }
}

/* ---- GitHub ("Workflow commands for GitHub Actions") ---- */

static void add_escaped(Text *text, const char *words, const char *special)
{
    for (; *words; words++)
        if (strchr(special, *words))
            text_print(text, "%%%02X", (unsigned)(unsigned char)*words);
        else
            text_char(text, *words);
}

static void write_github(Report *report, const HazardReport *hazards)
{
    static const char value[] = "%\r\n:,", data[] = "%\r\n";
    static const char *const commands[] = {"notice", "warning", "error"};
    Text *text = &report->text;
    for (size_t i = 0; i < hazards->hazards->count; i++) {
        const Hazard *hazard = &hazards->hazards->at[i];
        text_print(text, "::%s title=", commands[hazard->severity]);
        add_escaped(text, hazard->rule, value);
        if (hazard->file) {
            text_put(text, ",file=");
            add_escaped(text, hazard->file, value);
        }
        if (hazard->line)
            text_print(text, ",line=%zu", hazard->line);
        text_put(text, "::");
        add_escaped(text, hazard->what, data);
        if (hazard->why) {
            text_put(text, "%0Awhy: ");
            add_escaped(text, hazard->why, data);
        }
        if (hazard->fix) {
            text_put(text, "%0Afix: ");
            add_escaped(text, hazard->fix, data);
        }
        text_char(text, '\n');
    }
    hazards_summary(hazards, text);
    text_char(text, '\n');
}

void report_hazards(Report *report, const HazardReport *hazards, HazardFormat format)
{
    report->count = hazards->hazards->count;
    switch (format) {
    case HAZARDS_TEXT:
        write_text(report, hazards);
        break;
    case HAZARDS_JSON:
        hazards_json(report, hazards);
        break;
    case HAZARDS_MARKDOWN:
        write_markdown(report, hazards);
        break;
    case HAZARDS_JUNIT:
        hazards_junit(report, hazards);
        break;
    case HAZARDS_SARIF:
        hazards_sarif(report, hazards);
        break;
    case HAZARDS_GITHUB:
        write_github(report, hazards);
        break;
    }
}
