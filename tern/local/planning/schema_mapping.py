"""Names of schemas inside definitions, on their way into scratch schemas and back (P-13).

Left alone, a scratch child would hang on a live parent: servers then refuse deletes there. So every
schema of the plan gets its scratch name, and any other one a name that nobody has.
"""

from collections.abc import Mapping
from hashlib import sha256

from tern.ddl.flavor import Flavor
from tern.ddl.schema_names import replace_schema_names
from tern.local.planning.scratch import ScratchNames

# A text without any of these words names no other object, whatever else it holds.
_LEADING_WORDS = ("references", "nextval", "lastval", "setval", "value")
_DIGITS = 10


class SchemaMapping:
    """One phase's names: real schema to scratch schema, and the way back."""

    def __init__(self, schemas: Mapping[str, str], *, names: ScratchNames, flavor: Flavor) -> None:
        self._forth = dict(schemas)
        self._back = {scratch: real for real, scratch in schemas.items()}
        self._outside_names: set[str] = set()
        self._names = names
        self._flavor = flavor

    def to_scratch(self, text: str) -> str:
        """The text as the scratch schemas must get it.

        Raises:
            LexError: the text can't be told apart.
        """
        if not _may_name_schemas(text):
            return text
        return replace_schema_names(text, self._forth, flavor=self._flavor, otherwise=self._outside)

    def to_real(self, text: str) -> str:
        """A text that a scratch schema gave, as the real schema would give it."""
        if not _may_name_schemas(text):
            return text
        return replace_schema_names(text, self._back, flavor=self._flavor)

    def names_outside(self, scratch_text: str) -> bool:
        """Whether a text for a scratch schema names a schema that isn't in the plan."""
        return any(name in scratch_text for name in self._outside_names)

    def to_real_words(self, message: str) -> str:
        """A server's message with real names in place of scratch names."""
        for scratch, real in self._back.items():
            message = message.replace(scratch, real)
        return message

    def _outside(self, schema: str) -> str:
        digest = sha256(schema.encode()).hexdigest()[:_DIGITS]
        name = f"_schemabot_w_{self._names.made}_{self._names.token}_x{digest}"
        self._back[name] = schema
        self._outside_names.add(name)
        return name


def _may_name_schemas(text: str) -> bool:
    lowered = text.lower()
    return any(word in lowered for word in _LEADING_WORDS)
