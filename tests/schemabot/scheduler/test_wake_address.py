"""Who is told where a process can be woken, and who can reach it (Q-33)."""

import socket

import pytest

from schemabot.domain.apply import Lane
from schemabot.domain.worker import WorkerReport
from schemabot.scheduler.wake_address import WakeAddress, own_host, reachable


def a_report(host: str, address: str | None) -> WorkerReport:
    return WorkerReport(
        worker_id=f"{host}/1/a",
        host=host,
        pid=1,
        version="1",
        kind=Lane.LOCAL,
        slots=1,
        wake_address=address,
    )


@pytest.mark.parametrize("text", ["udp://127.0.0.1:7", "udp://[::1]:7", "udp://10.0.0.5:65535"])
def test_an_address_is_read_as_it_was_written(text: str) -> None:
    assert str(WakeAddress.read(text)) == text


@pytest.mark.parametrize("text", ["", "https://x/wake", "udp://", "udp://:7", "udp://127.0.0.1:x"])
def test_what_is_reached_in_another_way_is_left_alone(text: str) -> None:
    assert WakeAddress.read(text) is None


def test_a_loopback_address_is_for_its_own_machine_only() -> None:
    found = reachable(
        [
            a_report("here", "udp://127.0.0.1:1"),
            a_report("there", "udp://127.0.0.1:2"),
            a_report("there", "udp://10.0.0.5:3"),
            a_report("here", None),
        ],
        from_host="here",
    )
    assert [address.port for address in found] == [1, 3]


@pytest.mark.parametrize("server", [None, ("127.0.0.1", 3306), ("127.0.0.9", 3306)])
def test_with_storage_on_this_machine_nothing_is_opened_to_the_network(
    server: tuple[str, int] | None,
) -> None:
    assert WakeAddress(host=own_host(server)).is_loopback


def test_the_address_towards_another_server_is_one_of_this_machine() -> None:
    host = own_host(("203.0.113.7", 3306))
    address = WakeAddress(host=host)
    with socket.socket(address.family, socket.SOCK_DGRAM) as udp:
        udp.bind((host, 0))
