/* Values by type. Those that a constraint names come first. */
#include "prove/fill_values.h"
#include "base/text.h"
#include "sql/quote.h"

/* ---- constants in text ---- */

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           (byte >= '0' && byte <= '9') || (unsigned char)byte >= 0x80;
}

static void add_once(Arena *arena, ValueList *list, const char *value)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], value) == 0)
            return;
    *vec_add(arena, list) = value;
}

/* Behind the opening quote; doubled quotes become one. */
static const char *read_quoted(Arena *arena, const char **at)
{
    Text text = TEXT_EMPTY;
    const char *here = *at;
    for (; *here && (*here != '\'' || here[1] == '\''); here++) {
        here += *here == '\'';
        text_char(&text, *here);
    }
    *at = *here ? here + 1 : here;
    return text_keep(&text, arena);
}

static void add_number(Arena *arena, const char *at, size_t length, ValueList *list)
{
    const char *number = arena_copy(arena, at, length);
    add_once(arena, list, number);
    if (!strchr(number, '.') && length < 18) {
        add_once(arena, list, arena_print(arena, "%lld", atoll(number) + 1));
        add_once(arena, list, arena_print(arena, "%lld", atoll(number) - 1));
    }
}

void fill_constants(Arena *arena, const char *text, ValueList *list)
{
    for (const char *at = text; *at;) {
        if (*at == '\'') {
            at++;
            add_once(arena, list, read_quoted(arena, &at));
        } else if (*at >= '0' && *at <= '9' && (at == text || !is_word(at[-1]))) {
            size_t length = strspn(at, "0123456789.");
            add_number(arena, at, length, list);
            at += length;
        } else
            at++;
    }
}

/* Numbers for numbers, times for times; no guess at what another type reads. */
static bool is_for(const FillColumn *column, const char *value)
{
    size_t length = strlen(value);
    switch (column->category) {
    case 'S':
        return *value != '^'; /* a regular expression */
    case 'E':
        return true;
    case 'N':
        return length && strspn(value, "-.0123456789") == length;
    case 'D':
        return *value >= '0' && *value <= '9' && strpbrk(value, "-:") != NULL;
    default:
        return false;
    }
}

void fill_keep_constants(Arena *arena, FillColumn *column, const char *text)
{
    ValueList all = {0};
    fill_constants(arena, text, &all);
    for (size_t i = 0; i < all.count; i++)
        if (is_for(column, all.at[i]))
            add_once(arena, &column->known, all.at[i]);
}

bool fill_mentions(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = text; (at = strstr(at, name)); at++)
        if ((at == text || !is_word(at[-1])) && !is_word(at[length]))
            return true;
    return false;
}

/* ---- by type ---- */

/* `%zu` is the row's number. A type may have several, for checks that compare two columns. */
static const struct {
    const char *type, *value;
} by_type[] = {
    {"bool", "t"},
    {"bool", "f"},
    {"date", "2024-01-0%zu"},
    {"date", "2024-06-0%zu"},
    {"date", "2019-01-0%zu"},
    {"date", "2099-01-0%zu"},
    {"timestamp", "2024-01-0%zu 10:00:00"},
    {"timestamp", "2024-06-0%zu 10:00:00"},
    {"timestamp", "2019-01-0%zu 10:00:00"},
    {"timestamp", "2099-01-0%zu 10:00:00"},
    {"timestamptz", "2024-01-0%zu 10:00:00+00"},
    {"timestamptz", "2024-06-0%zu 10:00:00+00"},
    {"timestamptz", "2019-01-0%zu 10:00:00+00"},
    {"timestamptz", "2099-01-0%zu 10:00:00+00"},
    {"time", "10:00:0%zu"},
    {"time", "18:00:0%zu"},
    {"timetz", "10:00:0%zu+00"},
    {"interval", "%zu days"},
    {"uuid", "00000000-0000-4000-8000-00000000000%zu"},
    {"json", "{\"n\": %zu}"},
    {"json", "[%zu]"},
    {"json", "\"a%zu\""},
    {"json", "%zu"},
    {"jsonb", "{\"n\": %zu}"},
    {"jsonb", "[%zu]"},
    {"jsonb", "\"a%zu\""},
    {"jsonb", "%zu"},
    {"bytea", "\\x0%zu"},
    {"inet", "10.0.0.%zu"},
    {"cidr", "10.0.%zu.0/24"},
    {"macaddr", "08:00:2b:01:02:0%zu"},
    {"macaddr8", "08:00:2b:01:02:03:04:0%zu"},
    {"varbit", "1"},
    {"point", "(%zu,1)"},
    {"line", "{1,-1,%zu}"},
    {"lseg", "[(0,0),(%zu,1)]"},
    {"box", "(%zu,1),(0,0)"},
    {"path", "((0,0),(%zu,1))"},
    {"polygon", "((0,0),(%zu,1),(1,1))"},
    {"circle", "<(%zu,1),1>"},
    {"tsvector", "word%zu"},
    {"tsquery", "word%zu"},
    {"xml", "<a>%zu</a>"},
    {"pg_lsn", "0/%zu"},
    {"ltree", "a.b%zu"},
    {"hstore", "a=>%zu"},
};

static const char *const texts[] = {
    "a%zu",
    "user%zu@example.com",
    "https://example.com/%zu",
    "A%zu",
    "+155500000%zu",
    "abcdefghijklmnopqrstuvwxyz-012345678%zu",
    "2024-01-0%zu",
    "12345%zu",
    "00000000-0000-4000-8000-00000000000%zu",
    "#aabbc%zu",
    "10.0.0.%zu",
    "{\"n\": %zu}",
    "AB",
    "en",
    "a",
};

static const char *const numbers[] = {"%zu", "0", "10%zu", "-%zu", "0.%zu", "100000%zu"};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *with_row(Arena *arena, const char *format, size_t row)
{
    return arena_print(arena, format, row);
}
#pragma GCC diagnostic pop

static size_t count_of_type(const char *type)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT(by_type); i++)
        count += strcmp(by_type[i].type, type) == 0;
    return count;
}

static const char *special(Arena *arena, const FillColumn *column, size_t choice, size_t row)
{
    if (column->form == 'e')
        return column->labels.count ? column->labels.at[(row - 1) % column->labels.count] : "";
    if (column->form == 'r')
        return "empty";
    if (column->form == 'm')
        return "{}";
    if (column->category == 'A')
        return choice ? with_row(arena, "{%zu}", row) : "{}";
    if (column->form == 'c')
        return arena_print(arena, "(%.*s)", column->parts > 1 ? column->parts - 1 : 0,
                           ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,");
    if (strcmp(column->type, "bit") == 0)
        return arena_print(arena, "%0*d", column->length ? column->length : 1, 0);
    for (size_t i = 0; i < COUNT(by_type); i++)
        if (strcmp(by_type[i].type, column->type) == 0 && choice-- == 0)
            return with_row(arena, by_type[i].value, row);
    return NULL;
}

static bool is_text(const FillColumn *column)
{
    return column->category == 'S';
}

size_t fill_choices(const FillColumn *column)
{
    size_t plain = is_text(column)           ? COUNT(texts)
                   : column->category == 'N' ? COUNT(numbers)
                   : column->category == 'A' ? 2
                                             : count_of_type(column->type);
    return column->known.count + (plain ? plain : 1) + !column->required;
}

static const char *plain_value(Arena *arena, const FillColumn *column, size_t choice, size_t row)
{
    if (is_text(column)) {
        const char *value = with_row(arena, texts[choice % COUNT(texts)], row);
        if (column->length && strlen(value) > (size_t)column->length)
            return column->length == 1 ? arena_print(arena, "%c", (char)('a' + row - 1))
                                       : arena_copy(arena, value, (size_t)column->length);
        return value;
    }
    if (column->category == 'N')
        return with_row(arena, numbers[choice % COUNT(numbers)], row);
    const char *value = special(arena, column, choice, row);
    return value ? value : with_row(arena, "%zu", row);
}

const char *fill_value(Arena *arena, const FillColumn *column, size_t choice, size_t row)
{
    bool named = choice < column->known.count;
    if (!column->required && choice + 1 == fill_choices(column))
        return "NULL"; /* the last resort */
    /* the rows take different ones of the constants, as far as these go */
    const char *value = named ? column->known.at[(choice + row - 1) % column->known.count]
                              : plain_value(arena, column, choice - column->known.count, row);
    Text text = TEXT_EMPTY;
    sql_add_constant(&text, value);
    return text_keep(&text, arena);
}
