"""YAML as case files need it: dates, hours and codes stay the text that was written.

Plain YAML turns 2024-06-03 into a date, 0730 into an octal number, `no` into false and 12:30 into 750. Here only what
JSON would write as a number, true, false or null is one; every other plain word is text.
"""

import re
from typing import Any

import yaml

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)$")
FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?$")
TRUTH = re.compile(r"(?:true|True|TRUE|false|False|FALSE)$")
NOTHING = re.compile(r"(?:~|null|Null|NULL|)$")
MERGE = re.compile(r"<<$")
MERGE_TAG = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """A safe loader with JSON's scalars and without repeated keys."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the name and the shape are PyYAML's

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """The mapping at the cursor; a key given twice is an error, not a silent last word."""
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE_TAG:
                continue
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} is given twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return node

    def construct_timestamp(self, node: Any) -> Any:
        """The text of a date, also where `!!timestamp` asks for more."""
        return self.construct_yaml_str(node)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_timestamp)
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:int", NUMBER, "-0123456789"),
    ("tag:yaml.org,2002:float", FRACTION, "-0123456789"),
    ("tag:yaml.org,2002:bool", TRUTH, "tTfF"),
    ("tag:yaml.org,2002:null", NOTHING, ["~", "n", "N", ""]),
    (MERGE_TAG, MERGE, "<"),
):
    _Loader.add_implicit_resolver(_tag, _pattern, list(_first))


def load(text: str) -> object:
    """The one document in `text` as JSON values. Raises ValueError with the line of what cannot be read."""
    try:
        return _as_json(yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader with fewer types
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f"line {error.problem_mark.line + 1}: "
        raise ValueError(f"{line}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except RecursionError:
        raise ValueError("nested too deeply, or an alias that holds itself") from None


def _as_json(value: object) -> object:
    """The value with text keys; raises ValueError for what JSON cannot hold."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {_key(key): _as_json(item) for key, item in value.items()}
    raise ValueError(f"a {type(value).__name__} has no place in a case")


def _key(key: object) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    return "null" if key is None else str(key)
