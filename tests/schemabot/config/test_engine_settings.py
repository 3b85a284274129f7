"""Options of copies in the server's configuration: read, or refused by name (section 17)."""

from datetime import timedelta
from pathlib import Path

import pytest

from cli.processes.copy_options import copy_options
from schemabot.config.engine_settings import EngineSettings, Indexes
from schemabot.config.errors import ConfigInvalid
from schemabot.config.load import dump_settings, load_settings
from tern.engine.online.options import OnlineOptions

SHOP = """
databases:
  shop:
    type: mysql
    environments:
      staging:
        dsn: "mysql://u:secret-word@127.0.0.1/"
        engine: {engine}
"""

EVERY = """{volume: 7, chunk_rows: {start: 50, min: 5, max: 500}, chunk_bytes: 1MiB,
          replay_batch: 9, replay_linger: 5ms, probe_time: 9s, probe_bytes: 2KiB,
          delta_keys: 5000, checkpoint_every: 2s, checkpoint_max_age: 1d,
          reconnect_for: 9s, cutover_attempts: 5, cutover_lock_wait: 2s, cutover_hold: 500ms,
          force_after: 3, keep_old: true, verify_repairs: 4, hold_verify_pause: 5m,
          free_space_sql: "SELECT 1", defer_indexes: off, replicas: ["env:REPLICA"],
          max_lag: 1500ms,
          max_load: {threads: 25, commit: 80ms, history: 1000}, throttle_sql: "SELECT 0, 'why'",
          server_cores: 16, critical_threads: 100}"""


def load(tmp_path: Path, engine: str) -> EngineSettings:
    file = tmp_path / "server.yaml"
    file.write_text(SHOP.format(engine=engine))
    settings = load_settings(file, environ={"REPLICA": "mysql://r:hidden-word@replica-1:3307/"})
    assert "hidden-word" not in str(dump_settings(settings))
    return settings.databases["shop"].environments["staging"].engine


def test_what_is_not_set_is_as_the_engine_has_it(tmp_path: Path) -> None:
    assert copy_options(load(tmp_path, "{}")) == OnlineOptions()


def test_every_option_reaches_the_engine(tmp_path: Path) -> None:
    options = copy_options(load(tmp_path, EVERY))
    assert (options.volume, options.chunk.least, options.chunk.bytes) == (7, 5, 2**20)
    assert (options.force_after, options.keep_old, options.verify_repairs) == (3, True, 4)
    assert options.defer_indexes == "off"
    throttle = options.throttle
    assert [replica.place for replica in throttle.replicas] == ["replica-1:3307"]
    assert throttle.max_lag == timedelta(seconds=1.5)
    assert throttle.max_load.commit == timedelta(milliseconds=80)
    assert (throttle.server_cores, throttle.critical_threads) == (16, 100)
    # For the engine's own tests alone.
    fixed = {"verify", "settle_for", "sample_every", "name_blocker_after"}
    changed = {name for name in OnlineOptions.__slots__ if name not in fixed}
    same = {name for name in changed if getattr(options, name) == getattr(OnlineOptions(), name)}
    assert same == set()


@pytest.mark.parametrize("word", list(Indexes))
def test_indexes_are_deferred_by_word(tmp_path: Path, word: Indexes) -> None:
    assert load(tmp_path, f"{{defer_indexes: {word}}}").defer_indexes is word


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        ("{volume: 12}", "engine.volume: "),
        ("{volume: 0}", "engine.volume: "),
        ("{volumes: 3}", "engine.volumes: unknown key; did you mean volume?"),
        ("{max_lag: 5}", "engine.max_lag: write a duration"),
        ("{max_lag: 0s}", "engine.max_lag: must be more than 0"),
        ("{cutover_lock_wait: 500ms}", "engine.cutover_lock_wait: write whole seconds"),
        ("{max_load: {thread: 5}}", "engine.max_load.thread: unknown key; did you mean threads?"),
        ("{max_load: {threads: 0}}", "engine.max_load.threads: "),
        ("{throttle_sql: DELETE FROM t}", "engine.throttle_sql: write one SELECT"),
        ('{free_space_sql: "SELECT 1; DROP TABLE t"}', "engine.free_space_sql: write one SELECT"),
        ("{replicas: [replica-1]}", "engine.replicas"),
        ("{chunk_rows: {start: 5}}", "engine.chunk_rows: min must not be above start"),
        ("{defer_indexes: maybe}", "engine.defer_indexes: "),
        ("{revert_window: 1h}", "engine.revert_window: "),
        ("{probe_bytes: 5}", "engine.probe_bytes: write a size"),
        ("{native_small_rows: 5}", "engine.native_small_rows: "),
    ],
)
def test_a_bad_value_is_refused_by_name(tmp_path: Path, engine: str, said: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        load(tmp_path, engine)
    assert f"databases.shop.environments.staging.{said}" in str(caught.value)
