"""Plants one known defect in the added lines of a change, so that one can ask who notices it.

    found = mutations(path, text, lines)      all defects that can be planted on these lines of a file
    file = plant(file, mutation)              the file of a diff, as if its author had made that mistake

Grammars of the extra `context` tell code from comments and strings. A language without one gets no defect.
"""

from chargehand.change.planting.into_diff import plant, plantable
from chargehand.change.planting.mutation import Edit, Mutation
from chargehand.change.planting.mutations import mutations

__all__ = ["Edit", "Mutation", "mutations", "plant", "plantable"]
