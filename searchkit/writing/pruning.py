"""Pruning: articles whose files are gone are deleted, while others may go on writing, and so that it can start again.

What is to go is only known from several looks, between which others may read an article from another file. Both sides
write first and look then, so at least one sees the other: whoever reads an article notes its file, and then looks
whether the article is still there (`keep`); `prune` retires the article, so that it is not there, and then looks at its
files. What has another origin is put back, with its revisions; the rest is buried, unless it has been put back by then.
The files are forgotten last. Broken off anywhere, the next run finds the same files, and what was retired.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from os import PathLike
from pathlib import Path

from searchkit.errors import ArchiveError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.reports import Pruning
from searchkit.storage.provenance import gone, is_below, is_gone
from searchkit.storage.record import Record
from searchkit.writing import headlines
from searchkit.writing.admission import records

_ROUNDS = 30


def prune(store: Record, folders: Sequence[str | PathLike[str]], *, dry_run: bool, force: bool) -> Pruning:
    """Delete the articles that were read only from files of these folders that are gone; see `Archive.prune`."""
    with store.transaction() if store.atomic else nullcontext():
        files: set[str] = set()
        for folder in folders:
            files.update(gone(store.origins, Path(folder), force=force))
        left = [id for id in store.left() if _is_below(store.origins.files(id), folders)]
        if dry_run:
            ids = store.origins.only_in(files)
            lacking = {*store.lacking(ids)}.difference(left)
            return Pruning(tuple(id for id in ids if id not in lacking), tuple(sorted(files)), dry_run)
        marks = store.origins.marks(files) if files else {}
        ids = store.origins.only_in(files)
        with store.transaction():
            for id in ids:
                store.retire(id)
        buried = _bury(store, {*ids, *left}, files)
        still = _still_gone(store, files)
        # Of what was put back meanwhile, and comes from nowhere else, the next run has to know.
        ids = store.origins.only_in(still)
        there = {*ids}.difference(store.lacking(ids))
        kept = {path for id in there for path in store.origins.files(id)}
        store.origins.forget_marked({path: marks[path] for path in still - kept})
    return Pruning(tuple(sorted(buried)), tuple(sorted(files)), dry_run)


def _bury(store: Record, ids: Collection[str], files: Collection[str]) -> set[str]:
    """Look at retired articles once more, and bury those that were only in these files. Returns: their ids."""
    buried: set[str] = set()
    for _ in range(_ROUNDS):
        retired = store.retired(each for each in ids if each not in buried)
        if not retired:
            return buried
        own = {*store.origins.only_in(_still_gone(store, files))}
        others = [id for id in retired if id not in own]
        with store.transaction():
            for id in others:
                store.put_back(id)
        _list_again(store, others)
        going = {id: state for id, state in retired.items() if id in own}
        with store.transaction():
            for id in going:
                headlines.adopt(store, id, going.keys() | buried)
        done = store.bury(going)
        buried.update(done)
        _list_again(store, going.keys() - buried)
    raise ArchiveError(
        Message("others change the same articles of {path} all the time", path=store.where),
        hint="try again",
        code="cluster-busy",
    )


def _still_gone(store: Record, files: Collection[str]) -> set[str]:
    """Return which files are still gone; all, where nothing that was deleted could be put back."""
    return {*files} if store.atomic else {path for path in files if is_gone(path)}


def _list_again(store: Record, ids: Iterable[str]) -> None:
    """Give pages that are there again the headlines that others may have got from them."""
    for page in store.get_many(ids).values():
        headlines.put_listed(store, page)


def keep(store: Record, pages: Sequence[Article]) -> None:
    """Put pages again that somebody has pruned since they were put, now that their origins are noted."""
    if store.atomic:
        return
    lacking = {*store.lacking([record.id for page in pages for record in records(page)])}
    if not lacking:
        return
    with store.transaction():
        for record in (record for page in pages for record in records(page)):
            if record.id in lacking:
                headlines.put(store, record)
    for page in pages:
        if any(record.id in lacking for record in records(page)):
            headlines.put_listed(store, page)


def _is_below(paths: Iterable[str], folders: Iterable[str | PathLike[str]]) -> bool:
    return any(is_below(path, Path(folder)) for path in paths for folder in folders)
