"""The secret of an installation: 32 random bytes in the user's own configuration folder, for nobody else to read."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from tiaokuai.files.limits import small_bytes
from tiaokuai.graph.errors import RequestError

KEY_BYTES = 32
MOST_BYTES = 1 << 20
FILE = "release.key"


def secret_file() -> Path:
    """Where the secret of this installation is kept; never beside any data."""
    from platformdirs import user_config_path

    return user_config_path("tiaokuai", appauthor=False) / FILE


def installation_secret(path: Path | None = None) -> bytes:
    """The secret of this installation, made when first asked for; two processes that ask at once get the same.

    Raises RequestError where there is none and none can be kept.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "own", "release.key")
    ...     made = installation_secret(file)
    ...     made == installation_secret(file), len(made), oct(file.stat().st_mode & 0o777)
    (True, 32, '0o600')
    """
    file = path or secret_file()
    try:
        if not file.exists():
            _keep(secrets.token_bytes(KEY_BYTES), file)
        return read_key(file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RequestError(
            "no_secret",
            f"无法保存本机的公布密钥 {file}（{reason}）；请用 --key 给出一个密钥文件",
            f"the secret of this installation cannot be kept in {file} ({reason}); give a key file with --key",
            path=str(file),
        ) from None


def read_key(path: str | Path) -> bytes:
    """The content of a key file: any file of 32 bytes and more.

    Raises RequestError where it is shorter or no file, OSError where it cannot be read.
    """
    content = small_bytes(path, MOST_BYTES)
    if len(content) < KEY_BYTES:
        raise RequestError(
            "short_key",
            f"{path}：密钥文件至少要有 {KEY_BYTES} 个字节，而不是 {len(content)} 个",
            f"{path}: a key file has {KEY_BYTES} bytes or more, not {len(content)}",
            path=str(path),
        )
    return content


def _keep(secret: bytes, file: Path) -> None:
    """Under a name of its own first, then linked: whoever comes second finds a whole file, never half of one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secret)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(own, file)
    finally:
        own.unlink(missing_ok=True)
