import pytest

from tern.ddl.elements import ElementKind, read_elements
from tern.ddl.lexer import tokens


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("id int", ElementKind.COLUMN, "id"),
        ("`a``,b` int", ElementKind.COLUMN, "a`,b"),
        ("period int", ElementKind.COLUMN, "period"),
        ("vector vector(3)", ElementKind.COLUMN, "vector"),
        ("PRIMARY KEY (a)", ElementKind.PRIMARY_KEY, "PRIMARY"),
        ("CONSTRAINT p PRIMARY KEY (a)", ElementKind.PRIMARY_KEY, "PRIMARY"),
        ("CONSTRAINT PRIMARY KEY (a)", ElementKind.PRIMARY_KEY, "PRIMARY"),
        ("KEY k (a)", ElementKind.INDEX, "k"),
        ("INDEX (a)", ElementKind.INDEX, None),
        ("KEY USING BTREE (a)", ElementKind.INDEX, None),
        ("UNIQUE (a)", ElementKind.INDEX, None),
        ("UNIQUE k (a)", ElementKind.INDEX, "k"),
        ("UNIQUE INDEX `k` (a)", ElementKind.INDEX, "k"),
        ("CONSTRAINT u UNIQUE KEY (a)", ElementKind.INDEX, "u"),
        ("CONSTRAINT u UNIQUE KEY k (a)", ElementKind.INDEX, "k"),
        ("FULLTEXT KEY k (a)", ElementKind.INDEX, "k"),
        ("SPATIAL k (a)", ElementKind.INDEX, "k"),
        ("VECTOR INDEX k (a)", ElementKind.INDEX, "k"),
        ("CHECK (a > 0)", ElementKind.CHECK, None),
        ("CONSTRAINT c CHECK (a > 0)", ElementKind.CHECK, "c"),
        ("CONSTRAINT CHECK (a > 0)", ElementKind.CHECK, None),
        ("FOREIGN KEY (a) REFERENCES p (i)", ElementKind.FOREIGN_KEY, None),
        ("FOREIGN KEY f (a) REFERENCES p (i)", ElementKind.FOREIGN_KEY, "f"),
        ("CONSTRAINT c FOREIGN KEY f (a) REFERENCES p (i)", ElementKind.FOREIGN_KEY, "c"),
        ("FOREIGN KEY", ElementKind.FOREIGN_KEY, None),
        ("PERIOD FOR SYSTEM_TIME (s, e)", ElementKind.PERIOD, "SYSTEM_TIME"),
        ("'a' int", ElementKind.UNKNOWN, None),
        ("CONSTRAINT c", ElementKind.UNKNOWN, "c"),
        ("CONSTRAINT c FROB (a)", ElementKind.UNKNOWN, "c"),
        ("PRIMARY (a)", ElementKind.UNKNOWN, None),
    ],
)
def test_definition_is_known_by_its_first_words(
    text: str, kind: ElementKind, name: str | None
) -> None:
    (element,) = read_elements(tuple(tokens(text)))
    assert (element.kind, element.name) == (kind, name)


def test_definitions_are_split_at_outer_commas_only() -> None:
    text = "a enum('x,y'), b decimal(5,2) /*! COMMENT ',' */, /* , */ c int, -- end"
    found = read_elements(tuple(tokens(text)))
    assert [element.name for element in found] == ["a", "b", "c"]
    assert read_elements(()) == ()
