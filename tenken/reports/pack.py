"""Several files as one ZIP, with a password when one is given."""

import io
from collections.abc import Sequence
from datetime import datetime

from tenken.reports.freeze import write, zip_time
from tenken.reports.passwords import allowed


def pack(files: Sequence[tuple[str, bytes]], made: datetime, password: str = "") -> bytes:
    """A ZIP of (name, content) in their order, dated `made`; names are in UTF-8, so that Japanese ones come out right. Without a
    password the same files make the same bytes; with one, AES-256 (WinZip's AE-2), whose salt is random: the names stay readable,
    the contents not. Raises ReportError: password_too_long, password_signs."""
    key = allowed(password, "zip")
    if not key:
        return write(files, made)
    import pyzipper  # imported when needed

    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, compresslevel=6) as file:
        file.setpassword(key.encode("utf-8"))
        file.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, content in files:
            info = file.zipinfo_cls(name, date_time=zip_time(made))
            info.compress_type, info.external_attr = pyzipper.ZIP_DEFLATED, 0o600 << 16
            file.writestr(info, content)
    return out.getvalue()
