"""Each session variable that is set on a target, and why; nothing else sets one.

A session is a value: a plan records the one it was proven in, and the DDL later runs in the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tern.ddl.flavor import Flavor
from tern.errors import InvalidRequest

Value = str | int

# Rows that are joined by a hash are held in so much memory, and beyond it on disk.
JOIN_BYTES = 16 << 20
# A server may be told to keep none, and then a loss would be counted and never read.
_WARNINGS_KEPT = 1024
# Of keys of rows that differ, as one text; what does not fit is asked for row by row.
LIST_BYTES = 4 << 20

# What a plan records beside what it sets: the server's own switches that decide what a definition
# means. They stay as they are while planning; DDL of a later day gets the recorded ones.
RECORDED_MYSQL = (
    "innodb_strict_mode",
    "explicit_defaults_for_timestamp",
    "sql_generate_invisible_primary_key",
    "sql_require_primary_key",
    "default_storage_engine",
    "default_collation_for_utf8mb4",
    "default_table_encryption",
)
RECORDED_MARIADB = (
    "innodb_strict_mode",
    "explicit_defaults_for_timestamp",
    "default_storage_engine",
    "old_mode",
    "character_set_collations",
    "innodb_compression_default",
)


# What SHOW SESSION VARIABLES prints otherwise from session to session, or as time goes by, and
# what decides nothing about a definition: counters, positions and names of the session itself.
CHANGING_BY_THEMSELVES = frozenset({
    "error_count", "external_user", "gtid_binlog_pos", "gtid_binlog_state", "gtid_current_pos",
    "gtid_executed", "gtid_owned", "gtid_purged", "gtid_slave_pos", "identity", "in_transaction",
    "insert_id", "last_gtid", "last_insert_id", "proxy_user", "pseudo_thread_id", "rand_seed1",
    "rand_seed2", "read_timeout", "sql_log_bin", "statement_id", "timestamp", "warning_count",
})  # fmt: skip


class UnknownSessionVariable(InvalidRequest):
    """A recorded session names a variable that no plan of ours sets."""

    code = "unknown_session_variable"

    def __init__(self, *, name: str) -> None:
        super().__init__(f"session variable {name!r} is not one that a plan records")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Session variables for one purpose.

    Attributes:
        variables: Set in one statement as soon as the connection is there.
        if_different: Set one by one and only where the server's value differs, because setting
            them takes a privilege that an account may lack (SESSION_VARIABLES_ADMIN).
        at_least: Numbers that are raised where the server knows them and has less.
    """

    variables: Mapping[str, Value]
    if_different: Mapping[str, Value] = field(default_factory=dict)
    at_least: Mapping[str, int] = field(default_factory=dict)

    def but(self, **changes: Value) -> "Session":
        """The same session with some variables changed or added."""
        return replace(self, variables={**self.variables, **changes})


def planning_session(flavor: Flavor) -> Session:
    """P-12: definitions mean here what they will mean to the apply, and no traffic queues behind.

    Strict mode and fixed quoting, so that the server prints one text for one table; old zero-date
    defaults can be built. Metadata locks are waited for 5 s at most.
    """
    return Session(
        variables={
            **_text_settings(),
            "sql_mode": "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION",
            "foreign_key_checks": 0,
            "lock_wait_timeout": 5,
            "innodb_lock_wait_timeout": 5,
            **_history_kept(flavor),
        }
    )


def proving_session(flavor: Flavor) -> Session:
    """As for planning, but foreign keys are judged as the apply will have them judged."""
    return planning_session(flavor).but(foreign_key_checks=1)


def data_session(flavor: Flavor) -> Session:
    """E-5: rows pass from table to table by the server's own conversion, old dates unchanged.

    READ COMMITTED takes no gap locks. Zero and invalid dates and a 0 in AUTO_INCREMENT are values
    like others. Long lists of keys stay range look-ups instead of becoming full scans. Rows of a
    range are joined by a hash in memory, whatever the server's own switches say.
    """
    optimizer: Mapping[str, Value] = (
        {"in_predicate_conversion_threshold": 0, "tx_isolation": "READ-COMMITTED"}
        if flavor.is_mariadb()
        else {
            "range_optimizer_max_mem_size": 0,
            "transaction_isolation": "READ-COMMITTED",
            **_joins_by_hash(flavor),
        }
    )
    return Session(
        variables={
            **_text_settings(),
            "sql_mode": "STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO",
            "foreign_key_checks": 1,
            "unique_checks": 1,
            "lock_wait_timeout": 3,
            "innodb_lock_wait_timeout": 1,
            "wait_timeout": 28800,
            "group_concat_max_len": LIST_BYTES,
            **optimizer,
        },
        if_different=_no_generated_key(flavor),
        at_least={
            "max_error_count": _WARNINGS_KEPT,
            **({"join_buffer_size": JOIN_BYTES} if flavor.hashes_outer_joins() else {}),
        },
    )


def cutover_session(flavor: Flavor) -> Session:
    """E-48: as for data, but the server frees the tables 5 s after the engine froze.

    Without autocommit, because START TRANSACTION would drop the table locks and COMMIT does not.
    """
    return data_session(flavor).but(autocommit=0, wait_timeout=5)


def recorded_session(flavor: Flavor, recorded: Mapping[str, str]) -> Session:
    """The session in which a plan was proven, for the DDL that carries it out.

    Raises:
        UnknownSessionVariable: a name that no plan of ours records.
    """
    proving = proving_session(flavor)
    own = RECORDED_MARIADB if flavor.is_mariadb() else RECORDED_MYSQL
    for name in recorded:
        if name not in proving.variables and name not in (*RECORDED_MARIADB, *RECORDED_MYSQL):
            raise UnknownSessionVariable(name=name)
    return Session(
        variables={
            name: _as_value(recorded[name]) if name in recorded else value
            for name, value in proving.variables.items()
        },
        if_different={name: _as_value(recorded[name]) for name in own if name in recorded},
    )


def building_session(proven: Session) -> Session:
    """The session of a plan, for a copy that builds indexes after its rows (E-15a).

    MySQL sorts an index in 1 MiB for all its threads: 400,000 keys took it 0.9 s of its CPUs, and
    0.6 s in 64 MiB.
    """
    return replace(proven, at_least={"innodb_ddl_buffer_size": 64 << 20})


def plain_session(flavor: Flavor) -> Session:
    """For looking only: fixed text settings and short waits, nothing about definitions or data."""
    del flavor
    return Session(variables={**_text_settings(), "lock_wait_timeout": 5})


def _text_settings() -> Mapping[str, Value]:
    """One text for one thing: UTC times, English messages, quoted names."""
    return {"time_zone": "+00:00", "lc_messages": "en_US", "sql_quote_show_create": 1}


def _history_kept(flavor: Flavor) -> Mapping[str, Value]:
    """Altering a system-versioned table keeps its row history."""
    return {"system_versioning_alter_history": "KEEP"} if flavor.is_mariadb() else {}


def _joins_by_hash(flavor: Flavor) -> Mapping[str, Value]:
    """The switches that a hash join takes; the others stay as they are."""
    switches = "block_nested_loop=on,derived_merge=on"
    return {"optimizer_switch": switches} if flavor.hashes_outer_joins() else {}


def _no_generated_key(flavor: Flavor) -> Mapping[str, Value]:
    """A table that the engine makes has exactly the columns it was given."""
    return {} if flavor.is_mariadb() else {"sql_generate_invisible_primary_key": 0}


def _as_value(text: str) -> Value:
    return int(text) if text.isdecimal() else text
