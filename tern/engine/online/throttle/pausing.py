"""What is said of a run that was told to pause; pure but for the clock."""

from time import monotonic

from tern.mysql.server import Server

_HOUR = 3600.0
_DAY = 24 * _HOUR


def pause_words(server: Server, *, since: float) -> str:
    """That it is paused; from half the time that the server keeps its log on, that this ends.

    While a run is paused its place in the log stands still. Once the server has dropped that part
    of the log, the copy must begin from nothing.
    """
    kept = log_retention_seconds(server)
    paused = monotonic() - since
    if kept is None or paused < kept / 2:
        return "paused by order; it goes on when it is told to resume"
    return (
        f"paused for {paused / _HOUR:.1f} h and the server keeps its log for {kept / _HOUR:.0f} h: "
        "resume, or the copy must begin from nothing"
    )


def log_retention_seconds(server: Server) -> float | None:
    """How long the server keeps its log; None where it is kept for ever or not told."""
    seconds = float(server.variables.get("binlog_expire_logs_seconds", "0") or 0)
    days = float(server.variables.get("expire_logs_days", "0") or 0)
    return seconds or days * _DAY or None
