/* The longest common subsequence of lines, between what both texts begin with and end with. */
#include "report/lines.h"
#include "base/vec.h"

enum { CELL_LIMIT = 4 * 1024 * 1024 };

typedef struct Lines {
    const char **at;
    size_t count, room;
} Lines;

typedef struct Comparison {
    Lines from, to;
    size_t first;     /* lines that both begin with */
    uint32_t *common; /* of what is behind row and column; NULL: too much to look at */
    Text *text;
    size_t limit, shown, more;
} Comparison;

static Lines split(Arena *arena, const char *text)
{
    Lines lines = {0};
    while (*text) {
        size_t length = strcspn(text, "\n");
        *vec_add(arena, &lines) = arena_copy(arena, text, length);
        text += length + (text[length] == '\n');
    }
    return lines;
}

static bool same(const Comparison *comparison, size_t row, size_t column)
{
    return strcmp(comparison->from.at[row], comparison->to.at[column]) == 0;
}

/* What is left has another first and another last line. */
static void cut_ends(Comparison *comparison)
{
    Lines *from = &comparison->from, *to = &comparison->to;
    while (from->count && to->count && same(comparison, from->count - 1, to->count - 1)) {
        from->count--;
        to->count--;
    }
    while (from->count && to->count && same(comparison, 0, 0)) {
        from->at++;
        from->count--;
        to->at++;
        to->count--;
        comparison->first++;
    }
}

static void count_common(Arena *arena, Comparison *comparison)
{
    size_t rows = comparison->from.count, columns = comparison->to.count, width = columns + 1;
    if ((rows + 1) > CELL_LIMIT / width)
        return;
    uint32_t *common = arena_alloc_array(arena, (rows + 1) * width, sizeof *common);
    for (size_t row = rows; row-- > 0;)
        for (size_t column = columns; column-- > 0;) {
            uint32_t below = common[(row + 1) * width + column];
            uint32_t beside = common[row * width + column + 1];
            uint32_t most = below > beside ? below : beside;
            common[row * width + column] =
                same(comparison, row, column) ? common[(row + 1) * width + column + 1] + 1 : most;
        }
    comparison->common = common;
}

static void add_line(Comparison *comparison, char sign, const char *line)
{
    if (comparison->shown++ < comparison->limit)
        text_print(comparison->text, "%c%s\n", sign, line);
    else
        comparison->more++;
}

/* Lines that go stand in front of those that come. */
static void add_differences(Comparison *comparison)
{
    size_t rows = comparison->from.count, columns = comparison->to.count, width = columns + 1;
    const uint32_t *common = comparison->common;
    bool inside = false;
    for (size_t row = 0, column = 0; row < rows || column < columns;) {
        bool both = row < rows && column < columns;
        if (both && common && same(comparison, row, column)) {
            row++;
            column++;
            inside = false;
            continue;
        }
        if (!inside && comparison->shown < comparison->limit)
            text_print(comparison->text, "@@ line %zu @@\n", comparison->first + row + 1);
        inside = true;
        bool goes =
            row < rows && (!both || !common ||
                           common[(row + 1) * width + column] >= common[row * width + column + 1]);
        if (goes)
            add_line(comparison, '-', comparison->from.at[row++]);
        else
            add_line(comparison, '+', comparison->to.at[column++]);
    }
}

void lines_compare(Arena *arena, const char *from, const char *to, size_t limit, Text *text)
{
    Comparison comparison = {
        .from = split(arena, from), .to = split(arena, to), .text = text, .limit = limit};
    cut_ends(&comparison);
    count_common(arena, &comparison);
    add_differences(&comparison);
    if (comparison.more)
        text_print(text, "... and %zu lines more\n", comparison.more);
}

const char *line_short(Arena *arena, const char *sql, size_t width)
{
    Text text = TEXT_EMPTY;
    for (const char *at = sql; *at && text.length < width; at++) {
        bool blank = *at == ' ' || *at == '\n' || *at == '\t' || *at == '\r';
        if (!blank)
            text_char(&text, *at);
        else if (text.length && text.data[text.length - 1] != ' ')
            text_char(&text, ' ');
    }
    bool whole = strlen(sql) <= text.length;
    while (text.length && (text.data[text.length - 1] & 0xC0) == 0x80 && !whole)
        text.length--; /* not half a character */
    const char *copy =
        arena_print(arena, "%.*s%s", (int)text.length, text_string(&text), whole ? "" : "…");
    text_done(&text);
    return copy;
}
