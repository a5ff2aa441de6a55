"""The demo's reports (product 6.8), and which customers have Rapporter (U1).

They are real PDFs, written while the demo is loaded. They are about groups: none of them names a person.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import in_oslo, today_in_oslo
from models.customers.customer import Customer
from models.customers.units import Unit
from models.exchange.pdf import draw_first_page, write_pdf
from models.reports.report import Kind, add_report

WITH_REPORTS = ("Testbedriften AS", "Fjordbygg Entreprenør AS", "Solvik kommune")
PROVIDER = "Bedriftshelsetjenesten"
_TEMPLATE = "reports/report.typ"
_WRITTEN_BY = {
    "Testbedriften AS": "Silje Haugen",
    "Bergen TEST": "Silje Haugen",
    "Brann og redning": "Aisha Rahman",
    "Solvik kommune": "Aisha Rahman",
}


class Written(NamedTuple):
    """A report as it is written; `years_ago` counts from the year of loading."""

    unit: str
    kind: Kind
    years_ago: int
    published: tuple[int, int, int]
    """How many years later, in which month, on which day; never after the loading."""
    title: str
    """With `{year}` for the year that it is about."""
    summary: str
    sections: list[dict[str, Any]]


# fmt: off
REPORTS = [
    Written("Stavanger", Kind.SURVEY, 2, (0, 11, 18), "Støykartlegging produksjonshall",
        "Personbårne målinger på åtte arbeidsplasser i elementfabrikken. To soner ligger over tiltaksverdien på 80 dB.",
        [
            {"heading": "Sammendrag", "text": [
                ("Støyen er målt i elementfabrikken på en vanlig arbeidsdag, med personbårne målere gjennom hele "
                "skiftet. Resultatene er gitt som daglig eksponering, LEX,8h."),
                ("Kapping ligger over grenseverdien på 85 dB og støp over nedre tiltaksverdi på 80 dB. Lager og "
                "verksted ligger under.")]},
            {"heading": "Resultater", "heads": ["Sone", "LEX,8h (dB)", "Toppverdi (dB)", "Vurdering"], "right": [1, 2],
                "rows": [
                    ["Kapping", "88", "121", "Over grenseverdi"],
                    ["Støp", "82", "112", "Over tiltaksverdi"],
                    ["Verksted", "77", "118", "Under tiltaksverdi"],
                    ["Lager", "71", "104", "Under tiltaksverdi"]],
                "after": ["Usikkerheten er beregnet til 2 dB."]},
            {"heading": "Anbefalte tiltak", "points": [
                "Kapselbygging rundt kappsagen, og vedlikehold av bladene etter plan.",
                "Merking av sonen, og hørselvern som alle bruker.",
                "Ny måling når tiltakene er gjennomført.",
                "Hørselskontroll for dem som arbeider ved kappsagen."]},
        ]),
    Written("Tromsø", Kind.SURVEY, 1, (0, 9, 24), "Vernerunde Tromsø",
        "Brakkeriggen og kontoret i Sjøgata, sammen med verneombud og anleggsleder. Ni tiltak, tre av dem haster.",
        [
            {"heading": "Gjennomføring", "text": [
                ("Vernerunden omfattet brakkeriggen og kontoret. Verneombud, anleggsleder og bedriftshelsetjenesten "
                "deltok. Funnene er gått gjennom med ledelsen samme dag.")]},
            {"heading": "Tiltak", "heads": ["Tiltak", "Ansvarlig", "Frist"], "rows": [
                ["Rømningsvei i øvre rigg ryddes og merkes", "Anleggsleder", "Straks"],
                ["Rekkverk ved trappetårn festes", "Bas", "Straks"],
                ["Øyeskyllflasker byttes, to er utgått på dato", "Verneombud", "Straks"],
                ["Punktavsug ved sveisebenken", "Anleggsleder", "Tre måneder"],
                ["Belysning på lagerplassen utbedres", "Anleggsleder", "Tre måneder"],
                ["Stoffkartoteket oppdateres for tre produkter", "HMS-leder", "Seks måneder"]]},
        ]),
    Written("Administrasjon", Kind.SURVEY, 1, (0, 11, 5), "Ergonomisk kartlegging Administrasjon",
        "Gjennomgang av kontorarbeidsplassene på hovedkontoret, med anbefalinger for lys, stol og skjerm.",
        [
            {"heading": "Bakgrunn", "text": [
                "Kartleggingen er gjort etter ønske fra arbeidsmiljøutvalget."]},
            {"heading": "Hovedfunn", "points": [
                "De fleste har hev- og senkbart bord, men få bruker det mer enn en gang om dagen.",
                "Skjermene står for lavt på arbeidsplasser med to skjermer.",
                "Det blender fra vinduene mot sør etter klokka tolv."]},
            {"heading": "Anbefalinger", "points": [
                "Skjermarmer på arbeidsplasser med to skjermer.",
                "Utvendig solskjerming mot sør.",
                "Kort opplæring i arbeidsstilling, gruppevis."]},
        ]),
    Written("Bergen", Kind.HEALTH_CHECK, 1, (0, 6, 17), "Rapport målrettet helsekontroll Bergen (anonymisert)",
        "Resultater på gruppenivå. Ingen gruppe er mindre enn fem personer, og ingen kan kjennes igjen.",
        [
            {"heading": "Om rapporten", "text": [
                ("Arbeidstakere som er utsatt for støy, støv og vibrasjoner er tilbudt målrettet helsekontroll etter "
                "forskrift om utførelse av arbeid kapittel 14. Rapporten gjelder gruppen, ikke den enkelte. Grupper "
                "på færre enn 5 personer er slått sammen eller utelatt.")]},
            {"heading": "Funn på gruppenivå",
                "heads": ["Undersøkelse", "Undersøkt", "Uten merknad"], "right": [1, 2],
                "rows": [
                    ["Hørsel (audiometri)", "41", "Over 80 prosent"],
                    ["Lungefunksjon (spirometri)", "28", "Over 90 prosent"],
                    ["Hånd- og armvibrasjoner", "17", "Over 70 prosent"]]},
            {"heading": "Anbefalinger til arbeidsgiver", "points": [
                "Mer bruk av vibrasjonsdempet verktøy, og begrenset brukstid per skift.",
                "Hørselvern med kommunikasjon for dem som dirigerer maskiner.",
                "Våtsaging og punktavsug ved kutting i betong.",
                "Ny kontroll om to år, tidligere ved endret eksponering."]},
        ]),
    Written("Fjordbygg Entreprenør AS", Kind.ANNUAL_REPORT, 1, (1, 2, 12),
        "Årsrapport {year} – Fjordbygg Entreprenør AS",
        "Hva bedriftshelsetjenesten har bistått med i alle avdelinger, og hva som følges opp neste år.",
        [
            {"heading": "Innledning", "text": [
                ("Rapporten beskriver bistanden fra bedriftshelsetjenesten i {year}, slik forskrift om organisering, "
                "ledelse og medvirkning § 13-3 krever. Planen for året ble laget sammen med ledelsen, "
                "hovedverneombudet og arbeidsmiljøutvalget.")]},
            {"heading": "Hva som er gjort", "points": [
                "Hørselskontroll og målrettet helsekontroll i Bergen.",
                "Førstehjelpskurs i Tromsø.",
                "Kartlegging av kvartsstøv på to byggeplasser i Stavanger.",
                "Lederkurs i konflikthåndtering, og deltakelse i fire møter i arbeidsmiljøutvalget."]},
            {"heading": "Vurdering", "text": [
                ("Støy og støv er fortsatt de viktigste risikoforholdene på byggeplassene. Samarbeidet med "
                "vernetjenesten er godt, og tiltakene fra vernerundene blir fulgt opp. Psykososialt arbeidsmiljø bør "
                "prioriteres i prosjekter med stor utskifting.")]},
            {"heading": "Følges opp", "points": [
                "Støytiltak ved kapping i Stavanger.",
                "Ergonomi på kontoret i Tromsø.",
                "Førstehjelp for basene i alle avdelinger."]},
        ]),
    Written("Testbedriften AS", Kind.ANNUAL_REPORT, 1, (1, 2, 19), "Årsrapport {year} – Testbedriften AS",
        "Kort oppsummering av bistanden og av samarbeidsmøtene.",
        [
            {"heading": "Innledning", "text": [
                ("Rapporten beskriver bistanden fra bedriftshelsetjenesten i {year}, jf. forskrift om organisering, "
                "ledelse og medvirkning § 13-3.")]},
            {"heading": "Hva som er gjort", "points": [
                "Årlig samarbeidsmøte om plan og rapport.", "Råd om plassering av hjertestarter i Bergen."]},
        ]),
    Written("Brann og redning", Kind.PLAN, 0, (0, 1, 14), "Plan for BHT-bistand {year} – Brann og redning",
        "Helsekontroll for røyk- og kjemikaliedykkere, øvelser i førstehjelp og oppfølging etter hendelser.",
        [
            {"heading": "Mål", "text": [
                "Alle røyk- og kjemikaliedykkere skal ha gyldig helsekontroll gjennom hele året."]},
            {"heading": "Aktiviteter", "heads": ["Aktivitet", "Når"], "rows": [
                ["Helsekontroll røyk- og kjemikaliedykking", "4. kvartal"],
                ["Førstehjelp for nattskiftet", "4. kvartal"],
                ["Samarbeidsmøte", "1. kvartal"]]},
        ]),
    Written("Fjordbygg Entreprenør AS", Kind.PLAN, 0, (0, 1, 22), "Plan for BHT-bistand {year}",
        "Aktivitetene som er avtalt for året, med begrunnelse og kvartal. Laget sammen med ledelsen og vernetjenesten.",
        [
            {"heading": "Grunnlag", "text": [
                ("Planen bygger på risikovurderingene i avdelingene, vernerundene og samarbeidsmøtet i januar. "
                "Den er behandlet i arbeidsmiljøutvalget.")]},
            {"heading": "Prioriterte risikoforhold", "points": [
                "Støy og vibrasjoner fra verktøy og maskiner.",
                "Kvartsstøv ved saging og boring i betong.",
                "Tunge løft og arbeid over skulderhøyde.",
                "Alenearbeid og tidspress i korte prosjekter."]},
            {"heading": "Oppfølging", "text": [
                ("Framdriften følges i samarbeidsmøter hvert halvår og i kundeportalen under Rapporter. Endringer i "
                "planen avtales med kundeansvarlig.")]},
        ]),
]
# fmt: on


def add_reports(db: Session, units: dict[str, Unit], *, now: datetime) -> None:
    """Switch Rapporter on where it belongs, and add the reports, the oldest first."""
    ids = [units[name].customer_id for name in WITH_REPORTS]
    db.execute(update(Customer).where(Customer.id.in_(ids)).values(has_reports=True))
    for report in REPORTS:
        _add(db, report, units[report.unit], now)


def _add(db: Session, report: Written, unit: Unit, now: datetime) -> None:
    year = today_in_oslo(now).year - report.years_ago
    later, month, day = report.published
    title = report.title.format(year=year)
    author = _WRITTEN_BY.get(report.unit, "Per-Arne Lie")
    facts = {
        "title": title,
        "author": PROVIDER,
        "kind": report.kind.word,
        "about": [["Bedrift/avdeling", unit.name], ["År", str(year)], ["Kundeansvarlig", author]],
        "sections": list(_dated(report.sections, year)),
    }
    add_report(
        db,
        unit,
        kind=report.kind,
        year=year,
        title=title,
        summary=report.summary,
        file_name=f"{title}.pdf",
        content=write_pdf(_TEMPLATE, facts),
        preview=draw_first_page(_TEMPLATE, facts),
        by=author,
        now=min(now, in_oslo(date(year + later, month, day), time(9, 0))),
    )


def _dated(sections: list[dict[str, Any]], year: int) -> Iterator[dict[str, Any]]:
    for section in sections:
        yield {**section, "text": [text.format(year=year) for text in section.get("text", [])]}
