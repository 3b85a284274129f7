"""What plans, keys, logs, workers, settings and the audit promise on every database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemabot.domain.apply import ApplyFilter, Lane
from schemabot.domain.audit import AuditFilter, NewAudit
from schemabot.domain.errors import ActiveApplyExists, IdempotencyKeyReused, PlanNotFound
from schemabot.domain.event import EventFilter, Level, NewEvent, Source
from schemabot.domain.execution import Report
from schemabot.domain.idempotency import IdempotencyKey
from schemabot.domain.ids import PlanId
from schemabot.domain.plan import NewPlan, PlanFilter, PlanSource
from schemabot.domain.scope import Scope
from schemabot.domain.worker import WorkerReport
from schemabot.storage.storage import Storage
from tern.values.plan import OriginalTable, PlanResult
from tern.values.progress import LogLine, TaskStatus
from tern.values.run import Completed
from tern.values.schema_files import SchemaFiles
from tests.support.planned import alter, error_finding, planned
from tests.support.stored import a_target, new_apply, picture, running, store_apply, store_plan

KEY = IdempotencyKey(caller="ada", route="POST /api/apply", key="k1", body_hash="b1")
DAY = timedelta(days=1)


def a_draft(result: PlanResult) -> NewPlan:
    return NewPlan(
        target=a_target(),
        route="remote:eu",
        engine="online",
        result=result,
        desired=SchemaFiles(files={"shop": {"users.sql": "CREATE TABLE `ü` (id int)\r\n"}}),
        caller="ada",
        ttl=DAY,
        source=PlanSource(repository="acme/shop", pull_request=7, head_sha="abc"),
    )


class PlanContract:
    """Immutable, whole, originals once per content."""

    def test_a_plan_comes_back_as_it_was_stored(self, storage: Storage) -> None:
        result = planned(alter(unsafe="loses `age`"), findings=(error_finding(),))
        table = OriginalTable(
            namespace="shop", table="users", text="CREATE TABLE `users` (\n  `é` int)"
        )
        draft = a_draft(replace(result, originals=(table,), took=timedelta(milliseconds=12)))
        plan = storage.plans.create(draft)
        assert storage.plans.get(plan.plan_id) == plan
        assert (plan.result, plan.source, plan.route) == (draft.result, draft.source, "remote:eu")
        assert plan.expires_at - plan.created_at == pytest.approx(DAY, abs=timedelta(seconds=1))
        assert storage.plans.desired(plan.plan_id) == draft.desired

    def test_equal_original_texts_are_stored_once(self, storage: Storage) -> None:
        texts = ("one", "one", "two")
        tables = tuple(
            OriginalTable(namespace="shop", table=f"t{n}", text=text)
            for n, text in enumerate(texts)
        )
        for _ in range(2):
            plan = storage.plans.create(a_draft(replace(planned(), originals=tables)))
            assert plan.result.originals == tables
        count = "SELECT COUNT(*) FROM schema_texts WHERE content IN ('one', 'two')"
        assert storage.database.read(lambda tx: tx.exec_driver_sql(count).scalar()) == 2

    def test_an_unknown_plan_is_not_found(self, storage: Storage) -> None:
        with pytest.raises(PlanNotFound):
            storage.plans.get(PlanId("plan-0000000000000000"))
        with pytest.raises(PlanNotFound):
            storage.plans.desired(PlanId("plan-0000000000000000"))

    def test_plans_are_listed_newest_first_by_their_filter(self, storage: Storage) -> None:
        store_plan(storage, a_target("users"))
        ids = [storage.plans.create(a_draft(planned())).plan_id for _ in range(3)]
        wanted = PlanFilter(database="orders", pull_request=("acme/shop", 7))
        first = storage.plans.find(wanted, limit=2)
        rest = storage.plans.find(wanted, limit=2, cursor=first.next_cursor)
        assert [plan.plan_id for plan in (*first.items, *rest.items)] == ids[::-1]

    def test_an_environment_is_reached_by_a_completed_apply_or_an_empty_plan(
        self, storage: Storage
    ) -> None:
        plan = store_plan(storage)
        hashes = {"desired_hash": plan.desired_hash}
        assert not storage.plans.is_reached(a_target(), **hashes)
        execution = running(storage)
        assert not storage.plans.is_reached(a_target(), **hashes)
        done = Report(progress=picture(execution, TaskStatus.COMPLETED, sequence=9))
        storage.leases.finish(execution.lease, Completed(), done)
        assert storage.plans.is_reached(a_target(), **hashes)
        staging = a_target(environment="staging")
        assert not storage.plans.is_reached(staging, **hashes)
        store_plan(storage, staging, result=PlanResult(statements=()))
        assert storage.plans.is_reached(staging, **hashes)


class IdempotencyContract:
    """Key, answer and rows are committed together or not at all."""

    def test_the_second_asker_gets_the_first_answer_and_starts_nothing(
        self, storage: Storage
    ) -> None:
        """Q-5."""

        def work() -> str:
            return storage.applies.create(new_apply(storage)).apply_id

        first = storage.idempotency.once(KEY, work)
        again = storage.idempotency.once(KEY, work)
        assert (first.is_replay, again.is_replay) == (False, True)
        assert again.body == first.body
        assert len(storage.applies.find(ApplyFilter(), limit=9).items) == 1

    def test_another_body_under_the_same_key_is_refused(self, storage: Storage) -> None:
        storage.idempotency.once(KEY, lambda: "done")
        with pytest.raises(IdempotencyKeyReused):
            storage.idempotency.once(replace(KEY, body_hash="b2"), lambda: "done")

    def test_keys_of_other_callers_and_routes_are_others(self, storage: Storage) -> None:
        for key in (
            KEY,
            replace(KEY, caller="bob"),
            replace(KEY, route="r"),
            replace(KEY, key="K1"),
        ):
            assert not storage.idempotency.once(key, lambda: "done").is_replay

    def test_a_refusal_leaves_the_key_free_and_no_row_behind(self, storage: Storage) -> None:
        blocker = store_apply(storage)

        def work() -> str:
            storage.audit.append(NewAudit(subject="ada", method="t", action="apply", outcome="ok"))
            return storage.applies.create(new_apply(storage)).apply_id

        with pytest.raises(ActiveApplyExists, match=blocker.apply_id):
            storage.idempotency.once(KEY, work)
        assert storage.audit.find(AuditFilter(), limit=9).items == ()
        assert not storage.idempotency.once(KEY, lambda: "later").is_replay

    def test_old_keys_are_forgotten(self, storage: Storage) -> None:
        storage.idempotency.once(KEY, lambda: "done")
        assert storage.idempotency.prune(older_than=DAY, limit=9) == 0
        assert storage.idempotency.prune(older_than=-DAY, limit=9) == 1
        assert not storage.idempotency.once(KEY, lambda: "done").is_replay


class LogContract:
    """Lines in order; nothing is skipped or repeated."""

    def test_the_newest_lines_come_oldest_first_and_the_rest_follows(
        self, storage: Storage
    ) -> None:
        apply_id = store_apply(storage).apply_id
        lines = [NewEvent(event="note", message=f"line {n}") for n in range(6)]
        storage.events.append(apply_id, lines[:4])
        shown = storage.events.list(apply_id, EventFilter(), limit=2)
        assert [line.message for line in shown] == ["line 2", "line 3"]
        storage.events.append(apply_id, lines[4:])
        after = EventFilter(after_id=shown[-1].id)
        following = [line.message for line in storage.events.list(apply_id, after, limit=9)]
        assert following == ["line 4", "line 5"]
        assert storage.events.list(apply_id, after, limit=1)[0].message == "line 4"

    def test_lines_of_the_engine_come_with_its_report_and_are_told_apart(
        self, storage: Storage
    ) -> None:
        execution = running(storage)
        task = execution.work.statements[0].task_id
        line = LogLine(
            level="warning", event="lag", message="12 s", task_id=task, fields={"s": "12"}
        )
        storage.leases.record(execution.lease, Report(lines=(line,)))
        wanted = EventFilter(source=Source.ENGINE, level=Level.WARNING)
        (stored,) = storage.events.list(execution.lease.apply_id, wanted, limit=9)
        assert (stored.event, stored.task_id, stored.fields) == ("lag", task, {"s": "12"})
        none = EventFilter(task_id=execution.work.statements[1].task_id)  # type: ignore[arg-type]
        assert storage.events.list(execution.lease.apply_id, none, limit=9) == ()


class RegistryContract:
    """Workers, settings, audit."""

    def test_a_worker_lives_while_it_is_heard_of(self, storage: Storage) -> None:
        report = WorkerReport(
            worker_id="here/1/a",
            host="here",
            pid=1,
            version="1",
            kind=Lane.LOCAL,
            slots=4,
            scopes=(Scope(environment="staging"),),
        )
        storage.workers.beat(report)
        storage.workers.beat(replace(report, busy=3))
        (worker,) = storage.workers.list(silence=DAY)
        assert (worker.report, worker.is_live) == (replace(report, busy=3), True)
        assert not storage.workers.list(silence=-DAY)[0].is_live
        assert storage.workers.list(silence=DAY, kind=Lane.HTTP) == ()
        assert storage.workers.prune(silence=DAY) == 0
        assert storage.workers.prune(silence=-DAY) == 1

    def test_a_worker_that_has_retired_is_forgotten(self, storage: Storage) -> None:
        report = WorkerReport(worker_id="w", host="h", pid=1, version="1", kind=Lane.LOCAL, slots=1)
        storage.workers.beat(replace(report, draining=True))
        storage.workers.retire("w")
        assert storage.workers.list(silence=DAY) == ()

    def test_a_setting_is_kept_until_it_is_removed(self, storage: Storage) -> None:
        assert storage.settings.get("volume") is None
        for value in ("3", "5", "5"):
            storage.settings.put("volume", value)
        assert dict(storage.settings.all()) == {"volume": "5"}
        assert (storage.settings.remove("volume"), storage.settings.remove("volume")) == (
            True,
            False,
        )

    def test_the_audit_is_read_newest_first_by_its_filter(self, storage: Storage) -> None:
        for subject, action in (("ada", "apply"), ("bob", "stop"), ("ada", "stop")):
            storage.audit.append(
                NewAudit(
                    subject=subject,
                    method="token",
                    action=action,
                    outcome="accepted",
                    objects={"apply": "apply-1"},
                )
            )
        first = storage.audit.find(AuditFilter(subject="ada"), limit=1)
        rest = storage.audit.find(AuditFilter(subject="ada"), limit=1, cursor=first.next_cursor)
        assert [e.entry.action for e in (*first.items, *rest.items)] == ["stop", "apply"]
        assert first.items[0].entry.objects == {"apply": "apply-1"}
        late = AuditFilter(action="stop", since=datetime.now(UTC) + DAY)
        assert storage.audit.find(late, limit=9).items == ()
