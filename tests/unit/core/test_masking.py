from random import Random
from string import ascii_letters

from chargehand.core.markers import Hidden, holds_marker, mask_of, without_places
from chargehand.core.masking import LONGEST_SEARCHED, NOT_SEARCHED, Mask, Row
from tests.unit.changes import added, body_of, diff_of

NOTHING = diff_of()


def mask(*texts: str) -> Mask:
    return mask_of([Hidden(text, "API key", Row("src/a.py", "new", 7)) for text in texts], NOTHING)


def test_a_marker_tells_kind_and_place_and_each_secret_has_its_own() -> None:
    known = mask("s3cret-one", "s3cret-two", "s3cret-one")
    assert known.everywhere == {
        "s3cret-one": "MASKED_API_KEY_AT_a_py_7",
        "s3cret-two": "MASKED_API_KEY_AT_a_py_7_2",
    }
    assert all(map(holds_marker, known.everywhere.values()))
    assert without_places(known.text("k = 's3cret-one'")) == "k = 'MASKED'"


def test_of_secrets_that_overlap_or_hold_each_other_no_part_remains() -> None:
    known = mask("abcdefgh", "efghijkl", "xyz", "wxyz1")
    assert known.text("-abcdefghijkl-wxyz1-") == "-MASKED_API_KEY_AT_a_py_7-MASKED_API_KEY_AT_a_py_7_4-"


def test_an_answer_may_write_a_secret_with_escapes() -> None:
    known = mask('p"w\u00e9')
    assert known.words('{"a": ["p\\"w\\u00e9"]}') == '{"a": ["MASKED_API_KEY_AT_a_py_7"]}'
    assert known.words('{"a":  1}') == '{"a":  1}'
    assert known.words('no JSON: p"w\u00e9') == "no JSON: MASKED_API_KEY_AT_a_py_7"


def test_what_is_hidden_in_one_row_stays_elsewhere() -> None:
    diff = diff_of(added("a.py", "Qw==", "x = 'Qw=='"))
    known = mask_of([Hidden("Qw==", "key", Row("a.py", "new", 1), "row")], diff)
    assert body_of(known.diff(diff).files[0]) == ["+MASKED_KEY_AT_a_py_1", "+x = 'Qw=='"]


def test_a_path_that_holds_a_secret_is_masked_and_names_no_marker() -> None:
    diff = diff_of(added("keys/s3cret-one.py", "a = 's3cret-one'"))
    row = Row("keys/s3cret-one.py", "new", 1)
    known = mask_of([Hidden("s3cret-one", "key", row, is_in_names=True)], diff)
    assert known.diff(diff).files[0].path == "keys/MASKED_KEY_AT_file_1.py"
    guessed = mask_of([Hidden("s3cret-one", "password", row)], diff)
    assert guessed.diff(diff).files[0].path == row.path
    assert guessed.diff(diff).files[0].hunks[0].body == "+a = 'MASKED_PASSWORD_AT_file_1'"


def test_thousands_of_secrets_are_told_apart() -> None:
    random = Random(1)  # noqa: S311 # protects nothing
    texts = ["".join(random.choices(ascii_letters, k=12)) for _ in range(3000)]
    known = mask(*texts)
    assert len(set(known.everywhere.values())) == 3000
    masked = known.text(" ".join(texts))
    assert masked.split(" ") == [known.everywhere[text] for text in texts]


def test_many_secrets_are_masked_as_few_are_whatever_they_share() -> None:
    texts = ("abcdefgh", "abcdefghij", "cdefghijklm", "lmnopqrs", "aaaaaaaaab")
    few = {text: f"<{number}>" for number, text in enumerate(texts)}
    many = {**few, **{f"abcdefgh-{number:05}": "<many>" for number in range(300)}}
    for text in (
        *texts,
        "abcdefghijklmnopqrs",
        "x abcdefgh abcdefgi",
        "a" * 30 + "b",
        "abcdefg",
        "",
        "efghijklm",
    ):
        assert Mask.of(many, {}).text(text) == Mask.of(few, {}).text(text)
    assert Mask.of(many, {}).text("abcdefgh-00007") == "<many>"


def test_what_may_be_code_is_masked_in_its_row_and_elsewhere_as_a_text_alone() -> None:
    row = Row("a.py", "new", 1)
    known = mask_of([Hidden("run(x)", "password", row, "as-text")], NOTHING)
    marker = "MASKED_PASSWORD_AT_a_py_1"
    assert known.row(row, "password = run(x) # run(x)") == f"password = {marker} # {marker}"
    assert known.row(row, 'password = "run(x)"; run(x)') == f'password = "{marker}"; run(x)'
    assert (
        known.text("run(x) 'run(x)' `run(x)` db://u:run(x)@h")
        == f"run(x) '{marker}' `{marker}` db://u:{marker}@h"
    )


def test_words_are_searched_for_what_nobody_showed_as_json_and_as_text() -> None:
    mask = Mask.of({"known": "K"}, {})._replace(search=lambda said: {"told": "T"} if "told" in said else {})
    assert mask.words('{"a told": ["known", "\\u0074old", 1]}') == '{"a T": ["K", "T", 1]}'
    assert mask.words("no JSON, told of known") == "no JSON, T of K"
    assert mask.said("told, known, fine") == "T, K, fine"
    assert mask.words('{"a":  "fine"}') == '{"a":  "fine"}'
    kept = (mask.with_texts({"more": "M"}), mask.joined(Mask.of({"more": "M"}, {})))
    assert [each.said("told more") for each in kept] == ["T M", "T M"]
    long = "x" * (LONGEST_SEARCHED + 1)
    assert [mask.words(long), mask.said(long)] == [NOT_SEARCHED] * 2
    assert Mask.of({"known": "K"}, {}).words(long) == long


def test_in_sentences_a_word_that_may_be_code_is_masked_between_what_joins_words() -> None:
    mask = Mask()._replace(bare={"Winter24": "W", "Winter24-x": "X", "a+b1": "A"})
    said = "Winter24, (Winter24) login_Winter24-y Winter24-x. Winter24x a+b1; aa+b1"
    assert mask.prose(said) == "W, (W) login_W-y X. Winter24x A; aa+b1"
