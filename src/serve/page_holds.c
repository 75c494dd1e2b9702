/* Holds: rows that nothing removes. */
#include "serve/page_parts.h"

Value *page_holds_in_force(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {"list"}, *problem;
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    return page_try(request, rung_hold, &arguments, &problem);
}

/* ---- adding ---- */

typedef struct HoldForm {
    const char *table, *key, *reason, *expires, *problem; /* texts; problem: NULL */
} HoldForm;

static void put_input(Text *out, const char *name, const char *label, const char *value,
                      const char *hint, bool required)
{
    html(out,
         "<p><label for=\"add-%s\">%s</label><input id=\"add-%s\" name=\"%s\" value=\"%s\" "
         "aria-describedby=\"hint-%s\" maxlength=\"500\"",
         name, label, name, name, value, name);
    html(out, "%s><small id=\"hint-%s\">%s</small></p>\n", required ? " required" : "", name, hint);
}

static void put_add(Request *request, const HoldForm *form)
{
    Text *out = &request->answer;
    text_put(out, "<section id=\"add\" aria-labelledby=\"add-title\"><h2 id=\"add-title\">Hold a "
                  "row</h2>\n");
    if (form->problem)
        html_message(out, TONE_BAD, "It is not held", form->problem);
    text_put(out, "<form class=\"add\" method=\"post\" action=\"/holds/add\">");
    page_form_key(request);
    put_input(out, "table", "Table", form->table, "users, or schema.users", true);
    put_input(out, "key", "Key", form->key, "of its primary key; 1,2 for two columns", true);
    put_input(out, "reason", "Reason", form->reason, "whoever may release it will want to know",
              true);
    put_input(out, "expires", "Until", form->expires,
              "90d, 6mo, 7y or a day like 2027-01-31; empty: until it is released", false);
    text_put(out, "<p><button class=\"main\" type=\"submit\">Hold the row</button></p></form>"
                  "</section>\n");
}

/* ---- the list ---- */

static void put_release(Request *request, const Value *hold, long long id)
{
    Text *out = &request->answer;
    if (strcmp(html_get(hold, "state"), "in force") != 0) {
        html(out, "%s by %s", html_get(hold, "state"), html_get(hold, "released_by"));
        return;
    }
    html(out,
         "<details><summary class=\"button\">Release<span class=\"sr\"> hold %lld</span></summary>"
         "<form method=\"post\" action=\"/holds/release\"><p>What is due is erased by the next "
         "purge.</p><input type=\"hidden\" name=\"id\" value=\"%lld\">",
         id, id);
    page_form_key(request);
    html(out,
         "<button class=\"danger\" type=\"submit\">Release hold %lld</button></form></details>",
         id);
}

static void put_hold(Request *request, const Value *hold)
{
    Text *out = &request->answer;
    long long id = value_get_int(value_get(hold, "id"));
    html(out,
         "<tr id=\"hold-%lld\"><th scope=\"row\" data-label=\"Hold\">%lld</th><td "
         "data-label=\"Row\">%s "
         "<code>%s</code></td><td data-label=\"Reason\">%s</td><td data-label=\"Since\">",
         id, id, html_get(hold, "table"), html_get(hold, "key"), html_get(hold, "reason"));
    html_time(out, html_get(hold, "added_at"), "");
    html(out, "<small>by %s</small></td><td data-label=\"Until\">", html_get(hold, "added_by"));
    html_time(out, html_get(hold, "expires_at"), "no end");
    text_put(out, "</td><td class=\"actions\">");
    put_release(request, hold, id);
    text_put(out, "</td></tr>\n");
}

static void put_conditions(Request *request, const Value *policies)
{
    static const char *const titles[] = {"Policy", "Table", "Condition", "Reason", NULL};
    Text *out = &request->answer;
    if (!value_count(policies))
        return;
    text_put(out, "<h2>Conditions of rung.yaml</h2>\n");
    page_put_table(request, "Rows that are held while a condition is true", titles);
    for (size_t i = 0; i < value_count(policies); i++) {
        const Value *policy = value_at(policies, i);
        html(out,
             "<tr><th scope=\"row\">%s</th><td data-label=\"Table\">%s</td>"
             "<td data-label=\"Condition\"><code>%s</code></td><td data-label=\"Reason\">%s</td>"
             "</tr>\n",
             html_get(policy, "policy"), html_get(policy, "table"), html_get(policy, "condition"),
             html_get(policy, "reason"));
    }
    page_end_table(request);
}

static void put_list(Request *request, bool all)
{
    static const char *const titles[] = {"Hold",  "Row",     "Reason", "Since",
                                         "Until", "Actions", NULL};
    Text *out = &request->answer;
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {"list"};
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    arguments.all = all;
    Value *value = page_ask(request, rung_hold, &arguments);
    const Value *holds = value_get(value, "holds");
    if (value && !value_count(holds))
        text_put(out, "<p class=\"calm\">No row is held by name.</p>\n");
    if (value_count(holds)) {
        page_put_table(request, all ? "All holds" : "Holds in force", titles);
        for (size_t i = 0; i < value_count(holds); i++)
            put_hold(request, value_at(holds, i));
        page_end_table(request);
    }
    text_put(out, all ? "<p><a href=\"/holds\">Only those in force</a></p>\n"
                      : "<p><a href=\"/holds?all=1\">Also those that are over</a></p>\n");
    put_conditions(request, value_get(value, "policies"));
    value_free(value);
}

static void put_page(Request *request, const HoldForm *form)
{
    static const char *const done[] = {"held", "The row is held: nothing removes it.", "released",
                                       "The hold was released.", NULL};
    page_start(request, "Holds");
    page_done(request, done);
    if (form->problem)
        put_add(request, form);
    text_put(&request->answer, "<div id=\"fresh\">\n");
    put_list(request, *page_query(request, "all"));
    text_put(&request->answer, "</div>\n");
    if (!form->problem)
        put_add(request, form);
    page_end(request, form->problem ? 409 : 200);
}

void page_holds(Request *request)
{
    HoldForm form = {page_query(request, "table"), page_query(request, "key"), "", "", NULL};
    put_page(request, &form);
}

/* ---- what the forms do ---- */

static const char *field(Request *request, const char *form, const char *name)
{
    const char *value = form_get(request->arena, form, name);
    return value ? value : "";
}

/* A table in quotes is one name, whatever stands in it. */
static const char *print_row(Request *request, const char *table, const char *key)
{
    Text text = TEXT_EMPTY;
    text_char(&text, '"');
    for (; *table; table++)
        text_print(&text, *table == '"' ? "\"\"" : "%c", *table);
    text_print(&text, "\":%s", key);
    return text_keep(&text, request->arena);
}

static bool run(Request *request, const char *action, const char *operand, const HoldForm *form,
                const char **ret_problem)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {action, operand};
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    arguments.reason = form->reason && *form->reason ? form->reason : NULL;
    arguments.expires = form->expires && *form->expires ? form->expires : NULL;
    Value *value = page_try(request, rung_hold, &arguments, ret_problem);
    if (value)
        request_log(request, "%s: hold %s", request->session->name, action);
    value_free(value);
    return value;
}

void page_hold_add(Request *request)
{
    const char *text = page_form(request);
    if (!text)
        return;
    HoldForm form = {field(request, text, "table"), field(request, text, "key"),
                     field(request, text, "reason"), field(request, text, "expires"), NULL};
    if (run(request, "add", print_row(request, form.table, form.key), &form, &form.problem))
        page_redirect(request, "/holds?done=held");
    else
        put_page(request, &form);
}

void page_hold_release(Request *request)
{
    HoldForm form = {"", "", "", "", NULL};
    const char *text = page_form(request);
    if (!text)
        return;
    if (run(request, "release", field(request, text, "id"), &form, &form.problem))
        page_redirect(request, "/holds?done=released");
    else
        put_page(request, &form);
}
