"""E-mail addresses: which are taken, and where a letter to an international domain goes (AN2)."""

import pytest

from models.values.email_address import domain_in_ascii, read


@pytest.mark.parametrize(
    "address",
    ["a@b.no", "Ola.O'Neil+x@sub.firma-as.no", "ola@blåbær.no", "ola@straße.example", "kari@xn--strae-oqa.example"],
)
def test_an2_what_looks_like_an_address_is_one(address: str) -> None:
    assert read(f" {address} ") == address
    assert read(f"mailto:{address}") == address


@pytest.mark.parametrize(
    "address",
    [
        *"|a|a@b|@b.no|a@@b.no|a b@c.no|a@b.no,c@d.no|å@b.no|a@-b.no|a@b..no|.a@b.no|a@b.no..x|a@b_c.no".split("|"),
        *("a@☃.no", "a@xn--zz.no", "a@1.2.3.4", "a@b-.no", f"a@{'x' * 64}.no", f"{'x' * 65}@b.no", "a@\u0378.no"),
    ],
)
def test_an2_what_no_letter_can_reach_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"e-post|E-post|bokstavene"):
        read(address)


@pytest.mark.parametrize(
    ("domain", "ascii_domain"),
    [
        ("straße.example", "xn--strae-oqa.example"),  # IDNA 2003 made it strasse.example, which is somebody else's
        ("faß.example", "xn--fa-hia.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("blåbær.no", "xn--blbr-roah.no"),
        ("FIRMA.NO", "firma.no"),
    ],
)
def test_a_domain_is_written_as_idna_2008_does(domain: str, ascii_domain: str) -> None:
    assert domain_in_ascii(domain) == ascii_domain
