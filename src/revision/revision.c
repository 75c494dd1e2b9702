/* What can be asked of a revision once it is read, and how its text is hashed. */
#include "revision/revision.h"

#include "base/map.h"

static bool is_id_byte(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' || byte == '-';
}

bool revision_id_valid(const char *id, size_t length)
{
    static const char *const reserved[] = {"head", "heads", "base"};
    if (!length || length > REVISION_ID_LIMIT || id[0] == '-' || id[0] == '.')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_id_byte(id[i]))
            return false;
    for (size_t i = 0; i < COUNT(reserved); i++)
        if (length == strlen(reserved[i]) && memcmp(id, reserved[i], length) == 0)
            return false;
    return true;
}

const Section *revision_section(const Revision *revision, SectionType type, Engine engine)
{
    const Section *found = NULL;
    for (size_t i = 0; i < revision->sections.count; i++) {
        const Section *section = &revision->sections.at[i];
        if (section->type != type)
            continue;
        if (!section->any_engine && section->engine == engine)
            return section;
        if (section->any_engine && !found)
            found = section;
    }
    return found;
}

void revision_checks(Arena *arena, const Revision *revision, Engine engine, SectionList *ret_checks)
{
    SectionList checks = {0};
    Map *own = NULL; /* titles of the checks for this engine alone */
    for (size_t i = 0; i < revision->sections.count; i++) {
        Section *section = &revision->sections.at[i];
        if (section->type != SECTION_CHECK || section->any_engine || section->engine != engine)
            continue;
        own = own ? own : map_new(arena);
        map_set(own, section->title, section);
    }
    for (size_t i = 0; i < revision->sections.count; i++) {
        const Section *section = &revision->sections.at[i];
        if (section->type != SECTION_CHECK)
            continue;
        bool hidden = section->any_engine && own && map_get(own, section->title);
        if (section->any_engine ? !hidden : section->engine == engine)
            *vec_add(arena, &checks) = section;
    }
    *ret_checks = checks;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Most lines end cleanly, so long runs of them are hashed as they stand. */
void revision_hash(const char *data, size_t length, char ret_hex[HASH_HEX_SIZE])
{
    Hash hash;
    hash_start(&hash);
    const char *run = data, *end = data + length;
    if (length >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0)
        run += 3;
    while (end > run && (is_blank(end[-1]) || end[-1] == '\n'))
        end--;
    for (const char *at = run, *newline;
         at < end && (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1) {
        const char *stop = newline;
        while (stop > at && is_blank(stop[-1]))
            stop--;
        if (stop == newline)
            continue;
        hash_add(&hash, run, (size_t)(stop - run));
        run = newline;
    }
    hash_add(&hash, run, (size_t)(end - run));
    hash_add(&hash, "\n", 1);
    hash_finish(&hash, ret_hex);
}
