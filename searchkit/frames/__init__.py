"""How do results become tables of another library: Arrow, pandas, polars?

    from searchkit.frames import to_pandas

    to_pandas(archive.search("芯片", limit=1000))
    to_pandas(archive.timeline("芯片", by="week")).plot(x="start", y="count")
    to_polars(archive.export("芯片", since="2025"))

Each function takes `Results`, `Similar`, `Timeline`, `Timelines`, `Facets`, `Terms`, `TermsByPeriod`, `Trends`,
`Comparison`, or articles. docs/adapters.md lists the columns. A result without rows has all of them, with their types.
The library is imported when it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchkit.errors import MissingExtra, UsageError
from searchkit.language.messages import Message

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from searchkit.frames.columns import Table, Tabular

__all__ = ["to_arrow", "to_pandas", "to_polars"]


def to_arrow(found: Tabular, *, timezone: str | None = None) -> pa.Table:
    """Return a result as a table of Arrow. Articles have two more columns here, `related` and `extra`.

    Args:
        timezone: the zone in which times are shown; default: the archive's, and UTC for articles and `Similar`.

    Raises:
        MissingExtra: pyarrow is not installed.
        UsageError: there is no such time zone.
        TypeError: no table can be made of this.
    """
    from searchkit.frames import articles as columnar
    from searchkit.frames.columns import ARTICLES

    pa = columnar.arrow()
    made = _table(found, timezone)
    if made.columns is ARTICLES:
        columns = columnar.schema(made.timezone)
        return pa.Table.from_batches(columnar.batches(made.rows, columns), schema=columns)
    columns = pa.schema(columnar.field(column, made.timezone) for column in made.columns)
    values = [[column.of(row) for row in made.rows] for column in made.columns]
    return pa.Table.from_arrays([pa.array(*each) for each in zip(values, columns.types, strict=True)], schema=columns)


def to_pandas(found: Tabular, *, timezone: str | None = None) -> pd.DataFrame:
    """Return a result as a DataFrame of pandas.

    Times are `datetime64[us, ZONE]`, days `datetime64[s]`, texts `string`, and sources and their like categories.

    Args:
        timezone: as in `to_arrow`.

    Raises:
        MissingExtra: pandas is not installed; other errors as in `to_arrow`.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("a DataFrame of pandas", "pandas") from error
    import numpy as np

    from searchkit.frames.columns import utc_microseconds

    made = _table(found, timezone)
    columns: dict[str, Any] = {}
    types = {"text": "string", "count": "int64", "number": "float64", "flag": "bool", "texts": "object"}
    for column in made.columns:
        values = [column.of(row) for row in made.rows]
        if column.kind == "moment":
            moments = np.array([utc_microseconds(each) for each in values], dtype="datetime64[us]")
            columns[column.name] = pd.Series(moments).dt.tz_localize("UTC").dt.tz_convert(made.timezone)
        elif column.kind == "day":
            columns[column.name] = pd.Series(np.array(values, dtype="datetime64[s]"))
        elif column.kind == "category":
            columns[column.name] = pd.Series(pd.Categorical(values, sorted({*values} - {None})))
        elif column.kind == "count" and not column.required:
            columns[column.name] = pd.Series(values, dtype="Int64")  # which has missing values
        else:
            columns[column.name] = pd.Series(values, dtype=types[column.kind])
    return pd.DataFrame(columns)


def to_polars(found: Tabular, *, timezone: str | None = None) -> pl.DataFrame:
    """Return a result as a DataFrame of polars.

    Times are `Datetime("us", ZONE)`, days `Date`, and sources and their like `Categorical`.

    Args:
        timezone: as in `to_arrow`.

    Raises:
        MissingExtra: polars is not installed; other errors as in `to_arrow`.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtra("a DataFrame of polars", "polars") from error
    from searchkit.frames.columns import utc_microseconds

    made = _table(found, timezone)
    types = {
        "text": pl.String, "category": pl.Categorical, "texts": pl.List(pl.String), "day": pl.Date, "count": pl.Int64,
        "number": pl.Float64, "flag": pl.Boolean,
    }  # fmt: skip
    columns = []
    for column in made.columns:
        values = [column.of(row) for row in made.rows]
        if column.kind == "moment":
            moments = pl.Series(column.name, [utc_microseconds(each) for each in values], dtype=pl.Int64)
            columns.append(moments.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(made.timezone))
        else:
            columns.append(pl.Series(column.name, values, dtype=types[column.kind]))
    return pl.DataFrame(columns)


def _table(found: Tabular, timezone: str | None) -> Table:
    from zoneinfo import ZoneInfo

    from searchkit.frames.columns import table

    if timezone is not None:
        try:
            ZoneInfo(timezone)
        except (ValueError, OSError, KeyError) as error:  # KeyError: ZoneInfoNotFoundError
            raise UsageError(
                Message("no time zone {timezone!r}", timezone=timezone), hint="timezone='Asia/Shanghai'"
            ) from error
    return table(found, timezone)
