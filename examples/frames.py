"""Study a topic with pandas and polars, and keep its articles as Parquet.

pip install '.[pandas,polars,arrow]'
"""

from __future__ import annotations

import demo

import searchkit
from searchkit.frames import to_arrow, to_pandas, to_polars

with demo.folder() as folder, searchkit.open(folder) as archive:
    hits = to_pandas(archive.search("芯片", limit=1000))
    print(hits.groupby("source", observed=True)["score"].agg(["size", "max"]).round(2))

    months = to_polars(archive.timeline("芯片"))
    print(months.select("period", "count"))

    from pyarrow import parquet

    parquet.write_table(to_arrow(archive.export("芯片"), timezone=archive.tz), folder / "chips.parquet")
    print(parquet.read_metadata(folder / "chips.parquet").num_rows, "articles in chips.parquet")
