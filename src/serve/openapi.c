/* /openapi.json: OpenAPI 3.1, made of the table of routes. */
#include "serve/route.h"

#include <ctype.h>

static Value *read_schema(const char *schema)
{
    Value *value = NULL;
    Error ignored;
    return value_read("schema", schema, strlen(schema), &value, &ignored) ? value_object() : value;
}

static Value *content(const char *type, Value *schema)
{
    Value *media = value_object(), *of_type = value_object(), *value = value_object();
    value_set(of_type, "schema", schema);
    value_set(media, type, of_type);
    value_set(value, "content", media);
    return value;
}

static Value *reference(const char *to)
{
    Value *value = value_object();
    value_set_text(value, "$ref", to);
    return value;
}

static Value *binary(void)
{
    Value *schema = value_object();
    value_set_text(schema, "type", "string");
    value_set_text(schema, "contentMediaType", "application/octet-stream");
    return schema;
}

static void set_answer(Value *answers, int status, const char *doc, const char *schema)
{
    char name[16];
    snprintf(name, sizeof name, "%d", status);
    Value *value =
        !schema ? content("application/problem+json", reference("#/components/schemas/Problem"))
        : *schema == '{' ? content("application/json", read_schema(schema))
                         : content(schema, binary()); /* another media type */
    value_set_text(value, "description", doc);
    value_set(answers, name, value);
}

static Value *answers_of(const Route *route)
{
    Value *answers = value_object();
    for (size_t i = 0; i < COUNT(route->answers) && route->answers[i].status; i++)
        set_answer(answers, route->answers[i].status, route->answers[i].doc,
                   route->answers[i].schema);
    set_answer(answers, 400, "The headers, or the body, are not understood.", NULL);
    set_answer(answers, 413, "The body is too large.", NULL);
    set_answer(answers, 429, "Too many requests; Retry-After says when to try again.", NULL);
    if (route->schema) {
        set_answer(answers, 415, "The body is of another type.", NULL);
        set_answer(answers, 422, "The body has another shape.", NULL);
    }
    if (route_takes_key(route)) {
        set_answer(answers, 400, "The body, or the Idempotency-Key, is wrong.", NULL);
        if (!value_get(answers, "409"))
            set_answer(answers, 409, "A request with this Idempotency-Key is under way.", NULL);
        if (!value_get(answers, "422"))
            set_answer(answers, 422, "The Idempotency-Key stands for another request.", NULL);
    }
    if (route->auth != AUTH_NONE) {
        set_answer(answers, 401, "No valid token.", NULL);
        set_answer(answers, 403, "The token is for another role.", NULL);
    }
    if (route->database) {
        set_answer(answers, 500, "It failed; the log has the request's id.", NULL);
        set_answer(answers, 503, "The database cannot be used now.", NULL);
    }
    return answers;
}

static void add_parameter(Value *list, const char *name, const char *in, const char *doc)
{
    Value *value = value_object(), *schema = value_object();
    value_set_text(value, "name", name);
    value_set_text(value, "in", in);
    value_set_text(value, "description", doc);
    value_set_bool(value, "required", strcmp(in, "path") == 0);
    value_set_text(schema, "type", "string");
    value_set(value, "schema", schema);
    value_append(list, value);
}

static void set_parameters(Value *operation, const Route *route)
{
    Value *list = value_array();
    if (strchr(route->path, '{'))
        add_parameter(list, "id", "path", "What the Location of the 202 ends with.");
    if (route_takes_key(route))
        add_parameter(list, "Idempotency-Key", "header",
                      "A text in double quotes: a repeat with the same one does nothing and has "
                      "the same answer.");
    if (route->run == admin_delete)
        add_parameter(list, "Prefer", "header", "respond-async: 202 and a job.");
    if (value_count(list))
        value_set(operation, "parameters", list);
    else
        value_free(list);
}

static Value *operation_of(const Route *route)
{
    Value *value = value_object();
    value_set_text(value, "operationId", route->name);
    value_set_text(value, "summary", route->doc);
    if (route->auth != AUTH_NONE) {
        Value *list = value_array(), *scheme = value_object();
        value_set(scheme, route->auth == AUTH_ADMIN ? "admin" : "user", value_array());
        value_append(list, scheme);
        value_set(value, "security", list);
    }
    set_parameters(value, route);
    if (route->schema) {
        Value *body = content("application/json", read_schema(route->schema));
        value_set_bool(body, "required", true);
        value_set(value, "requestBody", body);
    }
    value_set(value, "responses", answers_of(route));
    return value;
}

static void set_operation(Value *path, const Route *route)
{
    char method[16] = "";
    for (size_t i = 0; route->method[i] && i + 1 < sizeof method; i++)
        method[i] = (char)tolower((unsigned char)route->method[i]);
    value_set(path, method, operation_of(route));
}

/* Each path once, with all its methods. */
static Value *paths(void)
{
    Value *value = value_object();
    const Route *route;
    for (size_t i = 0; (route = route_at(i)) != NULL; i++) {
        const Route *other;
        if (route->place == PLACE_METRICS || value_get(value, route->path))
            continue;
        Value *path = value_object();
        for (size_t j = i; (other = route_at(j)) != NULL; j++)
            if (strcmp(other->path, route->path) == 0)
                set_operation(path, other);
        value_set(value, route->path, path);
    }
    return value;
}

static Value *components(void)
{
    static const char schemas[] =
        "{\"schemas\":{\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\","
        "\"status\",\"detail\",\"instance\",\"request_id\"],\"properties\":{"
        "\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
        "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},"
        "\"instance\":{\"type\":\"string\"},\"request_id\":{\"type\":\"string\"}}}},"
        "\"securitySchemes\":{"
        "\"user\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"},"
        "\"admin\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}}}";
    return read_schema(schemas);
}

void openapi_show(Request *request)
{
    Value *value = value_object(), *about = value_object();
    value_set_text(value, "openapi", "3.1.0");
    value_set_text(about, "title", "rung");
    value_set_text(about, "version", rung_version());
    value_set(value, "info", about);
    value_set(value, "paths", paths());
    value_set(value, "components", components());
    answer_json(request, 200, value);
}
