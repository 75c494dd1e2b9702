/* Reads rung.yaml by the table of settings. */
#include "api/config_rows.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/names.h"
#include "lifecycle/schedule.h"

enum { CONFIG_SIZE_LIMIT = 4 * 1024 * 1024 };

static const char *const type_names[TYPE_COUNT] = {
    "text",          "URL",     "duration",        "number",         "true or false",
    "list of texts", "command", "age such as 30d", "map with names", "map of settings"};

const Setting *config_setting(size_t index)
{
    const Section *section;
    for (size_t i = 0; (section = config_section_at(i)) != NULL; i++) {
        if (index < section->count)
            return &section->rows[index].setting;
        index -= section->count;
    }
    return NULL;
}

/* ---- reading ---- */

typedef struct Reader {
    Arena *arena;
    Env *env;
    const char *path;
    Config *config;
    Error *error;
} Reader;

static Code wrong(Reader *reader, const YamlNode *node, const char *expected)
{
    return error_at(reader->error, RUNG_CONFIG, reader->path, node->line, "%s: expected %s",
                    node->key ? node->key : "value", expected);
}

static Code unknown_key(Reader *reader, const YamlNode *node, const Row *rows, size_t count)
{
    Near near;
    near_start(&near, node->key, strlen(node->key));
    for (size_t i = 0; i < count; i++)
        near_offer(&near, rows[i].key);
    error_at(reader->error, RUNG_CONFIG, reader->path, node->line, "unknown setting \"%s\"",
             node->key);
    if (near.count)
        return error_hint(reader->error, "did you mean \"%s\"?", near.names[0]);
    return error_hint(reader->error, "`rung reference` lists every setting");
}

static Code read_number(Reader *reader, const YamlNode *node, const char *text, int *ret_number)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (!*text || *end || number < 0 || number > 1000000)
        return wrong(reader, node, "a number from 0 to 1000000");
    *ret_number = (int)number;
    return RUNG_OK;
}

static Code read_flag(Reader *reader, const YamlNode *node, const char *text, bool *ret_flag)
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return wrong(reader, node, type_names[TYPE_FLAG]);
    *ret_flag = text[0] == 't';
    return RUNG_OK;
}

static Code read_rows(Reader *reader, const YamlNode *map, const Row *rows, size_t count,
                      void *into);
static Code read_entries(Reader *reader, const Row *row, const YamlNode *node, void *field);
static Code read_section(Reader *reader, const Row *row, const YamlNode *node);

/* A list, or one text alone. */
static Code read_list(Reader *reader, const YamlNode *node, ConfigList *ret_list)
{
    VEC(const char *) list = {0};
    const YamlNode *first = node->type == YAML_LIST ? node->child : node;
    if (node->type == YAML_MAP)
        return wrong(reader, node, type_names[TYPE_LIST]);
    for (const YamlNode *item = first; item; item = node->type == YAML_LIST ? item->next : NULL) {
        const char *text;
        if (item->type != YAML_SCALAR || !*item->text)
            return wrong(reader, node, type_names[TYPE_LIST]);
        Code code = env_expand(reader->arena, reader->env, item->text, reader->path, item->line,
                               &text, reader->error);
        if (code)
            return code;
        *vec_add(reader->arena, &list) = text;
    }
    *ret_list = (ConfigList){list.at, list.count};
    return RUNG_OK;
}

static Code read_value(Reader *reader, const Row *row, const YamlNode *node, void *into)
{
    const char *text = NULL;
    char *field = (char *)into + row->offset;
    if (row->type == TYPE_ENTRIES)
        return read_entries(reader, row, node, field);
    if (row->type == TYPE_SECTION)
        return read_section(reader, row, node);
    if (row->type == TYPE_LIST)
        return read_list(reader, node, (ConfigList *)(void *)field);
    if (node->type != YAML_SCALAR)
        return wrong(reader, node, type_names[row->type]);
    if (row->type == TYPE_URL || row->type == TYPE_COMMAND) { /* a shell has its own variables */
        *(const char **)(void *)field = *node->text || row->type == TYPE_URL ? node->text : NULL;
        return RUNG_OK;
    }
    Code code = env_expand(reader->arena, reader->env, node->text, reader->path, node->line, &text,
                           reader->error);
    if (code)
        return code;
    if (row->type == TYPE_NUMBER)
        return read_number(reader, node, text, (int *)(void *)field);
    if (row->type == TYPE_FLAG)
        return read_flag(reader, node, text, (bool *)(void *)field);
    if (row->type == TYPE_DURATION)
        return clock_read_duration_ms(text, (int *)(void *)field)
                   ? RUNG_OK
                   : wrong(reader, node, "a duration such as 500ms, 2s, 10min or 0");
    if (row->type == TYPE_AGE)
        return clock_read_age(text, (ClockAge *)(void *)field)
                   ? RUNG_OK
                   : wrong(reader, node, "an age such as 48h, 30d, 6mo or 7y");
    if (!*text)
        return wrong(reader, node, "text that is not empty");
    *(const char **)(void *)field = text;
    return RUNG_OK;
}

static Code read_rows(Reader *reader, const YamlNode *map, const Row *rows, size_t count,
                      void *into)
{
    for (const YamlNode *node = map->child; node; node = node->next) {
        size_t i = 0;
        while (i < count && strcmp(rows[i].key, node->key) != 0)
            i++;
        Code code = i == count ? unknown_key(reader, node, rows, count)
                               : read_value(reader, &rows[i], node, into);
        if (code)
            return code;
    }
    return RUNG_OK;
}

static void set_standards(const Section *section, void *into)
{
    for (size_t i = 0; i < section->count; i++) {
        const Row *row = &section->rows[i];
        const char *standard = row->setting.standard;
        void *field = (char *)into + row->offset;
        if (!*standard)
            continue;
        if (row->type == TYPE_DURATION)
            clock_read_duration_ms(standard, field);
        else if (row->type == TYPE_AGE)
            clock_read_age(standard, field);
        else if (row->type == TYPE_NUMBER)
            *(int *)field = (int)strtol(standard, NULL, 10);
        else if (row->type == TYPE_FLAG)
            *(bool *)field = *standard == 't';
        else if (row->type == TYPE_TEXT)
            *(const char **)field = standard;
    }
}

/* `NAME: text` is short for `NAME: {brief: text}`. */
static Code read_entry(Reader *reader, const Section *section, const YamlNode *node, char *entry)
{
    YamlNode brief = *node;
    YamlNode map = {.type = YAML_MAP, .line = node->line, .key = node->key, .child = &brief};
    set_standards(section, entry);
    *(const char **)(void *)(entry + section->name_at) = node->key;
    const YamlNode *url = yaml_get(node, "url");
    url = url ? url : yaml_get(node, "cron");
    *(int *)(void *)(entry + section->line_at) = url ? url->line : node->line;
    brief.key = section->brief;
    brief.next = NULL;
    if (node->type == YAML_MAP)
        return read_rows(reader, node, section->rows, section->count, entry);
    if (node->type == YAML_SCALAR && section->brief)
        return read_rows(reader, &map, section->rows, section->count, entry);
    return error_at(reader->error, RUNG_CONFIG, reader->path, node->line,
                    "%s: expected %s%sa map of settings", node->key,
                    section->brief ? section->entry : "", section->brief ? " or " : "");
}

static Code read_entries(Reader *reader, const Row *row, const YamlNode *node, void *field)
{
    const Section *section = config_section(row->setting.name);
    struct {
        char *at;
        size_t count;
    } entries = {0};
    Code code = RUNG_OK;
    if (node->type != YAML_MAP)
        return wrong(reader, node, type_names[TYPE_ENTRIES]);
    for (const YamlNode *entry = node->child; entry; entry = entry->next)
        entries.count++;
    entries.at = arena_alloc_array(reader->arena, entries.count, section->size);
    char *at = entries.at;
    for (const YamlNode *entry = node->child; !code && entry; entry = entry->next) {
        code = read_entry(reader, section, entry, at);
        at += section->size;
    }
    memcpy(field, &entries, sizeof entries);
    return code;
}

static Code read_section(Reader *reader, const Row *row, const YamlNode *node)
{
    const Section *section = config_section(row->setting.name);
    if (node->type != YAML_MAP)
        return wrong(reader, node, type_names[TYPE_SECTION]);
    const YamlNode *url = yaml_get(node, "url");
    if (strcmp(section->name, "scratch") == 0)
        reader->config->scratch.line = url ? url->line : node->line;
    if (strcmp(section->name, "lifecycle") == 0)
        reader->config->lifecycle.line = node->line;
    if (strcmp(section->name, "notify") == 0)
        reader->config->notify.line = node->line;
    if (strcmp(section->name, "serve") == 0)
        reader->config->serve.line = node->line;
    return read_rows(reader, node, section->rows, section->count, reader->config);
}

void target_defaults(TargetConfig *ret_target)
{
    *ret_target = (TargetConfig){0};
    set_standards(config_section("targets"), ret_target);
}

void config_defaults(Config *ret_config)
{
    *ret_config = (Config){.folder = "."};
    const Section *section;
    for (size_t i = 0; (section = config_section_at(i)) != NULL; i++)
        if (!section->size)
            set_standards(section, ret_config);
}

Code config_parse(Arena *arena, Env *env, const char *path, const char *data, size_t length,
                  Config *ret_config, Error *error)
{
    YamlNode *root;
    Config config;
    JobList jobs = {0};
    Reader reader = {.arena = arena, .env = env, .path = path, .config = &config, .error = error};
    config_defaults(&config);
    config.path = path;
    config.folder = path_folder(arena, path);
    Code code = yaml_read(arena, path, data, length, &root, error);
    if (!code && root->type != YAML_MAP)
        code = wrong(&reader, root, "a map of settings");
    if (!code)
        code =
            read_rows(&reader, root, config_section("")->rows, config_section("")->count, &config);
    for (size_t i = 0; !code && i < config.lifecycle.subjects.count; i++) {
        SubjectPolicy *subject = &config.lifecycle.subjects.at[i];
        subject->table = subject->table ? subject->table : subject->name;
    }
    if (!code)
        code = schedule_jobs(arena, &config.lifecycle, path, &jobs, error);
    if (!code)
        *ret_config = config;
    return code;
}

Code config_read(Arena *arena, Env *env, const char *path, Config *ret_config, Error *error)
{
    char *data;
    size_t length;
    Code code = file_read(arena, path, CONFIG_SIZE_LIMIT, &data, &length, error);
    return code ? code : config_parse(arena, env, path, data, length, ret_config, error);
}
