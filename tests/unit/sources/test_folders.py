"""Folders that programs lay out: what of them is an article, and what lies beside a page fills it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import searchkit.sources as sources
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected

pytest.importorskip("lxml")

TEXT = (
    "<p>三月四日上午九时，横跨海湾的新桥正式通车，首批车辆从东岸收费站缓缓驶上桥面，桥头聚集了不少前来拍照的居民。</p>"
    "<p>据建设方介绍，大桥全长十二公里，历时五年建成，采用双塔斜拉结构，可以抵御十六级台风，设计使用年限为一百年。</p>"
)
SHELL = "<html><body><div id='app'></div></body></html>"


def page(title: str, dateline: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{dateline}<div>{TEXT}</div></body></html>"


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def read(path: Path) -> tuple[list[Article], list[Rejected]]:
    items = list(sources.read(path))
    return [each for each in items if isinstance(each, Article)], [each for each in items if isinstance(each, Rejected)]


@pytest.mark.parametrize("config", ["hugo.toml", "config.yaml"])
def test_a_hugo_blog_is_its_content(tmp_path: Path, config: str) -> None:
    put(
        tmp_path,
        {
            config: "",
            "content/_index.md": "---\ntitle: 首页\n---\n",
            "content/posts/_index.zh.md": "---\ntitle: 列表\n---\n",
            "content/posts/a.md": "---\ntitle: 甲\n---\n正文。",
            "content/posts/b/index.md": "+++\ntitle = '乙'\n+++\n正文。",
            "content/posts/b/cover.jpg": "x",
            "content/posts/c.md": "---\ntitle: 丙\ndraft: true\n---\n正文。",
            "archetypes/default.md": "---\ntitle: '{{ .Name }}'\n---\n",
            "themes/x/README.md": "# 主题",
            "public/posts/a/index.html": page("甲"),
        },
    )
    articles, refused = read(tmp_path)
    assert [each.title for each in articles] == ["甲", "乙"]
    assert [each.where.rpartition("/")[2] for each in refused] == ["c.md"]


def test_a_jekyll_blog_is_its_posts_and_pages(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "_config.yml": "title: x",
            "_posts/2024-12-31-a.md": "---\ntitle: 甲\n---\n正文。",
            "_drafts/b.md": "---\ntitle: 乙\npublished: false\n---\n正文。",
            "_layouts/post.html": "{{ content }}",
            "_site/2024/a.html": page("甲"),
            "README.md": "# 说明\n\n这不是文章。",
            "Gemfile": "x",
        },
    )
    articles, refused = read(tmp_path)
    assert [each.title for each in articles] == ["甲"]
    assert [each.where.rpartition("/")[2] for each in refused] == ["b.md"]


def test_a_folder_that_only_has_a_content_in_it_is_walked_as_it_lies(tmp_path: Path) -> None:
    put(tmp_path, {"content/a.txt": "甲\n正文正文。", "other/b.txt": "乙\n正文正文。", "hugo.txt": "丙\n正文正文。"})
    assert len(read(tmp_path)[0]) == 3


def snapshot(**more: object) -> str:
    record = {"url": "https://news.example/a/1.html", "timestamp": "1741054800.0", "history": {}, "tags": "桥梁,存档"}
    return json.dumps({**record, **more}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("files", "from_page"),
    [
        ({"singlefile.html": page("甲"), "output.html": page("乙"), "readability/content.html": page("丙")}, "甲"),
        ({"singlefile.html": SHELL, "output.html": page("乙"), "readability/content.html": page("丙")}, "乙"),
        ({"output.html": SHELL, "readability/content.html": page("丙"), "output.pdf": "%PDF-"}, "丙"),
        ({"news.example/a/1.html": page("丁"), "news.example/a/2.html": page("戊")}, "丁"),
    ],
)
def test_a_snapshot_is_one_article_of_its_best_page(tmp_path: Path, files: dict[str, str], from_page: str) -> None:
    index = snapshot(canonical={"wget_path": "news.example/a/1.html"})
    box = put(tmp_path, {f"archive/1741054800.0/{name}": text for name, text in files.items()})
    put(box, {"archive/1741054800.0/index.json": index, "archive/1741054800.0/index.html": page("框")})
    put(box, {"index.sqlite3": "", "index.html": page("全部"), "sources/1.txt": "https://news.example/a/1.html"})
    articles, refused = read(box)
    assert refused == []
    (got,) = articles
    assert (got.title, got.url, got.keywords) == (from_page, "https://news.example/a/1.html", ("桥梁", "存档"))


def test_a_snapshot_without_a_json_index_has_its_address_from_the_page_beside(tmp_path: Path) -> None:
    index = (
        '<a href="https://archivebox.io/">x</a><a href="https://a.example">y</a>'
        '<a class="header-url" href="https://news.example/a?b=1&amp;c=2">z</a>'
    )
    put(tmp_path, {"1741054801.5/index.html": index, "1741054801.5/output.html": page("甲")})
    articles, refused = read(tmp_path)
    assert refused == []
    assert [(each.title, each.url) for each in articles] == [("甲", "https://news.example/a?b=1&c=2")]


def test_a_snapshot_without_a_page_is_named(tmp_path: Path) -> None:
    put(tmp_path, {"1741054800.0/index.json": snapshot(), "1741054800.0/output.pdf": "%PDF-"})
    articles, refused = read(tmp_path)
    assert articles == []
    assert [each.where.endswith("1741054800.0") for each in refused] == [True]
    assert "without a page" in refused[0].reason


def test_a_wget_path_never_leads_out_of_the_snapshot(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "secret.html": page("外"),
            "box/1741054800.0/index.json": snapshot(canonical={"wget_path": "../../secret.html"}),
        },
    )
    assert read(tmp_path / "box")[0] == []


def record(**more: object) -> str:
    made = {
        "authors": ["张小三"], "date_publish": "2025-03-04 10:20:00", "maintext": "记录里的正文。",
        "source_domain": "news.example", "title": "记录里的题", "url": "https://news.example/a/1.html",
    }  # fmt: skip
    return json.dumps({**made, **more}, ensure_ascii=False)


@pytest.mark.parametrize("name", ["a.html.json", "a.json"])
def test_a_page_and_the_record_beside_it_are_one_article(tmp_path: Path, name: str) -> None:
    put(tmp_path, {"a.html": page("页上的题"), name: record(), "c.html": page("没有记录的页")})
    articles, refused = read(tmp_path)
    assert refused == []
    by_title = {each.title: each for each in articles}
    got = by_title.pop("页上的题")
    assert list(by_title) == ["没有记录的页"]
    assert "横跨海湾" in got.body
    assert (got.author, got.url, got.site) == ("张小三", "https://news.example/a/1.html", "news.example")
    assert got.published is not None
    assert got.published.isoformat() == "2025-03-04T10:20:00+08:00"


def test_the_record_stands_in_for_a_page_that_cannot_be_read(tmp_path: Path) -> None:
    put(tmp_path, {"a.html": SHELL, "a.html.json": record()})
    articles, refused = read(tmp_path)
    assert ([each.body for each in articles], refused) == (["记录里的正文。"], [])


def test_json_that_is_no_record_of_the_page_beside_it_is_read_by_itself(tmp_path: Path) -> None:
    put(tmp_path, {"a.html": page("页"), "a.json": '{"title": "别的文章", "body": "正文。"}'})
    assert sorted(each.title for each in read(tmp_path)[0]) == ["别的文章", "页"]


def test_the_minute_is_filled_in_only_on_the_day_the_page_prints(tmp_path: Path) -> None:
    put(tmp_path, {"a.html": page("同日", "<p>2025-03-04</p>"), "a.html.json": record()})
    put(tmp_path, {"b.html": page("他日", "<p>2025-03-05</p>"), "b.html.json": record()})
    got = {each.title: (each.published.isoformat(), each.precision) for each in read(tmp_path)[0] if each.published}
    assert got == {"同日": ("2025-03-04T10:20:00+08:00", "second"), "他日": ("2025-03-05T00:00:00+08:00", "day")}


def test_progress_over_pairs_adds_up(tmp_path: Path) -> None:
    put(tmp_path, {"a.html": page("页"), "a.html.json": record()})
    for document in sources.documents(tmp_path):
        assert isinstance(document, sources.Document)
        told: list[int] = []
        list(sources.read_document(document, on_bytes=told.append))
        assert sum(told) == document.size
