/* libpq, opened by its file name. It stays loaded for the rest of the process. */
#include "db/pg_symbols.h"

#include <dlfcn.h>
#include <pthread.h>

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
#define PG_ROW(symbol) {"PQ" #symbol, offsetof(PgApi, symbol)},
    PG_SYMBOLS(PG_ROW)
#undef PG_ROW
};

/* Written once, under pg_once. */
static pthread_once_t pg_once = PTHREAD_ONCE_INIT;
static PgApi pg_api;
static char pg_reason[256];
static bool pg_missing;

static void pg_load(void)
{
    void *library = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
    if (!library) {
        pg_missing = true;
        snprintf(pg_reason, sizeof pg_reason, "%s", dlerror());
        return;
    }
    for (size_t i = 0; i < COUNT(symbols); i++) {
        void *address = dlsym(library, symbols[i].name);
        if (!address) {
            snprintf(pg_reason, sizeof pg_reason, "it has no %s", symbols[i].name);
            return;
        }
        memcpy((char *)&pg_api + symbols[i].offset, &address, sizeof address);
    }
}

Code pg_api_load(const PgApi **ret_api, Error *error)
{
    pthread_once(&pg_once, pg_load);
    if (pg_reason[0]) {
        error_set(error, RUNG_UNSUPPORTED, "the PostgreSQL client library %s: %s",
                  pg_missing ? "cannot be loaded" : "is older than version 14", pg_reason);
        return error_hint(error, "install it: on Debian and Ubuntu the package libpq5");
    }
    *ret_api = &pg_api;
    return RUNG_OK;
}
