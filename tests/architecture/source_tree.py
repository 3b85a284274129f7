"""The product's own source files, parsed once per module that is asked about."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("cli", "webhook", "schemabot", "tern")
GENERATED = ("_pb2.py", "_grpc.py")


def product_files() -> list[Path]:
    """Every module of the four packages that people wrote."""
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if not path.name.endswith(GENERATED)
    ]


def all_files() -> list[Path]:
    """The product's modules and those that prove or measure it."""
    others = [
        path
        for folder in ("tests", "integration", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    return product_files() + others


def place(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


def line_count(path: Path) -> int:
    """Lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines, decorators apart, of each function and method of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            yield f"{place(path)}:{node.name}", end - node.lineno + 1


def class_names(path: Path) -> Iterator[str]:
    """Names of the classes that a file defines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            yield node.name
