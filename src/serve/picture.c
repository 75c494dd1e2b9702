/* The tables below a root as boxes in layers, by how far they are from it, and the keys between
 * them as curves. Drawn here: Graphviz is not needed where the service runs. */
#include "serve/page_parts.h"
#include "base/utf8.h"
#include "base/vec.h"

enum {
    BOX_HEIGHT = 34,
    BOX_GAP = 28,
    LAYER_GAP = 74,
    LETTER = 8,
    PAD = 14,
    WIDE = 920, /* a layer that is wider goes on in the next line */
    EDGE = 16
};

typedef struct Box {
    const char *name;
    size_t layer;
    double wish; /* where its parents are */
    long long x, y, width;
} Box;

typedef struct Picture {
    VEC(Box) boxes;
    long long width, height;
} Picture;

static Box *find_box(const Picture *picture, const char *name)
{
    for (size_t i = 0; i < picture->boxes.count; i++)
        if (strcmp(picture->boxes.at[i].name, name) == 0)
            return &picture->boxes.at[i];
    return NULL;
}

static void add_boxes(Arena *arena, Picture *picture, const Value *list)
{
    for (size_t i = 0; i < value_count(list); i++) {
        const Value *item = value_at(list, i);
        const char *name = html_get(item, "table");
        if (!find_box(picture, name))
            *vec_add(arena, &picture->boxes) =
                (Box){.name = name,
                      .layer = (size_t)value_get_int(value_get(item, "depth")),
                      .width = (long long)utf8_width(name) * LETTER + 2 * PAD};
    }
}

/* Those whose rows go, and those that only have a key to one of them. */
static void read_boxes(Arena *arena, Picture *picture, const Value *root)
{
    add_boxes(arena, picture, value_get(root, "tables"));
    add_boxes(arena, picture, value_get(root, "keys"));
}

/* Below the middle of what they reference. */
static void set_wishes(const Picture *picture, const Value *keys, size_t layer)
{
    for (size_t i = 0; i < picture->boxes.count; i++) {
        Box *box = &picture->boxes.at[i];
        double sum = 0;
        size_t count = 0;
        for (size_t k = 0; box->layer == layer && k < value_count(keys); k++) {
            const Value *key = value_at(keys, k);
            const Box *parent = find_box(picture, html_get(key, "references"));
            if (strcmp(html_get(key, "table"), box->name) != 0 || !parent || parent->layer >= layer)
                continue;
            sum += (double)parent->x + (double)parent->width / 2;
            count++;
        }
        if (count)
            box->wish = sum / (double)count;
    }
}

static int compare_boxes(const void *a, const void *b)
{
    const Box *x = a, *y = b;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    if (x->wish < y->wish || x->wish > y->wish)
        return x->wish < y->wish ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* From `first` on, as many as fit into a line; gives the one behind them. */
static size_t place_line(Picture *picture, size_t first, size_t layer, long long y)
{
    long long x = 0;
    size_t i = first;
    for (; i < picture->boxes.count && picture->boxes.at[i].layer == layer; i++) {
        Box *box = &picture->boxes.at[i];
        if (i > first && x + box->width > WIDE)
            break;
        box->x = x;
        box->y = y;
        x += box->width + BOX_GAP;
    }
    x -= BOX_GAP;
    for (size_t k = first; k < i; k++)
        picture->boxes.at[k].x += (WIDE - x) / 2;
    return i;
}

static void place(Picture *picture, const Value *keys)
{
    long long y = EDGE;
    for (size_t i = 0, layer; i < picture->boxes.count;) {
        layer = picture->boxes.at[i].layer;
        set_wishes(picture, keys, layer);
        qsort(picture->boxes.at, picture->boxes.count, sizeof *picture->boxes.at, compare_boxes);
        while (i < picture->boxes.count && picture->boxes.at[i].layer == layer) {
            i = place_line(picture, i, layer, y);
            y += BOX_HEIGHT + BOX_GAP;
        }
        y += LAYER_GAP - BOX_GAP;
    }
    picture->height = y - LAYER_GAP + BOX_HEIGHT + EDGE; /* with room for keys beside each other */
}

/* Cut to what is there, with room at the right for keys of a table to itself. */
static void crop(Picture *picture)
{
    long long left = WIDE, right = 0;
    for (size_t i = 0; i < picture->boxes.count; i++) {
        const Box *box = &picture->boxes.at[i];
        left = box->x < left ? box->x : left;
        right = box->x + box->width > right ? box->x + box->width : right;
    }
    for (size_t i = 0; i < picture->boxes.count; i++)
        picture->boxes.at[i].x += 2 * EDGE - left;
    picture->width = right - left + 4 * EDGE;
}

static void put_curve(Text *out, const char *class, const Box *from, const Box *to)
{
    long long x1 = from->x + from->width / 2, x2 = to->x + to->width / 2;
    long long y1 = from->y, y2 = to->y + BOX_HEIGHT;
    if (from == to) {
        long long right = from->x + from->width, middle = from->y + BOX_HEIGHT / 2;
        html(out, "<path class=\"key %s\" d=\"M%lld %lld C%lld %lld %lld %lld %lld %lld\"/>", class,
             right, middle + 8, right + 26, middle + 12, right + 26, middle - 12, right,
             middle - 8);
        return;
    }
    if (from->layer <= to->layer) { /* beside it, or back: around below */
        y1 = from->y + BOX_HEIGHT;
        html(out, "<path class=\"key %s\" d=\"M%lld %lld C%lld %lld %lld %lld %lld %lld\"/>", class,
             x1, y1, x1, y1 + 44, x2, y2 + 44, x2, y2);
        return;
    }
    html(out, "<path class=\"key %s\" d=\"M%lld %lld C%lld %lld %lld %lld %lld %lld\"/>", class, x1,
         y1, x1, y1 - 36, x2, y2 + 36, x2, y2);
}

static void put_box(Text *out, const Box *box)
{
    html(out,
         "<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\" rx=\"6\"/>"
         "<text x=\"%lld\" y=\"%lld\" text-anchor=\"middle\">%s</text>",
         box->layer ? "table" : "table root", box->x, box->y, box->width, (long long)BOX_HEIGHT,
         box->x + box->width / 2, box->y + BOX_HEIGHT / 2 + 5, box->name);
}

void picture_put(Request *request, const Value *root, size_t number)
{
    Text *out = &request->answer;
    Picture picture = {0};
    const Value *keys = value_get(root, "keys");
    read_boxes(request->arena, &picture, root);
    if (!picture.boxes.count)
        return;
    place(&picture, keys);
    crop(&picture);
    html(out,
         "<figure class=\"picture\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
         "aria-label=\"Picture of the keys below %s\"><svg role=\"img\" "
         "aria-labelledby=\"picture-%zu\""
         " width=\"%lld\" height=\"%lld\" viewBox=\"0 0 %lld %lld\"><title id=\"picture-%zu\">%zu "
         "tables below %s and %zu keys; the table below has them</title>\n",
         html_get(root, "root"), number, picture.width, picture.height, picture.width,
         picture.height, number, picture.boxes.count - 1, html_get(root, "root"),
         value_count(keys));
    for (size_t i = 0; i < value_count(keys); i++) {
        const Value *key = value_at(keys, i);
        const Box *from = find_box(&picture, html_get(key, "table"));
        const Box *to = find_box(&picture, html_get(key, "references"));
        if (from && to)
            put_curve(out, html_get(key, "class"), from, to);
    }
    for (size_t i = 0; i < picture.boxes.count; i++)
        put_box(out, &picture.boxes.at[i]);
    text_put(out, "</svg></div><figcaption><span class=\"line cascade\"></span> cascade "
                  "<span class=\"line set_null\"></span> set_null <span class=\"line restrict\">"
                  "</span> restrict <span class=\"line retain\"></span> retain</figcaption>"
                  "</figure>\n");
}
