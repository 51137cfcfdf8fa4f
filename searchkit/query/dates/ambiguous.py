"""Refuse what looks like a date but could mean several days, with the forms that name each of them."""

from __future__ import annotations

import re

from searchkit.language.messages import Message
from searchkit.query.dates.numbers import Impossible

_VAGUE_ENGLISH = "recently|lately|recent|(?:a )?(?:few|several) (?:days|weeks|months|years) ago"
_VAGUE = ("最近|近日|日前|近来|近期|近年来?|连日来?|前不久|不久前|前些天|前段时间"
          "|[几数](?:天|日|周|个月|个星期|年)(?:以|之)?[前后]")  # fmt: skip


def refuse(text: str) -> None:
    """Do nothing for a text that is not known to be ambiguous.

    Raises:
        Impossible: it is; the error says why, and proposes forms that are not.
    """
    if re.fullmatch(_VAGUE, text):
        raise Impossible("it names no certain days", "a number of days: 近7天, 3天前, 近三个月")
    if re.fullmatch(_VAGUE_ENGLISH, text):
        raise Impossible("it names no certain days", "a number of days: last 7 days, 3 days ago, last 3 months")
    if re.fullmatch("fy ?'?[0-9]{2,4}|fiscal .{1,20}|.{1,20}(?:财年|财政年度|会计年度)", text):
        raise Impossible("a fiscal year begins in one month here and in another there", "its months: 2024-04..2025-03")
    if re.fullmatch(".{1,20}学年|academic year .{1,20}", text):
        raise Impossible(
            "an academic year begins in one month here and in another there", "its months: 2024-09..2025-07"
        )
    if re.fullmatch("1[0-9]{2}年.{0,20}", text):
        raise Impossible("the year needs its era", Message("民国{text}, or the year in four digits", text=text))
    if re.fullmatch(".{0,12}月份?的?第.{1,3}个?(?:周|星期)", text):
        raise Impossible(
            "the weeks of a month are counted in two ways", "第23周 of the year, or 6月上旬, 6月2日至6月8日"
        )
    if re.fullmatch(".{0,8}(?:黄金周|小?长假)|(?:.{1,8} )?golden week(?: .{1,8})?", text):
        raise Impossible("it needs its holiday", "国庆黄金周, 五一, 春节")
    if found := re.fullmatch("(.{0,8})圣诞夜", text):
        raise Impossible(
            "it can be Christmas Eve or the day after", Message("{found}平安夜, or {found}圣诞节", found=found[1])
        )
    if found := re.fullmatch("(.{0,8}?)([0-9])0年代(?:初期?|中期?|末期?|后期|早期|前期)", text):
        raise Impossible(
            "its length is not certain",
            Message("years: 19{found}0..19{found}4, or {found_2}{found}0年代", found=found[2], found_2=found[1]),
        )
    _refuse_numbers(text)


def _refuse_numbers(text: str) -> None:
    if re.fullmatch(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1'?[0-9]{1,2}", text):
        raise Impossible("the year needs four digits, and the order year, month, day", "2025-03-04")
    if found := re.fullmatch("([0-9]{2})([0-9]{2})([0-9]{2})", text):
        raise Impossible(
            "the year needs four digits",
            Message("20{found}-{found_2}-{found_3}", found=found[1], found_2=found[2], found_3=found[3]),
        )
    if found := re.fullmatch("([0-9]{1,2})[-/.]([0-9]{1,2})", text):
        one, two = int(found[1]), int(found[2])
        proposals = [
            f"{month}月{day}日" for month, day in ((one, two), (two, one)) if 1 <= month <= 12 and 1 <= day <= 31
        ]
        if proposals:
            raise Impossible("the month is not certain", " or ".join(dict.fromkeys(proposals)))
