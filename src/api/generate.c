/* revision --autogenerate: the newest revision replayed in a scratch database on one side, the
 * schema file on the other, once for each engine. */
#include "api/generate.h"
#include "report/catalog.h"

/* One engine's part. */
typedef struct Part {
    bool wanted;
    Side from, to;
    Plan *up, *down;
    bool shared_up, shared_down; /* SQLite: PostgreSQL's section, translated, does the same */
} Part;

typedef struct Generate {
    Verb *verb;
    const Revision *parent;
    const Generator *generator;
    Part parts[ENGINE_COUNT];
} Generate;

/* ---- which engines ---- */

static Code want_url(Generate *generate, const char *text, Error *error)
{
    DbUrl url;
    Code code = db_url_read(generate->verb->arena, text, ".", &url, error);
    if (!code)
        generate->parts[url.engine].wanted = true;
    return code;
}

/* The engines of all targets; one whose variables are not set here is left out. */
static Code find_engines(Generate *generate, Error *error)
{
    Verb *verb = generate->verb;
    rung *project = verb->project;
    const Config *config = &project->config;
    size_t found = 0;
    Error ignored;
    for (size_t i = 0; !project->url_option && i < config->targets.count; i++) {
        const TargetConfig *target = &config->targets.at[i];
        const char *text;
        if (!target->url || env_expand(verb->arena, &project->env, target->url, config->path,
                                       target->line, &text, &ignored))
            continue;
        project->target.online |= target->online; /* the file is for all of them */
        Code code = want_url(generate, text, error);
        if (code)
            return code;
        found++;
    }
    if (found)
        return RUNG_OK;
    Code code = verb_url(verb, error);
    if (!code)
        generate->parts[project->url.engine].wanted = true;
    return code;
}

/* ---- the plans ---- */

static Code load_part(Generate *generate, Engine engine, Error *error)
{
    Part *part = &generate->parts[engine];
    part->from = (Side){.said = generate->parent ? generate->parent->id : "empty",
                        .type = generate->parent ? SIDE_REVISION : SIDE_EMPTY,
                        .engine = engine,
                        .engine_known = true,
                        .revision = (Revision *)(uintptr_t)generate->parent};
    const Generator *generator = generate->generator;
    if (generator)
        return generator->load(generator->context, generate->verb, &part->from, &part->to, error);
    Code code = side_schema(generate->verb, &part->to, error);
    part->to.engine = engine;
    part->to.engine_known = true;
    return code ? code : sides_load(generate->verb, &part->from, &part->to, error);
}

static Code plan_part(Generate *generate, Part *part, Error *error)
{
    Verb *verb = generate->verb;
    PlanOptions up = {0}, down = {0};
    Code code = compare_sides(verb, &part->from, &part->to, false, &up, &part->up, error);
    if (!code)
        code = renames_ask(verb, part->up, error);
    if (!code && verb->renamed) {
        verb->renamed = false;
        code = compare_sides(verb, &part->from, &part->to, false, &up, &part->up, error);
    }
    if (!code && part->up->refusals.count)
        code = compare_refuse(verb, part->up, "--ignore KIND leaves a kind of object out", error);
    if (!code)
        code = compare_sides(verb, &part->from, &part->to, true, &down, &part->down, error);
    if (!code && part->down->refusals.count)
        code = compare_refuse(verb, part->down, "they are of the way back", error);
    return code;
}

/* ---- one section for both ---- */

/* Whether PostgreSQL's statements, translated, do on SQLite what SQLite's own do: those of `plan`
 * run behind the revision (or the schema file) that `start` stands for, and lead to `wanted`. */
static Code does_the_same(Generate *generate, const Plan *plan, const Side *start,
                          const Catalog *wanted, bool *ret_same, Error *error)
{
    Verb *verb = generate->verb;
    Text text = TEXT_EMPTY;
    Error refused;
    Side side = *start;
    side.arena = NULL;
    side.catalog = NULL;
    *ret_same = false;
    report_steps(plan, &text);
    Code code = side_try(verb, &side, text_string(&text), &refused);
    text_done(&text);
    if (!code) {
        Plan *rest;
        code =
            plan_make(verb->arena, side.catalog, (Catalog *)(uintptr_t)wanted, NULL, &rest, error);
        *ret_same = !code && !rest->steps.count && !rest->refusals.count;
    } else
        code = RUNG_OK; /* it has no translation: SQLite gets a section of its own */
    side_done(&side);
    return code;
}

static Code share_sections(Generate *generate, Error *error)
{
    Part *pg = &generate->parts[ENGINE_POSTGRESQL], *lite = &generate->parts[ENGINE_SQLITE];
    if (!pg->wanted || !lite->wanted)
        return RUNG_OK;
    Code code =
        does_the_same(generate, pg->up, &lite->from, lite->to.catalog, &lite->shared_up, error);
    if (!code)
        code = does_the_same(generate, pg->down, &lite->to, lite->from.catalog, &lite->shared_down,
                             error);
    return code;
}

/* ---- the text ---- */

static void add_section(const Generate *generate, const Plan *plan, const char *name,
                        const char *engine, Text *text)
{
    text_print(text, "%s-- rung:%s%s\n", text->length ? "\n" : "", name, engine);
    report_prechecks(plan, text);
    if (plan->steps.count)
        report_steps(plan, text);
    else
        text_print(text, "-- rung:notice nothing changes on %s\n", engine_title(plan->to->engine));
    if (generate->generator && generate->generator->remark)
        generate->generator->remark(generate->generator->context, plan->to->engine,
                                    strcmp(name, "down") == 0, text);
}

static void add_checks(const Generate *generate, const Part *part, const char *heading, Text *text)
{
    const Generator *generator = generate->generator;
    report_checks(part->up, heading, text);
    if (generator && generator->check)
        generator->check(generator->context, part->to.engine, heading, text);
}

static void add_sections(const Generate *generate, Text *text)
{
    const Part *pg = &generate->parts[ENGINE_POSTGRESQL], *lite = &generate->parts[ENGINE_SQLITE];
    bool both = pg->wanted && lite->wanted;
    if (pg->wanted)
        add_section(generate, pg->up, "up", both && !lite->shared_up ? " postgresql" : "", text);
    if (lite->wanted && !lite->shared_up)
        add_section(generate, lite->up, "up", " sqlite", text);
    if (pg->wanted)
        add_section(generate, pg->down, "down", both && !lite->shared_down ? " postgresql" : "",
                    text);
    if (lite->wanted && !lite->shared_down)
        add_section(generate, lite->down, "down", " sqlite", text);
    if (pg->wanted)
        add_checks(generate, pg, both ? "-- rung:check postgresql" : "-- rung:check", text);
    if (lite->wanted)
        add_checks(generate, lite, "-- rung:check sqlite", text);
}

static bool has_steps(const Generate *generate)
{
    bool found = false;
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        found |= generate->parts[i].wanted && generate->parts[i].up->steps.count;
    return found;
}

Code generate_sections(Verb *verb, const Revision *parent, const Generator *generator,
                       const char **ret_sections, Error *error)
{
    Generate generate = {.verb = verb, .parent = parent, .generator = generator};
    Text text = TEXT_EMPTY;
    Code code = find_engines(&generate, error);
    for (unsigned engine = 0; !code && engine < ENGINE_COUNT; engine++) {
        Part *part = &generate.parts[engine];
        if (!part->wanted)
            continue;
        code = load_part(&generate, (Engine)engine, error);
        if (!code)
            code = plan_part(&generate, part, error);
    }
    bool found = !code && has_steps(&generate);
    if (found && !generator)
        code = share_sections(&generate, error);
    if (found && !code)
        add_sections(&generate, &text);
    if (!code)
        *ret_sections = found ? arena_string(verb->arena, text_string(&text)) : NULL;
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        side_done(&generate.parts[i].from);
        side_done(&generate.parts[i].to);
    }
    text_done(&text);
    return code;
}
