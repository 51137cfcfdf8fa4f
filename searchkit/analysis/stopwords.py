"""Words that say nothing about the subject of an article: function words, reporting verbs, numbers, lone characters.

Unlike `scoring`, which weighs every word by its rarity, a list of typical words leaves these out altogether: long
articles have more of them than short ones, so they would be typical of every query that finds long articles.
"""

from __future__ import annotations

from functools import cache

_FUNCTION_WORDS = """
a an and are as at be but by cn com for from had has have he html http https in is it its not of on or she that
the their they this to was we were which who will with would www you 一下 一个 一些 一位 一共 一切 一名 一场
一定 一家 一方面 一旦 一是 一条 一样 一次 一直 一种 一般 一起 一项 三个 三是 上午 上述 下午 下面 不仅 不会 不但
不再 不同 不少 不断 不是 不能 不要 不过 与此同时 两个 两次 中午 中的 为了 为什么 主要 之一 之中 之前 之后 之间
之际 也是 事实上 二是 于是 五是 什么 今后 今天 今年 今日 仍然 从而 他们 以上 以下 以内 以前 以及 以及其 以后
以外 以来 任何 似乎 但是 位于 作为 你们 使得 例如 依然 便是 值得 假如 做到 先后 全部 共同 共有 关于 其中 其他
其后 其它 其实 其间 具体 具有 凌晨 几个 出来 出现 分别 刚刚 别的 到了 前来 加之 包括 北京时间 十分 即使 却是
去年 又是 及其 及时 反而 变得 另外 只是 只有 只能 只要 可以 可能 各个 各位 各种 各自 同时 同样 向着 否则 和其
哪些 哪里 四是 因为 因此 因而 在于 多个 多名 多家 多年 多次 大多 大家 大量 她们 如今 如何 如果 如此 它们 完全
对于 对其 对此 将会 将要 尤其 就是 就此 尽管 左右 已经 并不 并且 开始 当中 当前 当地 当地时间 当天 当日 当时
很多 必须 怎么 怎样 总是 意味着 我们 或者 截止 截至 所以 所有 所谓 报道 按照 据了解 据悉 接着 整个 方面 无论
既是 日前 日电 早上 时候 明天 昨天 昨日 晚上 更加 更多 有些 有人 有关 有所 有的 有着 期间 本报 本报讯 本次 来自
极其 某些 根据 正在 正是 此前 此外 此次 每个 每天 每年 比如 比较 没有 由于 目前 直到 相关 看到 真正 确实 竟然
第一 第三 第二 等等 约有 继续 而且 而是 能够 自从 自己 自身 至少 若干 虽然 表明 表示 认为 记者 许多 说明 说法
说道 达到 近年来 近日 近期 还是 还有 这一 这个 这些 这样 这次 这种 这里 进一步 进行 通讯员 通过 那一 那个 那么
那些 那样 那里 都是 除了 随后 随着 需要 非常 面对 首先 首次
"""

_NUMERALS = frozenset("零〇一二三四五六七八九十百千万亿两兆第半几数多余年月日时分秒点个号0123456789.,%:-_/+")


@cache
def _stopwords() -> frozenset[str]:
    return frozenset(_FUNCTION_WORDS.split())


def tells_something(word: str) -> bool:
    """Tell whether a word, folded, may say something about a subject: no stopword, number or lone character."""
    return len(word) > 1 and not _NUMERALS.issuperset(word) and word not in _stopwords() and not word.isdigit()
