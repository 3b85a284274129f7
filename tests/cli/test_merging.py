"""A live schema put into files: as little as possible of them changes (P-52)."""

from cli.merging import Merged, merge
from tern.values.target import DatabaseType

USERS = "CREATE TABLE `users` (\n  `id` int NOT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB"
WIDER = USERS.replace("`id` int", "`id` bigint")
TEAMS = USERS.replace("users", "teams")


def merged(files: dict[str, str], *live: str, prunes: bool = False) -> Merged:
    pulled = {f"{text.split('`')[1]}.sql": text for text in live}
    return merge(files, pulled, type_=DatabaseType.MYSQL, prunes=prunes)


def test_a_new_table_gets_a_file_of_its_own() -> None:
    assert merged({}, USERS).texts == {"users.sql": f"{USERS};\n"}


def test_pulling_again_changes_nothing() -> None:
    assert merged(dict(merged({}, USERS, TEAMS).texts), USERS, TEAMS) == Merged()


def test_a_table_is_replaced_where_it_is_defined_and_comments_around_it_stay() -> None:
    file = f"-- people\n{USERS};  -- beside\n\n-- groups\n{TEAMS};\n"
    found = merged({"all.sql": file}, WIDER, TEAMS)
    assert found.texts == {"all.sql": file.replace(USERS, WIDER)}


def test_a_definition_that_says_the_same_keeps_the_comments_inside_it() -> None:
    file = USERS.replace("  `id` int NOT NULL,", "  -- its number\n  `id` int NOT NULL,")
    assert merged({"users.sql": file}, USERS) == Merged()


def test_a_file_of_another_name_is_not_overwritten_by_a_new_table() -> None:
    found = merged({"users.sql": f"{TEAMS};\n"}, USERS, TEAMS)
    assert found.texts == {"users~2.sql": f"{USERS};\n"}


def test_what_is_not_live_is_named_and_goes_only_when_asked() -> None:
    files = {"teams.sql": f"-- old\n{TEAMS};\n", "users.sql": f"{USERS};\n"}
    left = merged(files, USERS)
    assert (left.gone, left.texts, left.removed) == ({"teams": "teams.sql"}, {}, ())
    gone = merged(files, USERS, prunes=True)
    assert (gone.gone, gone.texts, gone.removed) == ({}, {}, ("teams.sql",))


def test_only_the_definition_goes_where_others_stand_beside_it() -> None:
    file = f"{TEAMS};\n\n{USERS};\n"
    assert merged({"all.sql": file}, USERS, prunes=True).texts == {"all.sql": f"{USERS};\n"}


def test_names_that_differ_by_case_keep_their_files() -> None:
    upper = USERS.replace("users", "Users")
    files = {"users.sql": f"{USERS};\n"}
    pulled = {"Users.sql": upper, "users~2.sql": USERS}
    found = merge(files, pulled, type_=DatabaseType.MYSQL, prunes=True)
    assert found.texts == {"Users~2.sql": f"{upper};\n"}
    assert found.removed == ()


def test_a_definition_of_another_case_is_the_same_table_when_no_other_is() -> None:
    found = merged({"users.sql": USERS.replace("users", "USERS")}, USERS)
    assert found.texts == {"users.sql": USERS}
