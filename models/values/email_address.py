"""E-mail addresses: what looks like one, and how its domain is written for other machines (IDNA 2008).

Who has which address, and the letters that go there, are elsewhere.
"""

import re

import idna

LONGEST = 254
_LONGEST_LOCAL = 64
_NAMED = re.compile(r"[^<>@]*<([^<>]*)>")
_LINK = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE)
_LOCAL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+", re.IGNORECASE)


def read(text: str) -> str:
    """An address that looks like one; raises the sentence for the field."""
    address = bare(text)
    if not address:
        raise ValueError("Skriv e-postadressen. Uten den får ikke den ansatte informasjon om timene sine.")
    local, at, domain = address.rpartition("@")
    if len(address) > LONGEST or len(address.partition("@")[0]) > _LONGEST_LOCAL:
        raise ValueError("E-postadressen er for lang.")
    if " " in address or "," in address or ";" in address:
        raise ValueError("Skriv bare én e-postadresse, uten mellomrom.")
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    top = domain.rpartition(".")[2]
    if not (local and at) or dots or "@" in local or "." not in domain or not top or top.isdigit():
        raise ValueError("Skriv e-postadressen slik: navn@firma.no.")
    if not _LOCAL.fullmatch(local):
        raise ValueError("Foran @ kan en e-postadresse bare ha bokstavene a til z, tall og enkelte tegn.")
    domain_in_ascii(domain)
    return address


def bare(text: str) -> str:
    """What is typed without what programs write around an address: `Kari <kari@firma.no>;` is `kari@firma.no`."""
    address = text.strip()
    if named := _NAMED.fullmatch(address.rstrip(" ,;.")):
        address = named[1].strip()
    if link := _LINK.fullmatch(address):
        address = link[1]
    if len(address) > 1 and address[0] == address[-1] and address[0] in "'\"":
        address = address[1:-1]
    return address.rstrip(" ,;.") if "@" in address else address


def domain_in_ascii(domain: str) -> str:
    """The domain as name servers know it: `straße.example` stays another one than `strasse.example`.

    Raises ValueError with the sentence for the field where IDNA 2008 knows no such domain.
    """
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:  # it is a UnicodeError, whose text is for programmers
        raise ValueError(
            "Skriv e-postadressen slik: navn@firma.no. Det som står etter @, kan ikke være et domene."
        ) from None


def folded(email: str | None) -> str | None:
    """What equal addresses have in common."""
    return email.casefold() if email else None
