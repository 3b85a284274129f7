"""What no single key can tell: mistakes between keys, found once every key is right by itself."""

from collections.abc import Iterator, Sequence

from schemabot.config.databases import DatabaseSettings
from schemabot.config.settings import Settings
from schemabot.config.strict import Wrong, nearest
from schemabot.config.yaml_text import Path

_OPEN = (
    "{} can be reached from other machines and no authentication is configured; "
    "listen on 127.0.0.1, or configure auth.tokens"
)
_PLAINTEXT = (
    "tokens would cross the network to {} in plain text; configure server.tls, "
    "or set server.allow_plaintext if a proxy ends TLS"
)
_UNORDERED = "a database with several environments needs an order of them, and {} doesn't name {}"

Found = Iterator[Wrong]


def inconsistencies(settings: Settings) -> Found:
    """Every mistake between keys, at the key that should change."""
    yield from _listening(settings)
    yield from _tokens(settings)
    yield from _same_but_for_case(("databases",), list(settings.databases))
    yield from _limits(settings)
    for name, database in settings.databases.items():
        path: Path = ("databases", name)
        yield from _same_but_for_case((*path, "environments"), list(database.environments))
        yield from _order(path, database, settings.environment_order)


def _listening(settings: Settings) -> Found:
    server = settings.server
    tls = server.tls
    if (tls.cert_file is None) != (tls.key_file is None):
        yield Wrong(path=("server", "tls"), message="cert_file and key_file belong together")
    if tls.client_ca_file is not None and tls.cert_file is None:
        yield Wrong(path=("server", "tls"), message="client_ca_file needs cert_file and key_file")
    if server.listen.is_loopback:
        return
    if not settings.auth.tokens:
        yield Wrong(path=("server", "listen"), message=_OPEN.format(server.listen))
    elif tls.cert_file is None and not server.allow_plaintext:
        yield Wrong(path=("server", "listen"), message=_PLAINTEXT.format(server.listen))


def _tokens(settings: Settings) -> Found:
    seen: set[str] = set()
    for index, token in enumerate(settings.auth.tokens):
        if token.name in seen:
            yield Wrong(
                path=("auth", "tokens", index, "name"),
                message=f"another token is named {token.name} too",
            )
        seen.add(token.name)


def _limits(settings: Settings) -> Found:
    limits = settings.queue.limits
    environments = {name for each in settings.databases.values() for name in each.environments}
    for kind, named, known in (
        ("environments", limits.environments, sorted(environments)),
        ("databases", limits.databases, sorted(settings.databases)),
    ):
        for name in named:
            if name not in known:
                yield Wrong(
                    path=("queue", "limits", kind, name),
                    message=f"no such {kind.removesuffix('s')}{nearest(name, known)}",
                )


def _same_but_for_case(path: Path, names: Sequence[str]) -> Found:
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(name.lower(), name)
        if other != name:
            yield Wrong(
                path=(*path, name),
                message=f"{name} and {other} differ only by case; names ignore case",
            )


def _order(path: Path, database: DatabaseSettings, common: Sequence[str]) -> Found:
    own = database.environment_order
    names = list(database.environments)
    unknown = [name for name in own or () if name not in names]
    if unknown:
        yield Wrong(
            path=(*path, "environment_order"), message=f"no such environment: {', '.join(unknown)}"
        )
    order = common if own is None else own
    absent = [name for name in names if name not in order]
    if len(names) > 1 and absent:
        where = "environment_order" if own is None else f"databases.{path[1]}.environment_order"
        yield Wrong(
            path=(*path, "environments"), message=_UNORDERED.format(where, ", ".join(absent))
        )
