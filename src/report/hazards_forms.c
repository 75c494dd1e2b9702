/* Hazards for programs: JSON, JUnit's XML, SARIF 2.1.0. */
#include "report/hazards_forms.h"

/* ---- JSON ---- */

static Value *hazard_value(const Hazard *hazard)
{
    Value *value = value_object();
    value_set_text(value, "rule", hazard->rule);
    value_set_text(value, "severity", severity_name(hazard->severity));
    value_set_text(value, "file", hazard->file);
    value_set_text(value, "revision", hazard->revision);
    value_set_int(value, "line", (int64_t)hazard->line);
    value_set_text(value, "what", hazard->what);
    value_set_text(value, "why", hazard->why);
    value_set_text(value, "fix", hazard->fix);
    value_set_text(value, "statement", hazard->statement);
    return value;
}

Value *report_hazard_values(const HazardList *hazards)
{
    Value *array = value_array();
    for (size_t i = 0; i < hazards->count; i++)
        value_append(array, hazard_value(&hazards->at[i]));
    return array;
}

void hazards_json(Report *report, const HazardReport *hazards)
{
    Value *value = value_object(), *files = value_array();
    const HazardList *list = hazards->hazards;
    for (size_t i = 0; i < hazards->files.count; i++)
        value_append(files, value_text(hazards->files.at[i]));
    value_set_bool(value, "ok", !hazards_stop(hazards));
    value_set_int(value, "errors", (int64_t)hazards_count(list, SEVERITY_ERROR));
    value_set_int(value, "warnings", (int64_t)hazards_count(list, SEVERITY_WARNING));
    value_set_int(value, "notes", (int64_t)hazards_count(list, SEVERITY_NOTE));
    value_set_int(value, "ignored", (int64_t)hazards->ignored);
    value_set_int(value, "statements", (int64_t)hazards->statements);
    value_set(value, "files", files);
    value_set(value, "hazards", report_hazard_values(list));
    report_document(report, value);
}

/* ---- SARIF (OASIS, "Static Analysis Results Interchange Format" 2.1.0) ---- */

static void set_message(Value *object, const char *key, const char *text)
{
    Value *message = value_object();
    value_set_text(message, "text", text);
    value_set(object, key, message);
}

static Value *sarif_rule(const HazardRule *rule)
{
    Value *value = value_object(), *level = value_object();
    value_set_text(value, "id", rule->name);
    set_message(value, "shortDescription", rule->title);
    set_message(value, "fullDescription", rule->why);
    set_message(value, "help", rule->fix);
    value_set_text(level, "level", severity_name(rule->severity));
    value_set(value, "defaultConfiguration", level);
    return value;
}

static Value *sarif_place(const Hazard *hazard)
{
    Value *place = value_object(), *physical = value_object(), *file = value_object();
    Value *places = value_array();
    value_set_text(file, "uri", hazard->file);
    value_set(physical, "artifactLocation", file);
    if (hazard->line) {
        Value *region = value_object();
        value_set_int(region, "startLine", (int64_t)hazard->line);
        value_set(physical, "region", region);
    }
    value_set(place, "physicalLocation", physical);
    value_append(places, place);
    return places;
}

static Value *sarif_result(const Hazard *hazard)
{
    Value *value = value_object();
    Text text = TEXT_EMPTY;
    text_put(&text, hazard->what);
    if (hazard->why)
        text_print(&text, "\nWhy: %s", hazard->why);
    if (hazard->fix)
        text_print(&text, "\nFix: %s", hazard->fix);
    value_set_text(value, "ruleId", hazard->rule);
    value_set_text(value, "level", severity_name(hazard->severity));
    set_message(value, "message", text_string(&text));
    if (hazard->file)
        value_set(value, "locations", sarif_place(hazard));
    text_done(&text);
    return value;
}

void hazards_sarif(Report *report, const HazardReport *hazards)
{
    Value *value = value_object(), *runs = value_array(), *run = value_object();
    Value *tool = value_object(), *driver = value_object(), *rules = value_array();
    Value *results = value_array();
    for (size_t i = 0; i < hazards->rules.count; i++)
        value_append(rules, sarif_rule(&hazards->rules.at[i]));
    for (size_t i = 0; i < hazards->hazards->count; i++)
        value_append(results, sarif_result(&hazards->hazards->at[i]));
    value_set_text(driver, "name", "rung");
    value_set_text(driver, "version", RUNG_VERSION);
    value_set(driver, "rules", rules);
    value_set(tool, "driver", driver);
    value_set(run, "tool", tool);
    value_set(run, "results", results);
    value_append(runs, run);
    value_set_text(value, "version", "2.1.0");
    value_set_text(value, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    value_set(value, "runs", runs);
    report_document(report, value);
}

/* ---- JUnit ---- */

/* XML 1.0 has no other control characters. */
static void add_xml(Text *text, const char *words)
{
    for (; *words; words++) {
        const char *entity = *words == '&'    ? "&amp;"
                             : *words == '<'  ? "&lt;"
                             : *words == '>'  ? "&gt;"
                             : *words == '"'  ? "&quot;"
                             : *words == '\n' ? "&#10;"
                                              : NULL;
        if (entity)
            text_put(text, entity);
        else
            text_char(text, (unsigned char)*words < 0x20 && *words != '\t' ? '?' : *words);
    }
}

static void add_attribute(Text *text, const char *name, const char *value)
{
    text_print(text, " %s=\"", name);
    add_xml(text, value);
    text_char(text, '"');
}

static bool is_failure(const HazardReport *hazards, const Hazard *hazard)
{
    return hazards->strict || hazard->severity == SEVERITY_ERROR;
}

static void add_case(Text *text, const HazardReport *hazards, const Hazard *hazard)
{
    bool failure = is_failure(hazards, hazard);
    char line[32];
    snprintf(line, sizeof line, " (line %zu)", hazard->line);
    text_put(text, "    <testcase");
    add_attribute(text, "classname", hazard->file ? hazard->file : hazards->verb);
    text_print(text, " name=\"%s%s\">\n      <%s", hazard->rule, hazard->line ? line : "",
               failure ? "failure" : "system-out");
    if (failure) {
        add_attribute(text, "type", hazard->rule);
        add_attribute(text, "message", hazard->what);
    }
    text_char(text, '>');
    add_xml(text, hazard->what);
    add_xml(text, hazard->fix ? "\nfix: " : "");
    add_xml(text, hazard->fix ? hazard->fix : "");
    text_print(text, "</%s>\n    </testcase>\n", failure ? "failure" : "system-out");
}

static bool is_in(const Hazard *hazard, const char *file)
{
    return file ? hazard->file && strcmp(hazard->file, file) == 0 : !hazard->file;
}

static void add_suite(Text *text, const HazardReport *hazards, const char *file)
{
    size_t count = 0, failures = 0;
    for (size_t i = 0; i < hazards->hazards->count; i++) {
        const Hazard *hazard = &hazards->hazards->at[i];
        count += is_in(hazard, file);
        failures += is_in(hazard, file) && is_failure(hazards, hazard);
    }
    if (!file && !count)
        return;
    text_put(text, "  <testsuite");
    add_attribute(text, "name", file ? file : hazards->verb);
    text_print(text, " tests=\"%zu\" failures=\"%zu\">\n", count ? count : 1, failures);
    if (!count) {
        text_put(text, "    <testcase");
        add_attribute(text, "classname", file);
        text_print(text, " name=\"%s\"/>\n", hazards->verb);
    }
    for (size_t i = 0; i < hazards->hazards->count; i++)
        if (is_in(&hazards->hazards->at[i], file))
            add_case(text, hazards, &hazards->hazards->at[i]);
    text_put(text, "  </testsuite>\n");
}

void hazards_junit(Report *report, const HazardReport *hazards)
{
    Text *text = &report->text;
    text_print(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rung %s\">\n",
               hazards->verb);
    for (size_t i = 0; i < hazards->files.count; i++)
        add_suite(text, hazards, hazards->files.at[i]);
    add_suite(text, hazards, NULL);
    text_put(text, "</testsuites>\n");
}
