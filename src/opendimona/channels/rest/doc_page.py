"""The contract as one page of HTML, without script or other file: the OpenAPI document, in its own order."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Node = Mapping[str, Any]
METHODS = ("get", "post", "put", "delete")
_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; }
code, pre { font: 0.9em ui-monospace, monospace; } h3 code { font-size: 1em; overflow-wrap: anywhere; }
pre { border: 1px solid var(--line); border-radius: 4px; padding: 0.6rem 0.8rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top;
padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); } .scroll { overflow-x: auto; }
nav ul { columns: 18rem; padding-left: 1.2rem; } summary { cursor: pointer; }
section > section { margin: 2rem 0; } .method { text-transform: uppercase; }
"""


def render(document: Node) -> str:
    """The page for an OpenAPI document."""
    info = document["info"]
    body = [
        f"<h1>{escape(info['title'])}</h1>",
        _prose(info["description"]),
        '<p>As a file: <a href="openapi.yaml">openapi.yaml</a>, <a href="openapi.json">openapi.json</a>.</p>',
        *_contents(document),
    ]
    for tag in document["tags"]:
        body += [f"<section><h2>{escape(tag['name'].capitalize())}</h2>", _prose(tag["description"])]
        for path, method, operation in _operations(document):
            if operation["tags"] == [tag["name"]]:
                body += _operation(document, path, method, operation)
        body.append("</section>")
    body += ['<section><h2 id="schemas">Members</h2>']
    for name, schema in document["components"]["schemas"].items():
        body += _schema_section(name, schema)
    body.append("</section>")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )


def _operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _contents(document: Node) -> Iterator[str]:
    yield '<nav aria-label="Contents"><ul>'
    for _, _, operation in _operations(document):
        yield f'<li><a href="#{operation["operationId"]}">{escape(operation["summary"])}</a></li>'
    yield '<li><a href="#schemas">All members</a></li></ul></nav>'


def _operation(document: Node, path: str, method: str, operation: Node) -> Iterator[str]:
    yield f'<section id="{operation["operationId"]}"><h3>{escape(operation["summary"])}</h3>'
    yield f'<p><code><span class="method">{method}</span> {escape(path)}</code></p>'
    if "description" in operation:
        yield _prose(operation["description"])
    security = operation.get("security", document["security"])
    for scopes in security:
        names = ", ".join(f"<code>{escape(scope)}</code>" for scope in scopes["oauth"])
        yield f"<p>Needs a token with the scope {names}.</p>"
    parameters = [_resolved(document, parameter) for parameter in operation.get("parameters", ())]
    if parameters:
        yield _table(
            ("Parameter", "In", "Meaning"),
            ((f"<code>{escape(p['name'])}</code>", p["in"], _inline(p.get("description", ""))) for p in parameters),
        )
    if "requestBody" in operation:
        yield from _content("Body", _resolved(document, operation["requestBody"])["content"])
    yield "<h4>Answers</h4>"
    answers = [(status, _resolved(document, answer)) for status, answer in operation["responses"].items()]
    yield _table(("Status", "Meaning"), ((status, _inline(answer["description"])) for status, answer in answers))
    for status, answer in answers:
        if status.startswith("2"):
            yield from _content(f"Answer {status}", answer.get("content", {}))
    yield "</section>"


def _content(title: str, content: Node) -> Iterator[str]:
    for media_type, media in content.items():
        link = _reference(media["schema"])
        yield f"<p>{title} (<code>{escape(media_type)}</code>){': ' + link if link else ''}</p>"
        examples = {name: item.get("value") for name, item in media.get("examples", {}).items()}
        summaries = {name: item.get("summary", name) for name, item in media.get("examples", {}).items()}
        if "example" in media:
            examples, summaries = {"example": media["example"]}, {"example": "Example"}
        for name, value in examples.items():
            yield f"<details><summary>{escape(summaries[name])}</summary><pre>{_json(value)}</pre></details>"


def _schema_section(name: str, schema: Node) -> Iterator[str]:
    yield f'<section id="schema-{name}"><h3>{escape(name)}</h3>'
    if "description" in schema:
        yield _prose(schema["description"])
    if "properties" in schema:
        required = schema.get("required", ())
        yield _table(
            ("Member", "Type", "Meaning"),
            (
                (
                    f"<code>{escape(member)}</code>" + (", needed" if member in required else ""),
                    _type(part),
                    _inline(part.get("description", "")),
                )
                for member, part in schema["properties"].items()
            ),
        )
    else:
        yield f"<p>{_type(schema)}</p>"
    yield "</section>"


def _type(schema: Node) -> str:
    if link := _reference(schema):
        return link
    if "enum" in schema:
        return "one of " + ", ".join(f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"])
    if "allOf" in schema:
        return " and ".join(_type(part) for part in schema["allOf"])
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"array of {_type(schema['items'])}"
    if "properties" in schema:
        return "object: " + ", ".join(f"<code>{escape(name)}</code>" for name in schema["properties"])
    return escape(schema.get("type", "anything"))


def _reference(schema: Node) -> str:
    if "$ref" not in schema:
        return ""
    name = schema["$ref"].rpartition("/")[2]
    return f'<a href="#schema-{name}">{escape(name)}</a>'


def _resolved(document: Node, node: Node) -> Node:
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    resolved: Node = found
    return resolved


def _table(head: tuple[str, ...], rows: Any) -> str:
    heads = "".join(f"<th>{name}</th>" for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'


def _prose(text: str) -> str:
    return "".join(f"<p>{_inline(part)}</p>" for part in text.strip().split("\n\n"))


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _json(value: Any) -> str:
    return escape(json.dumps(value, indent=2, ensure_ascii=False))
