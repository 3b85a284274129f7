"""YAML text to plain values that remember where they stood.

A small YAML on purpose: the scalars of YAML 1.2's core schema (`off` and `no` are words, `10:30` is
no number), one document, no tags, no anchors or aliases, no key twice. What people write in
configuration reads the same in all of them, and an untrusted file can't blow up.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from schemabot.config.errors import Mistake

Path = tuple[str | int, ...]
Place = tuple[int, int]  # line and column, both from 1

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))
_WORDS: tuple[tuple[re.Pattern[str], object], ...] = (
    (re.compile(r"~|null|Null|NULL|"), None),
    (re.compile(r"true|True|TRUE"), True),
    (re.compile(r"false|False|FALSE"), False),
)
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML text's value, and the place of every key and item in it."""

    value: object
    places: Mapping[Path, Place]
    mistakes: tuple[Mistake, ...]

    def place(self, path: Path) -> Place:
        """Where the path stands; for one that doesn't, where its nearest ancestor does."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (1, 1))


def read_yaml(text: str) -> Document:
    """The text's value; what is wrong with it is in its mistakes, never raised."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        return Document(value=None, places={}, mistakes=(_syntax_mistake(error, text),))
    except RecursionError:
        mistake = Mistake(path="", message="it is nested too deeply", line=1, column=1)
        return Document(value=None, places={}, mistakes=(mistake,))
    reading = _Reading()
    value = None if node is None else reading.value(node, ())
    return Document(value=value, places=reading.places, mistakes=tuple(reading.mistakes))


def dotted(path: Path) -> str:
    """A path as people write it: `databases.shop.environments`, `auth.tokens[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _syntax_mistake(error: yaml.YAMLError, text: str) -> Mistake:
    match error:
        case yaml.MarkedYAMLError(problem_mark=mark, problem=problem) if mark is not None:
            message = str(problem or "it is not valid YAML")
            return Mistake(path="", message=message, line=mark.line + 1, column=mark.column + 1)
        case yaml.reader.ReaderError(position=int() as position):
            before = text[:position]
            line, column = before.count("\n") + 1, position - before.rfind("\n")
            message = "it holds a character that YAML doesn't allow"
            return Mistake(path="", message=message, line=line, column=column)
        case _:
            return Mistake(path="", message="it is not valid YAML", line=1, column=1)


class _Reading:
    """One walk over the composed nodes."""

    def __init__(self) -> None:
        self.places: dict[Path, Place] = {}
        self.mistakes: list[Mistake] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> object:
        self.places.setdefault(path, _place(node))
        if id(node) in self._seen:
            self._wrong(node, path, "anchors and aliases are not supported; write it out")
            return None
        self._seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            self._wrong(node, path, f"tags such as {node.tag} are not supported")
            return None
        match node:
            case yaml.MappingNode():
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
            case yaml.ScalarNode():
                return _scalar(node)
            case _:
                raise AssertionError(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._wrong(key_node, path, "a key must be a word")
                continue
            key = str(key_node.value)
            if key in values:
                first = self.places[*path, key][0]
                self._wrong(key_node, (*path, key), f"this key stands here twice; see line {first}")
                continue
            self.places[*path, key] = _place(key_node)
            values[key] = self.value(value_node, (*path, key))
        return values

    def _wrong(self, node: yaml.Node, path: Path, message: str) -> None:
        line, column = _place(node)
        self.mistakes.append(Mistake(path=dotted(path), message=message, line=line, column=column))


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: yaml.ScalarNode) -> object:
    text = str(node.value)
    if node.style is not None:  # quoted or a block: always a string
        return text
    for shape, value in _WORDS:
        if shape.fullmatch(text):
            return value
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _FLOAT.fullmatch(text) else math.nan
    return number if math.isfinite(number) else text
