"""A repository's first files: the job or hook that reviews its changes, and a first configuration.

written = begin(repository, wanted)     writes what is not there yet
cost = past_cost(...)                   what the last merges would have cost
"""

from chargehand.app.init.begin import Begun, begin
from chargehand.app.init.homes import HOMES
from chargehand.app.init.past import Past, past_cost

__all__ = ["HOMES", "Begun", "Past", "begin", "past_cost"]
