"""Nothing leaves this machine (protection.md)."""

from __future__ import annotations

import socket

import pytest


def test_the_tests_cannot_reach_another_machine() -> None:
    with socket.socket() as outside, pytest.raises(PermissionError, match=r"198\.51\.100\.1"):
        outside.connect(("198.51.100.1", 80))  # an address kept for documentation (RFC 5737)
    with pytest.raises(PermissionError, match="example"):
        socket.getaddrinfo("telemetry.example.org", 443)
