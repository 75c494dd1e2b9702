"""The description of the service, /openapi.json, as a contract: what answers must look like, and
requests that are made from it."""
import json
import re

import jsonschema

STRINGS = ["", "a", "admin", "ü\U0001f600", "x" * 300, "' OR 1=1 --", "\t\n", "0", "-1", "%00"]
OTHERS = [None, True, 0, -1, 2 ** 62, 1.5, 1e300, "", "x", [], {}, [[]], {"a": {}}, [None]]


class Contract:
    def __init__(self, document):
        self.document = document
        jsonschema.Draft202012Validator.check_schema(document["components"]["schemas"]["Problem"])
        for _, _, operation in self.operations():
            for schema in self.schemas(operation):
                jsonschema.Draft202012Validator.check_schema(schema)

    def operations(self):
        for path, methods in sorted(self.document["paths"].items()):
            for method, operation in sorted(methods.items()):
                yield method.upper(), path, operation

    def schemas(self, operation):
        parts = [operation["requestBody"]] if "requestBody" in operation else []
        for part in parts + list(operation["responses"].values()):
            for media in part.get("content", {}).values():
                yield media["schema"]

    def validate(self, value, schema):
        """Raises jsonschema.ValidationError."""
        resolver = jsonschema.RefResolver("", self.document)
        jsonschema.Draft202012Validator(schema, resolver=resolver).validate(value)

    def find(self, path):
        """What there is at the path; {id} stands for an id."""
        for pattern, about in self.document["paths"].items():
            words = re.split(r"\{\w+\}", pattern)
            if re.fullmatch(r"[\w-]{1,64}".join(re.escape(word) for word in words), path, re.A):
                return about
        return {}

    def check(self, method, path, reply):
        """A reply to a request that reached us; AssertionError when it is not what is described."""
        where = f"{method} {path}: {reply}"
        about = self.find(path.partition("?")[0])
        operation = about.get("get" if method == "HEAD" else method.lower())
        if not operation:
            assert reply.status in (400, 403, 404, 405, 413, 429), where
            answer = {"content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"}}}}
        else:
            answer = operation["responses"].get(str(reply.status))
            assert answer or reply.status == 403, where + " is not described"
        assert reply.headers["X-Request-Id"] and reply.headers["Cache-Control"], where
        assert (reply.status in (429, 503)) <= bool(reply.headers["Retry-After"]), where
        assert (reply.status == 401) <= bool(reply.headers["WWW-Authenticate"]), where
        assert (reply.status == 405) <= bool(reply.headers["Allow"]), where
        if not answer:
            return
        kind = reply.type.partition(";")[0]
        assert kind in answer["content"], where
        if method != "HEAD" and kind.endswith("json"):
            self.validate(json.loads(reply.body), answer["content"][kind]["schema"])


def make(random, schema):
    """A value that the schema allows."""
    kind = schema.get("type")
    kind = random.choice(kind) if isinstance(kind, list) else kind
    if "enum" in schema:
        return random.choice(schema["enum"])
    if kind == "object":
        return {name: make(random, part) for name, part in schema.get("properties", {}).items()
                if name in schema.get("required", ()) or random.random() < 0.5}
    if kind == "array":
        least, most = schema.get("minItems", 0), min(schema.get("maxItems", 5), 5)
        return [make(random, schema["items"]) for _ in range(random.randint(least, most))]
    if kind == "integer":
        return random.choice([random.randint(1, 100), schema.get("minimum", 1)])
    if kind == "boolean":
        return random.random() < 0.5
    texts = [text for text in STRINGS if text] if schema.get("minLength") else STRINGS
    return random.choice(texts)


def spoil(random, value):
    """Another value, which may well be wrong."""
    if isinstance(value, dict) and value and random.random() < 0.8:
        name = random.choice(sorted(value))
        how = random.randrange(3)
        if how == 0:
            return {key: part for key, part in value.items() if key != name}
        return value | {name if how == 1 else random.choice(STRINGS): spoil(random, value[name])}
    if isinstance(value, list) and value and random.random() < 0.5:
        return [spoil(random, item) for item in value]
    return random.choice(OTHERS)
