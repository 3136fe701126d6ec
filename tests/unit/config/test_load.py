from collections.abc import Mapping
from decimal import Decimal

import pytest

from chargehand import __version__
from chargehand.config import VARIABLES, Settings, load_settings
from chargehand.config.file import ConfigFile, parse_config
from chargehand.config.load import complaints_about, load_valid_settings
from chargehand.config.tables import TABLES
from chargehand.core.errors import ConfigError
from chargehand.core.fleets import FLEETS
from chargehand.forges.table import TOKEN_VARIABLES

NAME = ".chargehand.toml at merge base abc1234"
NEWER = f" to chargehand {__version__}; if a newer one knows it, pin that"
SEVERITIES = "'critical', 'high', 'medium', 'low' or 'never'"


def load(text: str = "", environ: Mapping[str, str] | None = None, **flags: object) -> Settings:
    parsed = parse_config(".chargehand.toml", text, " at merge base abc1234")
    assert isinstance(parsed, ConfigFile)
    return load_settings(parsed, environ or {}, flags)


def complaints(text: str = "", environ: Mapping[str, str] | None = None, **flags: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text, environ, **flags)
    first, *lines = str(caught.value).split("\n")
    assert first == "Nothing was reviewed: a setting is wrong or unknown."
    told = [line.removeprefix("  ") for line in lines if line.startswith("  ")]
    newer = f"This is chargehand {__version__}. A newer one may know more: pip install -U chargehand"
    assert any("is unknown" in each for each in told) == lines[-1].startswith(newer)
    return told


def test_nothing_set_is_the_defaults() -> None:
    assert load_settings(None, {}, {}) == Settings()


def test_a_flag_beats_a_variable_beats_the_file_beats_the_default() -> None:
    text = "threads = 2\nfleet = '4'\nfail_on = 'low'"
    settings = load(text, {"CHARGEHAND_THREADS": "3", "CHARGEHAND_FLEET": "5"}, threads="4")
    assert (settings.threads, settings.fleet, settings.fail_on) == (4, "5", "low")
    assert settings.on_incomplete == "fail"


def test_a_flag_that_was_not_given_and_an_empty_variable_set_nothing() -> None:
    empty = {"CHARGEHAND_THREADS": " ", "CHARGEHAND_MAX_SPEND": ""}
    assert load("threads = 2", empty, threads=None) == Settings(threads=2)


def test_a_variable_reaches_into_a_table_and_leaves_the_rest_of_it() -> None:
    text = "[models]\nworker = 'a'\nescalation = 'b'"
    settings = load(text, {"CHARGEHAND_MODELS_WORKER": "c"})
    assert (settings.models.worker, settings.models.escalation) == ("c", "b")


@pytest.mark.parametrize("written", ["0.1", '"0.1"', "0.10"])
def test_money_is_exact_however_it_is_written(written: str) -> None:
    tenth = Decimal("0.1")
    settings = load(f"max_spend = {written}\n[prices.x]\ninput = {written}\noutput = 0")
    assert (settings.max_spend, settings.prices["x"].input) == (tenth, tenth)
    assert load(environ={"CHARGEHAND_MAX_SPEND": "0.1"}).max_spend == tenth
    assert load(max_spend="0.1").max_spend == tenth


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("fail_om = 1", "fail_om is unknown; did you mean fail_on?"),
        ("zzz = 1", f"zzz is unknown{NEWER}"),
        ("[lens.style]\nenabled = false", "lens is unknown; did you mean lenses?"),
        ("[models]\nworkr = 'x'", "models.workr is unknown; did you mean worker?"),
        ("[lenses.style]\nenabeld = false", "lenses.style.enabeld is unknown; did you mean enabled?"),
        ("prices.'a.b' = {input=1, output=1, zz=1}", f'prices."a.b".zz is unknown{NEWER}'),
        ("fail-on = 'low'", "fail-on is unknown; did you mean fail_on?"),
        ("exclude = ['*.md']", "exclude is unknown; did you mean paths.ignore?"),
        ("[paths]\nexclude = ['*.md']", "paths.exclude is unknown; did you mean ignore?"),
        ("[paths]\nskip-files = ['*.md']", "paths.skip-files is unknown; did you mean ignore?"),
        ("ignore = ['*.md']", "ignore is unknown; did you mean paths.ignore?"),
        ("[paths]\nthreads = 4", "paths.threads is unknown; did you mean threads, before the first table?"),
        ("[models]\nchunk_tokens = 4", "models.chunk_tokens is unknown; did you mean plan.chunk_tokens?"),
        ("[models]\nplanner = 'x'", "models.planner is unknown; did you mean orchestrator?"),
        ("model = 'x'", "model is unknown; did you mean models.worker?"),
        ("api_key = 'x'", "api_key is unknown; did you mean the variable ANTHROPIC_API_KEY?"),
        ("lenses.style.disabled = true", "lenses.style.disabled is unknown; did you mean enabled = false?"),
        (
            "checks.enabled = ['secrets']",
            "checks.enabled is unknown; did you mean disabled, which lists those that do not run?",
        ),
        (
            "prices.a = {input=1, output=1, cache=1}",
            "prices.a.cache is unknown; did you mean cache, before the first table?",
        ),
        (
            "category = 'two words'",
            'category should be a word such as chargehand or chargehand/backend, not "two words"',
        ),
        ("fail_on = 'urgent'", f'fail_on should be {SEVERITIES}, not "urgent"'),
        ("fleet = '6'", f'fleet: there is no fleet "6"; there are {", ".join(FLEETS)}'),
        ("threads = 0", "threads should be greater than or equal to 1, not 0"),
        ("threads = 65", "threads should be less than or equal to 64, not 65"),
        ("threads = true", "threads should be a number, not True"),
        ("threads = 1.5", "threads should be a whole number, not 1.5"),
        ("threads = [1]", "threads should be a whole number"),
        ("max_spend = -0.01", "max_spend should be greater than or equal to 0, not -0.01"),
        ("max_spend = nan", "max_spend should be a finite number, not nan"),
        ("max_spend = '$1'", 'max_spend should be a number, not "$1"'),
        ("instructions = 3", "instructions should be text, not 3"),
        ("models = 'x'", 'models should be a table, not "x"'),
        ("models.worker = 3", "models.worker should be text, not 3"),
        ("prices.x = 3", "prices.x should be a table, not 3"),
        ("prices.x.input = 3", "prices.x.output is missing"),
        ("paths.ignore = 'x'", 'paths.ignore should be a list, not "x"'),
        (
            "paths.ignore = ['[a']",
            'paths.ignore: "[a" matches no file: it is empty, a comment, or not closed',
        ),
        ("plan.chunk_tokens = 1", "plan.chunk_tokens should be greater than or equal to 1000, not 1"),
        (
            "checks.disabled = ['secret']",
            'checks.disabled: there is no check "secret"; did you mean secrets?',
        ),
        *(
            (
                f"lenses.style.paths = {paths}",
                'lenses.style.paths: these only take files away, so it would look at none; begin with "/*"',
            )
            for paths in (["!tests/"], ["!a", "!b/**"], ["!*"])
        ),
        ("lenses.style.enabled = 'maybe'", 'lenses.style.enabled should be true or false, not "maybe"'),
    ],
)
def test_a_wrong_value_and_an_unknown_key_are_named_with_their_place(text: str, complaint: str) -> None:
    (told,) = complaints(text)
    assert told == f"{NAME}: {complaint}"


def test_a_wrong_model_is_told_what_a_model_looks_like() -> None:
    (told,) = complaints("models.worker = '-x'")
    assert told == f'{NAME}: models.worker should be the id of a model, such as claude-haiku-5-5, not "-x"'


def test_a_reason_that_cannot_be_switched_off_is_refused_with_those_that_can() -> None:
    (told,) = complaints("paths.review = ['generated', 'binary']")
    assert told.startswith(f'{NAME}: paths.review: "binary" cannot be switched off; lock-file, ')


def test_variables_and_flags_are_named_themselves() -> None:
    environ = {"CHARGEHAND_THREADS": "eight", "CHARGEHAND_PLAN_CHUNK_TOKENS": "1"}
    assert complaints("fleet = '4'", environ, max_spend="-1", fail_on="bad") == [
        f'--fail-on should be {SEVERITIES}, not "bad"',
        '--max-spend should be greater than or equal to 0, not "-1"',
        'CHARGEHAND_THREADS should be a whole number, not "eight"',
        'CHARGEHAND_PLAN_CHUNK_TOKENS should be greater than or equal to 1000, not "1"',
    ]


def test_a_wrong_value_that_a_stronger_one_replaces_does_no_harm() -> None:
    assert load("threads = 99", threads="9").threads == 9


def test_a_value_where_a_table_belongs_is_told_even_if_a_variable_reaches_into_it() -> None:
    told = complaints("models = 3", {"CHARGEHAND_MODELS_WORKER": "c"})
    assert told == [f"{NAME}: models should be a table, not 3"]


def test_all_complaints_are_told_at_once() -> None:
    assert len(complaints("fleet = '6'\nthreads = 0\nfail_om = 1")) == 3


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("FAIL_OM", "did you mean CHARGEHAND_FAIL_ON?"),
        ("MODEL_WORKER", "did you mean CHARGEHAND_MODELS_WORKER?"),
        ("CACHE_SECRETS", "did you mean CHARGEHAND_CACHE_SECRET?"),
        ("CHECKS_DISABLED", "the table [checks] is for the configuration file alone"),
        ("LENSES_STYLE_ENABLED", "the table [lenses] is for the configuration file alone"),
        ("PATHS", "the table [paths] is for the configuration file alone"),
        ("VERSION", "names that begin with CHARGEHAND_ are ours, so call one of your own otherwise"),
    ],
)
def test_a_variable_with_our_prefix_that_does_nothing_is_refused(name: str, advice: str) -> None:
    told = complaints(environ={f"CHARGEHAND_{name}": "x"})
    assert told == [f"the variable CHARGEHAND_{name} is unknown; {advice}"]


def test_a_variable_that_is_empty_or_has_another_use_is_left_alone() -> None:
    environ = {"CHARGEHAND_VERSION": " ", "CHARGEHAND_CACHE_SECRET": "x", "MY_CHARGEHAND_X": "x"}
    environ |= dict.fromkeys(TOKEN_VARIABLES, "x")
    assert load(environ=environ) == Settings()


def test_unknown_variables_are_told_together_with_all_else() -> None:
    told = complaints("threads = 0", {"CHARGEHAND_ZZ": "x", "CHARGEHAND_\x1b[2J": "x"})
    assert len(told) == 3
    assert "".join(told).isascii()
    assert "\x1b" not in "".join(told)


def test_hostile_text_in_a_key_or_value_is_shown_harmless() -> None:
    text = '"a\\u001b[2J\\nb" = 1\nfleet = "x\\u001b]0;t\\u0007"\nfail_on = "y\\u202e"'
    told = "".join(complaints(text))
    assert told.isascii()
    assert not {"\x1b", "\n", "\x07"} & set(told)


def test_every_variable_sets_what_it_names() -> None:
    values = {
        "fail_on": "low",
        "on_incomplete": "warn",
        "on_outage": "warn",
        "fleet": "4",
        "threads": "4",
        "escalation_share": "0.5",
        "probe_rate": "0.05",
        "depth": "deep",
        "require_model": "False",
        "provider": "bedrock",
    }
    for variable, key in VARIABLES.items():
        assert variable == "CHARGEHAND_" + "_".join(key).upper()
        value = values.get(key[-1], "4000")
        found: object = load(environ={variable: value})
        for name in key:
            found = getattr(found, name)
        held = found[0] if isinstance(found, tuple) else found
        assert str(held).removesuffix(".0") == value


def test_what_is_no_table_can_be_set_by_a_variable() -> None:
    plain = {key[0] for key in VARIABLES.values() if len(key) == 1}
    assert plain == set(Settings.field_names()) - TABLES.keys() - {"minimum_version"}
    assert TABLES.keys() < set(Settings.field_names())


@pytest.mark.parametrize(
    ("text", "setting", "strict"),
    [
        ("fail_on = 'nevr'", "fail_on", "low"),
        ("max_spend = -1", "max_spend", 0),
        ("fail_spend = -1", "fail_spend", 0),
        ("pr_budget = -1", "max_spend", 0),
        ("on_incomplete = 'x'", "on_incomplete", "fail"),
        ("on_outage = 'x'", "on_outage", "fail"),
        ("threads = 99", "threads", 8),
    ],
)
def test_a_broken_setting_of_the_gate_or_the_money_is_taken_at_its_strictest(
    text: str, setting: str, strict: object
) -> None:
    parsed = parse_config(".chargehand.toml", text)
    assert getattr(load_valid_settings(parsed, {}, {}), setting) == strict


def test_a_file_for_a_newer_version_says_which_and_names_no_key_that_it_knows() -> None:
    file = ConfigFile(name="a.toml", table={"minimum_version": "99.1", "frobnicate": 1})
    [(key, said)] = complaints_about(file)
    assert key == ("minimum_version",)
    assert f"it asks for chargehand 99.1 or newer, and this is {__version__}: pin a version" in said
    with pytest.raises(ConfigError, match=r"99\.1 or newer") as caught:
        load_settings(file, {}, {})
    assert "frobnicate" not in str(caught.value)


@pytest.mark.parametrize(("version", "said"), [("0", ""), (__version__, ""), ("1.x", "a version such as")])
def test_a_version_that_is_old_enough_changes_nothing(version: str, said: str) -> None:
    complaints = complaints_about(ConfigFile(name="", table={"minimum_version": version}))
    assert [said in each for _, each in complaints] == ([True] if said else [])


def test_of_very_many_wrong_settings_some_are_told_and_all_are_passed_over() -> None:
    table = {"fail_on": "medium", "gate": {f"g{n}": 1 for n in range(40)}, **{f"k{n}": 1 for n in range(40)}}
    file = ConfigFile(name="x.toml", table=table)
    assert len(complaints_about(file)) == 50
    with pytest.raises(ConfigError, match="and 30 more"):
        load_settings(file, {}, {})
    assert load_valid_settings(file, {}, {}).fail_on == "low"
