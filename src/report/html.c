/* By cmark-gfm (its manual: cmark-gfm.3). */
#include "report/html.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";

static const char style[] =
    "</title>\n<style>\n"
    "body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, "
    "sans-serif; color: #1b1f24; background: #fff; }\n"
    "h1, h2 { border-bottom: 1px solid #d0d7de; padding-bottom: .3rem; }\n"
    "pre { background: #f6f8fa; padding: .8rem; overflow-x: auto; border-radius: 6px; }\n"
    "code { font: 14px ui-monospace, monospace; background: #f6f8fa; }\n"
    "table { border-collapse: collapse; }\n"
    "th, td { border: 1px solid #d0d7de; padding: .3rem .6rem; text-align: left; vertical-align: "
    "top; }\n"
    "li:has(> input) { list-style: none; }\n"
    "@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } pre, code "
    "{ background: #161b22; } h1, h2, th, td { border-color: #30363d; } }\n"
    "</style>\n</head>\n<body>\n";

static void put_escaped(Text *text, const char *words)
{
    for (; *words; words++)
        if (*words == '<')
            text_put(text, "&lt;");
        else if (*words == '&')
            text_put(text, "&amp;");
        else
            text_char(text, *words);
}

void report_html(const char *title, const char *markdown, size_t length, Text *text)
{
    static const char *const extensions[] = {"table", "tasklist"};
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    for (size_t i = 0; i < COUNT(extensions); i++)
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extensions[i]));
    cmark_parser_feed(parser, markdown, length);
    cmark_node *document = cmark_parser_finish(parser);
    char *body =
        cmark_render_html(document, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser));
    text_put(text, head);
    put_escaped(text, title);
    text_put(text, style);
    text_put(text, body);
    text_put(text, "</body>\n</html>\n");
    free(body);
    cmark_node_free(document);
    cmark_parser_free(parser);
}
