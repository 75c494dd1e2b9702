/* The foreign keys below the subjects: what goes, loses its reference or stays. */
#include "serve/page_parts.h"

static const char *join(Arena *arena, const Value *names)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < value_count(names); i++)
        text_print(&text, "%s%s", i ? ", " : "", value_get_text(value_at(names, i)));
    return text_keep(&text, arena);
}

static void put_key(Request *request, const Value *key)
{
    Text *out = &request->answer;
    const char *class = html_get(key, "class"), *index = html_get(key, "index");
    html(out,
         "<tr><th scope=\"row\">%s <code>%s</code></th><td data-label=\"References\">%s "
         "<code>%s</code></td><td data-label=\"Class\">",
         html_get(key, "table"), join(request->arena, value_get(key, "columns")),
         html_get(key, "references"), join(request->arena, value_get(key, "targets")));
    if (*class && strcmp(class, "none") != 0)
        html(out, "<span class=\"line %s\"></span>%s", class, class);
    else
        html_badge(out, TONE_BAD, "nothing is said");
    html(out, "</td><td data-label=\"On delete\">%s</td><td data-label=\"Index\">",
         html_get(key, "on_delete"));
    if (*index)
        html(out, "<code>%s</code>", index);
    else
        html_badge(out, TONE_WARN, "no index");
    text_put(out, "</td></tr>\n");
}

static void put_root(Request *request, const Value *root, size_t number)
{
    static const char *const titles[] = {"Key", "References", "Class", "On delete", "Index", NULL};
    Text *out = &request->answer;
    const Value *keys = value_get(root, "keys");
    html(out, "<section aria-labelledby=\"root-%zu\"><h2 id=\"root-%zu\">%s</h2>\n", number, number,
         html_get(root, "root"));
    if (value_count(keys)) {
        picture_put(request, root, number);
        page_put_table(request,
                       arena_print(request->arena, "Foreign keys below %s", html_get(root, "root")),
                       titles);
        for (size_t i = 0; i < value_count(keys); i++)
            put_key(request, value_at(keys, i));
        page_end_table(request);
    } else
        text_put(out, "<p class=\"calm\">No table references it.</p>\n");
    text_put(out, "</section>\n");
}

void page_keys(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    page_start(request, "Keys");
    text_put(&request->answer,
             "<p>What becomes of rows when the row above them is erased, by lifecycle.relations: "
             "<b>cascade</b>: they go too; <b>set_null</b>: they stay without the reference; "
             "<b>restrict</b>: they keep the row; <b>retain</b>: they stay as they are.</p>\n");
    Value *value = page_ask(request, rung_cascade, &arguments);
    const Value *roots = value_get(value, "roots");
    for (size_t i = 0; i < value_count(roots); i++)
        put_root(request, value_at(roots, i), i);
    value_free(value);
    page_end(request, 200);
}
