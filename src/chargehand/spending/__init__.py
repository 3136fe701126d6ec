"""What many runs cost: their JSON reports added up, as a table, as JSON and as a page.

reading = read_runs(paths)                   every run once, and what was not one
spending = add_up(reading, Targets())        all figures
table(spending), document(spending), page(spending)
"""

from chargehand.spending.document import document
from chargehand.spending.page import page
from chargehand.spending.quality import Targets
from chargehand.spending.reading import read_runs
from chargehand.spending.table import table
from chargehand.spending.totals import add_up

__all__ = ["Targets", "add_up", "document", "page", "read_runs", "table"]
