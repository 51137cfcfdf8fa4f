"""How does an archive answer over HTTP? By a table of routes, in worker processes that a supervisor keeps alive.

*A route* (`routes.Route`) is a path, a table of query parameters, and a function from an `Asked` (the archive, the
checked parameters, the headers) to an `Answer` (bytes, or an iterator of them, with a media type). The function runs in
a thread, under the limits of time and concurrency, and raises the errors of searchkit: `problems` turns them into
answers. Everything else is done for all routes alike by `app`: tokens, the Host header, sizes, ETag and 304, gzip,
security headers, the access log and metrics. HEAD comes with GET.

*To add routes*, give them to the table. A route of the API goes into `api.ROUTES`, and is in /openapi.json by that. A
page has a package of its own here, `searchkit.servers.web.page`, with a tuple `ROUTES`, which `table.ALL` adds to those
of the API:

    from searchkit.servers.web.parameters import CONDITIONS, QUERY
    from searchkit.servers.web.routes import Answer, Asked, Route, conditions_of

    def start(asked: Asked) -> Answer:
        found = asked.archive.search(asked.given["q"], **conditions_of(asked.given))
        return Answer(html_of(found).encode(), "text/html; charset=utf-8")

    def trouble(problem: Problem, accept_language: str, chosen: str) -> Answer: ...

    ROUTES = (Route("/", start, (QUERY, *CONDITIONS), "The page.", documented=False, on_problem=trouble),)

`Answer.headers` override the headers that all answers have. HTML gets `security.PAGE_POLICY`, which allows styles,
scripts, images and fonts of this server alone, and no inline ones. A route with `public=True` is answered without a
token, for styles and scripts. Where a server has tokens, a browser asks for one itself: a route whose answer is HTML is
refused with `WWW-Authenticate: Basic`, and the token is the password.
"""
