"""Values as JSON texts in a column: total in both directions, an unknown field is an error."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from schemabot.domain.apply import ApplyOptions
from schemabot.domain.worker import WorkerReport
from tern.values.plan import PlanResult
from tern.values.progress import TaskProgress
from tern.values.schema_files import SchemaFiles
from tern.values.target import Target

T = TypeVar("T")


class Json(Generic[T]):
    """One type's way into a text and back."""

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 - a type, generic aliases included
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def dump(self, value: T) -> str:
        """The value as compact JSON."""
        return self._adapter.dump_json(value).decode()

    def load(self, text: str) -> T:
        """The value that was dumped."""
        return self._adapter.validate_json(text)


TEXTS: Json[Mapping[str, str]] = Json(Mapping[str, str])
OPTIONS: Json[ApplyOptions] = Json(ApplyOptions)
PLAN_RESULT: Json[PlanResult] = Json(PlanResult)
SCHEMA_FILES: Json[SchemaFiles] = Json(SchemaFiles)
TARGET: Json[Target] = Json(Target)
TASK_PROGRESS: Json[TaskProgress] = Json(TaskProgress)
WORKER_REPORT: Json[WorkerReport] = Json(WorkerReport)
