/* The table of settings, and reading by it. */
#include "api/config.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/names.h"

enum { CONFIG_SIZE_LIMIT = 4 * 1024 * 1024 };

typedef enum {
    TYPE_TEXT,
    TYPE_URL,
    TYPE_DURATION,
    TYPE_NUMBER,
    TYPE_FLAG,
    TYPE_LIST,
    TYPE_COMMAND,
    TYPE_TARGETS,
    TYPE_SECTION
} Type;

static const char *const type_names[] = {"text",    "URL",           "duration",
                                         "number",  "true or false", "list of texts",
                                         "command", "targets",       "map of settings"};

typedef struct Row {
    const char *key;
    Type type;
    size_t offset;
    Setting setting;
} Row;

#define ROW(prefix, key, TYPE, type, struct, member, standard, doc)                                \
    {                                                                                              \
        key, TYPE, offsetof(struct, member),                                                       \
        {                                                                                          \
            prefix key, type, standard, doc                                                        \
        }                                                                                          \
    }
#define TOP(key, TYPE, type, member, standard, doc)                                                \
    ROW("", key, TYPE, type, Config, member, standard, doc)
#define TARGET(key, TYPE, type, member, standard, doc)                                             \
    ROW("targets.NAME.", key, TYPE, type, TargetConfig, member, standard, doc)

static const Row top_rows[] = {
    TOP("migrations", TYPE_TEXT, "text", migrations, "migrations",
        "folder of the revision files, relative to rung.yaml"),
    TOP("schema", TYPE_TEXT, "text", schema, "",
        "the schema as it should be: a SQL file, or a folder of them in the order of their names, "
        "relative to rung.yaml"),
    TOP("scratch", TYPE_SECTION, "map", scratch, "",
        "where SQL text is loaded to be compared; by default a private server, started from the "
        "PostgreSQL of this machine"),
    TOP("lint", TYPE_SECTION, "map", lint, "", "what rung lint looks for"),
    TOP("backup", TYPE_SECTION, "map", backup, "",
        "what rung deploy saves before it changes anything"),
    TOP("deploy", TYPE_SECTION, "map", deploy, "",
        "commands that rung deploy runs by /bin/sh in the folder of rung.yaml, with RUNG_TARGET "
        "and "
        "RUNG_REVISION in their environment"),
    TOP("targets", TYPE_TARGETS, "map", targets, "",
        "databases by name; the first is the default; `NAME: URL` is short for `NAME: {url: URL}`"),
};

#define SCRATCH(key, TYPE, type, member, standard, doc)                                            \
    ROW("scratch.", key, TYPE, type, Config, scratch.member, standard, doc)

static const Row scratch_rows[] = {
    SCRATCH("url", TYPE_URL, "URL", url, "",
            "a PostgreSQL server on which databases named rung_scratch_... may be created"),
    SCRATCH("binaries", TYPE_TEXT, "text", binaries, "",
            "folder of initdb and postgres, in place of those that are found"),
};

static const Row lint_rows[] = {
    ROW("lint.", "disable", TYPE_LIST, "list", Config, lint.disabled, "",
        "rules that are not asked; `rung lint --rules` lists them"),
    ROW("lint.", "budget", TYPE_DURATION, "duration", Config, lint.budget_ms, "500ms",
        "how long others may be blocked before a rehearsal calls it an error"),
};

#define BACKUP(key, TYPE, type, member, standard, doc)                                             \
    ROW("backup.", key, TYPE, type, Config, backup.member, standard, doc)

static const Row backup_rows[] = {
    BACKUP("directory", TYPE_TEXT, "text", directory, "backups",
           "folder of the backups, relative to rung.yaml; it is made when it is not there"),
};

#define DEPLOY(key, TYPE, type, member, standard, doc)                                             \
    ROW("deploy.", key, TYPE, type, Config, deploy.member, standard, doc)

static const Row deploy_rows[] = {
    DEPLOY("before", TYPE_COMMAND, "command", before, "",
           "runs before anything is changed; if it fails, nothing is"),
    DEPLOY("maintenance_on", TYPE_COMMAND, "command", maintenance_on, "",
           "keeps users out while the revisions run"),
    DEPLOY("maintenance_off", TYPE_COMMAND, "command", maintenance_off, "",
           "lets them in again; it runs whatever became of the revisions"),
    DEPLOY("after", TYPE_COMMAND, "command", after, "", "runs when everything went well"),
    DEPLOY("old_transaction", TYPE_DURATION, "duration", old_transaction_ms, "1min",
           "PostgreSQL: transactions of others that are older are told before the revisions run"),
};

static const Row target_rows[] = {
    TARGET("url", TYPE_URL, "URL", url, "",
           "postgresql://..., sqlite:path, sqlite:///path, sqlite::memory:"),
    TARGET("lock_timeout", TYPE_DURATION, "duration", lock_timeout_ms, "2s",
           "PostgreSQL: how long a statement, and all of a transaction, waits for locks before it "
           "gives way and is tried again; 0 waits for ever"),
    TARGET("statement_timeout", TYPE_DURATION, "duration", statement_timeout_ms, "0",
           "PostgreSQL: how long one statement may run; 0 sets no limit"),
    TARGET("lock_wait", TYPE_DURATION, "duration", lock_wait_ms, "60s",
           "how long to wait for another run of rung on the same database"),
    TARGET("retries", TYPE_NUMBER, "number", retries, "10",
           "how often a transaction is tried again after a lock timeout, a deadlock or a "
           "serialization failure"),
    TARGET(
        "online", TYPE_FLAG, "true or false", online, "false",
        "PostgreSQL: diff, apply and revision --autogenerate take no long locks, as with --online"),
    TARGET("schemas", TYPE_LIST, "list", schemas, "",
           "PostgreSQL: dump, diff, apply and check look only at what stands in these schemas"),
    TARGET("exclude", TYPE_LIST, "list", excluded, "",
           "names that they leave out; * and ? stand for any"),
};

typedef struct Section {
    const char *key; /* of its row among the top ones */
    const Row *rows;
    size_t count;
} Section;

static const Section sections[] = {
    {"", top_rows, COUNT(top_rows)},
    {"scratch", scratch_rows, COUNT(scratch_rows)},
    {"lint", lint_rows, COUNT(lint_rows)},
    {"backup", backup_rows, COUNT(backup_rows)},
    {"deploy", deploy_rows, COUNT(deploy_rows)},
    {"targets", target_rows, COUNT(target_rows)},
};

const Setting *config_setting(size_t index)
{
    for (size_t i = 0; i < COUNT(sections); i++) {
        if (index < sections[i].count)
            return &sections[i].rows[index].setting;
        index -= sections[i].count;
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

static Code read_targets(Reader *reader, const YamlNode *node);
static Code read_section(Reader *reader, const YamlNode *node);

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
    if (row->type == TYPE_TARGETS)
        return read_targets(reader, node);
    if (row->type == TYPE_SECTION)
        return read_section(reader, node);
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

static Code read_target(Reader *reader, const YamlNode *node)
{
    TargetConfig target;
    target_defaults(&target);
    target.name = node->key;
    target.line = node->line;
    Code code = RUNG_OK;
    if (node->type == YAML_SCALAR)
        target.url = node->text;
    else if (node->type == YAML_MAP)
        code = read_rows(reader, node, target_rows, COUNT(target_rows), &target);
    else
        return wrong(reader, node, "a URL or a map of settings");
    const YamlNode *url = yaml_get(node, "url");
    if (url)
        target.line = url->line;
    if (!code)
        *vec_add(reader->arena, &reader->config->targets) = target;
    return code;
}

static Code read_targets(Reader *reader, const YamlNode *node)
{
    Code code = RUNG_OK;
    if (node->type != YAML_MAP)
        return wrong(reader, node, "a map of targets");
    for (const YamlNode *target = node->child; !code && target; target = target->next)
        code = read_target(reader, target);
    return code;
}

static Code read_section(Reader *reader, const YamlNode *node)
{
    Config *config = reader->config;
    size_t i = 0;
    if (node->type != YAML_MAP)
        return wrong(reader, node, type_names[TYPE_SECTION]);
    while (strcmp(sections[i].key, node->key) != 0)
        i++;
    const YamlNode *url = yaml_get(node, "url");
    if (sections[i].rows == scratch_rows)
        config->scratch.line = url ? url->line : node->line;
    return read_rows(reader, node, sections[i].rows, sections[i].count, config);
}

static void set_standards(const Row *rows, size_t count, void *into)
{
    for (size_t i = 0; i < count; i++) {
        const char *standard = rows[i].setting.standard;
        void *field = (char *)into + rows[i].offset;
        if (rows[i].type == TYPE_DURATION)
            clock_read_duration_ms(standard, field);
        else if (rows[i].type == TYPE_NUMBER)
            *(int *)field = (int)strtol(standard, NULL, 10);
        else if (rows[i].type == TYPE_TEXT && *standard)
            *(const char **)field = standard;
    }
}

void target_defaults(TargetConfig *ret_target)
{
    *ret_target = (TargetConfig){0};
    set_standards(target_rows, COUNT(target_rows), ret_target);
}

void config_defaults(Config *ret_config)
{
    *ret_config = (Config){.folder = "."};
    for (size_t i = 0; i + 1 < COUNT(sections); i++) /* all but those of a target */
        set_standards(sections[i].rows, sections[i].count, ret_config);
}

Code config_parse(Arena *arena, Env *env, const char *path, const char *data, size_t length,
                  Config *ret_config, Error *error)
{
    YamlNode *root;
    Config config;
    Reader reader = {.arena = arena, .env = env, .path = path, .config = &config, .error = error};
    config_defaults(&config);
    config.path = path;
    config.folder = path_folder(arena, path);
    Code code = yaml_read(arena, path, data, length, &root, error);
    if (!code && root->type != YAML_MAP)
        code = wrong(&reader, root, "a map of settings");
    if (!code)
        code = read_rows(&reader, root, top_rows, COUNT(top_rows), &config);
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
