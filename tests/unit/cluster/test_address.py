"""The addresses of archives in a cluster, and who asks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit.cluster.address import Address, is_address, read_address
from searchkit.cluster.credentials import Credentials, of_environment
from searchkit.errors import UsageError
from searchkit.opening.cluster import connected


@pytest.mark.parametrize(
    "text, nodes, hosts, name",
    [
        ("opensearch://h/news", ("h:9200",), ["http://h:9200"], "news"),
        ("opensearchs://h:443/news-2026/", ("h:443",), ["https://h:443"], "news-2026"),
        ("OpenSearch://a.example:1,b:2/n_1", ("a.example:1", "b:2"), ["http://a.example:1", "http://b:2"], "n_1"),
        ("opensearchs://[::1]/n", ("[::1]:9200",), ["https://[::1]:9200"], "n"),
        ("opensearch://[2001:db8::1]:9201/n", ("[2001:db8::1]:9201",), ["http://[2001:db8::1]:9201"], "n"),
    ],
)
def test_an_address(text, nodes, hosts, name):
    found = read_address(text)
    assert (found.nodes, found.hosts, found.name) == (nodes, hosts, name)
    assert (found.shards, found.replicas) == (None, None)
    assert read_address(str(found)) == found


def test_what_is_for_a_new_archive():
    found = read_address("opensearch://h/news?shards=3&replicas=0")
    assert (found.shards, found.replicas) == (3, 0) and str(found) == "opensearch://h:9200/news"


@pytest.mark.parametrize(
    "text",
    [
        "opensearch:", "opensearch://", "opensearch://h", "opensearch://h/", "opensearch:/h/news", "opensearch:///news",
        "opensearch://h:0/n", "opensearch://h:65536/n", "opensearch://h:x/n", "opensearch://a,,b/n", "opensearch://h/a/b",
        "opensearch://h/News", "opensearch://h/新闻", "opensearch://h/_news", "opensearch://h/n#x", "opensearch://h/a.b",
        "opensearch://h/" + "n" * 101, "opensearch://h h/n", "opensearch://h\n/n", "opensearch://[::1/n",
        "opensearch://h/n?shards=0", "opensearch://h/n?shards=x", "opensearch://h/n?replicas=11", "opensearch://h/n?x=1",
        "opensearch://h/n?shards=²", "opensearch://h/n?shards",
    ],
)  # fmt: skip
def test_what_is_no_address(text):
    with pytest.raises(UsageError) as caught:
        read_address(text)
    assert caught.value.code == "address" and caught.value.hint
    with pytest.raises(UsageError):
        searchkit.connect(text)


@given(st.text(max_size=30))
def test_whatever_is_given_is_an_address_or_an_error(text):
    for each in (text, f"opensearch://{text}", f"opensearch://h/{text}"):
        try:
            found = read_address(each)
        except UsageError as error:
            assert error.message.isprintable()
        else:
            assert read_address(str(found)).name == found.name


@pytest.mark.parametrize("given", ["opensearchs://user:geheim@h/n", "opensearch://geheim@h/n"])
def test_no_password_is_in_an_address(given):
    with pytest.raises(UsageError) as caught:
        read_address(given)
    assert caught.value.code == "address-with-password" and "geheim" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("opensearch:x", True),
        ("OPENSEARCHS://h/n", True),
        ("opensearch", False),
        ("./opensearch:x", False),
        ("file:///x", False),
    ],
)
def test_what_is_meant_as_an_address(text, expected):
    assert is_address(text) is expected


def test_who_is_told_first_counts_more():
    asked, usual = Credentials(user="anna"), Credentials(user="bo", password="2", token="t", certificates="ca.pem")
    assert asked.or_else(usual) == Credentials(user="anna", certificates="ca.pem")
    assert asked.or_else(Credentials("anna", "2")) == asked.or_else(Credentials("", "2")) == Credentials("anna", "2")
    assert Credentials(token="u").or_else(usual) == Credentials(token="u", certificates="ca.pem")
    assert Credentials().or_else(usual) == usual
    assert of_environment({"SEARCHKIT_OPENSEARCH_USER": "anna", "OTHER": "x"}) == Credentials(user="anna")


def test_what_is_secret_is_not_shown():
    held = Credentials(user="anna", password="geheim", token="zeichen")
    assert "geheim" not in repr(held) and "zeichen" not in str(held) and "anna" in repr(held)


@pytest.mark.parametrize("secret", [{"user": "anna", "password": "geheim"}, {"token": "geheim"}])
def test_nothing_secret_goes_where_others_can_read_it(secret):
    with pytest.raises(UsageError) as caught:
        connected(Address(("search.example:9200",), "n"), Credentials(**secret))
    assert caught.value.code == "password-without-tls" and caught.value.hint == "opensearchs://search.example:9200/n"
    for nodes, is_secure in ((("127.0.0.1:9",), False), (("localhost:9", "[::1]:9"), False), (("a.example:9",), True)):
        connected(Address(nodes, "n", is_secure), Credentials(**secret)).close()
    with pytest.raises(UsageError):
        connected(Address(("127.0.0.1:9", "127.0.0.1.example:9"), "n"), Credentials(**secret))


def test_the_environment_tells_who_asks(monkeypatch):
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_TOKEN", "geheim")
    with pytest.raises(UsageError, match="without TLS"):
        searchkit.connect("opensearch://search.example/n")
