"""How the fuzzer runs: `python -m tests.fuzz NAME` throws damaged input at one parser until it crashes."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

from tests.fuzz.damage import damage_json

with atheris.instrument_imports(include=["chargehand", "json", "tomllib"]):
    from tests.fuzz.parsers import PARSERS, Parser


def main() -> None:
    """Fuzz the parser that is named; further arguments are libFuzzer's."""
    name, *options = sys.argv[1:]
    parser = next(each for each in PARSERS if each.name == name)
    with TemporaryDirectory() as folder:
        read, samples = _reader(parser), tuple(parser.samples())
        for number, sample in enumerate(samples):
            Path(folder, str(number)).write_bytes(sample)
        read(samples[0])  # imports what it needs, which on a busy machine looks as if it hung
        atheris.Setup([sys.argv[0], *options, folder], read, custom_mutator=_mutator(parser))
        atheris.Fuzz()


def _reader(parser: Parser) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        with suppress(*parser.expected):  # that is how it refuses
            parser.read(data)

    return read


def _mutator(parser: Parser) -> Callable[[bytes, int, int], bytes]:
    def mutate(data: bytes, most: int, seed: int) -> bytes:
        if parser.is_json and seed % 2:
            return damage_json(data, seed)[:most]
        mutated: bytes = atheris.Mutate(data, most)
        return mutated

    return mutate


if __name__ == "__main__":
    main()
