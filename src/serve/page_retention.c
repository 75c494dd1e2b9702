/* Rows that end by themselves. */
#include "serve/page_parts.h"

static void put_policy(Request *request, const Value *policy)
{
    Text *out = &request->answer;
    const char *age = html_get(policy, "age"), *when = html_get(policy, "when");
    html(out, "<tr><th scope=\"row\">%s</th><td data-label=\"Rule\">", html_get(policy, "policy"));
    if (!*age && !*when)
        text_put(out, "kept");
    else
        html(out, "%s", html_get(policy, "then"));
    if (*age)
        html(out, " %s after <code>%s</code>", html_get(policy, "keep"), age);
    if (*when)
        html(out, " where <code>%s</code>", when);
    text_put(out, "</td><td data-label=\"Last run\">");
    html_time(out, html_get(policy, "last_run_at"), "never");
    html(out, "</td><td data-label=\"It did\">%s</td></tr>\n", html_get(policy, "last_run"));
}

static void put_policies(Request *request)
{
    static const char *const titles[] = {"Table", "Rule", "Last run", "It did", NULL};
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    arguments.list = true;
    Value *value = page_ask(request, rung_retain, &arguments);
    const Value *policies = value_get(value, "policies");
    if (value && !value_count(policies))
        text_put(&request->answer, "<p class=\"calm\">lifecycle.retention has no policies.</p>\n");
    if (value_count(policies)) {
        page_put_table(request, "Policies of rung.yaml", titles);
        for (size_t i = 0; i < value_count(policies); i++)
            put_policy(request, value_at(policies, i));
        page_end_table(request);
        text_put(&request->answer, "<p>Next run: ");
        page_put_next(request, "retain");
        text_put(&request->answer, "</p>\n");
    }
    value_free(value);
}

/* ---- the preview ---- */

static void put_effects(Text *out, const Value *policy)
{
    const Value *tables = value_get(policy, "tables"),
                *partitions = value_get(policy, "partitions");
    for (size_t i = 0; i < value_count(tables); i++) {
        const Value *table = value_at(tables, i);
        long long gone = value_get_int(value_get(table, "deleted"));
        long long nulled = value_get_int(value_get(table, "set_null"));
        if (gone)
            html(out, "<li>%s: %lld would go</li>", html_get(table, "table"), gone);
        if (nulled)
            html(out, "<li>%s: %lld would lose their reference</li>", html_get(table, "table"),
                 nulled);
    }
    for (size_t i = 0; i < value_count(partitions); i++)
        html(out, "<li>partition %s: %s</li>", html_get(value_at(partitions, i), "partition"),
             html_get(value_at(partitions, i), "done"));
}

static void put_kept(Text *out, const Value *policy)
{
    const Value *held = value_get(policy, "held");
    long long undated = value_get_int(value_get(policy, "undated"));
    for (size_t i = 0; i < value_count(held); i++)
        html(out, "<li>%lld due and kept: %s</li>",
             (long long)value_get_int(value_get(value_at(held, i), "rows")),
             html_get(value_at(held, i), "reason"));
    if (undated)
        html(out, "<li>%lld without an age: they stay</li>", undated);
    if (*html_get(policy, "problem"))
        html(out, "<li><strong>stops: %s</strong></li>", html_get(policy, "problem"));
}

static void put_preview(Request *request)
{
    static const char *const titles[] = {"Table", "#Rows", "Before", "What would happen", NULL};
    Text *out = &request->answer;
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    arguments.dry_run = true;
    Value *value = page_ask(request, rung_retain, &arguments);
    const Value *policies = value_get(value, "policies");
    if (value_count(policies)) {
        page_put_table(request, "What a run would do now; nothing was changed", titles);
        for (size_t i = 0; i < value_count(policies); i++) {
            const Value *policy = value_at(policies, i);
            html(out,
                 "<tr><th scope=\"row\">%s</th><td data-label=\"Rows\" class=\"number\">%lld</td>"
                 "<td data-label=\"Before\">",
                 html_get(policy, "policy"), (long long)value_get_int(value_get(policy, "rows")));
            html_time(out, html_get(policy, "cutoff"), "-");
            text_put(out, "</td><td data-label=\"What would happen\"><ul class=\"plain\">");
            size_t before = out->length;
            put_effects(out, policy);
            put_kept(out, policy);
            if (out->length == before)
                text_put(out, "<li class=\"none\">nothing</li>");
            text_put(out, "</ul></td></tr>\n");
        }
        page_end_table(request);
    }
    value_free(value);
}

void page_retention(Request *request)
{
    Text *out = &request->answer;
    page_start(request, "Retention");
    put_policies(request);
    text_put(out, "<section id=\"preview\" aria-labelledby=\"preview-title\"><h2 "
                  "id=\"preview-title\">Preview</h2>\n<form method=\"get\" "
                  "action=\"/retention#preview\"><input type=\"hidden\" name=\"preview\" "
                  "value=\"1\"><p>It counts the rows of each table in one snapshot, which may take "
                  "a while.</p><p><button type=\"submit\">Count what would go</button></p>"
                  "</form>\n");
    if (*page_query(request, "preview"))
        put_preview(request);
    text_put(out, "</section>\n");
    page_end(request, 200);
}
