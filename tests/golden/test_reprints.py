"""What the command line prints of reprints and corrections, to the letter."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import searchkit
from searchkit import Article
from tests.conftest import TODAY, at
from tests.golden.test_cli import run, stable

LEVEE = [
    "环海通讯社滨江3月4日电 记者从防汛部门获悉，经过五天的巡查与加固，滨江段四十里堤防已全部转入日常值守。\n",
    "防汛部门介绍，本轮洪水的最高水位出现在3月2日凌晨，比警戒水位高0.62米，持续了11个小时，此后每天回落约30厘米。\n",
    "巡堤人员由三班改为两班，沿线设置的128个观测点保留到月底，两处曾经渗水的堤脚继续由专人看守。\n",
    "附近的小学和农贸市场将从周四起恢复，临时安置点的居民可以自愿回家，镇上安排了接送的车辆。",
]
AGENCY = Article(
    id="agency", title="滨江堤防转入日常值守", body="".join(LEVEE), source="环海通讯社", published=at(2025, 3, 4, 8, 30)
)
ARTICLES = [
    replace(AGENCY, id="evening", source="滨江晚报", title="水退了 堤上的灯还亮着", published=at(2025, 3, 4, 15),
            body=LEVEE[0].replace("环海通讯社滨江3月4日电 记者", "据环海通讯社报道，") + "".join(LEVEE[1:3])),
    replace(AGENCY, id="island", source="島嶼時報", title="濱江堤防轉入日常值守", published=at(2025, 3, 5),
            precision="day", body="".join(LEVEE).replace("转", "轉").replace("防汛部门", "防汛部門").replace("临时", "臨時")),
    AGENCY,
    Article(id="fair", title="堤防边的小学复课", body="孩子们回到了教室。", source="滨江日报", published=at(2025, 3, 6, 9)),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("reprints") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY) as made:
        made.upsert_all(ARTICLES)
        made.upsert(replace(ARTICLES[-1], body="孩子们回到了教室。共有128名学生报到。"))
        made.upsert(replace(ARTICLES[-1], author="许舟", body="孩子们回到了教室。共有182名学生报到。"))
    return path


CASES = {
    "group-terminal": (0, ["search", "堤防", "--group", "--pretty"]),
    "group-pipe": (0, ["search", "堤防", "--group", "--sort", "oldest"]),
    "group-page": (0, ["search", "堤防", "--group", "-n", "1", "--pretty"]),
    "group-json": (0, ["search", "堤防", "--group", "--json"]),
    "family-terminal": (0, ["family", "island", "--pretty"]),
    "family-pipe": (0, ["family", "agency"]),
    "family-diff": (0, ["family", "evening", "--diff"]),
    "family-json": (0, ["family", "evening", "--diff", "--json"]),
    "family-alone": (1, ["family", "fair"]),
    "revisions-diff": (0, ["show", "fair", "--revisions", "--diff"]),
    "revisions-color": (0, ["show", "fair", "--revisions", "--diff", "--color", "always"]),
    "revisions-json": (0, ["show", "fair", "--revisions", "--diff", "--json"]),
    "revisions-error": (2, ["show", "fair", "--diff"]),
}


@pytest.mark.parametrize("name", CASES)
def test_commands(name, index, tmp_path, golden):
    code, arguments = CASES[name]
    done = run(*arguments, index=index, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    printed = f"$ searchkit {' '.join(arguments)}\n-- stdout\n{done.stdout}-- stderr\n{done.stderr}-- exit {done.returncode}\n"
    shown = stable(printed, index, tmp_path)
    shown = (
        re.sub(r"20\d\d-\d\d-\d\d( \d\d:\d\d:\d\d|T\d\d:\d\d:\d\d\+00:00)", "RECORDED", shown)
        if "revisions" in name
        else shown
    )
    golden(f"{name}.txt", shown)
    assert done.returncode == code
