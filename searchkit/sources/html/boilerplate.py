"""Lines that stand inside an article's frame and are not its text, told by what they say.

Every pattern is about a whole line, and a short one; a sentence of the article that happens to hold one of these words
is longer, or ends like a sentence. In the word lists the words are separated by white space.
"""

from __future__ import annotations

import re

from searchkit.sources.html.tree import Line


def _any(words: str) -> str:
    """A pattern for any of the words, which may hold patterns themselves."""
    return "(?:" + "|".join(words.split()) + ")"


_BULLET = r"[\s【\[▲▼■●◆★☆※◎◪>》~—\-=+#*|(（·•]*"
_MARK = r"[:：|｜丨/／\s]"

_LIST_LEADS = _any(
    """相关 相關 延伸 推荐 推薦 更多 热门 熱門 热点 熱點 最新 精彩 精选 精選 往期 其他 其它 今日 新闻 新聞 编辑
    編輯 本网 关联 關聯 同类 你可能 您可能 大家 猜你 为你 為你 为您 為您 接下来 接著 看更多 也許 也许 看了 看過
    还 還 点击 點擊 下一 上一 精華 精华 即時 實時 即时 独家 獨家 必看 必读 必讀 人气 人氣 专题 專題
    (?:该|此|本文)?作者(?=的?其[他它]|更多)"""
)
_LIST_TAILS = _any(
    """新闻 新聞 阅读 閱讀 报道 報道 報導 报导 文章 内容 內容 资讯 資訊 推荐 推薦 专题 專題 链接 連結 鏈接 回顾
    回顧 在看 喜欢 喜歡 排行 排行榜 视频 影片 焦點 焦点 頭條 头条 话题 話題 看过 看過 消息 信息 篇 点击 點擊
    精选 精選 更多 還想看 还想看 感興趣 感兴趣"""
)
_LIST_NAMES = _any(
    """相关 相關 延伸 推荐 推薦 排行榜? 评论 評論 网友评论 網友評論 热评 最新评论 我要评论 全部评论 我来说两句
    发表评论 網友留言 留言 跟贴 标签 標籤 相关标签 相關標籤 关键词 關鍵[字詞] 文章关键词 关键字 tags?"""
)
_LIST_HEADING = re.compile(
    rf"^{_BULLET}(?:{_LIST_LEADS}[^。！？；，,]{{0,8}}{_LIST_TAILS}|{_LIST_NAMES})"
    r"\s{0,8}(?:[:：>》】\]▼↓▶»…\-|]|\(\d+\)|\d)*\s{0,8}(?:更多\W*|more\W*)?$",
    re.IGNORECASE,
)
"""A heading under which other things than the article stand."""
_OPENS_LIST = re.compile(
    rf"^{_BULLET}"
    + _any(
        """相关新闻 相關新聞 相关阅读 相關閱讀 延伸阅读 延伸閱讀 推荐阅读 推薦閱讀 相关报道 相關報[道導] 更多新闻
    更多新聞 往期回顾 往期精彩 往期推荐 更多報導 更多報道 看更多 猜你喜欢 猜你喜歡 精彩推荐 热门推荐 相关推荐
    相关链接 相關連結 新闻链接 更多精彩 編輯推薦 编辑推荐 熱門新聞 你可能也 您可能也 其他人也在看 點我看更多"""
    )
    + r"(?:\s{0,8}[:：|｜>》】\]]|[^，。！？；]{0,24}$)"
)
_NEWS_LIST = re.compile(
    _any(
        """新闻 新聞 阅读 閱讀 报道 報道 報導 报导 文章 推荐 推薦 链接 連結 看 喜 感興趣 感兴趣 回顾 資訊 资讯 相关 相關
    延伸"""
    )
)
_COMMENTS = re.compile(
    r"^\W*(?:(?:网友|網友|最新|热门|全部|精彩|我要|发表|參與|参与|观察员|讀者|读者)?"
    r"(?:评论|評論|跟贴|跟帖|热评|留言|回應)(?:列表|区|區)?|我来说两句|我有话说|发表我的评论|相关评论)"
    r"\W*(?:[\d,]+\s*条?)?\W*$"
)

_ROLES = _any(
    """责任编辑 責任編輯 责编 責編 编辑 編輯 编审 校对 校對 审核 審核 监制 監製 主编 主編 值班 本文编辑
    (?:本期)?(?:网络)?编辑 排版 美编 制作 設計 终审 初审 复审 一审 二审 三审 签发 總編輯 总编辑 流程编辑
    值班编委 值班主任"""
)
_LABELLED = re.compile(
    rf"^[\s【\[(（▲▼◎●★※*>》·•—\-]{{0,12}}(?:"
    rf"(?:本文|文章|稿件|信息|新闻|新聞|资料|資料|消息|内容)?(?:来源|來源|稿源|出处|出處)(?:{_MARK}{{1,8}}|[】\]])\s{{0,8}}\S{{1,30}}"
    r"|(?:[发發][布佈文]|主[办辦]|承[办辦]|[资資]料|更新|上[传傳版])?(?:[单單]位|[机機][构構關关]|日期"
    r"|[时時][间間]|文[号號]|[类類][别別]|分[类類]|[点點][阅閱]|[联聯][络絡系]人)\s{0,8}[:：]\s{0,8}\S.{0,40}"
    r"|(?:转自|轉自|摘自|媒[体體])\s{0,8}[:：]\s{0,8}\S{1,30}"
    r"|(?:图)?文\s{0,8}[/／|｜:：]\s{0,8}[\u4e00-\u9fff]{2,4}(?:[\s、][\u4e00-\u9fff]{2,4}){0,3}"
    r"|第\s{0,2}\d{1,3}\s{0,2}版\s{0,2}[:：]\s{0,2}.{1,10}"
    r"|《[^《》。！？]{2,20}》\s{0,4}[（(]?\s{0,4}\d{4}年\d{1,2}月\d{1,2}日[\s，,]{0,4}第?\s{0,2}[A-Z]?\d{1,3}\s{0,2}版\s{0,4}[)）]?"
    rf"|{_ROLES}{_MARK}{{1,8}}.{{1,40}}"
    r"|责任编辑.{0,20}"
    r"|(?:[\u4e00-\u9fff]{0,8}(?:记者|記者"
    r"|中心))?\s{0,8}[\u4e00-\u9fff、]{0,12}\s{0,8}[／/╱]\s{0,8}[\u4e00-\u9fff]{2,8}(?:報導|报道|報道|报导)[〕）)\]】]?"
    rf"|(?:原标题|原標題|原题|原標){_MARK}.*"
    r"|(?:关键词|關鍵[字詞]|关键字|标签|標籤|tags?|文章关键词)\s{0,8}[:：>|].*"
    r"|(?:作者|记者|記者|撰文|撰稿|文字)\s{0,8}[:：]\s{0,8}\S{0,12}"
    r")$",
    re.IGNORECASE,
)
"""来源：…, 责任编辑：…: fields, not text."""

_FIELD = (
    r"[【\[(（]?\s{0,8}(?:来\s{0,8}源|來\s{0,8}源|稿\s{0,8}源|出\s{0,8}处|出\s{0,8}處|作\s{0,8}者"
    r"|记\s{0,8}者|記\s{0,8}者|编\s{0,8}辑|編\s{0,8}輯|责\s{0,8}编|責\s{0,8}編|责任编辑|責任編輯|校对|校對|审核|"
    r"(?:发布|發布|發佈|发表|更新)?(?:时间|時間|日期))\s{0,8}[:：]"
)
_FIELDS = re.compile(rf"^\s{{0,8}}{_FIELD}[^。！？]{{0,40}}?[\s|｜/／】\])）]{{1,8}}{_FIELD}[^。！？]{{0,120}}$")
"""Two fields or more in one line: 来源：… 作者：…"""

_SIGNED = re.compile(
    r"^[\s【\[(（]{0,12}(?:[\u4e00-\u9fff]{0,8}(?:记者|記者|作者|通讯员|通訊員|采写|採寫|撰文|撰稿人?"
    r"|评论员|評論員|文字|摄影|攝影|实习生)"
    r"\s{0,8}[:：/／|｜丨\s】\]]\s{0,8}[\u4e00-\u9fff·]{2,6}(?:[\s、，,/／]+(?!记者|記者|作者|通讯员"
    r"|摄影)[\u4e00-\u9fff·]{2,4}){0,5}[\s、，,/／|｜]*){1,4}"
    r"[)）\]】]?$"
)
"""Nothing but who wrote it: 本报记者 某某 通讯员 某某"""

_BUTTONS = re.compile(
    r"^[\s【\[(（]{0,12}(?!\s)"
    + _any(
        """分享 收藏 打印 列印 纠错 糾錯 评论 評論 举报 舉報 点赞 點讚 讚 赞 转发 轉發 微信 微博 关闭 关闭窗口 返回
    返回顶部 返回首页 回首頁 字号 字體 字体 字級設定 字級 大 中 小 朋友圈 qq空间 qq好友 新浪微博 腾讯微博 人人网
    facebook line twitter 复制链接 複製連結 繁体 简体 打印本页 推荐 顶 踩 上一篇 下一篇 上一页 下一页 上一頁
    下一頁 关闭本页 關閉本頁
    關閉視窗 打印此页 路过 雷人 握手 鲜花 鸡蛋
    首页 尾页 末页 余下全文 查看全文 展开全文 阅读全文 閱讀全文 展开 收起 加载更多 查看更多 显示更多
    看完整 更多 登录 登入 注册 退出 收听 播放 暂停 关注 已关注 赞赏 打赏 扫一扫 查看原图 广告 廣告 ad
    advertisement cmtad x a[+-] t[+-] t\\s{0,8}\\+\\s{0,8}- \\d{1,6} [+＋]\\d 加關注 加入收藏 我要反馈 我要纠错 进入讨论
    責任編輯 更多>>? 播报文章 [|｜·/\\\\<>《》\\s×]+"""
    )
    # each of these begins in one way only, or a line that does not fit would be tried in all ways
    + r"(?:(?:[+\-|｜/·:：\d\s【】\[\]（）()]|\(\d+\)|"
    + _any(
        """到 至 分享 收藏 打印本页 打印 关闭窗口 关闭本页 关闭 雷人 握手
    鲜花 鸡蛋 微信 微博 qq空间 朋友圈 评论 放大 缩小 正常 超大 大 中 小 特 facebook line twitter
    字号 字体"""
    )
    + r"))*$",
    re.IGNORECASE,
)

_RIGHTS = (
    r"版权所有|版權所有|(?:未经|未經|非经|非經).{0,12}(?:授权|授權|许可|許可|允许|同意).{0,12}(?:不得"
    r"|禁止|严禁|请勿|請勿|转载|轉載)"
    r"|不得转载|不得轉載|禁止.{0,40}(?:转载|轉載|轉貼|引用)|转载请|轉載請|转载须|违者必究|違者必究|all rights reserved"
    r"|copyright|©"
)
_DISCLAIMED = r"(?:版权|版權|转载|轉載|观点|觀點|立场|立場|授权|侵权|平台|网站|本站|本网|不代表|投资|存储|删除|入市)"
_NOTICE = re.compile(
    rf"^.{{0,50}}(?:{_RIGHTS}).{{0,160}}$"
    r"|^[\s【\[(（*]{0,12}(?:(?:特别|特別|免责|免責|版权|版權|郑重|鄭重|平台)?(?:声明|聲明)|风险提示"
    r"|風險提示)\s{0,8}[:：]"
    rf".{{0,200}}{_DISCLAIMED}.{{0,200}}$"
    r"|^[(（*]*(?:本文|本内容|以上内容|文章内容|此文|该文|該文).{0,12}(?:仅代表|僅代表|不代表|代表作者"
    r"|系作者|为作者|为自媒体|"
    r"转载自|来自|来源于|由.{1,20}(?:上传|提供|发布)).{0,140}$"
    r"|^[(（*]*以上内容.{0,60}(?:上传|上傳|发布|發布|提供|观点).{0,100}$"
    r"|^notice\s{0,8}:.{0,300}$"
    r"|^.{0,20}(?:icp备|icp證|icp证|公网安备|经营许可证).{0,80}$",
    re.IGNORECASE,
)
"""Whose it is, who is not liable for it."""

_ADVERT = re.compile(
    r"^[\s【\[(（▲▼★※*>》·•—\-]{0,12}(?:"
    r"(?:分享到|分享至|分享給|转发到|字号[:：]|字体[:：]|字體[:：]|扫一扫|扫码|掃描|扫描|长按|長按"
    r"|用微信扫|微信扫|打开微信|"
    r"使用微信|关注微信|微信搜索).{0,60}"
    r"|(?:点击|點擊|點選|点此|點我|请点|轻触).{0,14}(?:查看|进入|進入|下载|下載|订阅|訂閱|关注|阅读"
    r"|閱讀|收听|观看|上方|下方|"
    r"蓝字|加入|参与|看更多|图片|大图).{0,24}"
    r"|(?:更多|欢迎|歡迎|敬请|请|下载|下載|打开|打開|安装|想看|快来|立即|馬上|加入|追蹤|訂閱|订阅|追踪"
    r"|按讚|快加入)[^，。]{0,26}"
    r"(?:(?:关注|關注|下载|下載|客户端|客戶端|app|公众号|公眾號|二维码|二維碼)[^，,]{0,24}"
    r"|(?:微信|微博|粉絲|粉丝|line|好友|頻道|频道|youtube|telegram|facebook)[^，,。]{0,24})"
    r"|.{0,30}(?:點我下載|点我下载|下載app|下载app|立即下載).{0,24}"
    r"|.{0,16}(?:按[个個]?[赞讚]|粉[丝絲][团團专專]|追[踪蹤]我[们們]|[关關]注我[们們]|like us|follow us"
    r"|一[键鍵]三[连連]|[点點][个個]?[“「]?在看).{0,24}"
    r"|(?:喜[欢歡]|[爱愛]看)[这這]篇.{0,30}"
    r"|(?:請繼續往下閱讀|请继续往下阅读|請往下繼續閱讀|文章未完).{0,20}"
    r"|.{0,12}(?:请关注|請關注)\s{0,8}[:：].{0,20}"
    r"|(?:我有话说|有话要说|我要说两句|热线|熱線|爆料|报料|報料|新闻热线|投稿|举报电话|联系电话|客服电话"
    r"|联系邮箱|邮箱|電話)"
    r"\s{0,8}[:：].{0,60}"
    r"|.{0,12}(?:报料|爆料)\s{0,8}[:：].{0,60}"
    r"|(?:进入|進入|返回)\s{0,8}【.{1,20}】.{0,8}"
    r"|.{1,20}(?:股吧|讨论区)】?(?:讨论|討論)?"
    r"|(?:您的浏览器|您的瀏覽器|浏览器不支持|您当前的浏览器|your browser).{0,80}"
    r"|(?:本文|文章)?(?:共|阅读|閱讀|浏览|瀏覽|点击|點擊|人气|人氣|评论|評論|跟贴|参与|播放)(?:量|数|數|次数|次數)?"
    r"\s{0,8}[(（:：]?\s{0,8}[\d,.万]+\s{0,8}[)）]?(?:次|人|条|條)?.{0,10}"
    r"|\d+\s{0,8}(?:条评论|條評論|人参与|人评论|跟贴|跟帖|评论|阅读|浏览|次阅读)\D{0,16}"
    r"|(?:閱讀|阅读|预计阅读|預計閱讀)(?:时间|時間|时长|時長)?\s{0,4}(?:约|約|大约|大約)?\s{0,4}\d{1,3}\s{0,4}(?:分钟|分鐘).{0,4}"
    r"|(?:完|全文完|待续|正文完|本文完|正文已结束.{0,30}|end|the end)[)）】\]]?\s{0,8}"
    r"|(?:举报/反馈|責任編輯|編輯精選|查看原[图圖]\s{0,8}[\d.]+\s{0,8}[KM]B?)"
    r")$",
    re.IGNORECASE,
)

_CREDIT = re.compile(
    r"^[▲▼△▽◆●■↑↓→\s（(\[【/／]*"
    + _any(
        """图 圖 圖片 图片 视频 影片 资料图 資料圖 资料照 資料照 示意圖 图源 圖源 摄影 攝影 攝 摄 配图 首图 题图 封面图
    照片"""
    )
    + r"(?:片)?(?:均)?(?:来源|來源|来自|取自|源自|提供"
    r"|源)?\s{0,8}[:：/／|｜丨]?\s{0,8}[^。！？]{0,30}[）)\]】]?\s{0,8}$"
)

_CREDIT_END = re.compile(
    r"^[^。！？，]{0,24}(?:供[图圖]|(?<![拍航偷])[摄攝](?:影)?|翻[摄攝]"
    r"|[图圖]片?(?:由)?[^。！？，]{0,12}提供)[)）\]】]?[。]?$"
)
"""The name of who took the picture, and no caption: 某某博物馆供图"""

_HELP = re.compile(
    r"^[\W_]*(?:.{0,14}(?:關心您|關心你|提醒您|提醒你|小提醒|叮嚀)[\W_]*)?(?:"
    r"自杀|自殺|輕生|珍惜生命|生命誠可貴|尊重生命|.{0,8}(?:安心專線|安心专线|生命線協談|生命线|張老師"
    r"|防治諮詢|戒菸專線)"
    r"|飲酒過量|酒後不開車|喝酒不開車|未滿18歲|拒绝酒驾|遠離毒品|吸毒|勇敢求救|再?給自己.{0,6}機會|請撥打|請撥)"
    r".{0,60}(?:專線|专线|生命|有害健康|不開車|飲酒|機會|求助|求救|禁止|\d{4})"
    r"|^[\W_]*.{0,14}(?:關心您|關心你|提醒您|提醒你)[\W_]*(?:$|.*(?:機會|生命|專線|健康))"
)
_END = re.compile(
    r"^[\s【\[(（]{0,12}(?:责任编辑|責任編輯|责编|責編|本文来源|举报/反馈|阅读下一篇|下一篇|上一篇"
    r"|返回搜狐|正文已结束|正文完)"
)
_PROMOTION = re.compile(
    r"点击|點擊|點我|>>|》》|＞＞|戳|报名|報名|投票|进入专题|火热|直播间|下载|下載|扫码|订阅|訂閱"
    r"|加入.{0,8}(?:群|粉)|關注|"
    r"关注|专区|專區"
)


def opens_list(line: Line) -> bool:
    """From this line on stands a list of other news, comments or tags."""
    return len(line.text) <= 60 and (is_list_name(line.text) or _OPENS_LIST.match(line.text) is not None)


def is_list_name(text: str) -> bool:
    """A text is the name of a list of other things, and nothing else."""
    return _LIST_HEADING.match(text) is not None


def opens_news_list(line: Line) -> bool:
    """From this line on stands a list of other news, not of tags or comments."""
    return opens_list(line) and not opens_comments(line) and _NEWS_LIST.search(line.text) is not None


def opens_comments(line: Line) -> bool:
    """From this line on stand the comments of readers."""
    return len(line.text) <= 20 and _COMMENTS.match(line.text) is not None


def opens_help(line: Line) -> bool:
    """From this line on stand the numbers to call that Taiwanese media print under certain news."""
    return len(line.text) <= 80 and _HELP.match(line.text) is not None


def ends(line: Line) -> bool:
    """A notice or an editor's name that stands under an article; what follows it is no text."""
    if len(line.text) > 400:
        return False
    return _END.match(line.text) is not None or _NOTICE.match(line.text) is not None or opens_help(line)


def is_not_text(line: Line) -> bool:
    """The line is a label, a button, a notice or an advertisement."""
    if len(line.text) > 400:
        return False
    return any(
        pattern.match(line.text) is not None for pattern in (_LABELLED, _FIELDS, _SIGNED, _BUTTONS, _ADVERT, _NOTICE)
    )


def is_credit(line: Line) -> bool:
    """The line names who took a picture, and nothing else."""
    text = line.text
    if len(text) <= 50 and _CREDIT.match(text) is not None:
        return True
    return len(text) <= 80 and _TAKEN.search(text) is not None and _CREDIT_END.match(text) is not None


_TAKEN = re.compile(r"(?:供[图圖]|[摄攝](?:影)?|提供)[)）\]】]?[。]?$")


def is_field(line: Line) -> bool:
    """The line is a label and its value, or several: 来源：… 作者：…"""
    return len(line.text) <= 400 and any(
        pattern.match(line.text) is not None for pattern in (_LABELLED, _FIELDS, _SIGNED)
    )


_APPEAL = re.compile(
    r"^.{0,12}(?:[点點][击擊]上方|[蓝藍][色]?字|[关關]注(?:我[们們]|本|公众号|公眾號)|[长長]按"
    r"|[扫掃][码碼描一]|[识識][别別]|二[维維][码碼]|在看|[点點][赞讚]|一[键鍵]三[连連]|[转轉][发發]"
    r"|星[标標]|投稿|往期|[阅閱][读讀]原文|[赞讚][赏賞]|打[赏賞]|[加进進]群|留言[区區]|end\b|the end"
    r"|[来來]源[:：]|[编編][辑輯][:：|｜丨]|审核[:：|｜丨]|排版[:：|｜丨]|"
    r"[图圖]片?[来來]源|[喜][欢歡].{0,6}(?:就|[请請]|分享)|分享.{0,4}[给給到])",
    re.IGNORECASE,
)


def is_appeal(line: Line) -> bool:
    """A short line that asks to follow, to share or to scan; believed only at the edges of a WeChat post."""
    return len(line.text) <= 40 and _APPEAL.match(line.text) is not None


def is_promotion(line: Line) -> bool:
    """A line with a link in it that asks to click it; believed only at the edges of a text."""
    return line.linked > 0 and len(line.text) <= 160 and _PROMOTION.search(line.text) is not None
