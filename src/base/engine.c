/* Names of the engines: one table. */
#include "base/engine.h"

static const struct {
    const char *name, *title;
    const char *aliases[3];
} engines[ENGINE_COUNT] = {
    [ENGINE_POSTGRESQL] = {"postgresql", "PostgreSQL", {"postgresql", "postgres", "pg"}},
    [ENGINE_SQLITE] = {"sqlite", "SQLite", {"sqlite", "sqlite3", NULL}},
};

const char *engine_name(Engine engine)
{
    return engines[engine].name;
}

const char *engine_title(Engine engine)
{
    return engines[engine].title;
}

bool engine_read(const char *name, size_t length, Engine *ret_engine)
{
    for (int engine = 0; engine < ENGINE_COUNT; engine++)
        for (size_t i = 0; i < COUNT(engines[engine].aliases); i++) {
            const char *alias = engines[engine].aliases[i];
            if (alias && strlen(alias) == length && memcmp(alias, name, length) == 0) {
                *ret_engine = (Engine)engine;
                return true;
            }
        }
    return false;
}
