"""Platforms of which only the name is read: git finds the change, and the target's rules count."""

from functools import partial

from chargehand.change.ci.event import CiJob, Environ, NoChange, Platform

# What each platform sets in its jobs. The npm package ci-info keeps a list of such variables, which was
# compared.
_SIGNS = {
    "Agola CI": ("AGOLA_GIT_REF",),
    "Alpic": ("ALPIC_HOST",),
    "Appcircle": ("AC_APPCIRCLE",),
    "Bamboo": ("bamboo_planKey", "bamboo_buildKey"),
    "Bitrise": ("BITRISE_IO",),
    "Buddy": ("BUDDY_WORKSPACE_ID",),
    "Capawesome Cloud": ("CAPAWESOME_CLOUD",),
    "Cloudflare Pages": ("CF_PAGES",),
    "Cloudflare Workers": ("WORKERS_CI",),
    "Codefresh": ("CF_BUILD_ID",),
    "Codemagic": ("CM_BUILD_ID",),
    "Codeship": ("CI_NAME=codeship",),
    "dsari": ("DSARI",),
    "Earthly": ("EARTHLY_CI",),
    "Expo Application Services": ("EAS_BUILD",),
    "Gerrit": ("GERRIT_PROJECT",),
    "GoCD": ("GO_PIPELINE_LABEL",),
    "Google Cloud Build": ("BUILDER_OUTPUT", "PROJECT_ID&BUILD_ID"),
    "Harness CI": ("HARNESS_BUILD_ID",),
    "Heroku CI": ("HEROKU_TEST_RUN_ID", "NODE=/app/.heroku/node/bin/node"),
    "LayerCI": ("LAYERCI",),
    "Magnum CI": ("MAGNUM",),
    "Netlify": ("NETLIFY",),
    "Nevercode": ("NEVERCODE",),
    "Prow": ("PROW_JOB_ID",),
    "ReleaseHub": ("RELEASE_BUILD_ID",),
    "Render": ("RENDER",),
    "RWX": ("RWX",),
    "Sail CI": ("SAILCI",),
    "Screwdriver": ("SCREWDRIVER",),
    "Sourcehut": ("CI_NAME=sourcehut",),
    "Strider CD": ("STRIDER",),
    "TaskCluster": ("TASK_ID&RUN_ID",),
    "TeamCity": ("TEAMCITY_VERSION",),
    "Vela": ("VELA",),
    "Vercel": ("VERCEL", "NOW_BUILDER"),
    "Visual Studio App Center": ("APPCENTER_BUILD_ID",),
    "Xcode Cloud": ("CI_XCODE_PROJECT", "CI_XCODE_CLOUD"),
    "Xcode Server": ("XCS",),
}


# The files that define their jobs, of those that keep them in the repository under a fixed name.
_PIPELINES = {
    "Bamboo": ("bamboo-specs/",),
    "Bitrise": ("bitrise.yml",),
    "Buddy": (
        "buddy.yml",
        ".buddy/",
    ),
    "Codefresh": ("codefresh.yml",),
    "Codemagic": ("codemagic.yaml",),
    "Earthly": ("Earthfile",),
    "Google Cloud Build": (
        "cloudbuild.yaml",
        "cloudbuild.yml",
    ),
    "Harness CI": (".harness/",),
    "Netlify": ("netlify.toml",),
    "Prow": (
        ".prow/",
        ".prow.yaml",
    ),
    "RWX": (".rwx/",),
    "Screwdriver": ("screwdriver.yaml",),
    "Sourcehut": (
        ".build.yml",
        ".builds/",
    ),
    "TaskCluster": (".taskcluster.yml",),
    "TeamCity": (".teamcity/",),
    "Vela": (
        ".vela.yml",
        ".vela.yaml",
    ),
    "Vercel": ("vercel.json",),
}


def _job(name: str, _environ: Environ) -> CiJob:
    return CiJob(event=NoChange(kind="build"), pipelines=_PIPELINES.get(name, ()))


RECOGNISED = tuple(Platform(name, signs, partial(_job, name)) for name, signs in _SIGNS.items())
