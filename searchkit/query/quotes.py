"""Pair the quotes of a query: quotes of every shape, nested and badly typed ones too, in linear time.

- “…” „…” 「…」 『…』 «…» ‹…› ‘…’ pair as brackets do: `“他说“好”了”` is one phrase.
- "…" ends at the next straight quote, or earlier, at a closing quote that has no opening: `"出口管制”`.
- A curly double quote without a partner begins a phrase in two cases: it stands where a token begins and another
  such quote follows (`”出口管制”`, `„Wort“`), or a straight quote is left over for it to pair with (`“出口管制"`).
- '…' is a phrase only if it starts where a token begins and ends at a ' that no letter follows. So it's and
  rock'n'roll stay words.

Any other quote is punctuation, as in a headline cut short. Only a straight " that is left over is an error.
"""

from __future__ import annotations

from bisect import bisect_right

from searchkit.analysis.characters import is_letter
from searchkit.errors import QueryError
from searchkit.language.messages import Message
from searchkit.query.operators import operator
from searchkit.query.proposals import LONGEST

_OPENING = {char: kind for kind, chars in enumerate(("“„‟〝", "「", "『", "«", "‹", "‘")) for char in chars}
_CLOSING = {char: kind for kind, chars in enumerate(("”〞", "」", "』", "»", "›", "’")) for char in chars}
_STRAIGHT = '"＂'
_DOUBLE = 0
"""The kind of “ and similar quotes, the only kind that may pair in other ways."""


def emphasises(quote: str) -> bool:
    """Tell whether a phrase with this opening quote may be emphasis, as in a pasted headline, and not a request."""
    return quote not in _STRAIGHT and quote != "'"


def starts_token(query: str, at: int) -> bool:
    """Tell whether an operator or a single quote may stand here.

    It may stand at the start, and after a space, an opening parenthesis, a colon or an operator.
    """
    return not at or query[at - 1].isspace() or query[at - 1] in "(（:：-－!|&"


def phrases(query: str) -> dict[int, int]:
    """Find the phrases of a query.

    Returns:
        The offset of each phrase's opening quote, with the offset of its closing quote.

    Raises:
        QueryError: a straight quote is not closed.
    """
    partner, lone = _brackets(query)
    straight = [i for i, char in enumerate(query) if char in _STRAIGHT]
    lone_closing = [i for i in lone if query[i] in _CLOSING]
    single = [i for i, char in enumerate(query) if char == "'" and not _follows(query, i)]
    found: dict[int, int] = {}
    behind = 0
    for at, char in enumerate(query):
        if at < behind:
            continue
        end: int | None = None
        if at in partner:
            end = partner[at]
        elif char in _STRAIGHT:
            end = min(filter(None, (_next(straight, at), _next(lone_closing, at))), default=None)
            if end is None:
                raise QueryError("this quote is not closed", query=query, column=at + 1, hint=_closed(query, at))
        elif char == "'" and starts_token(query, at):
            end = _next(single, at)
        elif _OPENING.get(char, _CLOSING.get(char)) == _DOUBLE:
            if starts_token(query, at):
                end = _next(lone, at)
            if end is None and (len(straight) - bisect_right(straight, at)) % 2:
                end = _next(straight, at)
        if end is not None:
            found[at] = end
            behind = end + 1
    return found


def _closed(query: str, at: int) -> str:
    """Return the hint for a straight quote at this offset that is not closed."""
    before, after = query[:at], query[at + 1 :].strip()
    last = before.split()[-1] if before.strip() else ""
    if not after and last[-1:].isalnum() and not operator(last):
        proposal = before.strip()  # a quote typed by mistake: 芯片 出口"
    else:
        proposal = f'{before}"{after or "出口管制"}"'
    return proposal if len(proposal) <= LONGEST else Message("close it with a second quote")


def _brackets(query: str) -> tuple[dict[int, int], list[int]]:
    """Return the pairs of opening and closing quotes, and the double quotes without a partner, ascending."""
    partner: dict[int, int] = {}
    lone: list[int] = []
    waiting: dict[int, list[int]] = {}
    for at, char in enumerate(query):
        if char in _OPENING:
            waiting.setdefault(_OPENING[char], []).append(at)
        elif char in _CLOSING and not (char == "’" and _apostrophe(query, at)):
            opened = waiting.get(_CLOSING[char])
            if opened:
                partner[opened.pop()] = at
            elif _CLOSING[char] == _DOUBLE:
                lone.append(at)
    return partner, sorted(lone + waiting.get(_DOUBLE, []))


def _apostrophe(query: str, at: int) -> bool:
    """Tell whether the quote stands between two letters, as in today’s."""
    return at > 0 and is_letter(query[at - 1]) and _follows(query, at)


def _follows(query: str, at: int) -> bool:
    return is_letter(query[at + 1 : at + 2])


def _next(places: list[int], at: int) -> int | None:
    """Return the first of the ascending places that is after `at`; None if there is none."""
    i = bisect_right(places, at)
    return places[i] if i < len(places) else None
