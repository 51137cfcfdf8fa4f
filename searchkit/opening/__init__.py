"""How is an archive opened, wherever it is kept? By `open` and `connect`: the only place that knows every engine."""

from searchkit.opening.connecting import connect, open_at
from searchkit.opening.folder import open
from searchkit.opening.opened import DEFAULT_TZ
from searchkit.opening.restoring import restore

__all__ = ["DEFAULT_TZ", "connect", "open", "open_at", "restore"]
