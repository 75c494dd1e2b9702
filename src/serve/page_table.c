/* Tables. On a narrow screen each row is a card, whose cells say what they are (data-label). */
#include "serve/page_parts.h"

void page_put_table(Request *request, const char *caption, const char *const *titles)
{
    Text *out = &request->answer;
    html(out, "<table><caption>%s</caption><thead><tr>", caption);
    for (; *titles; titles++)
        if (**titles == '#')
            html(out, "<th scope=\"col\" class=\"number\">%s</th>", *titles + 1);
        else
            html(out, **titles ? "<th scope=\"col\">%s</th>" : "<td>%s</td>", *titles);
    text_put(out, "</tr></thead><tbody>\n");
}

void page_end_table(Request *request)
{
    text_put(&request->answer, "</tbody></table>\n");
}
