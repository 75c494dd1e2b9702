/* The table of pages. */
#include "serve/page.h"
#include "serve/dashboard_assets.h"

#define CSS_PATH  "/assets/" dashboard_css_hash "/dashboard.css"
#define JS_PATH   "/assets/" dashboard_js_hash "/dashboard.js"
#define ICON_PATH "/assets/" icon_svg_hash "/icon.svg"

#define PAGE(path, run)                                                                            \
    {                                                                                              \
        "GET", path, AUTH_SESSION, true, false, run, .place = PLACE_MAIN                           \
    }
#define FORM(path, run)                                                                            \
    {                                                                                              \
        "POST", path, AUTH_SESSION, true, true, run, .place = PLACE_MAIN                           \
    }
#define ASSET(path)                                                                                \
    {                                                                                              \
        "GET", path, AUTH_NONE, false, false, page_asset, .place = PLACE_MAIN                      \
    }

static const Route routes[] = {
    PAGE("/", page_overview),
    PAGE("/revisions", page_revisions),
    PAGE("/erasures", page_erasures),
    PAGE("/erasures/cancel", page_erasure_cancel),
    FORM("/erasures/cancel", page_erasure_cancel_try),
    PAGE("/holds", page_holds),
    FORM("/holds/add", page_hold_add),
    FORM("/holds/release", page_hold_release),
    PAGE("/retention", page_retention),
    PAGE("/schedule", page_schedule),
    PAGE("/audit", page_audit),
    FORM("/audit/check", page_audit_check),
    PAGE("/keys", page_keys),
    {"GET", "/events", AUTH_SESSION, false, false, page_events, .place = PLACE_MAIN},
    {"GET", "/signin", AUTH_NONE, false, false, page_signin, .place = PLACE_MAIN},
    {"POST", "/signin", AUTH_NONE, true, true, page_signin_try, .place = PLACE_MAIN},
    {"POST", "/signout", AUTH_SESSION, false, true, page_signout, .place = PLACE_MAIN},
    ASSET(CSS_PATH),
    ASSET(JS_PATH),
    ASSET(ICON_PATH),
};

const Route *page_route_at(size_t index)
{
    return index < COUNT(routes) ? &routes[index] : NULL;
}

bool page_is_route(const Request *request)
{
    return request->route >= routes && request->route < routes + COUNT(routes);
}

/* ---- assets ---- */

typedef struct Asset {
    const char *name, *path, *hash, *type, *text;
} Asset;

static const Asset assets[] = {
    {"dashboard.css", CSS_PATH, dashboard_css_hash, "text/css; charset=utf-8", dashboard_css},
    {"dashboard.js", JS_PATH, dashboard_js_hash, "text/javascript; charset=utf-8", dashboard_js},
    {"icon.svg", ICON_PATH, icon_svg_hash, "image/svg+xml", icon_svg},
};

const char *page_asset_path(const char *name)
{
    size_t i = 0;
    while (i + 1 < COUNT(assets) && strcmp(assets[i].name, name) != 0)
        i++;
    return assets[i].path;
}

/* The path has the hash of what is there: it never changes. */
void page_asset(Request *request)
{
    const Asset *asset = assets;
    while (strcmp(asset->path, request->path) != 0)
        asset++;
    const char *tag = arena_print(request->arena, "\"%s\"", asset->hash);
    const char *known = request_header(request, "If-None-Match");
    request->cache = "public, max-age=31536000, immutable";
    answer_header(request, "ETag", tag);
    if (known && strcmp(known, tag) == 0) {
        answer_text(request, 304, asset->type);
        return;
    }
    text_put(&request->answer, asset->text);
    answer_text(request, 200, asset->type);
}
