"""The states of documents, figures and plans, and how each is reached."""

from tests.web.states.ways import Ways, from_the_customer, opens

STATES: Ways = {
    "desk reports": ("desk_reports", "kam.lie", lambda person: from_the_customer(person, "Se og legg ut")),
    "new report": (
        "new_report",
        "kam.lie",
        lambda person: from_the_customer(person, "Se og legg ut", "Legg ut rapport", press="Legg ut"),
    ),
    "report to be removed": (
        "report_removal",
        "kam.lie",
        lambda person: from_the_customer(person, "Se og legg ut", "Ta bort Plan for BHT-bistand 2026"),
    ),
    "plan at the desk": (
        "desk_plan",
        "kam.lie",
        lambda person: from_the_customer(person, "Se og legg ut", "2026", press="Legg inn plan"),
    ),
    "documents": ("reports", "hms.fjord", opens("/reports")),
    "no documents": ("reports", "hms.fjord", opens("/reports?year=2024&kind=Plan")),
    "documents refused": ("reports", "hms.fjord", opens("/reports?year=1900")),
    "document": ("report", "hms.fjord", opens("/reports/4")),
    "figures": ("figures", "hms.fjord", opens("/reports/figures?year=2025")),
    "figures of this year": ("figures", "TESTWEB", opens("/reports/figures?year=2026")),
    "figures refused": ("figures", "hms.fjord", opens("/reports/figures?year=1900")),
    "plan": ("hms_year", "hms.fjord", opens("/reports/hms-year")),
    "no plan": ("hms_year", "hms.fjord", opens("/reports/hms-year?year=2027")),
    "annual report": ("annual_report", "hms.fjord", opens("/reports/annual-report?year=2025")),
}
