"""The parties of a document (seller, buyer, payee) and where they are, in the words that stand there.

What must be said of them is in `rules`.
"""

from models.exchange.ehf.document import Address, Contact, Identifier, Party
from models.exchange.ehf.fields import clean, identifier, text
from models.exchange.ehf.xml import Node


def address(node: Node | None) -> Address | None:
    """An address, None where there is none."""
    if node is None:
        return None
    return Address(
        street=text(node, "StreetName"),
        additional=text(node, "AdditionalStreetName"),
        line=text(node, "AddressLine/Line"),
        zone=text(node, "PostalZone"),
        city=text(node, "CityName"),
        region=text(node, "CountrySubentity"),
        country=text(node, "Country/IdentificationCode"),
    )


def party(node: Node | None) -> Party | None:
    """A party, None where there is none."""
    if node is None:
        return None
    schemes = list(node.all("PartyTaxScheme"))
    contact = node.first("Contact")
    return Party(
        name=text(node, "PartyLegalEntity/RegistrationName") or text(node, "PartyName/Name"),
        trading_name=text(node, "PartyName/Name"),
        endpoint=identifier(node, "EndpointID"),
        identifiers=tuple(
            Identifier(clean(id.text), id.attributes.get("schemeID", "").strip())
            for id in node.all("PartyIdentification/ID")
        ),
        legal_id=identifier(node, "PartyLegalEntity/CompanyID"),
        legal_form=text(node, "PartyLegalEntity/CompanyLegalForm"),
        vat_id=next((text(each, "CompanyID") for each in schemes if _is_vat(each)), ""),
        tax_ids=tuple(text(each, "CompanyID") for each in schemes if not _is_vat(each)),
        address=address(node.first("PostalAddress")),
        contact=Contact(text(contact, "Name"), text(contact, "Telephone"), text(contact, "ElectronicMail"))
        if contact
        else None,
    )


def _is_vat(scheme: Node) -> bool:
    return scheme.at("TaxScheme/ID").upper() == "VAT"
