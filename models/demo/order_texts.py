"""What the demo's customers have ordered: one row per order, the newest last within each customer.

The user guide's order, the health-check round and all dates and numbers are made in `models.demo.orders`.
"""

from datetime import date
from typing import NamedTuple

from models.catalogue.entry import PRODUCT_GROUPS

HEALTH, CERTIFICATE, VACCINE, AMP, ERGONOMICS, HYGIENE, PSYCHOSOCIAL, HMS, COURSE, ABSENCE, HEART = PRODUCT_GROUPS


class Row(NamedTuple):
    """One order, so many days before the demo is loaded; `key` is how a booking finds it."""

    days_ago: int
    unit: str
    product_group: str | None
    status: str | None
    delivery: str
    quantity: str
    reference: str
    location: str
    description: str
    key: str = ""
    latest: date | None = None
    """Ordered no later than this, whatever the day of loading."""


# Who is asked about an order; numbers that begin with 1 are given to nobody.
CONTACTS = {
    "Demokunde_Test": "Ola Olsen, 12 34 51 01",
    "Testbedriften AS": "Tuva Webstad, 12 34 51 11",
    "Bergen TEST": "Terje Webstad, 12 34 51 12",
    "Fjordbygg Entreprenør AS": "Hilde Moldskred, 12 34 51 21",
    "Bergen": "Hilde Moldskred, 12 34 51 21",
    "Stavanger": "Rune Hegglund, tlf. 12 34 51 22",
    "Tromsø": "Ánne Sarastad, 12 34 51 23",
    "Administrasjon": "Hilde Moldskred, 12 34 51 21",
    "Solvik kommune": "Torbjørn Ekrenes (HR), 12 34 51 31",
    "Helse og omsorg": "Bente Fjøsvoll, 12 34 51 32",
    "Brann og redning": "Lena Brattvåg, 12 34 51 33",
    "Teknisk drift": "Kjell Grusmo, mobil 12 34 51 34",
    "Skole": "Åshild Tavlerud, 12 34 51 35",
    "Øvre Solvik skole": "Rektor Frøydis Pultnes, 12 34 51 36",
    "Ærfugløya skole": "Rektor Ærlend Sjøgård, 12 34 51 37",
    "Produksjon": "Skiftleder Gorm Isaksvik, 12 34 51 41",
    "Salg": "Silja Torskhaug, 12 34 51 42",
    "Nordlys Data AS": "Maren Bitstad, 12 34 51 51",
}

LONG_DESCRIPTION = """\
Vi planlegger en samlet gjennomgang av arbeidsmiljøet i Teknisk drift og ønsker å dele oppdraget i fire deler.

Del 1: Vernerunde på verkstedet, lageret og renseanlegget sammen med verneombud og driftsleder. Vi vil ha en \
skriftlig rapport med prioriterte tiltak, ansvarlig og frist, slik at den kan legges rett inn i handlingsplanen vår.

Del 2: Kartlegging av støy og vibrasjoner ved kantklipping, brøyting og asfaltering. De fleste maskinene er fra \
2016–2021, og vi har målerapporter for noen av dem. De kan vi sende over på forhånd. Målingene bør gjøres på en \
vanlig arbeidsdag, helst tirsdag eller torsdag, for da er begge lagene ute.

Del 3: Gjennomgang av stoffkartoteket. Vi har omtrent 140 produkter registrert, men vet at en del ikke lenger er i \
bruk. Vi trenger hjelp til å rydde, finne produkter som kan byttes ut, og vurdere risiko for dem som blir igjen. \
Særlig gjelder det avfettingsmidler, tokomponent maling og produktene på renseanlegget.

Del 4: Et møte på to timer for alle ansatte der dere legger fram funnene, og der vi sammen velger de fem viktigste \
tiltakene. Vi er rundt 60 personer på dagtid og 12 i vaktordning, så det bør settes opp to møter: ett kl. 08.00 og \
ett kl. 13.00. Kantina på Verksvegen har projektor og plass til 70.

Framdrift: Vi ønsker oppstart innen seks uker og alt ferdig før budsjettarbeidet begynner. Ta kontakt med \
driftsleder for å avtale dager, og med verneombudet for adgang til renseanlegget. Alle som skal inn der, må ha \
vernesko, hjelm og refleksvest; vest og hjelm kan lånes i resepsjonen. Parkering er gratis på baksiden av bygget, og \
det er lader for elbil. Vi har satt av midler til inntil 45 timer i år. Blir det mer, ønsker vi et nytt overslag før \
dere går videre. Rapportene sendes samlet når alle fire delene er ferdige. Gi gjerne beskjed dersom noe av dette bør \
gjøres i en annen rekkefølge.

Fakturaen kan deles i to, med halvparten etter del 2."""

# A row reads best in two lines.
# fmt: off
DEMOKUNDE = [
    Row(730, "Demokunde_Test", ERGONOMICS, "Fakturert", "Ergonomigjennomgang", "3 arbeidsplasser",
        "PO-4478", "Kontoret, 2. etasje", "Nye heve- og senkepulter. Vi trenger hjelp til å stille dem inn."),
    Row(402, "Demokunde_Test", COURSE, "Utført", "Førstehjelpskurs", "3 personer",
        "PO-4502", "Møterom Fjellet", "Grunnkurs med hjerte- og lungeredning."),
    Row(210, "Demokunde_Test", VACCINE, "Avbestilt", "Influensavaksine", "3",
        "", "Kontoret", "Vi tar vaksinen på legekontoret i stedet."),
    Row(66, "Demokunde_Test", COURSE, "Planlagt", "Førstehjelpskurs, 12 personer", "12",
        "PO-4533", "Møterom Fjellet", "Repetisjonskurs. Naboene i bygget er invitert med.", "first aid, Demokunde"),
    Row(31, "Demokunde_Test", HMS, "Venter på kunde", "Vernerunde", "1 dag",
        "PO-4540", "Hele kontoret", "Verneombudet er ny og vil gjerne være med."),
    Row(12, "Demokunde_Test", ERGONOMICS, "Under behandling", "Dataskjermbriller", "2 ansatte",
        "PO-4547", "", "Hvordan går vi fram?"),
    Row(1, "Demokunde_Test", None, "Mottatt", "40-timers HMS-kurs", "1 verneombud",
        "PO-4551", "Hos dere eller digitalt", "Når er neste kurs?"),
]

TESTBEDRIFTEN = [
    Row(1005, "Bergen TEST", HYGIENE, "Fakturert", "Støymåling", "1 hall",
        "TB-118350", "Lageret på kaia", "Måling ved pakkelinje 1 og 2."),
    Row(610, "Testbedriften AS", HMS, "Utført", "Årsrapport og plan for BHT-bistand", "2 møter",
        "TB-118352", "Teams", ""),
    Row(180, "Bergen TEST", HEART, "Fakturert", "Hjertestarter med opplæring", "1",
        "TB-118360", "Resepsjonen",
        'Skap med merke "AED" ved inngangen. Opplæring for <b>alle</b> på dagskiftet & kveldsskiftet.'),
    Row(34, "Bergen TEST", HEALTH, "Planlagt", "Hørselskontroll", "ca. 8 ansatte",
        "TB-118371", "Møterom Løvstakken", "Alle som arbeider på lageret.", "hearing, Bergen TEST"),
    Row(5, "Testbedriften AS", PSYCHOSOCIAL, None, "Medarbeiderkartlegging", "hele bedriften",
        "", "Digitalt", "Vi ønsker et tilbud før vi bestemmer oss."),
]

FJORDBYGG = [
    Row(1085, "Bergen", HMS, "Fakturert", "Vernerunde", "Byggeplass Nordnes",
        "FB-1001", "Byggeplass Nordnes", "Sammen med verneombud og anleggsleder."),
    Row(1040, "Stavanger", HYGIENE, "Fakturert", "Støymåling produksjonshall", "1 dag",
        "FB-1007", "Elementfabrikken, Sandnesvegen", "Tre soner: kapping, støp og lager."),
    Row(960, "Tromsø", COURSE, "Fakturert", "Førstehjelpskurs 12 personer", "12",
        "FB-1019", "Brakkeriggen", "Med vekt på klem- og fallskader."),
    Row(930, "Bergen", VACCINE, "Fakturert", "Vaksinasjon hepatitt og stivkrampe", "17 ansatte",
        "FB-1021", "Brakkeriggen, Nordnes", "Alle som arbeider med grøft og avløp."),
    Row(905, "Bergen", HEALTH, "Fakturert", "Målrettet helsekontroll, asbest", "9 ansatte",
        "FB-1023", "Bedriftshelsesenteret Bergen", "Rivelaget."),
    Row(850, "Administrasjon", ERGONOMICS, "Fakturert", "Arbeidsplassvurdering kontor", "14 arbeidsplasser",
        "FB-1030", "Hovedkontoret, Bergen", ""),
    Row(790, "Stavanger", CERTIFICATE, "Utført", "Helseattest offshore", "4",
        "FB-1034", "Bedriftshelsesenteret Stavanger", "To av dem reiser ut om tre uker."),
    Row(715, "Bergen", PSYCHOSOCIAL, "Fakturert", "Støttesamtaler etter hendelse på byggeplass", "4",
        "FB-1041", "Etter avtale", "Samtaler en og en. Vi trenger bare å vite antallet."),
    Row(655, "Tromsø", HYGIENE, "Avvist", "Radonmåling i privatbolig", "1",
        "", "Kvaløya", "Gjelder en ansatts egen bolig."),
    Row(590, "Fjordbygg Entreprenør AS", HEALTH, "Fakturert", "Hørselskontroll (audiometri)", "ca. 90 ansatte",
        "FB-1055", "Hos dere, i hver avdeling", "Alle som arbeider i støy, også på kontoret ved fabrikken.",
        "hearing, Fjordbygg"),
    Row(540, "Fjordbygg Entreprenør AS", PSYCHOSOCIAL, "Utført", "Lederkurs: konflikthåndtering", "12 ledere",
        "FB-1058", "Hovedkontoret, kurssalen", "En samling på seks timer.", "conflicts"),
    Row(520, "Administrasjon", HMS, "Fakturert", "Deltakelse i AMU", "4 møter i året",
        "FB-1060", "Hovedkontoret og Teams", ""),
    Row(455, "Stavanger", HYGIENE, "Utført", "Kartlegging av kvartsstøv", "2 byggeplasser",
        "FB-1066", "Hinna og Forus", "Personbårne prøver på betongsagerne."),
    Row(380, "Tromsø", COURSE, "Utført", "Førstehjelpskurs 12 personer", "12",
        "FB-1072", "Brakkeriggen, møterommet", "Fornyelse for basene.", "first aid, Tromsø"),
    Row(320, "Bergen", COURSE, "Avbestilt", "Stoffkartotekkurs", "6 personer",
        "FB-1077", "Hovedkontoret", "Utsettes til nytt stoffkartotek er på plass."),
    Row(260, "Fjordbygg Entreprenør AS", HMS, "Fakturert", "Plan for BHT-bistand", "Alle avdelinger",
        "FB-1080", "Hovedkontoret", "Samarbeidsmøte med ledelsen og hovedverneombudet."),
    Row(150, "Stavanger", ABSENCE, "Utført", "Dialogmøte", "1",
        "FB-1091", "Kontoret på Forus", "Bistand i møtet. Detaljer tas på telefon."),
    Row(95, "Tromsø", ERGONOMICS, "Løpende", "Ergonomigjennomgang kontor Tromsø", "11 arbeidsplasser",
        "FB-1098", "Kontoret, Sjøgata", "Tas over flere dager, tre eller fire om gangen."),
    Row(60, "Fjordbygg Entreprenør AS", COURSE, "Planlagt", "40-timers HMS-kurs", "inntil 32, 16 på hver dato",
        "FB-1104", "Hovedkontoret, kurssalen", "Verneombud og ledere fra alle avdelinger.", "hms course"),
    Row(36, "Administrasjon", COURSE, "Planlagt", "Førstehjelpskurs", "12",
        "FB-1107", "Hovedkontoret, kurssalen", "", "first aid, Administrasjon"),
    Row(14, "Bergen", HYGIENE, "Venter på kunde", "Støvmåling", "1 byggeplass",
        "FB-1112", "Byggeplass Laksevåg", "Vi kommer tilbake med hvilken uke det sages."),
    Row(0, "Stavanger", None, None, "Vaksinasjon stivkrampe", "ca. 20 ansatte",
        "FB-1115", "Brakkeriggen på Forus", "Helst på morgenen, før arbeidet begynner."),
]

SOLVIK = [
    Row(1060, "Helse og omsorg", VACCINE, "Fakturert", "Vaksinasjon influensa", "ca. 200",
        "SK-4100-01", "Solvik sykehjem", ""),
    Row(760, "Øvre Solvik skole", HYGIENE, "Utført", "Inneklimamåling", "8 klasserom",
        "SK-4200-07", "Øvre Solvik skole, B-fløya", "Ansatte melder om tørr luft etter ombyggingen."),
    Row(330, "Helse og omsorg", VACCINE, "Fakturert", "Vaksinasjon influensa", "ca. 80",
        "SK-4100-19", "Solvik sykehjem, dagligstua", "Rundt vaktskiftet, for begge lag.", "influenza, Helse og omsorg"),
    Row(240, "Ærfugløya skole", HEART, "Fakturert", "Hjertestarter", "1",
        "SK-4200-15", "Ærfugløya skole", "Ferga går 07.40 og 15.10."),
    Row(120, "Solvik kommune", AMP, "Løpende", "Arbeidsmedisinsk poliklinikk", "etter behov",
        "SK-4000-03", "Bedriftshelsesenteret Solvik", "Rammeavtale for alle enheter."),
    Row(75, "Teknisk drift", HMS, "Under behandling", "Gjennomgang av arbeidsmiljøet", "4 deler, inntil 45 timer",
        "SK-4300-09", "Verksvegen 4 og renseanlegget", LONG_DESCRIPTION),
    Row(48, "Teknisk drift", ERGONOMICS, "Avbestilt", "Ryggskole", "10 personer",
        "SK-4300-10", "Kantina, Verksvegen 4", "To timer, i arbeidsklær.", "back school"),
    Row(40, "Brann og redning", COURSE, "Løpende", "Førstehjelp for nattskiftet", "flere grupper",
        "SK-4400-04", "Brannstasjonen", "Kurset må holdes mens vakta er på stasjonen.",
        "night shift", date(2026, 9, 24)),
    Row(28, "Brann og redning", HEALTH, "Planlagt", "Helsekontroll røyk- og kjemikaliedykking", "18",
        "SK-4400-05", "Bedriftshelsesenteret Solvik", "Årlig kontroll med belastningstest.", "smoke divers"),
    Row(3, "Skole", COURSE, None, "Førstehjelpskurs for svømmelærere", "ca. 20 ansatte",
        "SK-4200-22", "Solvikhallen", "Gjerne på en planleggingsdag."),
]

HAVBRIS = [
    Row(870, "Produksjon", HYGIENE, "Fakturert", "Støymåling produksjonshall", "Filetlinjen og fryselageret",
        "HS-77", "Fabrikken", "Etter ny filetmaskin."),
    Row(480, "Produksjon", ERGONOMICS, "Utført", "Ergonomigjennomgang ved pakking", "6 stasjoner",
        "HS-84", "Fabrikken", "Mye løft over skulderhøyde."),
    Row(130, "Salg", ERGONOMICS, "Fakturert", "Dataskjermbriller", "5",
        "HS-91", "Salgskontoret", ""),
    Row(32, "Produksjon", VACCINE, "Planlagt", "Influensavaksine", "ca. 20 ansatte",
        "HS-95", "Fabrikken, spiserommet", "Før pausen, slik at linjen kan gå.", "influenza, Produksjon"),
    Row(7, "Produksjon", HEALTH, "Under behandling", "Helsekontroll nattarbeid", "8",
        "HS-97", "Fabrikken", ""),
]

NORDLYS = [
    Row(690, "Nordlys Data AS", HYGIENE, "Fakturert", "Belysning og inneklima", "Hele etasjen",
        "ND-2201", "Kontoret, 4. etasje", ""),
    Row(350, "Nordlys Data AS", PSYCHOSOCIAL, "Utført", "Medarbeiderkartlegging", "30",
        "ND-2209", "Digitalt", "Resultatene legges fram på allmøtet."),
    Row(85, "Nordlys Data AS", PSYCHOSOCIAL, "Avvist", "AKAN-arbeid: foredrag på julebordet", "1",
        "", "Restaurant i sentrum", "Kan også tas på dagtid."),
    Row(29, "Nordlys Data AS", PSYCHOSOCIAL, "Planlagt", "Støttesamtaler", "4",
        "ND-2215", "Møterom Stillheten", "Omstilling. De ansatte velger selv time.", "talks, Nordlys"),
    Row(2, "Nordlys Data AS", ERGONOMICS, "Mottatt", "Ergonomigjennomgang", "5 nye arbeidsplasser",
        "ND-2218", "Kontoret, 4. etasje", ""),
]

# fmt: on
ROWS = DEMOKUNDE + TESTBEDRIFTEN + FJORDBYGG + SOLVIK + HAVBRIS + NORDLYS
