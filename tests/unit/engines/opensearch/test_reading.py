"""Going on with a list of terms where the last answer ended."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from searchkit.engines.opensearch import reading
from searchkit.engines.opensearch.reading import greater

texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("ab.*[]-^\\\U0010ffff\ud7ff\ue000"), max_size=4
)


@given(texts, texts)
@example("\ud7ff", "\ue000")
@example("a]", "a^")
@example("a", "a\n")
def test_what_is_greater_by_code_points_fits(one, other):
    assert bool(re.fullmatch(greater(one), other, re.DOTALL)) == (other.encode() > one.encode())


def test_pages_of_terms_go_on_after_the_last(monkeypatch):
    terms = sorted(["a.", "a.b", "b", "[", "]c", "二", "\U0010ffffx"])

    class Cluster:
        def searches(self, bodies):
            return [self.search(body["aggs"]["all"]["terms"]) for body in bodies]

        def search(self, listed):
            pattern = listed["include"]
            wanted = re.fullmatch(r"\((.*?)\)&\((.*)\)", pattern, re.DOTALL)
            parts = wanted.groups() if wanted else (pattern,)
            fit = [term for term in terms if all(re.fullmatch(part, term, re.DOTALL) for part in parts)]
            return {"aggregations": {"all": {"buckets": [{"key": term} for term in fit[: listed["size"]]]}}}

    monkeypatch.setattr(reading, "MOST_BUCKETS", 2)
    assert sorted(reading.terms_like(Cluster(), "words", [".*", "b"])) == terms
