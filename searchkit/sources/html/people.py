"""Names of people as Chinese news prints them: enough to tell 记者张三 from 记者获悉."""

from __future__ import annotations

import re
from typing import Final

SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单"
    "季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦"
    "褚娄窦戚"
    "岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查"
    "麻苑迟邝官封谈匡鞠惠荆乐冀胥郁奚宓封鄢皮班仝汝支展盖"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉程蘇魏呂盧鍾譚陸範賈韋鄒閻龍賀顧龔邵萬錢嚴湯溫龐顏莊聶魯歐"
    "關蘭畢單塗駱藍華饒農時繆簡車項連蘆麥婁竇黨宮費衛應閔鄔邊師榮從鞏談樂鄺涂沈簡"
)
"""The first character of nearly every Chinese name in the news, simplified and traditional."""

DOUBLE: Final = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "令狐",
    "慕容",
    "夏侯",
    "公孙",
    "歐陽",
    "司馬",
    "諸葛",
    "東方",
    "長孫",
    "张简",
    "張簡",
    "范姜",
)

_NOT_NAME = re.compile(
    r"[的了是在从對对與与及后後前将於为為被也都就还又或]|报道|報導|报导|获悉|獲悉|了解|采访|採訪|"
    r"編輯|编辑|记者|記者|新闻|新聞|来源|中心|部门|有限|公司|时间|周年|高度|安全|文化|全国|全球|"
    r"方面|和平|成都|江苏|江西|安徽|华南|明天|时代|"
    r"金融|财经|于是|任何|成为|应该|关注|关于|向本|连线|连日|连续|查询|查阅|查看|查实|查证|路过|"
    r"解读|解释|通过|单位|全程|应邀|谈到|时政|支持|展示"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}\Z")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}[·•‧．][\u4e00-\u9fff]{1,8}(?:[·•‧．][\u4e00-\u9fff]{1,8})?\Z")
_LATIN = re.compile(r"[A-Z][A-Za-z.'’-]+(?: [A-Z][A-Za-z.'’-]*){1,3}\Z")


def is_person(text: str) -> bool:
    """A Chinese name, one of several parts with dots, or a Latin one of at least two words."""
    if _DOTTED.match(text) or _LATIN.match(text):
        return True
    if not _HAN_NAME.match(text) or _NOT_NAME.search(text):
        return False
    return text[:2] in DOUBLE or (text[0] in SURNAMES and len(text) <= (4 if text[0] in "张張范陈陳" else 3))
