"""The guard's words: which warn, which do not, and what is left when they are removed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.sensitive import without, words_in

# What customers order, what the portal itself says, and what is only similar.
ORDERS = """
Arbeidshelse / helsekontroll (målrettet helsekontroll, hørselskontroll (audiometri), spirometri, nattarbeid,
ved avløpsanlegg, asbest, kjemikalier, ioniserende stråling, dykking, røyk- og kjemikaliedykking)
Sertifisering og helseattest (offshore, sjøfolk, utvidet førerkort)
Vaksinasjon, vaksine mot influensa og hepatitt
Arbeidsmedisinsk poliklinikk (AMP), bedriftsmedisin, idretts- og arbeidsmedisin, medisinsk utstyr
Ergonomi (ergonomigjennomgang, arbeidsplassvurdering, ryggskole), muskel- og skjelettlidelser, ryggplager
Yrkeshygiene (støymåling, støv, inneklima, radon, belysning, stoffkartotek), kreftfremkallende kjemikalier
Psykososialt og organisatorisk arbeidsmiljø (støttesamtaler, konflikthåndtering, krisehåndtering, AKAN-arbeid,
medarbeiderkartlegging), psykolog, stressmestring, forebygge utbrenthet
AKAN, ruspolicy, rusmiddeltesting, rusforebygging
Systematisk HMS (samarbeidsmøte, vernerunde, risikovurdering, deltakelse i AMU, plan for BHT-bistand)
Kurs (førstehjelpskurs, 40-timers HMS-kurs, lederkurs, stoffkartotekkurs), hjertestans
forflytning av pasienter
Sykefravær (dialogmøte, tilrettelegging), oppfølging av sykefravær, sjukefråvær, egenmelding
tilrettelegging for gravide, yrkessykdom og yrkesskade, allergifremkallende stoffer, når ansatte blir syke
Hjertestarter, dataskjermbriller, For- og etterarbeid til HK, Volumbestilling HK, presentasjon av årsrapport
Bekreft tidspunktet. Vi samler kreftene. Kjørejournal. Sykehuset har egen sykepleier. Krus, kurs og russ.
Angående langstrakte kontorer. Journalister. Ikke skriv sensitive opplysninger her. Epost og mobil.
"""
# About one person's health.
SENSITIVE = """
diagnose diagnosen diagnoser diagnostisert kreftdiagnose ADHD-diagnose epikrise legeerklæring legeerklæringen
journal pasientjournalen sykmeldt sykmelding sykmeldingen sykemeldt langtidssykmeldt sjukmeld sjukmelding
sjukemeldt ufør uføretrygdet syk sykdom sjuk sjukdom lidelse liding sykehusinnlagt operert
depresjon fødselsdepresjon deprimert angst angstlidelse psykiatrisk psykiater psykose bipolar ADHD PTSD
selvmordstanker rus rusproblemer rusmisbruk alkoholmisbruk alkohol-misbruk alkoholproblem alkoholiker
kreft brystkreft kreftsyk hjernesvulst cellegift epilepsi epileptiker diabetes diabetiker HIV HIV-positiv
astma migrene prolaps ryggprolaps allergisk gravid abort spontanabort
medisin medisiner medikament medikamenter antidepressiva
"""


@pytest.mark.parametrize("line", ORDERS.strip().split("\n"))
def test_what_customers_order_does_not_warn(line: str) -> None:
    assert words_in(line) == []


@pytest.mark.parametrize("word", SENSITIVE.split())
def test_words_about_a_persons_health_warn_in_any_case(word: str) -> None:
    for written in word, word.upper(), word.capitalize(), f"({word}).", f"x {word}, y", f"«{word}»":
        assert [found.casefold() for found in words_in(written)] == [word.casefold()]


def test_words_come_in_order_of_appearance_as_written_and_once() -> None:
    text = "Sykmeldt i mai (Diagnose: angst-/depresjon). Er SYKMELDT, har HIV-positiv bror, diagnose ukjent."
    assert words_in(text) == ["Sykmeldt", "Diagnose", "angst", "depresjon", "HIV-positiv"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hun er sykmeldt nå", "Hun er nå"),
        ("Hun er  sykmeldt  nå", "Hun er nå"),
        ("Hun har angst, og trenger samtale.", "Hun har, og trenger samtale."),
        ("Hun er sykmeldt.", "Hun er."),
        ("Er hun gravid?", "Er hun?"),
        ("Uro, angst.", "Uro."),
        ("Stress, angst, uro", "Stress, uro"),
        ("Stress, angst, depresjon, uro", "Stress, uro"),
        ("angst, depresjon, uro", "uro"),
        ("angst/uro", "uro"),
        ("uro/angst nå", "uro nå"),
        ("uro/angst/stress", "uro/stress"),
        ("Diagnose: ukjent", "ukjent"),
        ("Årsak: angst.", "Årsak."),
        ("Hei. Angst. Takk.", "Hei. Takk."),
        ("Samtale (angst) i uke 42", "Samtale i uke 42"),
        ("Samtale (stress, angst) i uke 42", "Samtale (stress) i uke 42"),
        ("Samtale (angst, stress) i uke 42", "Samtale (stress) i uke 42"),
        ("Gjelder «depresjon» hos en", "Gjelder hos en"),
        ("angst- og ryggplager", "og ryggplager"),
        ("Kurs\nangst\r\nuke  42 , sal 3", "Kurs\n\r\nuke  42 , sal 3"),
        ("Har angst \nTakk", "Har\nTakk"),
        ("Epilepsi!", ""),
        ("sykmeldt Sykmeldt SYKMELDT", ""),
    ],
)
def test_removing_leaves_no_double_blanks_and_no_stray_punctuation(text: str, left: str) -> None:
    assert without(text, words_in(text)) == left


def test_only_the_words_given_are_removed_and_only_whole() -> None:
    text = "Angst og stress, angstfull, HIV-positiv. Angst!"
    assert without(text, ["ANGST", "HIV"]) == "og stress, angstfull, HIV-positiv."
    assert without(text, []) == text
    assert without(text, ["migrene"]) == text


pieces = st.sampled_from(
    [
        *"  \t\n,.;:!?/()«»\"'-_",
        "angst",
        "Sykmeldt",
        "kreft-syk",
        "HIV",
        "uro",
        "kurs",
        "og",
        "AKAN-sak",
        "\r\n",
        "4",
    ]
)
texts = st.lists(pieces | st.text(max_size=3), max_size=40).map("".join)


def tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


@given(texts)
def test_after_removal_nothing_warns(text: str) -> None:
    assert words_in(without(text, words_in(text))) == []


@given(texts)
def test_removal_touches_no_other_word_and_no_line(text: str) -> None:
    words = words_in(text)
    left = without(text, words)
    gone = {word.casefold() for word in words}
    whole_words = re.findall(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*", text)
    assert tokens(left) == tokens(" ".join(word for word in whole_words if word.casefold() not in gone))
    assert left.count("\n") == text.count("\n")


@given(st.text())
def test_any_text_can_be_checked(text: str) -> None:
    assert without(text, words_in(text)) == text or words_in(text)
