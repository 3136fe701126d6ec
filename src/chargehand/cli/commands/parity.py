"""`chargehand parity`: whether the cheap fleet finds what the strong model would."""

import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chargehand.cli.options import PATH, QUIET, usd
from chargehand.cli.running import progress, working_folder
from chargehand.core import exit_codes

if TYPE_CHECKING:
    from chargehand.parity.trial.running import Place

_KINDS = ("planted", "reversed", "merged")
OUTPUTS = click.option(
    "--outputs",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Readers see what each fleet said of so many changes.",
)


@click.group()
def parity() -> None:
    """Compare fleets by what they find: in your own history, or in golden findings.

    The steps: `sample` cuts changes, `run` has two fleets review them, `score` says what they differ by. In
    between a model (`judge`) and people (`page`) can say what findings are worth.
    """


@parity.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option(
    "--into", metavar="FILE", type=PATH, required=True, help="Write the sample here, as JSON Lines."
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(_KINDS),
    multiple=True,
    help="planted: defects in the lines that changes added (default); reversed: bug fixes backwards; merged: "
    "changes as they were. Can be given more than once.",
)
@click.option("-n", "--number", default=100, show_default=True, type=click.IntRange(1, 10_000), metavar="N")
@click.option(
    "--commits",
    default=2_000,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Look back so far.",
)
@click.option("--seed", default=1, show_default=True, metavar="N", help="Cut another sample.")
@click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file.")
def sample(
    revision: str,
    *,
    into: Path,
    kinds: tuple[str, ...],
    number: int,
    commits: int,
    seed: int,
    config: Path | None,
) -> int:
    """Cut a sample from the history of this repository, up to REV. No model is asked.

    It is masked as what models read is: no secret of the history gets into the file.
    """
    from chargehand.change import NoRepository, find_repository
    from chargehand.core.counting import count
    from chargehand.core.errors import InputError
    from chargehand.parity.configured import configured
    from chargehand.parity.sample.cut import Wanted, cut
    from chargehand.parity.sample.file import as_lines
    from chargehand.reports.write import check_writable, write

    checkout = find_repository(working_folder(), os.environ)
    if isinstance(checkout, NoRepository):
        raise InputError("No sample was cut: there is no repository here, and a sample is cut from history.")
    check_writable(into, "No sample was cut")
    wanted = Wanted.model_validate(
        {
            "number": number,
            "kinds": kinds or _KINDS[:1],
            "revision": revision,
            "commits": commits,
            "seed": seed,
        }
    )
    cases = cut(checkout, configured(checkout, config, os.environ, {}), wanted)
    write(into, as_lines(cases))
    by_kind = ", ".join(f"{sum(each.kind == kind for each in cases):,} {kind}" for kind in wanted.kinds)
    click.echo(f"{into}: {count(len(cases), 'change')} ({by_kind})")
    return 0


@parity.command()
@click.argument("sample", metavar="SAMPLE", type=PATH)
@click.option(
    "--into", metavar="FOLDER", type=PATH, required=True, help="Keep the reviews here, and go on there."
)
@click.option(
    "--fleet",
    "fleets",
    multiple=True,
    metavar="FLEET",
    help="Compare this one: tiered (what is configured; default), a built-in fleet, or models by role, "
    "such as tiered,worker=MODEL. Can be given more than once.",
)
@click.option(
    "--against",
    default="orchestrator",
    show_default=True,
    metavar="FLEET",
    help="With this one: orchestrator has the strongest model of the fleet do everything.",
)
@click.option("--repeats", default=1, show_default=True, type=click.IntRange(1, 100), metavar="N")
@click.option(
    "--preset",
    type=click.Choice(("tasks", "outputs")),
    help="tasks: changes with 100 tasks for workers; outputs: 50 changes. Without it, all of SAMPLE.",
)
@click.option(
    "--max-spend",
    metavar="USD",
    callback=lambda context, option, text: text and usd(context, option, text),
    help="Hard cap for all of it. Without it, what it would cost is said, and nothing is spent.",
)
@click.option("--batch", is_flag=True, help="Have the workers answer in batches: half price, within a day.")
@click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file.")
@QUIET
def run(
    sample: Path,
    *,
    into: Path,
    fleets: tuple[str, ...],
    against: str,
    repeats: int,
    preset: str | None,
    max_spend: Decimal | None,
    batch: bool,
    config: Path | None,
    quiet: bool,
) -> int:
    """Have fleets review the same changes. A run that was stopped goes on where it was.

    SAMPLE is a file of `chargehand parity sample`, or of golden findings in JSON Lines.
    """
    from chargehand.parity.comparing import PRESETS
    from chargehand.parity.start import Wanted, start
    from chargehand.parity.trial.folder import Folder

    wanted = Wanted(
        sample=sample,
        fleets=(against, *(fleets or ("tiered",))),
        repeats=repeats,
        preset=PRESETS[preset] if preset else None,
        cap_usd=max_spend,
        is_batch=batch,
        config=config,
    )
    place = _place(quiet=quiet)
    ended = start(wanted, Folder(into), place)
    if ended is None:
        place.say("Nothing was spent. Give --max-spend to run it.")
        return exit_codes.PASSED
    place.say(f"{ended.done:,} of {ended.wanted:,} reviews are in {into}")
    if ended.done == ended.wanted:
        return exit_codes.PASSED
    place.say(f"Not complete: {ended.why or 'some reviews were not complete'}. Start it again to go on.")
    return exit_codes.INTERRUPTED if place.cancellation.is_interrupted else exit_codes.INCOMPLETE


@parity.command()
@click.argument("folder", metavar="FOLDER", type=PATH)
@click.option(
    "--margin",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.1, 50),
    metavar="POINTS",
    help="So much worse than the baseline is as good.",
)
@click.option(
    "--ratings",
    multiple=True,
    metavar="FILE",
    type=PATH,
    help="What a person saved on the page of `parity page`. Can be given more than once.",
)
@OUTPUTS
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--html", metavar="PATH", type=PATH, help="Write a page.")
def score(
    folder: Path, *, margin: float, ratings: tuple[Path, ...], outputs: int, as_json: bool, html: Path | None
) -> int:
    """Say what the fleets of a comparison found, and whether the cheap one is as good.

    No model is asked. FOLDER is that of `chargehand parity run`. What counts is what is known of the changes,
    what the judge of `parity judge` said, and what people did.
    """
    from chargehand.parity.comparing import score as scored
    from chargehand.parity.shown.document import document
    from chargehand.parity.shown.html import page as shown_page
    from chargehand.parity.shown.table import table
    from chargehand.parity.trial.folder import Folder
    from chargehand.reports.write import check_writable, write

    if html:
        check_writable(html, "Nothing was scored")
    scores = scored(Folder(folder), margin / 100, ratings, outputs)
    if html:
        write(html, shown_page(scores))
    click.echo(document(scores) if as_json else table(scores), nl=False)
    return exit_codes.PASSED


@parity.command()
@click.argument("folder", metavar="FOLDER", type=PATH)
@click.option("--into", metavar="FILE", type=PATH, required=True, help="Write the page here.")
@OUTPUTS
@click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file.")
def page(folder: Path, *, into: Path, outputs: int, config: Path | None) -> int:
    """Write a page on which people say what findings are worth, without being told whose they are.

    It is one file that loads nothing. What they say they save, for `parity score --ratings`.
    """
    from chargehand.core.counting import count
    from chargehand.parity.reading import people_page
    from chargehand.parity.trial.folder import Folder
    from chargehand.reports.write import check_writable, write

    check_writable(into, "No page was written")
    number, text = people_page(Folder(folder), outputs, config, _place(quiet=True))
    write(into, text)
    click.echo(f"{into}: {count(number, 'finding')} to rate")
    return exit_codes.PASSED


@parity.command()
@click.argument("folder", metavar="FOLDER", type=PATH)
@click.option("--model", metavar="MODEL", help="Who judges; without it the strongest model of the baseline.")
@click.option("--max-spend", metavar="USD", required=True, callback=usd, help="Hard cap for all of it.")
@OUTPUTS
@click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file.")
@QUIET
def judge(
    folder: Path, *, model: str | None, max_spend: Decimal, outputs: int, config: Path | None, quiet: bool
) -> int:
    """Have a model say, twice, what findings are worth, without being told whose they are.

    What it said is kept in FOLDER, and counts in `parity score`. A later start goes on.
    """
    from chargehand.parity.reading import ask_judge
    from chargehand.parity.trial.folder import Folder

    place = _place(quiet=quiet)
    why = ask_judge(Folder(folder), model, max_spend, outputs, config, place)
    if not why:
        return exit_codes.PASSED
    place.say(f"Not complete: {why}. Start it again to go on.")
    return exit_codes.INTERRUPTED if place.cancellation.is_interrupted else exit_codes.INCOMPLETE


def _place(*, quiet: bool) -> "Place":
    from chargehand.core.cancellation import Cancellation
    from chargehand.parity.trial.running import Place

    cancellation = click.get_current_context().ensure_object(Cancellation)
    cancellation.is_cooperative = True
    shown = progress(-1 if quiet else 0)
    return Place(working_folder(), dict(os.environ), shown.say, cancellation)
