"""The address that a limit counts: what a client may write into a header changes nothing."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory

from cf_permissions.addresses import client_address

FORGED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP")


def request(remote: str = "192.0.2.1", **headers: str) -> Any:
    return RequestFactory().post("/", headers=headers, REMOTE_ADDR=remote)


def behind(proxies: int, settings: Any) -> None:
    settings.CF_PERMISSIONS = {"TRUSTED_PROXIES": proxies}


@pytest.mark.parametrize("header", FORGED)
def test_without_proxies_no_header_is_read(header: str) -> None:
    made = {f"10.{random.randrange(256)}.{random.randrange(256)}.{number}" for number in range(100)}
    assert {client_address(request(**{header: address})) for address in made} == {"192.0.2.1"}


@pytest.mark.parametrize("header", FORGED[1:])
def test_behind_a_proxy_only_x_forwarded_for_is_read(header: str, settings: Any) -> None:
    behind(1, settings)
    assert client_address(request(**{"X-Forwarded-For": "198.51.100.7", header: "10.0.0.1"})) == "198.51.100.7"


@pytest.mark.parametrize(
    "forged", ["", "10.0.0.1, ", "10.0.0.1, 10.0.0.2, ", ", , ", "x" * 5_000 + ",", "198.51.100.8,", "::1, "]
)
def test_behind_a_proxy_what_the_client_wrote_stands_further_left(forged: str, settings: Any) -> None:
    behind(1, settings)
    assert client_address(request(**{"X-Forwarded-For": f"{forged}198.51.100.7"})) == "198.51.100.7"


def test_behind_two_proxies_the_second_address_from_the_right_counts(settings: Any) -> None:
    behind(2, settings)
    header = "10.0.0.1, 198.51.100.7, 203.0.113.9"
    assert client_address(request(**{"X-Forwarded-For": header})) == "198.51.100.7"


@pytest.mark.parametrize("header", ["", "198.51.100.7", " 198.51.100.7 "])
def test_a_request_that_did_not_pass_all_proxies_counts_by_who_connected(header: str, settings: Any) -> None:
    behind(2, settings)
    assert client_address(request(**{"X-Forwarded-For": header})) == "192.0.2.1"


@pytest.mark.parametrize("hop", ["unknown", "_hidden", "", "300.1.1.1", "1.2.3", "<script>", "198.51.100.7:port"])
def test_a_hop_that_is_no_address_counts_by_who_connected(hop: str, settings: Any) -> None:
    behind(1, settings)
    assert client_address(request(**{"X-Forwarded-For": f"10.0.0.1, {hop}"})) == "192.0.2.1"


@pytest.mark.parametrize(
    ("hop", "address"),
    [
        ("198.51.100.7:51234", "198.51.100.7"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::3]", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64"),
    ],
)
def test_a_hop_may_have_a_port(hop: str, address: str, settings: Any) -> None:
    behind(1, settings)
    assert client_address(request(**{"X-Forwarded-For": hop})) == address


def test_a_network_of_64_bits_is_one_client() -> None:
    same = {client_address(request(f"2001:db8:1:2:{host:x}::{host:x}")) for host in range(1, 100)}
    assert same == {"2001:db8:1:2::/64"}
    assert client_address(request("2001:db8:1:3::1")) == "2001:db8:1:3::/64"


def test_every_v4_address_is_one_client() -> None:
    assert len({client_address(request(f"192.0.2.{host}")) for host in range(1, 100)}) == 99


def test_a_v4_address_that_came_over_a_v6_socket_is_the_same_one() -> None:
    assert client_address(request("::ffff:192.0.2.1")) == client_address(request("192.0.2.1"))


def test_a_link_local_address_with_its_interface_is_one() -> None:
    assert client_address(request("fe80::1%eth0")) == "fe80::/64"


@pytest.mark.parametrize("nameless", [request(""), request("@"), SimpleNamespace(), SimpleNamespace(META={}), None])
def test_requests_without_an_address_share_one(nameless: Any) -> None:
    assert client_address(nameless) == "unknown"


def test_a_proxy_on_a_unix_socket_is_a_proxy_too(settings: Any) -> None:
    behind(1, settings)
    assert client_address(request("", **{"X-Forwarded-For": "198.51.100.7"})) == "198.51.100.7"
