#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds answers of the platform to its openapi.yaml.

Reads one JSON object a line: method, path, request, status, type, answer. Knows the part of JSON
Schema that the file uses, and refuses a file that uses more.
"""
import json
import re
import sys

import yaml

KNOWN = {"$ref", "additionalProperties", "const", "enum", "items", "maxItems", "maxLength",
         "maximum", "minItems", "minLength", "minimum", "oneOf", "pattern", "properties",
         "required", "type"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
ANYWHERE = {"malformed", "too-large", "internal"}


def has_type(value, name):
    if name in ("integer", "number"):
        kinds = int if name == "integer" else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Api:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.api = yaml.safe_load(file)

    def resolve(self, ref):
        node = self.api
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        return node

    def wrong(self, value, schema, where="$"):
        """Says what is wrong with a value, or None."""
        if "$ref" in schema:
            return self.wrong(value, self.resolve(schema["$ref"]), where)
        unknown = set(schema) - KNOWN
        if unknown:
            return f"{where}: the schema uses {unknown}"
        if "oneOf" in schema:
            found = [self.wrong(value, option, where) for option in schema["oneOf"]]
            return None if found.count(None) == 1 else f"{where}: none or several fit: {found}"
        if "const" in schema and value != schema["const"]:
            return f"{where}: {value!r} is not {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{where}: {value!r} is not in {schema['enum']}"
        if "type" in schema:
            names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            if not any(has_type(value, name) for name in names):
                return f"{where}: {value!r} is not {names}"
        if isinstance(value, dict):
            return self.wrong_object(value, schema, where)
        if isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**6):
                return f"{where}: {len(value)} items"
            for number, item in enumerate(value):
                found = self.wrong(item, schema.get("items", {}), f"{where}[{number}]")
                if found:
                    return found
        if isinstance(value, str):
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6):
                return f"{where}: {len(value)} characters"
            if "pattern" in schema and not re.search(schema["pattern"], value):
                return f"{where}: {value!r} is not like {schema['pattern']}"
        if has_type(value, "number"):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                return f"{where}: {value} is out of bounds"
        return None

    def wrong_object(self, value, schema, where):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                return f"{where}.{name} is missing"
        for name, member in value.items():
            if name not in properties:
                if schema.get("additionalProperties", True) is False:
                    return f"{where}.{name} is not in the file"
                continue
            found = self.wrong(member, properties[name], f"{where}.{name}")
            if found:
                return found
        return None

    def find(self, path):
        for pattern, item in self.api["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
                return item
        return None

    def check(self, call):
        item = self.find(call["path"])
        operation = (item or {}).get(call["method"].lower())
        if call["type"] == "application/problem+json":
            return self.check_problem(call, item, operation)
        if operation is None:
            return "the file has no such operation"
        response = operation["responses"].get(str(call["status"]))
        if response is None:
            return f"the file has no status {call['status']} there"
        content = response["content"].get(call["type"])
        if content is None:
            return f"the file has no {call['type']} there"
        if call["type"] != "application/json":
            return None
        if "requestBody" in operation and call["status"] < 300:
            body = operation["requestBody"]
            if call["request"] or body.get("required", True):
                schema = body["content"]["application/json"]["schema"]
                found = self.wrong(json.loads(call["request"]), schema, "request")
                if found:
                    return found
        return self.wrong(json.loads(call["answer"]), content["schema"])

    def check_problem(self, call, item, operation):
        problem = json.loads(call["answer"])
        found = self.wrong(problem, {"$ref": "#/components/schemas/Problem"})
        if found:
            return found
        if problem["status"] != call["status"]:
            return "two statuses"
        if problem["type"] == "about:blank":
            good = call["status"] == 405 and item is not None and operation is None
            return None if good else "a problem without a name"
        name = problem["type"].removeprefix("urn:enigm:problem:")
        if item is None:
            return None if name in ANYWHERE | {"unknown"} else f"{name} where nothing is"
        allowed = ANYWHERE | set((operation or {}).get("x-problems", []))
        for scheme in (operation or {}).get("security", []):
            allowed |= {"session-ended"} if {"bearer", "administrator"} & set(scheme) else set()
            allowed |= {"signature-wrong"} if "signature" in scheme else set()
        return None if name in allowed else f"the file does not say {name} there"


def main():
    api = Api(sys.argv[1])
    wrong = 0
    for line in sys.stdin:
        # json-glib leaves U+001F as it is in a string; a request of random bytes may hold one.
        call = json.loads(line, strict=False)
        found = api.check(call)
        if found:
            wrong += 1
            print(f"{call['method']} {call['path']} {call['status']}: {found}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
