from tern.ddl.definitions import read_definitions
from tern.ddl.diff.rename_hints import DoneHint, ResolvedHints, resolve_hints
from tern.ddl.diff.renames import TableRename
from tern.ddl.table import Table
from tests.tern.ddl.texts import MYSQL, table


def resolved(file: str, *live: Table) -> ResolvedHints:
    definitions = read_definitions({"f.sql": file}, flavor=MYSQL)
    assert definitions.problems == ()
    return resolve_hints(definitions.tables, {each.name: each for each in live}, flavor=MYSQL)


ADVICE = "remove the hint, or correct the old name"
USERS = """-- schemabot: renamed from people
CREATE TABLE users (
 id int -- schemabot: renamed from no
)"""


def test_hints_act_when_only_the_old_names_are_live() -> None:
    """P-30."""
    found = resolved(USERS, table("`No` int", name="people"))
    assert found.renames == (
        TableRename(old_name="people", new_name="users", columns={"no": "id"}),
    )
    assert (found.done, found.problems) == ((), ())


def test_hints_are_done_when_only_the_new_names_are_live() -> None:
    found = resolved(USERS, table("`id` int", name="users"))
    assert found.done == (
        DoneHint(table="users", column=None, old_name="people", file="f.sql", line=1),
        DoneHint(table="users", column="id", old_name="no", file="f.sql", line=3),
    )
    assert (found.renames, found.problems) == ((), ())


def test_column_is_renamed_in_a_table_that_already_has_its_name() -> None:
    found = resolved(USERS, table("`no` int", name="users"))
    assert found.renames == (TableRename(old_name="users", new_name="users", columns={"no": "id"}),)
    assert len(found.done) == 1


def test_both_names_live_is_a_problem_at_the_hint() -> None:
    found = resolved(
        USERS, table("`id` int", "`no` int", name="users"), table("`id` int", name="people")
    )
    assert [str(problem) for problem in found.problems] == [
        f"f.sql:1:1: `users` can't be renamed from `people`: both names are live; {ADVICE}",
        f"f.sql:3:9: `id` can't be renamed from `no`: both names are live; {ADVICE}",
    ]
    assert found.renames == ()


def test_neither_name_live_is_a_problem() -> None:
    found = resolved(USERS)
    assert ["neither name is live" in problem.message for problem in found.problems] == [True, True]


def test_two_columns_cannot_come_from_one() -> None:
    found = resolved(
        "CREATE TABLE t (\n a int, -- schemabot: renamed from x\n"
        " b int -- schemabot: renamed from X\n)",
        table("`x` int"),
    )
    (problem,) = found.problems
    assert (problem.line, "another hint says otherwise" in problem.message) == (3, True)


def test_one_column_cannot_come_from_two() -> None:
    found = resolved(
        "CREATE TABLE t (\n -- schemabot: renamed from x\n a int -- schemabot: renamed from y\n)",
        table("`x` int", "`y` int"),
    )
    assert len(found.problems) == 1


def test_two_tables_cannot_come_from_one() -> None:
    found = resolved(
        "-- schemabot: renamed from old\nCREATE TABLE a (x int);\n"
        "-- schemabot: renamed from old\nCREATE TABLE b (x int)",
        table("`x` int", name="old"),
    )
    assert [problem.line for problem in found.problems] == [3]


def test_one_table_cannot_come_from_two() -> None:
    found = resolved(
        "-- schemabot: renamed from a\n-- schemabot: renamed from b\nCREATE TABLE t (x int)",
        table("`x` int", name="a"),
        table("`x` int", name="b"),
    )
    assert [problem.line for problem in found.problems] == [2]


def test_files_without_hints_rename_nothing() -> None:
    found = resolved(
        "-- schemabot: allow has_float why\nCREATE TABLE t (x float)", table("`x` int")
    )
    assert found == ResolvedHints(renames=(), done=(), problems=())
