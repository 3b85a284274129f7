"""Strict models for what people and programs send: unknown keys and wrong types are named, all."""

import collections.abc
import difflib
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from schemabot.config.errors import Mistake
from schemabot.config.yaml_text import Document, Path, dotted

_Item = TypeVar("_Item")
_Model = TypeVar("_Model", bound=BaseModel)

# JSON and YAML have lists and words; the values behind them are tuples and enums.
Lax = Field(strict=False)
Items = Annotated[tuple[_Item, ...], Lax]


UNKNOWN_NAME = "unknown_name"  # error type of validators that look a word up


class Strict(BaseModel):
    """A frozen value without unknown keys and without conversions between types.

    Attributes:
        not_yet: Keys that the product will have and this version doesn't: refused by name, so that
            nobody relies on what is not done.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    not_yet: ClassVar[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that a validation found; no part of it repeats a given value."""

    path: Path
    message: str
    code: str = "config_invalid"


def check_document(
    model: type[_Model], document: Document, *, context: Mapping[str, object]
) -> tuple[_Model | None, tuple[Mistake, ...]]:
    """The document as a value of the model, or every mistake in it with its place."""
    if document.mistakes:
        return None, document.mistakes
    value = {} if document.value is None else document.value
    try:
        return model.model_validate(value, context=dict(context)), ()
    except ValidationError as error:
        mistakes = (placed(document, wrong) for wrong in wrongs(model, error))
        return None, tuple(sorted(mistakes, key=lambda m: (m.line or 0, m.column or 0)))


def placed(document: Document, wrong: Wrong) -> Mistake:
    """What is wrong, with its place in the document."""
    line, column = document.place(wrong.path)
    return Mistake(
        path=dotted(wrong.path), message=wrong.message, line=line, column=column, code=wrong.code
    )


def wrongs(model: type[BaseModel], error: ValidationError) -> Iterator[Wrong]:
    """Everything that a validation found."""
    for found in error.errors(include_url=False):
        path = tuple(part for part in found["loc"] if part != "[key]")
        unknown = found["type"] in {"extra_forbidden", UNKNOWN_NAME}
        yield Wrong(
            path=path,
            message=_sentence(model, path, found),
            code="unknown_key" if unknown else "config_invalid",
        )


def nearest(word: str, known: Sequence[str], *, listed: bool = True) -> str:
    """The known word that is near, else all of them where they are to be listed."""
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(sorted(known))}" if known and listed else ""


_MAPPINGS = (dict, collections.abc.Mapping)
_KINDS: tuple[tuple[type, str], ...] = (
    (type(None), "nothing"),
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "a string"),
    (list, "a list"),
    (dict, "a mapping"),
)
_WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_PLAIN = {"missing": "this key is required"}
_LIMITS = {
    "greater_than": "more than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
}


def _sentence(model: type[BaseModel], path: Path, found: ErrorDetails) -> str:
    kind = found["type"]
    if kind == "extra_forbidden":
        return _unknown_key(model, path)
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {_kind(found['input'])}"
    if kind in _LIMITS:
        return f"must be {_LIMITS[kind]} {next(iter(found['ctx'].values()))}"
    if kind == "enum":
        return f"must be {found['ctx']['expected']}"
    if kind == "value_error":
        return str(found["ctx"]["error"])
    return _PLAIN.get(kind, found["msg"].removeprefix("Input "))


def _kind(value: object) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), type(value).__name__)


def _unknown_key(model: type[BaseModel], path: Path) -> str:
    key = str(path[-1])
    holder = _model_at(model, path[:-1])
    if holder is None:
        return "unknown key"
    if issubclass(holder, Strict) and key in holder.not_yet:
        return f"{key} is not supported by this version"
    return f"unknown key{nearest(key, [*_fields(holder)])}"


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    here: object = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = _fields(here).get(str(part))
        else:
            here = get_args(here)[-1] if get_origin(here) in _MAPPINGS else _item(here)
        here = _without_none(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _fields(model: type[BaseModel]) -> dict[str, object]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _item(annotation: object) -> object:
    arguments = get_args(annotation)
    return arguments[0] if arguments else None


def _without_none(annotation: object) -> object:
    while get_origin(annotation) in {Union, types.UnionType, Annotated}:
        annotation = next(a for a in get_args(annotation) if a is not type(None))
    return annotation
