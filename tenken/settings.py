"""The environment (`TENKEN_…`) as frozen settings. Every setting is listed in docs/deploy.md."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tenken.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000  # as browsers count before they send; Streamlit's server allows a little more


class Settings(BaseSettings):
    """Where data live, where the server listens, which language comes first."""

    model_config = SettingsConfigDict(env_prefix="TENKEN_", frozen=True, extra="ignore")

    home: Path = ROOT / "var"
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)
    allowed_hosts: str = ""
    lang: Literal["ja", "en"] = "ja"
    evidence_mb: int = Field(default=20, ge=1, le=200)

    @property
    def hosts(self) -> frozenset[str]:
        """Names under which Tenken may be asked, beside the local ones: TENKEN_ALLOWED_HOSTS, and TENKEN_HOST if it is one."""
        named = {name.strip() for name in self.allowed_hosts.split(",") if name.strip()}
        return frozenset(named | ({self.host} - {"0.0.0.0", "::"}))  # noqa: S104 (compared, not bound)

    @property
    def evidence_bytes(self) -> int:
        """The largest file that is taken as evidence."""
        return self.evidence_mb * MEGABYTE

    @property
    def evidence_folder(self) -> Path:
        """Where evidence is kept; tenken/evidence.py says how."""
        return self.home / "evidence"

    @property
    def store_url(self) -> str:
        """TENKEN_DATABASE_URL, or the SQLite file in TENKEN_HOME."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'tenken.db'}"


def read_settings() -> Settings:
    """The settings of this moment's environment. Raises SettingsError naming the variable."""
    return _settings(tuple((name, value) for name, value in os.environ.items() if name[:7].upper() == "TENKEN_"))


@lru_cache(maxsize=4)
def _settings(environment: tuple[tuple[str, str], ...]) -> Settings:
    """Checked once per environment: every click asks for them, and checking takes longer than a save."""
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = f"TENKEN_{'_'.join(str(part) for part in fault['loc']).upper()}"
        raise SettingsError("bad_setting", name=name, what=fault["msg"]) from None
