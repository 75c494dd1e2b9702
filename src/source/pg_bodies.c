/* What functions read: their bodies are text to the server, which records nothing about them. */
#include "source/pg_bodies.h"
#include "base/map.h"
#include "base/text.h"

typedef struct Named {
    VEC(Object *) objects;
} Named;

static bool is_read(KindId kind)
{
    return kind == KIND_TABLE || kind == KIND_VIEW || kind == KIND_MATERIALIZED_VIEW ||
           kind == KIND_SEQUENCE || kind == KIND_FUNCTION || kind == KIND_AGGREGATE ||
           kind == KIND_ENUM || kind == KIND_DOMAIN || kind == KIND_COMPOSITE || kind == KIND_RANGE;
}

static Map *names_of(const Catalog *catalog, Arena *arena)
{
    Map *names = map_new(arena);
    Object *object;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        CATALOG_EACH(catalog, kind, object)
        {
            Named *named = is_read((KindId)kind) ? map_get(names, object->name) : NULL;
            if (!is_read((KindId)kind))
                continue;
            if (!named) {
                named = arena_alloc(arena, sizeof *named);
                map_set(names, object->name, named);
            }
            *vec_add(arena, &named->objects) = object;
        }
    return names;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           (unsigned char)byte >= 0x80;
}

static bool is_digit(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '$';
}

/* The next name in `at`, folded as the server would; false at the end. Strings are looked into:
 * EXECUTE runs them. */
static bool next_name(const char **at, Text *name)
{
    text_clear(name);
    while (**at && **at != '"' && !is_letter(**at))
        ++*at;
    if (**at == '"') {
        for (++*at; **at && **at != '"'; ++*at)
            text_char(name, **at);
        *at += **at == '"';
        return true;
    }
    for (; is_letter(**at) || is_digit(**at); ++*at)
        text_char(name, **at >= 'A' && **at <= 'Z' ? (char)(**at - 'A' + 'a') : **at);
    return name->length > 0;
}

/* A name without its schema may be any object of that name: one edge too many does no harm. */
void pg_read_bodies(Catalog *catalog)
{
    Arena *arena = arena_new();
    Map *names = names_of(catalog, arena);
    Text name = TEXT_EMPTY;
    Object *object;
    CATALOG_EACH(catalog, KIND_FUNCTION, object)
    {
        const char *at = CATALOG_AS(Function, object)->body;
        while (at && next_name(&at, &name)) {
            const Named *named = map_get(names, text_string(&name));
            for (size_t i = 0; named && i < named->objects.count; i++)
                catalog_want(catalog, object, named->objects.at[i]);
        }
    }
    text_done(&name);
    arena_free(arena);
}
