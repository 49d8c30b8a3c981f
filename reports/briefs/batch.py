"""Many briefs at once: made by several processes, kept one by one, resumed after a kill.

Every file is written whole and every brief is kept in a transaction of its own, so a batch that
was killed goes on where it was: a brief whose content has a code in the register is not made
again. The ZIP file is put together at the end, from the folder beside it.
"""

import datetime as dt
import multiprocessing
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connections

from agreements.models import Deadline
from agreements.permissions import Can
from reports.briefs import content, issue, worker
from reports.briefs.issue import Made, Wish
from reports.models import Brief

CHUNK = 10
ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can hold: the same bytes always


@dataclass(frozen=True)
class Plan:
    """What to issue: one brief like ``wish`` on each agreement, into a folder or a ZIP file.

    They are released by the person who issues them if that person may publish; else they wait.
    """

    wish: Wish
    agreements: list[int]
    output: Path
    person_id: int | None = None

    @property
    def folder(self) -> Path:
        """Where the files go, one by one."""
        is_zip = self.output.suffix.lower() == ".zip"
        return self.output.with_name(self.output.name + ".parts") if is_zip else self.output


@dataclass(frozen=True)
class Done:
    """How many were issued now, how many had been before, and how many of all wait for release."""

    issued: int
    kept: int
    waiting: int = 0


def run(plan: Plan, *, jobs: int = 0, progress: Callable[[int, int], None] | None = None) -> Done:
    """Issue the briefs of a plan; ``jobs`` is the number of processes, 0 for one on each core.

    ``progress`` is told how many of how many are done. Raises ``OSError`` where the files cannot
    be written.
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    for stray in plan.folder.glob(".*.part"):
        stray.unlink()
    by = get_user_model().objects.filter(pk=plan.person_id).first() if plan.person_id else None
    releases = by is not None and by.has_perm(Can.PUBLISH)
    issued = kept = waiting = 0
    names = []
    for made in _made(plan, jobs or len(os.sched_getaffinity(0))):
        if isinstance(made, Made):
            brief = issue.keep(made, by=by, is_released=releases)
            data, issued = made.printed.data, issued + 1
        else:
            brief, kept = Brief.objects.get(pk=made), kept + 1
            if releases and issue.release(brief, by=by):  # one that waited
                brief.refresh_from_db(fields=["released_at"])
            data = issue.file_of(brief)
        _write(plan.folder / brief.file_name, data)
        names.append(brief.file_name)
        waiting += brief.released_at is None
        if progress:
            progress(issued + kept, len(plan.agreements))
    if plan.folder != plan.output:
        _pack(plan, names)
    return Done(issued, kept, waiting)


def _made(plan: Plan, jobs: int) -> Iterator[Made | int]:
    """Yield the briefs as they are made; of one that is kept, its key."""
    if jobs <= 1 or len(plan.agreements) <= CHUNK:
        for agreement in plan.agreements:  # each is kept before the next is made
            yield from _make_some([agreement], plan.wish)
        return
    connections.close_all()  # no connection is shared with a process of its own
    context = multiprocessing.get_context("spawn")
    chunks = iter(
        [plan.agreements[at : at + CHUNK] for at in range(0, len(plan.agreements), CHUNK)]
    )
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=worker.set_up) as pool:
        # few chunks are under way at a time, so that memory does not grow with the batch
        running = {pool.submit(_make_some, c, plan.wish) for c in islice(chunks, jobs * 2)}
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield from future.result()
                running |= {pool.submit(_make_some, c, plan.wish) for c in islice(chunks, 1)}


def _make_some(agreements: Iterable[int], wish: Wish) -> list[Made | int]:
    found: list[Made | int] = []
    for pk in agreements:
        made = issue.make(pk, wish)
        found.append(made if isinstance(made, Made) else made.pk)
    return found


def _write(path: Path, data: bytes) -> None:
    """Write a file whole, unless it is there."""
    with suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _pack(plan: Plan, names: list[str]) -> None:
    """Put the files of this plan into the ZIP file, then remove the folder.

    What another plan left in the folder does not get in: it may be of another edition.
    """
    part = plan.output.with_name(f".{plan.output.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(names):
            data = (plan.folder / name).read_bytes()
            archive.writestr(zipfile.ZipInfo(name, ZIP_DAY), data)
    part.replace(plan.output)
    shutil.rmtree(plan.folder)


# ── As deadlines come near ─────────────────────────────────────────────────────


def issue_due(on: dt.date, lead: int, *, paper: str = "letter") -> list[Brief]:
    """Issue a brief in each language on each agreement to be decided within so many days.

    Once for each deadline to decide; the briefs wait until somebody releases them. They follow
    published facts only.
    """
    near = Deadline.objects.for_public().within(lead, on).filter(kind=Deadline.Kind.DECIDE_BY)
    issued = []
    for deadline in near.order_by("due_on", "agreement_id"):
        key = f"{deadline.source_model}:{deadline.source_id}:{deadline.due_on.isoformat()}"
        wish = Wish(on=on, paper=paper)
        for language in content.LANGUAGES:
            there = Brief.objects.filter(
                agreement=deadline.agreement_id, deadline_key=key, language=language, paper=paper
            )
            if there.exists():
                continue
            made = issue.make(deadline.agreement_id, replace(wish, language=language))
            if isinstance(made, Made):
                issued.append(issue.keep(made, by=None, is_released=False, deadline_key=key))
    return issued
