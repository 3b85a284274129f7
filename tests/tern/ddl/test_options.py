import pytest

from tern.ddl.lexer import tokens
from tern.ddl.options import named_options, read_options


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("ENGINE=InnoDB", {"engine"}),
        ("engine InnoDB, row_format=dynamic", {"engine", "row_format"}),
        ("DEFAULT CHARACTER SET = utf8mb4 COLLATE utf8mb4_bin", {"charset", "collate"}),
        ("DEFAULT CHARSET utf8mb4 DEFAULT COLLATE=utf8mb4_bin", {"charset", "collate"}),
        ("CHARSET latin1", {"charset"}),
        ("DATA DIRECTORY='/x' INDEX DIRECTORY '/y'", {"data_directory", "index_directory"}),
        ("UNION=(a,b) COMMENT='x=1 ENGINE=2'", {"union", "comment"}),
        ("WITH SYSTEM VERSIONING", {"system_versioning"}),
        ("START TRANSACTION", {"start_transaction"}),
        ("TABLESPACE ts STORAGE DISK", {"tablespace", "storage"}),
        ("`Encrypted`='NO' /*!50100 COMMENT='x' */", {"encrypted", "comment"}),
        ("COMMENT='x' PARTITION BY HASH (a) PARTITIONS 4", {"comment"}),
        ("CHECKSUM", {"checksum"}),
    ],
)
def test_options_are_known_by_one_name_however_spelled(text: str, names: set[str]) -> None:
    assert named_options(list(tokens(text))) == names


def test_each_option_keeps_its_own_characters() -> None:
    text = "/*!50100 TABLESPACE `x` */ ENGINE=InnoDB DEFAULT CHARSET=latin1 COMMENT='a b'"
    read = read_options(list(tokens(text)), text)
    assert [(option.name, option.value, option.text) for option in read] == [
        ("tablespace", "`x`", "/*!50100 TABLESPACE `x` */"),
        ("engine", "InnoDB", "ENGINE=InnoDB"),
        ("charset", "latin1", "DEFAULT CHARSET=latin1"),
        ("comment", "'a b'", "COMMENT='a b'"),
    ]
