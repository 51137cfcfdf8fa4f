"""Who asks a cluster, and whose certificates are trusted. No message and no log has what is secret of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

VARIABLES = "SEARCHKIT_OPENSEARCH_"
"""How the names of the variables of the environment begin: `SEARCHKIT_OPENSEARCH_USER`, `…_PASSWORD` and so on."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a token; "" where there is none.

    Attributes:
        certificates: a file of certificates to trust besides the system's.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    certificates: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether there is something that must not be sent where others can read it."""
        return bool(self.password or self.token)

    def or_else(self, others: Credentials) -> Credentials:
        """Return these, and what is not said here as it is there.

        A token here stands against a user there, and no password there is for another user here.
        """
        if self.user and others.user and self.user != others.user:
            others = replace(others, password="")
        if self.token:
            others = replace(others, user="", password="")
        elif self.user or self.password:
            others = replace(others, token="")
        return Credentials(**{name: getattr(self, name) or getattr(others, name) for name in NAMES})

    def to_environment(self) -> dict[str, str]:
        """Return the variables of the environment that say this."""
        told = {VARIABLES + name.upper(): getattr(self, name) for name in NAMES}
        return {name: value for name, value in told.items() if value}


NAMES = tuple(each.name for each in fields(Credentials))


def of_environment(environment: Mapping[str, str]) -> Credentials:
    """Return what the environment says."""
    return Credentials(**{name: environment.get(VARIABLES + name.upper(), "") for name in NAMES})
