"""What may be published and what may not."""

from __future__ import annotations

import pytest

from duck_and_cover.dataset.publishing.rights import License, Rights, license_of, named_license, rights_of
from duck_and_cover.errors import BadInput

CC = "https://creativecommons.org"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("http://creativecommons.org/licenses/by/3.0/", "CC BY 3.0", f"{CC}/licenses/by/3.0/"),
        ("https://www.creativecommons.org/licenses/by-nc-sa/2.5", "CC BY-NC-SA 2.5", f"{CC}/licenses/by-nc-sa/2.5/"),
        (f"{CC}/licenses/by-sa/3.0/fr/deed.fr", "CC BY-SA 3.0 FR", f"{CC}/licenses/by-sa/3.0/fr/"),
        (f"{CC}/licenses/by-nc/4.0/deed.en", "CC BY-NC 4.0", f"{CC}/licenses/by-nc/4.0/"),
        (f"{CC}/licenses/by/4.0/legalcode", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        (f" {CC}/licenses/BY/4.0/ ", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        (f"{CC}/publicdomain/zero/1.0/", "CC0 1.0", f"{CC}/publicdomain/zero/1.0/"),
        ("cc0", "CC0 1.0", f"{CC}/publicdomain/zero/1.0/"),
        (f"{CC}/publicdomain/mark/1.0/", "public domain", f"{CC}/publicdomain/mark/1.0/"),
        ("http://creativecommons.org/licenses/publicdomain/", "public domain", f"{CC}/publicdomain/mark/1.0/"),
        ("public-domain", "public domain", f"{CC}/publicdomain/mark/1.0/"),
        ("own", "own", ""),
    ],
)
def test_allowed(text: str, name: str, address: str) -> None:
    found = rights_of(text)
    assert (found.name, found.address, found.refusal) == (name, address, "")


@pytest.mark.parametrize(
    "text",
    [
        None, "", " ", "unknown", "unlicensed", "spotify-content", "Spotify-Content", "all rights reserved",
        f"{CC}/licenses/by-nd/3.0/", f"{CC}/licenses/by-nc-nd/4.0/", "http://creativecommons.org/licenses/by-nd-nc/1.0/",
        f"{CC}/licenses/sampling+/1.0/", f"{CC}/licenses/devnations/2.0/", f"{CC}/licenses/by/", f"{CC}/", CC,
        "https://creativecommons.org.example.com/licenses/by/4.0/", "https://creativecommons.org@example.com/licenses/by/4.0/",
        "https://example.com/creativecommons.org/licenses/by/4.0/", "ftp://creativecommons.org/licenses/by/4.0/",
        "https://[creativecommons.org/licenses/by/4.0/", f"{CC}/licenses/by/4.0/ and a fee", "http://artlibre.org/licence/lal",
        f"{CC}/licenses/by/4.0/?x=https://creativecommons.org/publicdomain/zero/1.0/#y ".replace("by/", "by-nd/"),
    ],
)  # fmt: skip
def test_refused(text: str | None) -> None:
    found = rights_of(text)
    assert found.refusal and not found.free


def test_strangers_write_no_lines() -> None:
    assert "\n" not in rights_of("a\n\n# heading " * 50).name and len(rights_of("x" * 5000).name) <= 80


def test_free_is_free_of_conditions_on_money() -> None:
    assert [rights_of(f"{CC}/licenses/{code}/4.0/").free for code in ("by", "by-sa", "by-nc", "by-nd")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert rights_of("cc0").free and not rights_of("own").free and rights_of("own", named_license("cc0")).free


@pytest.mark.parametrize("text", ["cc-by-4.0", "CC0", f"{CC}/licenses/by-sa/4.0/", "cc0-1.0", "cc-by-nc-sa-4.0"])
def test_a_person_names_a_licence(text: str) -> None:
    assert rights_of("own", named_license(text)).address.startswith(CC)


@pytest.mark.parametrize("text", ["own", "mit", "", "cc-by-nd-4.0", "cc-4.0", "unlicensed"])
def test_what_is_no_licence_is_one_line(text: str) -> None:
    with pytest.raises(BadInput, match=r"wanted cc0, cc-by-4\.0"):
        named_license(text)


@pytest.mark.parametrize(
    ("texts", "stated"),
    [
        (["cc0"], License("cc0-1.0")),
        (["cc-by-3.0", "cc-by-3.0"], License("cc-by-3.0")),
        (["cc-by-3.0", "cc-by-4.0", "cc0"], License("cc-by-4.0")),
        (["cc-by-2.0", "cc-by-3.0"], License("cc-by-3.0")),
        (["cc-by-sa-3.0", "cc-by-nc-2.0"], License("cc-by-nc-sa-3.0")),
        (["cc-by-sa-2.5", "cc-by-2.5"], License("cc-by-sa-4.0")),
        (["cc-by-4.0", "cc-by-nc-3.0"], License("cc-by-nc-4.0")),
        (["cc-by-nc-sa-2.5"], License("other", "cc-by-nc-sa-2.5", f"{CC}/licenses/by-nc-sa/2.5/")),
        ([f"{CC}/licenses/by/3.0/us/"], License("other", "cc-by-3.0-us", f"{CC}/licenses/by/3.0/us/")),
        (["cc0", "public-domain"], License("other", "public-domain", f"{CC}/publicdomain/mark/1.0/")),
    ],
)
def test_a_dataset_is_as_strict_as_its_strictest(texts: list[str], stated: License) -> None:
    assert license_of(named_license(text) for text in texts) == stated
    assert license_of(named_license(text) for text in reversed(texts)) == stated


def test_own_covers_without_a_licence_give_none() -> None:
    assert license_of([rights_of("own"), rights_of("cc0")]) == License("other", "none-stated")


def test_rights_are_checked() -> None:
    with pytest.raises(BadInput, match="not rights"):
        Rights("x", "http://example.org")
    with pytest.raises(BadInput, match="not rights"):
        Rights("x", conditions=frozenset({"xy"}))
