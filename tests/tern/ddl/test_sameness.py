import pytest

from tern.ddl.sameness import is_same_text, without_counter

LIVE = (
    "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT\n) "
    "ENGINE=InnoDB AUTO_INCREMENT=7 COMMENT='x'"
)


@pytest.mark.parametrize(
    "file_text",
    [
        LIVE,
        LIVE.replace(" AUTO_INCREMENT=7", "") + ";",
        "-- hello\n" + LIVE.replace("=7", "=9").replace("\n  ", " /* c */ "),
    ],
)
def test_comments_spacing_and_counter_do_not_count(file_text: str) -> None:
    assert is_same_text(file_text, LIVE)


@pytest.mark.parametrize(
    "file_text",
    [
        LIVE.replace("NOT NULL AUTO_INCREMENT", "NOT NULL"),
        LIVE.replace("'x'", "'X'"),
        LIVE.replace("int", "INT"),
        LIVE.replace("COMMENT='x'", "/*!50100 COMMENT='x' */"),
        "CREATE TABLE `t` ('",
    ],
)
def test_everything_else_counts(file_text: str) -> None:
    assert not is_same_text(file_text, LIVE)


def test_counter_is_cut_out_and_nothing_else() -> None:
    cut = without_counter(LIVE)
    assert cut == LIVE.replace(" AUTO_INCREMENT=7", "")
    assert without_counter(cut) == cut
    assert without_counter("COMMENT='AUTO_INCREMENT=7'") == "COMMENT='AUTO_INCREMENT=7'"
