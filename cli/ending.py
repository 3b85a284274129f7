"""What `stop` and `cancel` share: the request, its outcome, and how that is said."""

from rich.text import Text

from cli.controlling import ask, outcome_of
from cli.exit_codes import ExitCode
from cli.render.words import state
from cli.session import Session
from schemabot.api.schemas.apply import ControlRequestAnswer

_WANTED = {"stop": "stopped", "cancel": "cancelled"}


async def end(
    session: Session, operation: str, apply_id: str, *, environment: str, wait: bool
) -> ExitCode:
    """Done when the wanted state is reached, or was already. Raises as `ask`, `outcome_of`."""
    answer = await ask(session, operation, apply_id, environment=environment)
    progress = await outcome_of(session, answer) if wait else None
    said = answer.state if progress is None else progress.state
    _say(session, answer, said, is_known=progress is not None)
    if not wait or answer.request_id is None:
        return ExitCode.DONE
    return ExitCode.DONE if said == _WANTED[operation] else ExitCode.FAILED


def _say(session: Session, answer: ControlRequestAnswer, said: str, *, is_known: bool) -> None:
    if session.screen.is_json:
        document = answer.model_dump(mode="json")
        session.screen.document({**document, "state": said})
        return
    asked = f"{answer.operation} {state(answer.status)}; " if not is_known else ""
    session.screen.show([Text(f"{asked}{answer.apply_id} is {state(said)}")])
