"""Briefs and long reports against WeasyPrint, Typst and a raw canvas, in one interleaved run.

    make bench

prints medians and ratios, and writes them to `.bench/briefs.json`. All print the same content, the
brief of the PARS case on 2018-06-15, and a report of 8,200 rows. Times depend on the machine; the
ratios are what is promised.
"""

import datetime as dt
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = int(os.environ.get("ROUNDS", "15"))
ROWS = int(os.environ.get("ROWS", "8200"))
ON = dt.date(2018, 6, 15)
HEADS = ("Day", "No.", "Agreement", "Recipient")

Maker = Callable[[], bytes]


def main() -> None:
    """Measure, print, and keep the figures."""
    _prepare()
    from benchmarks import peers

    part = _brief()
    makers = peers.brief_makers(part)
    sizes = {name: len(make()) for name, make in makers.items()}  # warms up as well
    times: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(ROUNDS):
        for name, make in makers.items():
            times[name].append(_timed(make))
    brief = {name: statistics.median(found) for name, found in times.items()}
    reports = {}
    for name, rows in (("tagged", ROWS), ("tagged, twice the rows", 2 * ROWS),
                       ("typst", ROWS), ("weasyprint", ROWS)):  # fmt: skip
        reports[name] = _alone(name.partition(",")[0], rows)
    found = {"brief": {"seconds": brief, "bytes": sizes}, "report": reports, "rounds": ROUNDS}
    _print(found)
    (ROOT / ".bench" / "briefs.json").write_text(json.dumps(found, indent=2))


def _prepare() -> None:
    """Set up the register, with the example in a database of its own."""
    folder = tempfile.mkdtemp()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder}/register.sqlite3",
        "PACTWATCH_EXAMPLE": "1",
    }
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_example", "pars", stdout=StringIO())


def _brief() -> Any:
    from django.utils import translation

    from agreements.loading import load
    from agreements.models import Agreement
    from reports.briefs import issue

    facts = load(Agreement.objects.get(reference="PARS-ICE").pk)
    with translation.override("en"):
        return issue.compose(facts, issue.Wish(ON), None)  # type: ignore[arg-type]


def _timed(make: Maker) -> float:
    start = time.perf_counter()
    make()
    return time.perf_counter() - start


def _alone(name: str, rows: int) -> dict[str, float]:
    """Print a report in a process of its own; its memory is that of the process at its peak."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_report, args=(name, rows, theirs))
    process.start()
    found: dict[str, float] = ours.recv()
    process.join()
    return found


def _report(name: str, rows: int, pipe: Any) -> None:
    import django

    django.setup()
    from benchmarks import peers

    make = peers.report_maker(name, rows)
    start = time.perf_counter()
    data = make()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    from pypdf import PdfReader

    pages = len(PdfReader(BytesIO(data)).pages)
    pipe.send({"seconds": seconds, "MiB": peak, "bytes": len(data), "pages": pages, "rows": rows})


def _print(found: dict[str, Any]) -> None:
    ours = found["brief"]["seconds"]["tagged"]
    print("brief              ms   kB   against ours")
    for name, seconds in found["brief"]["seconds"].items():
        size = found["brief"]["bytes"][name] / 1000
        print(f"{name:14} {seconds * 1000:6.1f} {size:4.0f}   {seconds / ours:.2f}")
    base = found["report"]["tagged"]["seconds"]
    print("report                      rows pages      s   MiB   kB   against ours")
    for name, figures in found["report"].items():
        print(
            f"{name:25} {figures['rows']:6} {figures['pages']:5} {figures['seconds']:6.2f}"
            f" {figures['MiB']:5.0f} {figures['bytes'] / 1000:4.0f}"
            f"   {figures['seconds'] / base:.2f}"
        )


if __name__ == "__main__":
    main()
