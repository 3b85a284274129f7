"""What `start` and `cutover` share: the request, then the apply as it goes on."""

from collections.abc import Mapping

from rich.text import Text

from cli.controlling import ask
from cli.exit_codes import ExitCode
from cli.render.words import state
from cli.session import Session
from cli.watch import watch


async def go_on(
    session: Session,
    operation: str,
    apply_id: str,
    *,
    environment: str,
    follows: bool,
    more: Mapping[str, object] | None = None,
) -> ExitCode:
    """The exit code of watching, or done once the request is accepted. Raises as `ask`."""
    answer = await ask(session, operation, apply_id, environment=environment, more=more)
    screen = session.screen
    if screen.is_json:
        screen.document({"type": "accepted", **answer.model_dump(mode="json")})
    else:
        said = f"{state(answer.operation)} {state(answer.status)}; {apply_id} is"
        screen.show([Text(f"{said} {state(answer.state)}")])
    return await watch(session, apply_id) if follows else ExitCode.DONE
