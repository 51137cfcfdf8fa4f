"""A page is read right in every encoding it may come in, whatever its <meta> says."""

from __future__ import annotations

import pytest

from searchkit.sources.html.page import extract

SIMPLIFIED = (
    "海湾新桥今日通车 两岸车程缩短一小时",
    "三月四日上午九时，横跨海湾的新桥正式通车，首批车辆从东岸收费站缓缓驶上桥面，桥头聚集了不少前来拍照的居民。",
)
TRADITIONAL = (
    "海灣新橋今日通車 兩岸車程縮短一小時",
    "三月四日上午九時，橫跨海灣的新橋正式通車，首批車輛從東岸收費站緩緩駛上橋面，橋頭聚集了不少前來拍照的居民。",
)
HONG_KONG = (TRADITIONAL[0], TRADITIONAL[1] + "街坊說：「喺呢度影相好靚，佢哋嘅車程短咗好多。」")
RARE = (SIMPLIFIED[0], SIMPLIFIED[1] + "工程师𠮷田与㛃先生到场。")
CASES = [
    ("gbk", SIMPLIFIED), ("gb18030", SIMPLIFIED), ("gb18030", RARE), ("gb18030", TRADITIONAL), ("big5", TRADITIONAL),
    ("big5hkscs", HONG_KONG), ("utf-8", SIMPLIFIED), ("utf-8", HONG_KONG), ("utf-8-sig", SIMPLIFIED), ("utf-8-sig", RARE),
]  # fmt: skip
DECLARED = {
    "right": None,
    "missing": "",
    "utf-8": "utf-8",
    "gb2312": "gb2312",
    "big5": "big5",
    "iso-8859-1": "iso-8859-1",
}


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize(("encoding", "told"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)])
def test_whatever_is_declared(encoding: str, told: tuple[str, str], declared: str, zone) -> None:
    charset = encoding.removesuffix("-sig") if DECLARED[declared] is None else DECLARED[declared]
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    title, text = told
    page = (
        f"<html><head>{meta}<title>{title}</title></head><body><h1>{title}</h1><div>2025-03-04 14:05 来源：滨海日报</div>"
        f"<div><p>{text}</p></div></body></html>"
    )
    if encoding.startswith("big5"):
        page = page.replace("来源：滨海日报", "來源：濱海日報")
    got = extract(page.encode(encoding), url="", timezone=zone)
    assert (got.title, got.body, got.source[-2:]) == (title, text, "日報" if encoding.startswith("big5") else "日报")
