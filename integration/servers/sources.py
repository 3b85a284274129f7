"""The package sources of a Debian machine, read from its own files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

STABLE_NAMES = frozenset({"stable", "oldstable", "testing", "unstable", "sid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source of binary packages; `fields` are those of the deb822 form, as written."""

    fields: Mapping[str, str]

    @property
    def uris(self) -> str:
        """Addresses, separated by spaces."""
        return self.fields["URIs"]

    def serves(self, release: str) -> bool:
        """Is it the distribution's main archive, in this release or another?"""
        suites = {suite.strip("/") for suite in self.fields.get("Suites", "").split()}
        components = self.fields.get("Components", "").split()
        return "main" in components and bool(suites & (STABLE_NAMES | {release}))

    def for_suite(self, suite: str, *, architecture: str) -> str:
        """The same source as deb822 text, with one other suite and the main component alone."""
        kept = {
            name: value for name, value in self.fields.items() if name in {"Signed-By", "Trusted"}
        }
        fields = {
            "Types": "deb",
            "URIs": self.uris,
            "Suites": suite,
            "Components": "main",
            "Architectures": architecture,
            **kept,
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items())


def machine_sources(folder: Path = Path("/etc/apt")) -> list[Source]:
    """All sources of binary packages that this machine uses, in the order of their files."""
    sources: list[Source] = []
    for path in (folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))):
        if path.is_file() and path.suffix == ".sources":
            sources += parse_deb822(path.read_text(encoding="utf-8"))
        elif path.is_file() and path.suffix == ".list":
            sources += parse_lines(path.read_text(encoding="utf-8"))
    return sources


def parse_deb822(text: str) -> list[Source]:
    """Enabled binary sources of a `.sources` file; a value keeps its continuation lines."""
    uncommented = re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)
    sources = (Source(fields=_fields(stanza)) for stanza in re.split(r"\n\s*\n", uncommented))
    return [source for source in sources if _is_enabled(source.fields)]


def parse_lines(text: str) -> list[Source]:
    """Binary sources of a `.list` file: `deb [option=value ...] uri suite component ...`."""
    return list(_parse_lines(text))


def _fields(stanza: str) -> dict[str, str]:
    pairs = re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, flags=re.MULTILINE)
    return {_canonical(name): value.rstrip() for name, value in pairs}


def _canonical(name: str) -> str:
    words = "-".join(word.capitalize() for word in name.split("-"))
    return {"Uris": "URIs"}.get(words, words)


def _is_enabled(fields: Mapping[str, str]) -> bool:
    is_binary = "deb" in fields.get("Types", "").split()
    return (
        is_binary
        and "URIs" in fields
        and fields.get("Enabled", "yes").lower() not in {"no", "false"}
    )


def _parse_lines(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)", line)
        if match is None:
            continue
        options, uri, suite, components = match.groups()
        pairs = (option.partition("=") for option in (options or "").split())
        fields = {_canonical(name): value for name, _, value in pairs}
        yield Source(
            fields={**fields, "URIs": uri, "Suites": suite, "Components": components.strip()}
        )
