"""What many runs cost: their JSON reports added up, as a table, as JSON and as a page.

reading = read_runs(paths)                   every run once, and what was not one
spending = add_up(reading, Targets())        all figures
table(spending), document(spending), page(spending)
"""

from chargehand.reports.spend.document import document
from chargehand.reports.spend.page import page
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.reading import read_runs
from chargehand.reports.spend.table import table
from chargehand.reports.spend.totals import add_up

__all__ = ["Targets", "add_up", "document", "page", "read_runs", "table"]
