/* Markdown, with tables and task lists, as a page that stands alone. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/text.h"

/* Raw HTML in it is left out. */
void report_html(const char *title, const char *markdown, size_t length, Text *text);

#endif
