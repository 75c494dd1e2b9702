/* `--sql`: the run as a script that psql or sqlite3 executes, history included. */
#include "apply/runner.h"

typedef struct Printer {
    Engine engine;
    Arena *arena;
    Text *text;
    RevisionSet *applied;
    const char *run_id, *actor;
    LogEntry last;
    bool undo;
    bool plain; /* without the history */
} Printer;

static void print_commands(Printer *printer, const Script *script, const ScriptStep *step)
{
    for (size_t i = step->first; i < step->first + step->count; i++) {
        const Command *command = &script->commands.at[i];
        if (command->notice) {
            text_print(printer->text, "-- %s\n", command->notice);
            continue;
        }
        text_add(printer->text, command->sql, command->length);
        text_put(printer->text, ";\n");
    }
}

static void print_record(Printer *printer, const Script *script)
{
    HistoryEvent event = {.event = printer->undo ? "downgrade" : "upgrade",
                          .statements = (int64_t)script->statements};
    history_move(printer->arena, printer->applied, script->revision, printer->undo, &event);
    text_put(printer->text, history_record_text(printer->arena, printer->engine, printer->run_id,
                                                printer->actor, &event, &printer->last));
}

const char *print_begin(Engine engine)
{
    return engine == ENGINE_SQLITE ? "BEGIN IMMEDIATE;\n" : "BEGIN;\n";
}

void print_heading(Engine engine, bool history_present, Text *text)
{
    bool sqlite = engine == ENGINE_SQLITE;
    text_print(text, "-- written by " RUNG_TOOL ", for %s\n",
               sqlite ? "sqlite3 -bail" : "psql -v ON_ERROR_STOP=1");
    if (sqlite)
        text_put(text, "PRAGMA foreign_keys=ON;\n");
    if (!history_present)
        text_print(text, "\n%s%sCOMMIT;\n", print_begin(engine), history_schema_text(engine));
}

/* Steps outside a transaction stand between transactions; the history row is in the last one. */
static void print_script(Printer *printer, const Script *script)
{
    bool open = false;
    bool sqlite = printer->engine == ENGINE_SQLITE;
    text_print(printer->text, "\n-- %s %s%s%s\n", printer->undo ? "undo of" : "revision",
               script->revision->id, script->revision->message[0] ? ": " : "",
               script->revision->message);
    if (sqlite && script->foreign_keys_off)
        text_put(printer->text, "PRAGMA foreign_keys=OFF;\n");
    for (size_t i = 0; i < script->steps.count; i++) {
        const ScriptStep *step = &script->steps.at[i];
        bool inside = step->type == STEP_TRANSACTION;
        if (inside && !open)
            text_put(printer->text, print_begin(printer->engine));
        if (!inside && open)
            text_put(printer->text, "COMMIT;\n");
        open = inside;
        if (step->type == STEP_BACKFILL)
            text_put(printer->text, "-- rung runs this statement in batches\n");
        print_commands(printer, script, step);
    }
    if (!open && !printer->plain)
        text_put(printer->text, print_begin(printer->engine));
    if (!printer->plain)
        print_record(printer, script);
    if (open || !printer->plain)
        text_put(printer->text, "COMMIT;\n");
    if (sqlite && script->foreign_keys_off)
        text_put(printer->text, "PRAGMA foreign_keys=ON;\n");
}

Code run_print(Engine engine, RevisionSet *applied, const RevisionList *path, bool undo,
               bool history_present, const LogEntry *last, Arena *arena, Text *text, Error *error)
{
    Printer printer = {.engine = engine,
                       .arena = arena,
                       .text = text,
                       .applied = applied,
                       .run_id = "printed",
                       .actor = history_actor(arena),
                       .last = *last,
                       .undo = undo};
    print_heading(engine, history_present || !path->count, text);
    for (size_t i = 0; i < path->count; i++) {
        Script *script;
        Code code = script_load(path->at[i], engine, undo, &script, error);
        if (code)
            return code;
        print_script(&printer, script);
        script_free(script);
    }
    return text->failed ? error_set(error, RUNG_LIMIT, "the script is too large") : RUNG_OK;
}

Code run_print_plain(const Script *script, Text *text, Error *error)
{
    Printer printer = {.engine = script->engine, .text = text, .undo = script->undo, .plain = true};
    print_heading(script->engine, true, text);
    text_print(text, "-- rung does not know of it afterwards: %s\n",
               script->undo
                   ? "say so by `rung stamp` with the revision before it"
                   : arena_print(script->arena, "say so by `rung stamp %s`", script->revision->id));
    print_script(&printer, script);
    return text->failed ? error_set(error, RUNG_LIMIT, "the script is too large") : RUNG_OK;
}
