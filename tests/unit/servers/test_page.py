"""The page: what a browser gets, and that nothing of an archive or a query is live in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from urllib.parse import quote, unquote, urlsplit

import pytest

import searchkit
from searchkit.servers.web import app, edition
from searchkit.servers.web.app import Application
from searchkit.servers.web.page import assets, rendering, views
from searchkit.servers.web.page.links import link, of_article
from searchkit.servers.web.security import PAGE_POLICY, hash_of
from searchkit.servers.web.table import ALL, Serving
from tests.conftest import NEWS, TODAY
from tests.unit.servers.asgi import Client

html = pytest.importorskip("lxml.html")
HOSTILE = (
    "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{ 7*7 }}{% raw %}", "javascript:alert(1)",
    "\u202eevil\u202c", "</title><svg onload=alert(1)>", "&lt;b&gt;", "a\x00b\x1b[31m", "%3Cscript%3E",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Articles with reprints, states, headlines, saved searches, and texts that would like to be markup."""
    with searchkit.open(
        tmp_path_factory.mktemp("page") / "index", create=True, timeout=None, today=lambda: TODAY
    ) as made:
        made.upsert_all(NEWS)
        first = NEWS[0]
        made.upsert(replace(first, body=first.body + "\n又讯，检修提前结束。"))
        long = "滨江市今天宣布，长江大桥将于下月起封闭检修，工期约九十天，期间公交车绕行渡口，市民可乘轮渡过江。"
        long += (
            "市交通局介绍，这座桥建成已三十一年，桥面铺装老化，伸缩缝渗水，去年体检列为三类。施工分两班，夜里也不停。"
        )
        for number, source in enumerate(("甲报", "乙报", "丙报")):
            made.upsert(
                searchkit.Article(
                    id=f"copy-{number}",
                    title=f"大桥封闭：{source}",
                    body=long,
                    published=first.published,
                    source=source,
                )
            )
        for number, text in enumerate(HOSTILE):
            made.upsert(
                searchkit.Article(
                    id=f"bad-{number} {text[:8]}" if text.isprintable() else f"bad-{number}", title=f"敌意 {text}", body=f"敌意 {text}\n{text}", url=text,
                    source=text, author=text, section=text, keywords=(text,), published=first.published, published_text=text,
                )
            )  # fmt: skip
        listed = searchkit.Related(title="渡口恢复夜航", url="https://news.example/2", published=first.published)
        made.upsert(
            searchkit.Article(
                id="page", title="轮渡", body="轮渡今天增开。", published=first.published, related=(listed,)
            )
        )
        made.saved.save("a/b <i>", "敌意", sort="newest")
        made.upsert(searchkit.Article(id="late", title="敌意 之后", body="敌意"))
        yield made


@pytest.fixture(scope="module")
def client(archive):
    return Client(Application(archive, Serving(log=False)))


def asked(client: Client, target: str, status: int = 200, **headers: str):
    """The parsed page at an address, which is checked for anything live and for links that lead nowhere."""
    reply = client.get(quote(target, safe="/?&=%:,+"), accept="text/html", **headers)
    assert reply.status == status, reply.text[:2000]
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-security-policy"] == PAGE_POLICY and "unsafe" not in PAGE_POLICY
    tree = html.document_fromstring(reply.text.replace("<!DOCTYPE html>", "", 1))
    tree.set("data-text", reply.text)
    inert(tree)
    return tree


def inert(tree) -> None:
    scripts = tree.xpath("//script")
    assert [each.get("src") for each in scripts] == [assets.address("page.js")] and not scripts[0].text
    assert not tree.xpath("//style|//*[@style]|//iframe|//object|//embed|//img|//base|//foreignobject")
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), (element.tag, name)
            if name in ("href", "action", "src", "data-link"):
                leads_somewhere(value, element)


def leads_somewhere(address: str, element) -> None:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        assert element.get("rel") and parts.scheme in ("http", "https"), address
        return
    if not parts.path:
        assert element.getroottree().xpath(f"//*[@id='{parts.fragment}']") or not parts.fragment, address
        return
    patterns = [
        re.sub(r"\\{\w+(:path)?\\}", lambda it: ".+" if it[1] else "[^/]+", re.escape(each.path)) for each in ALL
    ]
    assert any(re.fullmatch(each, unquote(parts.path), re.DOTALL) for each in patterns), address


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_the_start_shows_the_archive(client, archive):
    tree = asked(client, "/")
    assert f"{len(archive) - 1} articles in this archive, 1 headline" in words(tree.xpath("//h1")[0])
    assert tree.xpath("//form[@role='search']//input[@name='q']") and tree.xpath("//svg[@data-brush]//a")
    assert len(tree.xpath("//li[@class='hit']")) == 6


@pytest.mark.parametrize(
    ("today", "days"), [(date(2025, 3, 20), "近30天"), (date(2027, 3, 20), "2025-03")], ids=["new", "old"]
)
def test_every_example_finds_something(tmp_path, today, days):
    listed = (("经济", "出口"), ("经济", "Apple"), ("Apple",), ("(经济", "a:b"), ("经济",))
    with searchkit.open(tmp_path / "index", create=True, timeout=None, today=lambda: today) as made:
        for number, words_ in enumerate(listed):
            made.upsert(
                replace(
                    NEWS[0], id=f"e{number}", title=f"消息 {number}", body=f"第{number}条：{words_[0]}。",
                    keywords=words_, source="甲报",
                )
            )  # fmt: skip
        tree = asked(Client(Application(made, Serving(log=False))), "/")
        shown = [words(each) for each in tree.xpath("//section[@class='examples']//li/a")][:-1]
        assert {each: made.count(each) for each in shown if not made.count(each)} == {}
        assert {'"经济"', "经济 -Apple"} <= set(shown), "what finds something is there"
        assert not any("(" in each or each == "经济 Apple" for each in shown)
        assert shown[-1] == f"经济 date:{days}"


def test_an_archive_without_the_words_at_hand_has_no_examples(tmp_path):
    with searchkit.open(tmp_path / "index", create=True, timeout=None, today=lambda: TODAY) as made:
        made.upsert(searchkit.Article(id="x", title="甲乙丙", body="丁戊"))
        tree = asked(Client(Application(made, Serving(log=False))), "/")
        assert len(tree.xpath("//section[@class='examples']//li")) == 1, "the help alone"


def test_hits_are_marked_and_lead_to_articles(client):
    tree = asked(client, "/?q=长江 大桥&group=true")
    assert "长江大桥" in {each.text for each in tree.xpath("//li//mark")}
    assert tree.xpath("//p[@class='reprints']/a/@href") == ["/family/copy-0"], "one hit stands for three"
    path = tree.xpath("//li[contains(@class,'hit')]//h3/a/@href")[0]
    read = asked(client, path)
    assert read.xpath("//article//mark")
    assert read.xpath("//p[@class='back']/a/@href")[0].startswith("/?q=")


def test_facets_add_and_take_away(client):
    tree = asked(client, "/?q=大桥")
    there = next(each for each in tree.xpath("//aside//a/@href") if "source=" in each)
    narrowed = asked(client, there)
    assert narrowed.xpath("//ul[@class='chips']//a/@href") == ["/?q=" + quote("大桥")]
    chosen = narrowed.xpath("//aside//a[@aria-current]/@href")
    assert chosen == ["/?q=" + quote("大桥")]


def test_days_are_told_as_they_were_understood_and_can_be_removed(client):
    tree = asked(client, "/?q=大桥&on=2025年三月")
    chip = tree.xpath("//ul[@class='chips']/li")[0]
    assert "1 Mar 2025 – 31 Mar 2025" in words(chip)
    assert chip.xpath("a/@href") == ["/?q=" + quote("大桥")]
    nothing = asked(client, "/?q=大桥&on=去年八月")
    assert "1 Aug 2024 – 31 Aug 2024 去年八月" in words(nothing.xpath("//ul[@class='chips']/li")[0])


def test_a_query_that_is_wrong_is_pointed_at(client):
    tree = asked(client, "/?q=大桥 (出口", 400)
    assert words(tree.xpath("//*[@class='typed']")[0]) == "大桥 (出口"
    assert tree.xpath("//*[@class='wrong']")[0].text == "("
    assert tree.xpath("//input[@name='q']/@value") == ["大桥 (出口"]
    assert tree.xpath("//input[@name='q']/@aria-describedby") == ["fault"]
    assert "大桥 (出口)" in words(tree.xpath("//*[@class='hint']")[0])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("大桥 (出口", "大桥 (出口)"), ("((大桥 (出口", "((大桥 (出口)))"), ("大桥 (", "大桥"), ("大桥 (()", "大桥"), ('大桥 "', "大桥"), ('title:"大桥', 'title:"大桥"')],
)  # fmt: skip
def test_what_was_meant_is_a_link(client, typed, meant):
    hint = asked(client, f"/?q={typed}&sort=newest", 400).xpath("//*[@class='hint']")[0]
    assert words(hint) == f"Try: {meant}"
    there = hint.xpath("a/@href")[0]
    assert unquote(there.replace("+", " ")) == f"/?q={meant}&sort=newest"
    asked(client, unquote(there.replace("+", " ")))


@pytest.mark.parametrize(
    ("typed", "example"),
    [("大桥 NEAR/5", "出口 NEAR/10 管制"), ('title:"', 'title:"出口管制"'), ('大桥 OR "', '大桥 OR "出口管制"'), ("title:(", "title:(芯片)"), ("(", "(芯片)")],
)  # fmt: skip
def test_what_has_nothing_to_do_with_the_query_is_an_example_and_no_link(client, typed, example):
    for target in ("/?q=", "/compare?b=大桥&a=", "/coverage?q="):
        fault = asked(client, target + typed, 400).xpath("//*[@class='fault']")[0]
        assert not fault.xpath(".//a")
        assert [words(each) for each in fault.xpath(".//*[@class='hint']")] == [f"For example: {example}"]


def test_only_the_query_that_is_wrong_is_mended(client):
    there = asked(client, "/coverage?q=大桥&q=(敌意", 400).xpath("//*[@class='hint']/a/@href")[0]
    assert unquote(there) == "/coverage?q=大桥&q=(敌意)"


@pytest.mark.parametrize(
    ("since", "until", "link", "shown"),
    [("2025-04-02", "2025-03-01", "on=2025-03-01..2025-04-02", "1 Mar 2025 – 2 Apr 2025"),
     ("2025-04", "2025-03", "on=2025-03-01..2025-04-30", "1 Mar 2025 – 30 Apr 2025")],
)  # fmt: skip
def test_days_the_wrong_way_round_are_a_link_to_them_swapped(client, since, until, link, shown):
    hint = asked(client, f"/?q=大桥&since={since}&until={until}", 400).xpath("//*[@class='hint']")[0]
    assert words(hint) == f"Try: {link[3:]}"
    there = unquote(hint.xpath("a/@href")[0])
    assert there == f"/?q=大桥&{link}"
    assert shown in words(asked(client, there).xpath("//ul[@class='chips']/li")[0])


def test_a_day_that_is_wrong_is_pointed_at(client):
    tree = asked(client, "/?q=大桥&on=星期八", 400)
    assert "星期八" in words(tree.xpath("//*[@class='typed']")[0])
    assert tree.xpath("//input[@aria-invalid]/@name") == ["on"]


def test_an_empty_answer_gives_advice(client):
    tree = asked(client, "/?q=大桥 火星移民&mode=all")
    advice = tree.xpath("//section[@class='advice']")[0]
    assert "Did you mean" in words(advice) and "Each part by itself" in words(advice)
    suggested = advice.xpath(".//ul[@class='suggested']//a/@href")[0]
    assert "articles" in words(asked(client, suggested).xpath("//h1")[0])


def test_pages_follow_the_cursor(client, archive):
    all = views.HITS
    try:
        views.HITS = 2
        tree = asked(client, "/?q=大桥")
        seen = set(tree.xpath("//li//h3/a/@href"))
        behind = asked(client, tree.xpath("//a[@rel='next']/@href")[0])
    finally:
        views.HITS = all
    assert seen and not seen & set(behind.xpath("//li//h3/a/@href"))
    assert behind.xpath("//nav[@class='pages']/a/@href")[0] == "/?q=" + quote("大桥")


def test_bars_are_links_to_their_days(client):
    tree = asked(client, "/?q=敌意")
    there = tree.xpath("//svg[@data-brush]/a[.//rect[@class='bar']]/@href")[0]
    assert "on=2025-03-04" in there
    assert int(words(asked(client, there).xpath("//h1")[0]).split()[0]) == len(HOSTILE)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_asked_is_live(client, text):
    for target in (
        "/?q=",
        "/?on=",
        "/?source=",
        "/?lang=",
        "/compare?b=x&a=",
        "/coverage?q=",
        "/article/x?q=",
        "/saved/",
    ):
        reply = client.get(target + quote(text, safe=""), accept="text/html")
        assert reply.status in (200, 400, 404), (target, reply.status)
        inert(html.document_fromstring(reply.text.replace("<!DOCTYPE html>", "", 1)))


def test_nothing_in_an_archive_is_live(client, archive):
    tree = asked(client, "/?q=敌意")
    assert len(tree.xpath("//li[contains(@class,'hit')]")) == len(HOSTILE) + 1
    for number in range(len(HOSTILE)):
        id = archive.resolve(f"bad-{number}")
        for kind in ("article", "revisions", "family"):
            asked(client, of_article(kind, id))
    asked(client, "/saved")
    assert not asked(client, "/article/" + quote(archive.resolve("bad-3"), safe="")).xpath(
        "//a[starts-with(@href,'javascript')]"
    )


def test_states_stand_side_by_side(client):
    tree = asked(client, "/revisions/bridge")
    assert "检修提前结束" in words(tree.xpath("//td[@class='new']/ins")[0])


def test_a_family_is_in_order_and_told_apart(client):
    tree = asked(client, "/family/copy-1")
    assert [words(each) for each in tree.xpath("//ol[@class='members']//h2")] == [
        "大桥封闭：甲报",
        "大桥封闭：乙报",
        "大桥封闭：丙报",
    ]


def test_headlines_of_a_page_lead_there_and_back(client):
    there = asked(client, "/article/page").xpath("//section[h2='Headlines on its page']//a")
    assert [words(each) for each in there] == ["渡口恢复夜航"]
    headline = asked(client, there[0].get("href"))
    assert headline.xpath("//p[@class='note']/a/@href") == ["/article/page"]
    assert headline.xpath("//dd/a[@rel]/@href") == ["https://news.example/2"]


def test_headlines_are_no_articles(client, archive):
    assert archive.count("轮渡 OR 渡口", kind="headline") == 1 and archive.count("轮渡 OR 渡口", kind="article") > 1
    both = asked(client, "/?q=轮渡 OR 渡口")
    articles = archive.count("轮渡 OR 渡口", kind="article")
    assert words(both.xpath("//h1")[0]) == f"{articles} articles, 1 headline"
    labels = both.xpath("//li[contains(@class,'hit')][.//*[@class='kind']]")
    assert [words(each.xpath("h3")[0]) for each in labels] == ["渡口恢复夜航"]
    assert words(labels[0].xpath("p[@class='note']")[0]) == "headline listed by 轮渡"
    assert labels[0].xpath("p[@class='note']/a/@href") == ["/article/page"]
    there = next(each.get("href") for each in both.xpath("//p[@class='note']/a") if words(each) == "Articles only")
    only = asked(client, unquote(there.replace("+", " ")))
    assert words(only.xpath("//h1")[0]) == f"{articles} articles" and not only.xpath("//*[@class='kind']")
    assert only.xpath("//input[@name='kind']/@checked") and not only.xpath("//input[@type='hidden'][@name='kind']")
    alone = asked(client, "/?q=渡口 kind:headline&lang=zh-TW")
    assert words(alone.xpath("//h1")[0]) == "1 則標題" and words(alone.xpath("//*[@class='kind']")[0]) == "標題條目"
    kept = asked(client, "/?q=渡口&kind=headline")
    assert kept.xpath("//input[@type='hidden'][@name='kind']/@value") == ["headline"]


def test_every_style_can_be_cited(client):
    tree = asked(client, "/article/bridge")
    assert len(tree.xpath("//pre[@class='cite']")) == 5
    assert "[N]" in tree.xpath("//pre[@id='cite-gbt7714']")[0].text


def test_two_queries_are_compared_and_drawn(client):
    tree = asked(client, "/compare?a=大桥&b=敌意")
    assert words(tree.xpath("//div[@class='tiles']")[0]).startswith("4 大桥")
    assert len(tree.xpath("//figure[@class='lines']/svg/path")) == 2
    assert asked(client, "/compare?a=大桥&b=(", 400).xpath("//*[@class='wrong']")
    assert asked(client, "/compare").xpath("//form")


def test_names_looked_for_as_well_are_told_wherever_queries_are_asked(client):
    for target, shown in (
        ("/?q=特朗普", ["Also looked for: "]),
        ("/compare?a=大桥&b=特朗普", ["Also looked for: "]),
        ("/coverage?q=大桥&q=特朗普", ["特朗普 · Also looked for: "]),
    ):
        told = asked(client, target).xpath("//p[contains(@class,'aliases')]")
        assert [
            words(each).startswith(one.strip()) and "川普" in words(each) for each, one in zip(told, shown, strict=True)
        ] == [True]
        there = unquote(told[0].xpath("a/@href")[0])
        assert there == target + "&aliases=false"
        assert not asked(client, there).xpath("//p[contains(@class,'aliases')]")


def test_the_words_of_a_comparison_have_the_ratio(client, archive):
    tree = asked(client, "/compare?a=大桥&b=敌意")
    heads = [words(each) for each in tree.xpath("//section[1]//table//thead//th")][:4]
    assert heads == ["Word", "this query alone", "the other alone", "log ratio"]
    first = archive.compare("大桥", "敌意").a.terms[0]
    shown = [words(each) for each in tree.xpath("(//section//tbody/tr)[1]/*")]
    assert shown == [first.word, str(first.matches), str(first.rest), f"{first.log_ratio:.1f}"]
    assert "1 is twice, 2 four times" in words(tree.xpath("//main")[0])


def test_shares_of_coverage_have_their_numbers(client):
    tree = asked(client, "/coverage?q=大桥&q=敌意&q=&by=year")
    assert [each.get("value") for each in tree.xpath("//input[@name='q']")] == ["大桥", "敌意", ""]
    assert tree.xpath("//table//th[@scope='row']") and "%" in words(tree.xpath("//figure")[0])
    asked(client, "/coverage?q=" + "&q=".join("甲乙丙丁戊己庚"), 400)


def test_saved_searches_show_their_news(client):
    tree = asked(client, "/saved")
    assert words(tree.xpath("//td[@class='some']")[0]) == "1"
    there = asked(client, tree.xpath("//table//th/a/@href")[0])
    assert "敌意 之后" in words(there)
    assert words(asked(client, "/saved").xpath("//td[@class='some']")[0]) == "1", "they stay unseen"


@pytest.mark.parametrize(("lang", "script"), [("en", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant")])
def test_what_the_help_shows_can_be_asked(client, lang, script):
    tree = asked(client, f"/help?lang={lang}")
    for there in tree.xpath("//table//a/@href"):
        asked(client, there)
    shown = tree.xpath("//h2[following-sibling::p[1]/span]/following-sibling::p[1]/span")[0]
    assert shown.get("lang") == script and {each.get("lang") for each in tree.xpath("//table//a")} == {script}
    days = words(shown).split("、")
    assert len(days) == 9
    for each in (*days, "last week", "since March"):
        asked(client, f"/?on={each}")
    told = words(shown) + "".join(map(words, tree.xpath("//table//a")))
    assert all((each in told) == (lang != "zh-TW") for each in ("导", "国", "庆", "周", "进", "华"))
    assert all((each in told) == (lang == "zh-TW") for each in ("導", "國", "慶", "週", "進", "華"))


@pytest.mark.parametrize(("lang", "day"), [("zh-CN", "上周五"), ("zh-TW", "上週五"), ("en", "上周五")])
def test_examples_of_days_are_in_the_script_of_the_page(client, lang, day):
    for typed in ("星期八", "上周五三", "上周八", "去年國慶x"):  # like none of the examples, and like some
        hint = words(asked(client, f"/?on={typed}&lang={lang}", 400).xpath("//*[@class='hint']")[0])
        assert day in hint
        assert not set(hint) & set("周国庆" if lang == "zh-TW" else "週國慶")
    asked(client, f"/?on={day}")


def test_what_is_not_there_is_told_in_html(client):
    for target in ("/article/none", "/saved/none", "/nothing/here"):
        assert "There is nothing here" in words(asked(client, target, 404))
    asked(client, "/?colour=red", 400)
    assert asked(client, "/article/none?lang=zh-TW", 404).get("lang") == "zh-Hant"
    assert client.get("/nothing/here").json["code"] == "no-such-path", "programs are told in JSON"


def test_a_token_is_asked_for_by_the_browser(archive):
    client = Client(Application(archive, Serving(log=False, loopback=False, tokens=[hash_of("t" * 20)])))
    reply = client.get("/", accept="text/html")
    assert reply.status == 401 and reply.headers["www-authenticate"].startswith("Basic ")
    assert "A token is needed" in reply.text
    assert client.get(assets.address("page.css")).status == 200


def test_what_a_browser_keeps_changes_with_the_program(client, tmp_path, monkeypatch):
    (tmp_path / "templates").mkdir()
    (page := tmp_path / "templates" / "page.html").write_text("甲")
    (tmp_path / "page.css").write_text("乙")
    digests = set()
    for change in (lambda: None, lambda: page.write_text("丙"), lambda: page.rename(tmp_path / "page.html")):
        change()
        edition.edition.cache_clear()
        digests.add(edition.edition(tmp_path))
    assert len(digests) == 3
    for target in ("/", "/help", "/v1/search"):
        tag = client.get(target).headers["etag"]
        assert client.get(target, if_none_match=tag).status == 304
        with monkeypatch.context() as patched:
            patched.setattr(app, "edition", lambda: "of a later template")
            assert client.get(target, if_none_match=tag).status == 200, target
    edition.edition.cache_clear()


def test_assets_are_kept_for_ever_under_the_name_of_their_content(client):
    for name in ("page.css", "page.js", "icon.svg"):
        reply = client.get(assets.address(name))
        assert reply.status == 200 and "immutable" in reply.headers["cache-control"]
        assert reply.body == (assets.FOLDER / name).read_bytes()
    for name in ("page.css", "page.000000000000.css", "..%2f__init__.py", "%2e%2e/assets.py"):
        assert client.get(f"/static/{name}").status == 404
    style = (assets.FOLDER / "page.css").read_text(encoding="utf-8")
    assert "url(" not in style and "@import" not in style, "nothing is fetched from anywhere"


@pytest.mark.parametrize(
    ("accepted", "lang", "tag"),
    [("", "", "en"), ("zh-CN,zh;q=0.9", "", "zh-Hans"), ("fr,zh-TW;q=0.8,en;q=0.3", "", "zh-Hant"),
     ("zh-Hans-HK", "", "zh-Hans"), ("en-GB", "zh-TW", "zh-Hant"), ("x;q=oops, ;,zh;q=0,en", "", "en")],
)  # fmt: skip
def test_the_language_is_that_of_the_link_or_the_browser(client, accepted, lang, tag):
    tree = asked(client, f"/?q=大桥&lang={lang}", accept_language=accepted)
    assert tree.get("lang") == tag
    assert ("articles" in words(tree.xpath("//h1")[0])) == (tag == "en")
    links = [each for each in tree.xpath("//main//a/@href") if each.startswith("/article")]
    assert all(("lang=" in each) == bool(lang) for each in links), "a chosen language goes on"


def test_what_the_archive_says_is_in_the_language_of_the_page(client):
    for lang, told in (("zh-CN", "括号没有收尾"), ("zh-TW", "括號沒有關閉"), ("en", "parenthesis")):
        said = words(asked(client, f"/?q=大桥 (出口&lang={lang}", 400).xpath("//*[@class='why']")[0])
        assert told in said, said
    assert "去掉" in words(
        asked(client, "/?q=大桥 火星移民&mode=all&lang=zh-CN").xpath("//section[@class='advice']")[0]
    )


def test_an_error_is_told_in_the_language_of_the_page(client):
    for target, status, told in (
        ("/nothing/here?lang=zh-CN", 404, "没有任何内容"),
        ("/?colour=red&lang=zh-CN", 400, "没有参数"),
        ("/?sort=best&lang=zh-TW", 400, "必須是"),
        ("/article/none?lang=zh-TW", 404, "沒有"),
    ):
        tree = asked(client, target, status, accept_language="en")
        assert told in words(tree.xpath("//main")[0])
        assert not re.search("[a-z]{3,} [a-z]{3,}", words(tree.xpath("//main")[0])), "nothing is left in English"
        assert tree.xpath("//main//a/@href") == [f"/?lang={target[-5:]}"], "the language goes on"


def test_texts_have_the_language_of_their_script():
    assert [rendering.script(each) for each in ("长江大桥", "長江大橋", "bridge", "")] == [
        "zh-Hans",
        "zh-Hant",
        "und",
        "",
    ]


def test_marks_are_those_of_the_whole_article(archive):
    text = "轮渡。" * 300 + "大桥"
    article = searchkit.Article(title="大桥与轮渡", body=text)
    title, body = archive.marks('大桥 title:"轮渡"', article)
    assert title == ((0, 2), (3, 5)) and body == ((900, 902),)
    assert archive.marks("大橋", article)[0] == ((0, 2),), "in either script, and whether it matches or not"


def test_marks_go_with_their_paragraphs():
    assert rendering.paragraphs("甲乙\n\n丙丁", [(1, 5)]) == [("甲乙", [(1, 2)]), ("丙丁", [(0, 1)])]
    assert str(rendering.marked("<甲>乙", [(1, 2)])) == "&lt;<mark>甲</mark>&gt;乙"


def test_a_link_changes_what_it_says_and_keeps_the_rest():
    here = link("/", [("q", "甲"), ("source", "a&b"), ("source", "c"), ("on", "")])
    assert str(here.dropping("source", "c").having("q", "乙")) == "/?source=a%26b&q=%E4%B9%99"
    assert str(here.without("source").adding("q", "甲")) == "/?q=%E7%94%B2"


@pytest.mark.parametrize(
    "target", ["/", "/?q=大桥", "/help?lang=zh-CN", "/article/bridge", "/compare?a=大桥&b=长江", "/v1/search?q=大桥"]
)
def test_an_unchanged_answer_changes_nothing_that_the_browser_has_kept(client, target):
    """A browser puts the headers of a 304 in the place of those it has kept (RFC 9111, 3.2): the policy among them."""
    target = quote(target, safe="/?&=")
    whole = client.get(target, accept="text/html")
    again = client.get(target, accept="text/html", if_none_match=whole.headers["etag"])
    assert again.status == 304
    assert {name: value for name, value in again.headers.items() if whole.headers.get(name) != value} == {}
    assert again.headers["vary"] == whole.headers["vary"]
