"""What signs in at the cloud that is asked: whether there is something, and can be sent."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.change import is_ci
from chargehand.core.clouds import ANTHROPIC, BEDROCK, FOUNDRY, VERTEX, Cloud
from chargehand.core.errors import ConfigError, EnvironmentFault
from chargehand.llm.provider.headers import CUSTOM, check_custom_headers, key_in

# Where a login on this machine is kept, from the home folder.
_LOGINS = {
    ANTHROPIC.name: ".config/anthropic",
    BEDROCK.name: ".aws",
    FOUNDRY.name: ".azure",
    VERTEX.name: ".config/gcloud/application_default_credentials.json",
}
# What must be set besides a key, each of which one is enough.
_NEEDED = {
    VERTEX.name: (("CLOUD_ML_REGION",),),
    FOUNDRY.name: (("ANTHROPIC_FOUNDRY_RESOURCE", FOUNDRY.address_variable),),
}
_SENT = (*ANTHROPIC.keys, "ANTHROPIC_AUTH_TOKEN", BEDROCK.keys[0], *FOUNDRY.keys)


def credentials(place: Place) -> Iterator[Trouble]:
    """Yield why no model could be asked, as far as that is known without asking."""
    environ = place.environ
    try:
        cloud = place.settings.cloud(environ)
    except ConfigError as error:
        yield Trouble(said=_said(error), mend=Run(line=f"export CHARGEHAND_PROVIDER={_first_meant(error)}"))
        return
    yield from _unsendable(environ)
    yield from _copied_with_more(environ)
    for names in _NEEDED.get(cloud.name, ()):
        if not any(environ.get(name, "").strip() for name in names):
            said = f"{cloud.title} is asked, and {' or '.join(names)} is not set."
            yield Trouble(said=said, mend=Run(line=f"export {names[0]}=…"))
    if not _has_key(cloud, environ):
        yield _missing(place, cloud)
    yield from _file_is_gone(environ)


def _said(error: Exception) -> str:
    return re.sub(r"^(Nothing was reviewed|No model was asked): ", "", str(error))


def _first_meant(error: ConfigError) -> str:
    found = re.search(r'provider = "(\w+)"', str(error))
    return found[1] if found else ANTHROPIC.name


def _unsendable(environ: Mapping[str, str]) -> Iterator[Trouble]:
    for name in _SENT:
        if said := _no_header(name, environ):
            clean = f"""export {name}="$(printf %s "${name}" | LC_ALL=C tr -cd '[:graph:]')\""""
            yield Trouble(said=said, mend=Run(line=clean))
    try:
        check_custom_headers(environ)
    except EnvironmentFault as error:
        yield Trouble(said=_said(error), mend=Run(line=f"unset {CUSTOM}"))


def _copied_with_more(environ: Mapping[str, str]) -> Iterator[Trouble]:
    """Yield keys with quotes or blanks in them, which came along when they were copied."""
    for name in _SENT:
        key = environ.get(name, "").strip()
        if key and not _no_header(name, environ) and re.search(r"[\"'\s]", key):
            said = f"{name} holds a quote or a blank, which no key of Anthropic's has."
            clean = f"""export {name}="$(printf %s "${name}" | tr -d "'\\"[:space:]")\""""
            yield Trouble(said=said, mend=Run(line=clean), is_failing=False)


def _no_header(name: str, environ: Mapping[str, str]) -> str:
    """Return why no header can carry what a variable holds, empty if one can."""
    try:
        key_in(environ, name)
    except EnvironmentFault as error:
        return _said(error)
    return ""


def _has_key(cloud: Cloud, environ: Mapping[str, str]) -> bool:
    """Tell whether there is a key, or a login that may be good: only the cloud's own library knows it."""
    names = (*cloud.keys, *(cloud.implied_by if cloud is ANTHROPIC else ()), "ANTHROPIC_CONFIG_DIR")
    if any(environ.get(name, "").strip() for name in names):
        return True
    login = _LOGINS.get(cloud.name)
    return bool(login and environ.get("HOME") and Path(environ["HOME"], login).exists())


def _missing(place: Place, cloud: Cloud) -> Trouble:
    key = cloud.keys[0]
    withheld = place.job.no_secrets if place.job else ""
    if withheld:
        said = f"There is no key, because {withheld}: only the free checks will run."
        return Trouble(said=said, mend=Run(line="chargehand review --offline"), is_failing=False)
    if not place.settings.require_model:
        said = "There is no key, and require_model is false: only the free checks will run."
        return Trouble(said=said, mend=Run(line=f"export {key}=…"), is_failing=False)
    may_be_there = cloud in (BEDROCK, VERTEX, FOUNDRY) and is_ci(place.environ)
    where = " A job of the cloud itself may be signed in all the same: see --online." if may_be_there else ""
    return Trouble(
        said=f"There is no key for {cloud.title}, so no model could be asked.{where}",
        mend=Run(line=f"export {key}=…"),
        is_failing=not may_be_there,
    )


def _file_is_gone(environ: Mapping[str, str]) -> Iterator[Trouble]:
    name = "GOOGLE_APPLICATION_CREDENTIALS"
    path = environ.get(name, "")
    if path and not Path(path).is_file():
        said = f"{name} names a file that is not there."
        yield Trouble(said=said, mend=Run(line=f"unset {name} && gcloud auth application-default login"))
