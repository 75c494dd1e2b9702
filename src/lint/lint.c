/* Files in, findings out. */
#include "base/names.h"
#include "lint/lint_parts.h"

enum { USUAL_VERSION = 15, SHOWN_BYTES = 2000 };

/* ---- opening ---- */

static Code check_disabled(const LintOptions *options, Error *error)
{
    for (size_t i = 0; i < options->disabled_count; i++) {
        Near near;
        const char *name = options->disabled[i];
        if (rule_find(name))
            continue;
        near_start(&near, name, strlen(name));
        for (size_t k = 0; rule_at(k); k++)
            near_offer(&near, rule_at(k)->name);
        error_set(error, RUNG_UNKNOWN, "there is no rule \"%s\"", name);
        return error_hint(error,
                          near.count ? "did you mean %s? `rung lint --rules` lists them"
                                     : "%s`rung lint --rules` lists them",
                          near.count ? near.names[0] : "");
    }
    return RUNG_OK;
}

Code lint_new(Arena *arena, const LintOptions *options, Lint **ret_lint, Error *error)
{
    Code code = check_disabled(options, error);
    if (code)
        return code;
    Lint *lint = arena_alloc(arena, sizeof *lint);
    lint->arena = arena;
    lint->own = arena_new();
    lint->options = *options;
    lint->known = known_new(lint->own);
    lint->lite.arena = lint->own;
    *ret_lint = lint;
    return RUNG_OK;
}

void lint_free(Lint *lint)
{
    if (!lint)
        return;
    arena_free(lint->own);
    arena_free(lint->spare);
}

const HazardList *lint_hazards(const Lint *lint)
{
    return &lint->hazards;
}

LintCounts lint_counts(const Lint *lint)
{
    return lint->counts;
}

/* ---- findings ---- */

static bool is_disabled(const Lint *lint, const char *rule)
{
    for (size_t i = 0; i < lint->options.disabled_count; i++)
        if (strcmp(lint->options.disabled[i], rule) == 0)
            return true;
    return false;
}

static void add_finding(Lint *lint, const Rule *rule, int line, const LintStatement *statement,
                        const char *fix, const char *what)
{
    LintFinding *finding = vec_add(lint->spare, &lint->findings);
    size_t shown = !statement                        ? 0
                   : statement->length > SHOWN_BYTES ? SHOWN_BYTES
                                                     : statement->length;
    finding->offset = statement ? statement->offset : SIZE_MAX;
    finding->hazard = (Hazard){
        .rule = rule->name,
        .severity = rule->severity,
        .file = arena_string(lint->arena, lint->file->path),
        .revision =
            lint->file->revision ? arena_string(lint->arena, lint->file->revision->id) : NULL,
        .line = (size_t)line,
        .statement = statement ? arena_copy(lint->arena, statement->sql, shown) : NULL,
        .what = arena_string(lint->arena, what),
        .why = rule->why,
        .fix = arena_string(lint->arena, fix ? fix : rule->fix),
    };
}

void rule_hit(RuleCheck *check, const char *fix, const char *what, ...)
{
    va_list list;
    va_start(list, what);
    add_finding(check->lint, check->rule, check->statement->line, check->statement, fix,
                arena_print_list(check->arena, what, list));
    va_end(list);
}

void rule_hit_line(RuleCheck *check, int line, const char *what, ...)
{
    va_list list;
    va_start(list, what);
    add_finding(check->lint, check->rule, line, NULL, NULL,
                arena_print_list(check->arena, what, list));
    va_end(list);
}

static void hit_line(Lint *lint, const char *rule, int line, const char *fix, const char *what)
{
    if (!is_disabled(lint, rule))
        add_finding(lint, rule_find(rule), line, NULL, fix, what);
}

/* ---- what rules ask ---- */

const Effect *rule_work(const RuleCheck *check, unsigned work)
{
    const EffectList *list = &check->statement->effects.list;
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].work & work)
            return &list->at[i];
    return NULL;
}

const char *rule_lock(const RuleCheck *check, const Effect *effect)
{
    const char *work = work_text(check->arena, effect->work);
    return arena_print(check->arena, "%s on %s%s%s", lock_name(effect->mode), effect->relation,
                       *work ? " while it " : "", work);
}

bool rule_in_use(const RuleCheck *check, const PgQuery__RangeVar *relation)
{
    const KnownRelation *known = known_find_range(check->known, relation);
    const char *schema = relation->schemaname;
    bool own =
        strncmp(relation->relname, "pg_", 3) == 0 ||
        (schema && (strncmp(schema, "pg_", 3) == 0 || strcmp(schema, "information_schema") == 0));
    return known ? !known->temporary && !known_is_new(check->known, known) : !own;
}

const PgQuery__AlterTableCmd *rule_command(const RuleCheck *check, PgQuery__AlterTableType type,
                                           RuleFits *fits)
{
    const PgQuery__AlterTableStmt *alter = tree_alter(check->statement->tree);
    for (size_t i = 0; alter && i < alter->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        if (command->subtype == type && (!fits || fits(command)))
            return command;
    }
    return NULL;
}

/* ---- judging ---- */

static RuleEngines rule_engine(const Lint *lint)
{
    return lint->options.engine == ENGINE_SQLITE ? RULE_SQLITE : RULE_POSTGRESQL;
}

static void ask(RuleCheck *check, bool whole)
{
    const Lint *lint = check->lint;
    RuleEngines engine = rule_engine(lint);
    const Rule *rule;
    for (size_t i = 0; (rule = rule_at(i)); i++)
        if (rule->check && rule->whole == whole && (rule->engines & engine) &&
            !is_disabled(lint, rule->name)) {
            check->rule = rule;
            rule->check(check);
        }
}

/* Locks last until the transaction ends. */
static void hold(Lint *lint, HeldList *held, const LintStatement *statement)
{
    const EffectList *list = &statement->effects.list;
    for (size_t i = 0; !statement->outside && i < list->count; i++) {
        size_t k = 0;
        while (k < held->count && strcmp(held->at[k].relation, list->at[i].relation) != 0)
            k++;
        HeldLock *lock = k < held->count ? &held->at[k] : vec_add(lint->spare, held);
        if (list->at[i].mode > lock->mode)
            *lock = (HeldLock){list->at[i].relation, list->at[i].mode, statement};
    }
}

static Code find_effects(Lint *lint, LintStatement *statement, Error *error)
{
    int version = lint->options.version ? lint->options.version / 10000 : USUAL_VERSION;
    int said = known_time_zone(lint->known);
    bool utc = said < 0 ? lint->options.utc : said == 1;
    return statement->tree ? effects_of(lint->spare, lint->known, statement->tree, version, utc,
                                        &statement->effects, error)
                           : RUNG_OK;
}

static Code replay(Lint *lint, const LintStatement *statement, Error *error)
{
    if (lint->options.engine == ENGINE_POSTGRESQL)
        return statement->tree ? known_replay(lint->known, statement->tree, error) : RUNG_OK;
    if (statement->reason)
        return RUNG_OK;
    LiteStatement lite = lite_read(lint->spare, statement->sql, statement->length);
    lite_apply(&lint->lite, &lite, statement->sql, statement->length);
    return RUNG_OK;
}

static RuleCheck start_check(Lint *lint, const HeldList *held)
{
    bool sqlite = lint->options.engine == ENGINE_SQLITE;
    int version = lint->options.version ? lint->options.version / 10000 : USUAL_VERSION;
    return (RuleCheck){.arena = lint->spare,
                       .lint = lint,
                       .file = lint->file,
                       .script = &lint->script,
                       .known = sqlite ? NULL : lint->known,
                       .lite = sqlite ? &lint->lite : NULL,
                       .held = held,
                       .version = version};
}

/* One statement after the other: judged by what those before it made, then replayed. */
static Code take_statements(Lint *lint, bool judge, Error *error)
{
    Code code = RUNG_OK;
    HeldList held = {0};
    RuleCheck check = start_check(lint, &held);
    for (size_t i = 0; !code && i < lint->script.statements.count; i++) {
        LintStatement *statement = &lint->script.statements.at[i];
        if (i && statement->transaction != statement[-1].transaction)
            held.count = 0;
        if (judge && lint->options.engine == ENGINE_POSTGRESQL)
            code = find_effects(lint, statement, error);
        if (!code && judge) {
            check.statement = statement;
            ask(&check, false);
            hold(lint, &held, statement);
        }
        if (!code)
            code = replay(lint, statement, error);
    }
    return code;
}

/* ---- ignoring ---- */

static bool is_date(const char *text)
{
    static const char form[] = "0000-00-00";
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (i >= sizeof form - 1 ||
            (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]))
            return false;
    return length == sizeof form - 1;
}

/* Whether it counts; if not, it is told why. */
static bool ignore_holds(Lint *lint, const LintIgnore *ignore)
{
    static const char rule[] = "ignore-without-reason";
    const char *today = lint->options.today;
    if (!ignore->rule || !rule_find(ignore->rule))
        hit_line(lint, rule, ignore->line, NULL,
                 ignore->rule ? arena_print(lint->spare, "there is no rule %s", ignore->rule)
                              : "it names no rule");
    else if (ignore->until && !is_date(ignore->until))
        hit_line(lint, rule, ignore->line, NULL,
                 arena_print(lint->spare, "until=%s is no date", ignore->until));
    else if (!*ignore->reason)
        hit_line(lint, rule, ignore->line, NULL,
                 arena_print(lint->spare, "%s is ignored without a reason", ignore->rule));
    else if (ignore->until && today && strcmp(ignore->until, today) < 0)
        hit_line(lint, "ignore-expired", ignore->line, NULL,
                 arena_print(lint->spare, "%s was ignored until %s: %s", ignore->rule,
                             ignore->until, ignore->reason));
    else
        return true;
    return false;
}

static bool fits(const LintIgnore *ignore, const LintFinding *finding)
{
    return strcmp(ignore->rule, finding->hazard.rule) == 0 &&
           (ignore->whole || ignore->offset == finding->offset);
}

static void apply_ignore(Lint *lint, const LintIgnore *ignore)
{
    const Rule *rule = rule_find(ignore->rule);
    RuleEngines engine = rule_engine(lint);
    size_t kept = 0, count = lint->findings.count;
    for (size_t i = 0; i < count; i++)
        if (!fits(ignore, &lint->findings.at[i]))
            lint->findings.at[kept++] = lint->findings.at[i];
    lint->findings.count = kept;
    lint->counts.ignored += count - kept;
    if (kept == count && (rule->engines & engine) && !is_disabled(lint, rule->name))
        hit_line(lint, "ignore-unused", ignore->line, NULL,
                 arena_print(lint->spare, "there is no %s to ignore here", rule->name));
}

static void apply_ignores(Lint *lint)
{
    const LintFile *file = lint->file;
    LintScript *script = &lint->script;
    if (file->revision && file->revision->sections.count)
        lint_script_ignores(lint->spare, script, file->data, file->revision->sections.at[0].offset,
                            (LintIgnore){.line = 1, .whole = true});
    for (size_t i = 0; i < script->ignores.count; i++)
        if (ignore_holds(lint, &script->ignores.at[i]))
            apply_ignore(lint, &script->ignores.at[i]);
}

/* ---- files ---- */

static int by_line(const void *a, const void *b)
{
    const LintFinding *left = a, *right = b;
    if (left->hazard.line != right->hazard.line)
        return left->hazard.line < right->hazard.line ? -1 : 1;
    if (left->hazard.severity != right->hazard.severity)
        return left->hazard.severity > right->hazard.severity ? -1 : 1;
    return strcmp(left->hazard.rule, right->hazard.rule);
}

static void keep_findings(Lint *lint)
{
    if (lint->findings.count)
        qsort(lint->findings.at, lint->findings.count, sizeof *lint->findings.at, by_line);
    for (size_t i = 0; i < lint->findings.count; i++)
        *vec_add(lint->arena, &lint->hazards) = lint->findings.at[i].hazard;
}

/* True if the file has such a section for the engine. */
static bool section_source(const Lint *lint, SectionType type, SqlSource *ret_source,
                           bool *ret_translate)
{
    const LintFile *file = lint->file;
    Engine engine = lint->options.engine;
    const Section *section = file->revision ? revision_section(file->revision, type, engine) : NULL;
    if (file->revision && !section)
        return false;
    *ret_translate = section && section->any_engine && engine == ENGINE_SQLITE;
    *ret_source = (SqlSource){*ret_translate ? ENGINE_POSTGRESQL : engine, file->path, 1,
                              file->data, file->length};
    if (section) {
        ret_source->line = section->line;
        ret_source->text = file->data + section->offset;
        ret_source->length = section->length;
    }
    return section || type == SECTION_UP;
}

/* A section that cannot be read is a finding. */
static Code read_section(Lint *lint, SectionType type, bool judge, LintScript *ret_script,
                         bool *ret_there, Error *error)
{
    SqlSource source;
    bool translate;
    *ret_there = section_source(lint, type, &source, &translate);
    if (!*ret_there)
        return RUNG_OK;
    Arena *arena = type == SECTION_UP ? lint->own : lint->spare;
    Code code = lint_script_read(arena, &source, translate, ret_script, error);
    if (code == RUNG_REVISION) {
        *ret_there = false;
        if (judge)
            hit_line(lint, "unreadable", error->line, error->hint[0] ? error->hint : NULL,
                     error->message);
        code = RUNG_OK;
    }
    return code;
}

static Code read_down(Lint *lint, RuleCheck *check, Error *error)
{
    static const char *const asked[] = {"transaction-control", "not-parsed", "not-translated"};
    RuleEngines engine = rule_engine(lint);
    bool there;
    size_t unreadable = lint->findings.count;
    Code code = read_section(lint, SECTION_DOWN, true, &lint->down, &there, error);
    if (code)
        return code;
    check->down = there || lint->findings.count > unreadable ? &lint->down : NULL;
    for (size_t i = 0; there && i < lint->down.statements.count; i++)
        for (size_t k = 0; k < COUNT(asked); k++) {
            check->rule = rule_find(asked[k]);
            check->statement = &lint->down.statements.at[i];
            if ((check->rule->engines & engine) && !is_disabled(lint, asked[k]))
                check->rule->check(check);
        }
    check->statement = NULL;
    if (there)
        for (size_t i = 0; i < lint->down.ignores.count; i++)
            *vec_add(lint->own, &lint->script.ignores) = lint->down.ignores.at[i];
    return RUNG_OK;
}

static Code judge_whole(Lint *lint, Error *error)
{
    HeldList held = {0};
    RuleCheck check = start_check(lint, &held);
    Code code = read_down(lint, &check, error);
    if (!code)
        ask(&check, true);
    return code;
}

static void tell_no_section(Lint *lint)
{
    const Revision *revision = lint->file->revision;
    Engine engine = lint->options.engine;
    if (lint->options.is_target && revision && revision->parent_ids.count < 2 &&
        !revision_section(revision, SECTION_UP, engine))
        hit_line(lint, "up-missing", 0, NULL,
                 arena_print(lint->spare, "there is no up section for %s", engine_title(engine)));
}

Code lint_file(Lint *lint, const LintFile *file, bool judge, Error *error)
{
    bool there;
    arena_free(lint->spare);
    lint->spare = arena_new();
    lint->file = file;
    lint->script = lint->down = (LintScript){0};
    lint->findings.at = NULL;
    lint->findings.count = lint->findings.room = 0;
    lint->lite.file++;
    known_begin_transaction(lint->known);
    Code code = read_section(lint, SECTION_UP, judge, &lint->script, &there, error);
    if (!code && there)
        code = take_statements(lint, judge, error);
    if (!code && there && judge)
        code = judge_whole(lint, error);
    if (code || !judge)
        return code;
    tell_no_section(lint);
    lint->counts.files++;
    lint->counts.statements += lint->script.statements.count;
    apply_ignores(lint);
    keep_findings(lint);
    return RUNG_OK;
}
