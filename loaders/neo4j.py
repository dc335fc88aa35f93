"""The way into a Neo4j database: address, credentials of the environment, and faults as plain sentences."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from ssl import SSLError

from neo4j import Driver, GraphDatabase, Session
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from tiaokuai.graph.errors import RequestError, ServiceError

logging.getLogger("neo4j").addHandler(logging.NullHandler())  # faults are told once, in words

TIMEOUT = 30.0  # seconds for connecting
RETRIES = 30.0  # seconds in which the driver tries again what failed in passing
SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


def is_address(data: str) -> bool:
    """Whether DATA names a database rather than a path.

    >>> is_address("bolt://localhost:7687"), is_address("district/")
    (True, False)
    """
    return data.partition("://")[0] in SCHEMES and "://" in data


def credentials() -> tuple[str, str] | None:
    """User and password from the environment only: arguments and addresses end in histories and logs."""
    password = os.environ.get("NEO4J_PASSWORD")
    if password is None and (file := os.environ.get("NEO4J_PASSWORD_FILE")):
        password = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    return None if password is None else (os.environ.get("NEO4J_USERNAME", "neo4j"), password)


_OF_SOCKETS = (errno.ENOTCONN, errno.ECONNRESET, errno.ECONNABORTED, errno.ECONNREFUSED, errno.EPIPE, errno.ETIMEDOUT)


@contextmanager
def connect(uri: str) -> Iterator[Session]:
    """A session; :data:`TIMEOUT` bounds connecting, :data:`RETRIES` the driver's retries.

    A server that goes silent later is given up after the time that it announces itself (Neo4j's default: two minutes).

    Raises RequestError for an address with credentials, ServiceError for every fault of the server.
    """
    if not is_address(uri):
        raise RequestError(
            "not_neo4j", "地址应以 neo4j:// 或 bolt:// 开头", "the address must start with neo4j:// or bolt://"
        )
    if "@" in uri.partition("://")[2].partition("/")[0]:
        raise RequestError(
            "credentials_in_address",
            "地址里不要写用户和密码；请用 NEO4J_USERNAME、NEO4J_PASSWORD",
            "leave user and password out of the address; set NEO4J_USERNAME and NEO4J_PASSWORD",
        )
    try:
        with (
            _opened(uri) as driver,
            driver.session(database=os.environ.get("NEO4J_DATABASE") or None, fetch_size=10_000) as session,
        ):
            yield session
    except (Neo4jError, DriverError, SSLError) as error:
        raise fault(error) from error
    except OSError as error:  # the driver lets some of a socket's errors through, which no file has
        if error.filename is None and error.errno in _OF_SOCKETS:
            raise fault(ServiceUnavailable(str(error))) from error
        raise


def _opened(uri: str) -> Driver:
    auth = credentials()
    try:
        driver = GraphDatabase.driver(
            uri,
            auth=auth,
            connection_timeout=TIMEOUT,
            connection_acquisition_timeout=TIMEOUT,
            max_transaction_retry_time=RETRIES,
            notifications_min_severity="OFF",  # a label not used yet is no news
        )
        with ExitStack() as undo:
            undo.callback(driver.close)
            driver.verify_connectivity()  # fails at once, no retries
            undo.pop_all()
        return driver
    except ValueError as error:
        raise RequestError(
            "bad_address",
            f"地址无法理解：{uri}（应如 neo4j://主机:7687）",
            f"the address {uri} cannot be understood; it should look like neo4j://host:7687",
            reason=str(error),
        ) from None


def fault(error: Neo4jError | DriverError | SSLError) -> ServiceError:
    """What went wrong, for people; the server's own code in the details."""
    code = str(getattr(error, "code", None) or type(error).__name__)
    if "CredentialsExpired" in code:
        said = (
            "neo4j_password_expired",
            "密码已过期，请先在 Neo4j 中改密码",
            "the password has expired; change it first",
        )
    elif "DatabaseNotFound" in code:
        said = ("neo4j_no_database", "没有这个数据库，请查 NEO4J_DATABASE", "no such database; see NEO4J_DATABASE")
    elif "Forbidden" in code or "AccessMode" in code or "ReadOnly" in code:
        said = ("neo4j_not_allowed", "没有写入权限，或数据库只读", "no right to do this, or the database is read-only")
    elif isinstance(error, AuthError):
        said = ("neo4j_login", "用户或密码不对，请查 NEO4J_USERNAME、NEO4J_PASSWORD", "wrong user or password")
    elif "OutOfMemory" in code:
        said = (
            "neo4j_memory",
            "一次事务放不下这么多改动：请调大服务器的 dbms.memory.transaction.total.max 与堆内存，"
            "或清空后重新写入，或用 export --format neo4j-admin 导入",
            "so many changes do not fit one transaction: give the server a larger heap "
            "(dbms.memory.transaction.total.max), push into an emptied database, or import what "
            "export --format neo4j-admin writes",
        )
    elif "TransactionTimedOut" in code or "LockAcquisitionTimeout" in code:
        said = (
            "neo4j_slow",
            "服务器超时，未作改动；请稍后再试",
            "the server took too long and changed nothing; try later",
        )
    elif isinstance(error, SSLError):
        said = (
            "neo4j_unreachable",
            "加密连接失败；请查地址与证书",
            "the encrypted connection failed; see address, certificate",
        )
    elif isinstance(error, ServiceUnavailable | SessionExpired) or "AcquisitionTimeout" in code:
        said = ("neo4j_unreachable", "连不上 Neo4j，或连接中断；请查地址与服务", "Neo4j cannot be reached or hung up")
    else:
        said = ("neo4j_failed", f"Neo4j 未能完成：{code}", f"Neo4j could not do it: {code}")
    return ServiceError(*said, server_code=code, server_message=str(getattr(error, "message", None) or error)[:500])
