/* The lines of the graph of revisions. Each row has a picture of its own height: lengths down are
 * percentages, those across are pixels. */
#include "serve/page_parts.h"

enum { LANES = 24, STEP = 18, MARGIN = 12, RADIUS = 6 };

typedef struct LaneRow {
    int lane;
    bool in[LANES], out[LANES]; /* lines that come from above, and go down */
    int to[LANES];              /* where a parent's line leaves to, from the dot; -1: nowhere */
    int from[LANES];            /* lines that end in the dot from above; -1 */
} LaneRow;

struct Lanes {
    LaneRow *rows;
    int width; /* lanes */
};

/* The first lane that waits for `id`, else the first free one, else the last. */
static int find_lane(const char **waits, const char *id)
{
    int i = 0;
    while (i < LANES && !(waits[i] && strcmp(waits[i], id) == 0))
        i++;
    if (i < LANES)
        return i;
    for (i = 0; i < LANES - 1 && waits[i];)
        i++;
    return i;
}

static void end_waiting(LaneRow *row, const char **waits, const char *id)
{
    for (int i = 0; i < LANES; i++) {
        row->from[i] = row->to[i] = -1;
        row->in[i] = waits[i] != NULL;
        if (waits[i] && strcmp(waits[i], id) == 0) {
            row->from[i] = row->lane;
            waits[i] = NULL;
        }
    }
}

static void start_waiting(LaneRow *row, const char **waits, const Value *parents)
{
    for (size_t i = 0; i < value_count(parents); i++) {
        const char *parent = value_get_text(value_at(parents, i));
        int lane = row->lane;
        if (i || waits[lane])
            lane = find_lane(waits, parent);
        waits[lane] = parent;
        row->to[lane] = lane;
    }
    for (int i = 0; i < LANES; i++)
        row->out[i] = waits[i] != NULL;
}

Lanes *lanes_new(Arena *arena, const Value *revisions)
{
    const char *waits[LANES] = {0};
    size_t count = value_count(revisions);
    Lanes *lanes = arena_alloc(arena, sizeof *lanes);
    lanes->rows = arena_alloc_array(arena, count + 1, sizeof *lanes->rows);
    for (size_t i = 0; i < count; i++) {
        const Value *revision = value_at(revisions, i);
        const char *id = html_get(revision, "id");
        LaneRow *row = &lanes->rows[i];
        row->lane = find_lane(waits, id);
        end_waiting(row, waits, id);
        start_waiting(row, waits, value_get(revision, "parents"));
        for (int k = 0; k < LANES; k++)
            if ((row->in[k] || row->out[k] || k == row->lane) && k >= lanes->width)
                lanes->width = k + 1;
    }
    return lanes;
}

static int x_of(int lane)
{
    return MARGIN + lane * STEP;
}

static void put_line(Text *out, int from, const char *y1, int to, const char *y2)
{
    html(out, "<line x1=\"%lld\" y1=\"%s\" x2=\"%lld\" y2=\"%s\"/>", (long long)x_of(from), y1,
         (long long)x_of(to), y2);
}

static void put_dot(Text *out, int lane, const char *mark)
{
    long long x = x_of(lane);
    html(out, "<circle class=\"dot\" cx=\"%lld\" cy=\"50%%\" r=\"%lld\"/>", x, (long long)RADIUS);
    if (strcmp(mark, "edited") == 0 || strcmp(mark, "half") == 0)
        html(out, "<circle class=\"ring\" cx=\"%lld\" cy=\"50%%\" r=\"%lld\"/>", x,
             (long long)RADIUS + 3);
}

void lanes_put(const Lanes *lanes, size_t index, const char *mark, Text *out)
{
    const LaneRow *row = &lanes->rows[index];
    long long width = 2 * MARGIN + (lanes->width - 1) * STEP;
    html(out, "<svg aria-hidden=\"true\" class=\"lanes %s\" width=\"%lld\" height=\"100%%\">", mark,
         width);
    for (int i = 0; i < LANES; i++) {
        if (row->in[i] && row->from[i] < 0)
            put_line(out, i, "0", i, "50%");
        if (row->from[i] >= 0)
            put_line(out, i, "0", row->lane, "50%");
        if (row->to[i] >= 0)
            put_line(out, row->lane, "50%", i, "100%");
        if (row->out[i] && row->in[i] && row->from[i] < 0)
            put_line(out, i, "50%", i, "100%");
    }
    put_dot(out, row->lane, mark);
    html(out, "</svg><svg aria-hidden=\"true\" width=\"%lld\" height=\"1\"></svg>", width);
}
