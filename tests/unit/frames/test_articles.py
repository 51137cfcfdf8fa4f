"""Articles as columns of Arrow, and as files, as another library reads them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit import Article, MissingExtra, Related, content_hash
from searchkit.frames import articles as columnar
from searchkit.model.serialise import clean
from tests.conftest import NEWS, at, examples, load, needs

pytestmark = needs("pyarrow")


@pytest.fixture(scope="module", autouse=True)
def libraries():
    global pa, pq
    pa, pq = load("pyarrow", "pyarrow.parquet")


ZONE = "Asia/Shanghai"
FULL = replace(
    NEWS[1], related=(Related(title="汽車出口", published=at(2025, 2, 1), url="https://news.example/2"),),
    extra={"fetched": "2025-02-03T00:00:00Z"}, keywords=("晶片", "出口"),
)  # fmt: skip


def read(file: io.BytesIO, form: str):
    file.seek(0)
    return pq.read_table(file) if form == "parquet" else pa.ipc.open_file(file).read_all()


def written(articles, form, about=None):
    file = io.BytesIO()
    assert columnar.write(file, articles, form, columnar.schema(ZONE, about)) == len(articles)
    return read(file, form)


@pytest.mark.parametrize("form", columnar.FORMS)
def test_columns_have_types(form):
    table = written([NEWS[0], FULL, NEWS[2], NEWS[3]], form, {"searchkit": '{"query": "长江"}'})
    types = {field.name: field.type for field in table.schema}
    assert types["published"] == pa.timestamp("us", tz=ZONE) and types["id"] == types["body"] == pa.string()
    assert (
        pa.types.is_list(types["keywords"]) and pa.types.is_list(types["authors"]) and pa.types.is_map(types["extra"])
    )
    assert table.schema.metadata[b"searchkit"].decode() == '{"query": "长江"}'
    bridge, chips, f16, undated = table.to_pylist()
    assert chips["authors"] == ["陳以安", "許舟"] and chips["author"] == "陳以安、許舟"
    assert (chips["published"], chips["sha256"]) == (FULL.published, content_hash(FULL))
    assert chips["related"][0]["published"] == at(2025, 2, 1) and chips["extra"] == [
        ("fetched", "2025-02-03T00:00:00Z")
    ]
    assert (bridge["keywords"], bridge["editor"], bridge["editors"]) == (["桥梁"], None, [])
    assert (f16["precision"], undated["published"]) == ("day", None)


@pytest.mark.parametrize("form", columnar.FORMS)
def test_an_empty_answer_has_its_columns(form):
    table = written([], form)
    assert table.num_rows == 0 and table.schema.equals(columnar.schema(ZONE))


@examples(30)
@given(st.lists(st.text(st.characters(), max_size=20), min_size=1, max_size=8))
def test_every_text_comes_back(texts):
    articles = [Article(id=f"a{n}", title=each, body=each, extra={each: each}) for n, each in enumerate(texts)]
    for form in columnar.FORMS:
        found = written(articles, form)
        assert found["body"].to_pylist() == found["title"].to_pylist() == list(map(clean, texts))
        assert found["extra"].to_pylist() == [[(clean(each), clean(each))] for each in texts]


def test_batches_are_bounded_by_articles_and_by_characters(monkeypatch):
    monkeypatch.setattr(columnar, "MOST_ROWS", 3)
    short = [replace(NEWS[0], id=str(n)) for n in range(7)]
    assert [each.num_rows for each in columnar.batches(short, columnar.schema(ZONE))] == [3, 3, 1]
    monkeypatch.setattr(columnar, "MOST_CHARACTERS", 50)
    long = [replace(each, body="长" * 60) for each in short[:3]]
    assert [each.num_rows for each in columnar.batches(long, columnar.schema(ZONE))] == [1, 1, 1]


@pytest.mark.parametrize("form", columnar.FORMS)
def test_half_a_file_is_no_file(form, monkeypatch):
    """Neither library may write the end of the file when it is thrown away."""
    monkeypatch.setattr(columnar, "MOST_ROWS", 1)

    def interrupted():
        yield from (NEWS[0], NEWS[1])
        raise KeyboardInterrupt

    file = io.BytesIO()
    with pytest.raises(KeyboardInterrupt):
        columnar.write(file, interrupted(), form, columnar.schema(ZONE))
    assert file.getvalue()
    with pytest.raises(pa.ArrowInvalid):
        read(file, form)


@pytest.mark.parametrize("form", columnar.FORMS)
def test_a_full_disk_is_told_as_what_it_is(form):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        columnar.write(Full(), NEWS, form, columnar.schema(ZONE))


def test_times_keep_their_moment_in_another_zone():
    moved = replace(NEWS[0], published=NEWS[0].published.astimezone(tz=None) + timedelta(0))
    assert written([moved], "parquet")["published"].to_pylist() == [NEWS[0].published]


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtra) as told:
        columnar.schema(ZONE)
    assert told.value.hint == "pip install 'searchkit[arrow]'"
