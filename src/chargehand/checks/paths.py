"""Which kind of file a path names: a test, prose, or code that wants tests."""

import re
from functools import lru_cache

_TEST_FOLDER = re.compile(
    r"(unit|android|md|doc|integration[_-]?)?tests?|testing|test[_-]?data|specs?|__(tests|mocks|snapshots)__|fixtures?|e2e"
    r"|cypress|.+[._-]tests?",
    re.IGNORECASE,
)
_TEST_FOLDER_CAMEL = re.compile(r".*[a-z0-9]Tests?")
_TEST_DATA_FOLDER = re.compile(r"test[_-]?data|__(mocks|snapshots)__|fixtures?", re.IGNORECASE)
# test_x, x_test, x.test.ts, x-spec.js, x_spec.rb; but not pod_spec.go or ab_test_config.py.
_TEST_NAME = re.compile(
    r"^(test|tests|unittest|conftest)([._-]|$)|[._-](test|tests|unittest|unittests|e2e|cy|test[_-]?data)(\.[a-z0-9]+)?$"
    r"|[._-]specs?\.(rb|cr|lua|php|dart|coffee|[cm]?[jt]sx?)$|\.(bats|feature|t|snap|phpt)$",
    re.IGNORECASE,
)
# FooTest, FooTests, FooTestCase, FooSpec, FooIT and TestFoo; but not Latest or Contest.
_TEST_CAMEL = re.compile(r"[a-z0-9](Tests?|TestCase|TestSuite|Specs?|IT)$|^Test[A-Z]")

_PROSE_NAME = re.compile(r"\.(md|markdown|mdx|rst|txt|adoc|asciidoc|org|tex|html?|srt)$", re.IGNORECASE)
_PROSE_FOLDER = re.compile(r"docs?|documentation", re.IGNORECASE)
# The last folders are Android's: values-fa, values-zh-rCN, values-b+sr+Latn.
_TRANSLATION_NAME = re.compile(
    r"\.(po|pot|ftl|strings|xlf|arb)$|(^|/)values/[a-z_]*strings[a-z_]*\.xml$", re.IGNORECASE
)
_TRANSLATION_FOLDER = re.compile(
    r"locales?|i18n|l10n|lang|langs|translations|.+\.lproj|values-([a-z]{2,3}(-r[a-z]{2})?|b\+[a-z0-9+]+)",
    re.IGNORECASE,
)

_TRANSLATION_DATA_NAME = re.compile(
    r"\.(xml|json5?|ya?ml|toml|properties|resx|po|pot|ftl|strings(dict)?|xlf|xliff|arb|csv|txt|md|html?)$",
    re.IGNORECASE,
)

_CODE_NAME = re.compile(
    r"\.(py|[cm]?[jt]sx?|vue|svelte|java|kt|scala|groovy|go|rs|rb|php|c|cc|cpp|cxx|h|hh|hpp|hxx|cs|fs|vb|swift|mm?"
    r"|dart|ex|erl|hs|ml|cljs?|lua|p[lm]|r|jl|zig|nim)$",
    re.IGNORECASE,
)
_SAMPLE_FOLDER = re.compile(r"examples?|samples?|demos?|self[_-]?signed.*", re.IGNORECASE)
_UNTESTED_FOLDER = re.compile(
    r"bench(marks?)?|scripts?|tools|migrations?|vendor|third_party|node_modules|\.github"
    r"|\.storybook",
    re.IGNORECASE,
)
_UNTESTED_NAME = re.compile(
    r"^(setup|noxfile|fabfile|tasks|manage|wsgi|asgi|conf|_*version_*)\.py$|^(gulpfile|gruntfile|rakefile)\b"
    r"|[.-](config|conf|stories|d)\.[cm]?[jt]sx?$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def is_test(path: str) -> bool:
    """Tell whether a path is that of a test or of test data, by the habits of many languages."""
    name = _last(path)
    in_tests = any(is_test_folder(part) for part in path.split("/")[:-1])
    return in_tests or bool(_TEST_NAME.search(name) or _TEST_CAMEL.search(name.partition(".")[0]))


def is_test_folder(name: str) -> bool:
    """Tell whether a folder of this name holds tests, or what they need."""
    return bool(_TEST_FOLDER.fullmatch(name) or _TEST_FOLDER_CAMEL.fullmatch(name))


def is_test_data(path: str) -> bool:
    """Tell whether a path lies in a folder for what tests read, and not for tests."""
    return _is_under(path, _TEST_DATA_FOLDER)


@lru_cache(maxsize=1024)
def is_prose(path: str) -> bool:
    """Tell whether a path is that of text for people, or of its translations."""
    return bool(_PROSE_NAME.search(path)) or _is_under(path, _PROSE_FOLDER) or is_translation(path)


@lru_cache(maxsize=1024)
def is_translation(path: str) -> bool:
    """Tell whether a path is that of texts which a program shows, in one language or in many."""
    return bool(_TRANSLATION_NAME.search(path)) or _is_under(path, _TRANSLATION_FOLDER)


def is_translation_data(path: str) -> bool:
    """Tell whether a path is that of translations which no program runs."""
    return is_translation(path) and bool(_TRANSLATION_DATA_NAME.search(path))


def is_sample(path: str) -> bool:
    """Tell whether a path lies in a folder of examples."""
    return _is_under(path, _SAMPLE_FOLDER)


def is_code(path: str) -> bool:
    """Tell whether a path is that of code one would expect to be tested."""
    if not _CODE_NAME.search(path) or _UNTESTED_NAME.search(_last(path)):
        return False
    return not (is_test(path) or is_prose(path) or is_sample(path) or _is_under(path, _UNTESTED_FOLDER))


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _is_under(path: str, folder: re.Pattern[str]) -> bool:
    return any(folder.fullmatch(part) for part in path.split("/")[:-1])
