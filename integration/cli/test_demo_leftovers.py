"""Shops that demonstrations left on a server are named, those in use are not (C-38)."""

from cli.demo.leftovers import claim, leftover_words
from integration.cli.processes import eventually
from integration.databases import query
from integration.servers.throwaway import Server
from tern.mysql.connect import ConnectParams
from tern.mysql.connect import connect as open_session
from tern.mysql.session import plain_session

USED, LEFT, OTHERS = "schemabot_demo_0badf00d", "schemabot_demo_0badcafe", "schemabot_demo_of_mine"


def test_a_shop_is_named_once_its_demonstration_has_ended(server: Server) -> None:
    params = ConnectParams(host=server.host, port=server.port, user=server.user)
    for schema in (USED, LEFT, OTHERS):
        query(server, f"CREATE DATABASE `{schema}`")
    try:
        with open_session(params, session=plain_session) as looking:
            with open_session(params, session=plain_session) as demo:
                claim(demo, USED)
                (line,) = leftover_words(looking)
                assert line.endswith(f"schema {LEFT}; remove it: DROP DATABASE `{LEFT}`")
            # The server notices the end of a session a little later.
            eventually(lambda: len(leftover_words(looking)) == 2 or None, seconds=60)
    finally:
        for schema in (USED, LEFT, OTHERS):
            query(server, f"DROP DATABASE `{schema}`")
