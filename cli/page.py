"""One apply, shown once: what `progress --no-watch` and `status APPLY_ID` share."""

from cli.render.progress import page_lines
from cli.screen import Screen
from schemabot.api.schemas.progress import ProgressAnswer


def show_once(screen: Screen, progress: ProgressAnswer) -> None:
    """Everything that is known of it, and what may follow."""
    screen.show(page_lines(progress, signs=screen.signs, width=screen.out.width))
