"""The parties of a document (seller, buyer, payee) and where they are, in the words that stand there.

What must be said of them is in `rules`.
"""

from models.exchange.ehf.document import Address, Contact, Identifier, Party
from models.exchange.ehf.fields import clean, identifier, written
from models.exchange.ehf.xml import Node

ENHETSREGISTERET = "0192"
"""The scheme of Norwegian organisation numbers (Peppol participant identifiers)."""


def identifiers_of(party: Party | None) -> list[Identifier]:
    """What a party is called by in registers, the most official first."""
    return (
        [each for each in (party.legal_id, *party.identifiers, party.endpoint) if each and each.value] if party else []
    )


def address(node: Node | None) -> Address | None:
    """An address, None where there is none."""
    if node is None:
        return None
    return Address(
        street=written(node, "StreetName"),
        additional=written(node, "AdditionalStreetName"),
        line=written(node, "AddressLine/Line"),
        zone=written(node, "PostalZone"),
        city=written(node, "CityName"),
        region=written(node, "CountrySubentity"),
        country=written(node, "Country/IdentificationCode"),
    )


def party(node: Node | None) -> Party | None:
    """A party, None where there is none."""
    if node is None:
        return None
    schemes = list(node.all("PartyTaxScheme"))
    contact = node.first("Contact")
    return Party(
        name=written(node, "PartyLegalEntity/RegistrationName") or written(node, "PartyName/Name"),
        trading_name=written(node, "PartyName/Name"),
        endpoint=identifier(node, "EndpointID"),
        identifiers=tuple(
            Identifier(clean(id.text), id.attributes.get("schemeID", "").strip())
            for id in node.all("PartyIdentification/ID")
        ),
        legal_id=identifier(node, "PartyLegalEntity/CompanyID"),
        legal_form=written(node, "PartyLegalEntity/CompanyLegalForm"),
        vat_id=next((written(each, "CompanyID") for each in schemes if _is_vat(each)), ""),
        tax_ids=tuple(written(each, "CompanyID") for each in schemes if not _is_vat(each)),
        address=address(node.first("PostalAddress")),
        contact=Contact(written(contact, "Name"), written(contact, "Telephone"), written(contact, "ElectronicMail"))
        if contact
        else None,
    )


def _is_vat(scheme: Node) -> bool:
    return scheme.at("TaxScheme/ID").upper() == "VAT"
