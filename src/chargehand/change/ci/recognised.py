"""Platforms of which only the name is read: git finds the change, and the target's rules count."""

from functools import partial
from typing import NamedTuple

from chargehand.change.ci.event import CiJob, Environ, NoChange, Platform


class _Known(NamedTuple):
    """A platform, by what it sets in its jobs.

    `pipelines` are the files that define its jobs, if it keeps them in the repository under a fixed name.
    """

    name: str
    signs: tuple[str, ...]
    pipelines: tuple[str, ...] = ()


# The npm package ci-info keeps a list of such variables, which was compared.
_KNOWN = (
    _Known("Agola CI", ("AGOLA_GIT_REF",)),
    _Known("Alpic", ("ALPIC_HOST",)),
    _Known("Appcircle", ("AC_APPCIRCLE",)),
    _Known("Bamboo", ("bamboo_planKey", "bamboo_buildKey"), ("bamboo-specs/",)),
    _Known("Bitrise", ("BITRISE_IO",), ("bitrise.yml",)),
    _Known("Buddy", ("BUDDY_WORKSPACE_ID",), ("buddy.yml", ".buddy/")),
    _Known("Capawesome Cloud", ("CAPAWESOME_CLOUD",)),
    _Known("Cloudflare Pages", ("CF_PAGES",)),
    _Known("Cloudflare Workers", ("WORKERS_CI",)),
    _Known("Codefresh", ("CF_BUILD_ID",), ("codefresh.yml",)),
    _Known("Codemagic", ("CM_BUILD_ID",), ("codemagic.yaml",)),
    _Known("Codeship", ("CI_NAME=codeship",)),
    _Known("dsari", ("DSARI",)),
    _Known("Earthly", ("EARTHLY_CI",), ("Earthfile",)),
    _Known("Expo Application Services", ("EAS_BUILD",)),
    _Known("Gerrit", ("GERRIT_PROJECT",)),
    _Known("GoCD", ("GO_PIPELINE_LABEL",)),
    _Known(
        "Google Cloud Build", ("BUILDER_OUTPUT", "PROJECT_ID&BUILD_ID"), ("cloudbuild.yaml", "cloudbuild.yml")
    ),
    _Known("Harness CI", ("HARNESS_BUILD_ID",), (".harness/",)),
    _Known("Heroku CI", ("HEROKU_TEST_RUN_ID", "NODE=/app/.heroku/node/bin/node")),
    _Known("LayerCI", ("LAYERCI",)),
    _Known("Magnum CI", ("MAGNUM",)),
    _Known("Netlify", ("NETLIFY",), ("netlify.toml",)),
    _Known("Nevercode", ("NEVERCODE",)),
    _Known("Prow", ("PROW_JOB_ID",), (".prow/", ".prow.yaml")),
    _Known("ReleaseHub", ("RELEASE_BUILD_ID",)),
    _Known("Render", ("RENDER",)),
    _Known("RWX", ("RWX",), (".rwx/",)),
    _Known("Sail CI", ("SAILCI",)),
    _Known("Screwdriver", ("SCREWDRIVER",), ("screwdriver.yaml",)),
    _Known("Sourcehut", ("CI_NAME=sourcehut",), (".build.yml", ".builds/")),
    _Known("Strider CD", ("STRIDER",)),
    _Known("TaskCluster", ("TASK_ID&RUN_ID",), (".taskcluster.yml",)),
    _Known("TeamCity", ("TEAMCITY_VERSION",), (".teamcity/",)),
    _Known("Vela", ("VELA",), (".vela.yml", ".vela.yaml")),
    _Known("Vercel", ("VERCEL", "NOW_BUILDER"), ("vercel.json",)),
    _Known("Visual Studio App Center", ("APPCENTER_BUILD_ID",)),
    _Known("Xcode Cloud", ("CI_XCODE_PROJECT", "CI_XCODE_CLOUD")),
    _Known("Xcode Server", ("XCS",)),
)


def _job(known: _Known, _environ: Environ) -> CiJob:
    return CiJob(event=NoChange(kind="build"), pipelines=known.pipelines)


RECOGNISED = tuple(Platform(each.name, each.signs, partial(_job, each)) for each in _KNOWN)
