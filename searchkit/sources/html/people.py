"""Names of people as Chinese news prints them: enough to tell 记者张三 from 记者获悉."""

from __future__ import annotations

import re
from typing import Final

# In the order of how many people bear them, as the household registers of the mainland and of Taiwan count them; each
# group simplified, then the traditional forms that differ and the surnames that are common in Taiwan and Hong Kong.
_MOST = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤張劉陳楊黃趙吳孫馬"
    "羅鄭謝許鄧韓馮蕭蔣葉蘇呂盧鍾鐘譚陸賈韋鄒閆閻龍賀顧龔萬錢嚴湯莊洪賴游簡詹紀"
)
"""About a hundred that five of six people bear."""
_MANY = (
    "康易乔赖兰殷施翟安颜倪文牛樊葛邢齐庞伍庄芦鲁岳焦聂章申耿关俞左柳甘祝包宁尚符舒阮柯梅童凌毕单季裴霍涂成苗谷盛曲"
    "翁冉骆蓝路辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿"
    "桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀胥郁奚宓鄢皮班仝"
    "汝支展盖萧傅阎丘强厉纪温欧练衣冼区揭植阚揣钮漆逄逯亓仉蔺芮羿储靖糜松富甯蓬郗扈燕柘喬齊陽鮑寧蘭龐顏聶魯關畢單塗"
    "駱藍饒農時繆車項連蘆麥婁竇黨宮費衛應閔鄔邊師榮叢鞏談樂鄺歐厲練區遲強勵藺儲鈕粘溫鄞辜"
)
"""About three hundred more, which most of the rest bear."""
_FEW = (
    "暴贝卑薄布步才苍操昌晁巢谌充种楚初淳崇淡德狄邸东冬都堵鄂恩丰酆凤伏福弗扶干戈哈海罕衡弘后怀宦花桓滑嵇计暨家郏经"
    "井居亢可库蒯夔况来劳利廉良令隆禄仑么满茅枚门乜闽牧那南能殴平朴濮祈綦青渠璩权阙茹山晒莘生寿束双水宿邰佴宛危隗蔚"
    "乌毋习咸相幸须宣宜益阴印雍有元原越云宰昝笪占湛长者终竺祖遆仵火伊过蹇腾藏苻郄卿呼延闻人由祭晋谯洗佀貝諶種東豐鳳"
    "懷計郟經況來勞祿崙滿門閩權闕壽雙習賁須陰雲長終過晉譙"
)
"""Rarer ones, taken for a surname only where a label says that a name follows."""

SURNAMES: Final = frozenset(_MOST + _MANY)
"""The first character of nearly every Chinese name in the news, simplified and traditional."""

DOUBLE: Final = frozenset(
    str.split("""
    欧阳 上官 司马 诸葛 司徒 东方 皇甫 令狐 慕容 夏侯 公孙 端木 尉迟 长孙 澹台 呼延 宇文 独孤 南宫 申屠 轩辕
    钟离 闻人 百里 东郭 西门 拓跋 公羊 赫连 完颜 纳兰 耶律 张简 范姜 歐陽 司馬 諸葛 東方 公孫 長孫 尉遲 獨孤 南宮 軒轅
    鍾離 聞人 東郭 西門 張簡 范姜 周黃 張廖 葉劉""")
)
"""Surnames of two characters."""

_NOT_NAME = re.compile(
    # what stands in no name: particles, pronouns, prepositions; and those that are in names only at the end (李有为)
    r"[的了是在从從對对及被也都就还還又或我你您他她它们們这這那些此另每各]|[与與后後前将將於于為为](?!$)(?<!^.)|"
    r"报道|報導|報道|报导|获悉|獲悉|了解|采访|採訪|編輯|编辑|[记記]者|新闻|新聞|[来來]源|中心|部[门門]|有限|公司|"
    r"[时時][间間]|周年|高度|安全|文化|全国|全球|全文|方面|和平|成都|江[苏蘇西]|安徽|[华華]南|明天|[时時]代|金融|[财財][经經]|"
    r"于是|任何|成[为為]|[应應][该該]|[关關]注|[关關][于於]|[向纪記紀][本念录錄]|[连連][线線日续續]|查[询詢阅閱看实實证證]|路[过過]|"
    r"解[读讀释釋]|通[过過]|[单單]位|全程|[应應]邀|[谈談]到|[时時]政|支持|展示|平台|[平网網]友|[团團][队隊]|[编編作]者|"
    r"[题題]目|[专專]家|[马馬]上|[强強][调調]|[常经經]常|[温溫]度|[温溫]馨|游[客戏戲]|全[部面体體]|[项項]目|[车車][辆輛站]|"
    r"文[章件字本学學]|高[层層校考中温溫]|[华華]人|[华華]裔|方案|[金白]色|安排|[农農][业業民村]|[关關][系係][键鍵]?|[应應]急|"
    r"[师師][生傅]|[时時][尚事]|[阳陽]光(?=$)|[温溫]州|文[艺藝]|[黄黃]金|[马馬]拉|[广廣]告|[图圖]片|[视視][频頻]|"
    r"人民|日[报報]|晚[报報]|[电電][视視]|[网網](?=$)|[报報](?=$)|社(?=$)"
)
_SAYS = re.compile(r"的|指出|表示|[专專][访訪]|[说說]$|[饺餃]")
"""A sentence goes on after the name."""
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}\Z")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}[·•‧．][\u4e00-\u9fff]{1,8}(?:[·•‧．][\u4e00-\u9fff]{1,8})?\Z")
_LATIN = re.compile(r"[A-Z][A-Za-z.'’-]{1,30}(?: [A-Z][A-Za-z.'’-]{0,30}){1,3}\Z")


def is_person(text: str, *, labelled: bool = False) -> bool:
    """Return whether a text is a Chinese name, one of several parts with dots, or a Latin one of at least two words.

    Args:
        labelled: something says that a name stands here (记者, 作者): then rare surnames count too.
    """
    if _SAYS.search(text):
        return False
    if _DOTTED.match(text) or _LATIN.match(text):
        return True
    if not _HAN_NAME.match(text) or _NOT_NAME.search(text):
        return False
    if text[:2] in DOUBLE:
        return True
    if text[0] not in SURNAMES and not (labelled and text[0] in _FEW):
        return False
    # a wife may put her husband's surname before her own (張陳秀英)
    return len(text) <= 3 or (text[0] in _MOST and text[1] in _MOST)


def stands_alone(text: str) -> bool:
    """Return whether a text is a name of three characters and nothing else, and no place or group."""
    return len(text) == 3 and is_person(text) and not _PLACE.search(text)


_PLACE = re.compile(r"[省市区區县縣镇鎮街路部版圈网網报報社台臺奖獎队隊会會界松高节節]$")
