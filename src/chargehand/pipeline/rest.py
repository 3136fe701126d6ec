"""How what earlier runs left to read is read: in one call for all lenses if it is so little."""

from chargehand.core.diff import Diff
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.few_lines import in_one_call
from chargehand.pipeline.planner import left_over
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.readers import readers_of


def rest_in_one_call(planning: Planning, diff: Diff, crew: Crew) -> Planning:
    """Return the planning of what earlier runs left to read, at depth `quick` if that is so little.

    It stays as it is if some lens has yet to read what another one has: who reads all lenses in one call
    would say again what that one said.
    """
    left = diff.evolve(files=left_over(diff, crew.lenses, planning))
    alone = in_one_call(planning, left, crew)
    if not planning.reused or not left.files or alone.depth == planning.depth:
        return planning
    reused = dict(planning.reused)
    for reader in readers_of(crew.lenses, alone.depth):
        by_lens = {planning.reused.get(lens, frozenset()) for lens in reader.lenses}
        if len(by_lens) > 1:
            return planning
        reused[reader.name] = by_lens.pop()
    return alone.evolve(reused=reused)
