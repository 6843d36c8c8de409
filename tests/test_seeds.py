"""The five articles of seeds/ are the bytes that were given."""

import hashlib
from pathlib import Path

import pytest

SEEDS = Path(__file__).parent.parent / "seeds"
SHA256 = {
    "000_fad50cbe60b1f1db.txt": "b5f9d68d36f1ad27b6b0dfa090ddfc8e2d3b906fe48264f1bcf96876811c4254",
    "001_75a587f0f879bd51.txt": "ab900e76224790e2dbbd43bb293aa46f754d9e47abd9dcc86f9723ebec7557e4",
    "002_837d566d99c7ca68.txt": "94d99d920acf7818fcf78cf01510545b22edab6800e61e19227dab6103cad7fd",
    "003_f5186662bd3c1b41.txt": "5dec029cb19a56adf2348f0e22356132b73d2cee7967201be08e0540484b27dd",
    "004_a12cabb78c2b9679.txt": "3984e6ec06ca7d630625d5922ed78f0130b72715be19887b87fb1b6a5e22c479",
}


def test_no_seed_is_missing_or_added() -> None:
    assert sorted(path.name for path in SEEDS.iterdir()) == sorted(SHA256)


@pytest.mark.parametrize("name", sorted(SHA256))
def test_a_seed_is_unchanged_byte_for_byte(name: str) -> None:
    assert hashlib.sha256((SEEDS / name).read_bytes()).hexdigest() == SHA256[name]
