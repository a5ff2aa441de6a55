"""Rapporter: the documents, the figures, the HMS year, and the draft of the annual report."""

from routes.reports.annual_report import annual_report, annual_report_pdf
from routes.reports.documents import download, index, preview, show
from routes.reports.figures import figures, figures_csv
from routes.reports.hms_year import hms_year

__all__ = [
    "annual_report",
    "annual_report_pdf",
    "download",
    "figures",
    "figures_csv",
    "hms_year",
    "index",
    "preview",
    "show",
]
