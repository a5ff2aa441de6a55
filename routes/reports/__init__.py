"""Rapporter: the documents, the figures, the HMS year, and the draft of the annual report."""

from routes.reports.documents import download, index, preview, show
from routes.reports.figures import figures, figures_csv

__all__ = ["download", "figures", "figures_csv", "index", "preview", "show"]
