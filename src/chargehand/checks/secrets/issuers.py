"""Which texts are keys by their form: an issuer a row, as its documentation shows its keys."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# It has no form but its length, so it has to stand in quotes behind a name that says what it is.
_AWS_NAME = r"(?i:aws[^'\"]{0,30}(?:key|token|secret|pass|pwd?)[^'\"]{0,10})"
_AWS_SECRET = _AWS_NAME + r"['\"](?:[^'\"]{0,8}['\"])?((?![0-9a-f]{40})[A-Za-z0-9/+]{40})(?=['\"])"
# Beside other digits and dashes it is a part of something else; without digits or large letters, a word.
_TELEGRAM = r"(?<!-)\d{8,10}:A(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{34}(?![\w-])"


class _Issuer(NamedTuple):
    """Keys of one issuer: each holds one of the `hints`, in small or large letters, and matches `form`.

    If the form has a group, that is the key, and the rest is what it has to stand beside.
    """

    kind: str
    hints: tuple[str, ...]
    form: str


_ISSUERS = tuple(
    _Issuer(kind, tuple(hints.split()), form)
    for kind, hints, form in (
        ("1Password secret key", "a3-", r"A3-[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}"),
        ("1Password service account", "ops_eyj", r"ops_eyJ[A-Za-z0-9+/]{100,}={0,3}"),
        ("Adafruit key", "aio_", r"aio_[A-Za-z]{4}\d{2}[A-Za-z0-9]{22}"),
        ("Adobe client secret", "p8e-", r"p8e-[A-Za-z0-9_-]{32}"),
        ("age secret key", "age-secret-key-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
        ("Airtable token", "pat", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
        ("Alibaba access key", "ltai", r"LTAI(?=[A-Za-z]*\d)[A-Za-z0-9]{16,24}"),
        ("Anthropic API key", "sk-ant-", r"sk-ant-[a-z0-9]+-[\w-]{20,}"),
        ("Artifactory API key", "akcp", r"AKCp[A-Za-z0-9]{50,}"),
        ("Artifactory reference token", "cmvmd", r"cmVmd[A-Za-z0-9]{59}"),
        (
            "Atlassian token",
            "atatt3 atctt3 atbb",
            r"AT(?:ATT|CTT)3xF[\w-]{40,}={0,2}\w*|ATBB[A-Za-z0-9]{28,}",
        ),
        (
            "Authress access key",
            ".acc",
            r"[a-z]{2,8}_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,}",
        ),
        ("AWS access key", "akia asia abia acca", r"A(?:KI|SI|BI|CC)A[A-Z0-9]{16}"),
        ("AWS secret key", "aws", _AWS_SECRET),
        ("AWS Bedrock key", "absk", r"ABSK[A-Za-z0-9+/]{100,}={0,2}"),
        ("AWS Bedrock key", "bedrock-api-key-", r"bedrock-api-key-[A-Za-z0-9+/=_-]{28,}"),
        ("Azure client secret", "q~", r"[\w.~]{3}\dQ~[\w.~-]{31,34}"),
        ("Azure DevOps token", "azdo", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
        ("Azure key", "jqqj99", r"[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{20,}"),
        ("Azure shared access key", "sharedaccesskey=", r"SharedAccessKey=[A-Za-z0-9+/]{40,}={0,2}"),
        ("Azure storage key", "accountkey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
        ("Buildkite token", "bkua_", r"bkua_[0-9a-f]{40}"),
        ("CircleCI token", "ccip", r"CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}"),
        ("ClickHouse key", "4b1d", r"4b1d(?=[a-f0-9]*[A-Zg-z])[A-Za-z0-9]{38}"),
        ("Clojars token", "clojars_", r"(?i:clojars)_[a-z0-9]{60}"),
        ("Cloudflare origin key", "v1.0-", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}"),
        ("Contentful token", "cfpat-", r"CFPAT-[\w-]{40,}"),
        ("crates.io token", "cio", r"cio(?=[A-Za-z]*\d)[A-Za-z0-9]{32}"),
        ("Databricks token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
        ("Defined Networking key", "dnkey-", r"dnkey-[\w=-]{26}-[\w=-]{52}"),
        ("DigitalOcean token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
        ("Discord bot token", ".", r"[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,38}"),
        ("Discord webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/\d{17,20}/[\w-]{60,}"),
        ("Docker token", "dckr_", r"dckr_[po]at_[\w-]{20,}"),
        ("Doppler token", "dp.", r"dp\.(?:pt|ct|sa|scim|audit|st(?:\.[\w-]{1,40})?)\.[A-Za-z0-9]{40,}"),
        ("Dropbox token", "sl.", r"sl\.(?:u\.)?[\w=-]{130,}"),
        ("Duffel token", "duffel_", r"duffel_(?:test|live)_[\w=-]{43}"),
        ("Dynatrace token", "dt0", r"dt0[a-z]\d{2}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}"),
        ("EasyPost key", "ezak eztk", r"EZ[AT]K[A-Za-z0-9]{54}"),
        ("ElevenLabs key", "sk_", r"sk_[a-f0-9]{48}"),
        ("Facebook token", "eaa", r"EAA[A-Z](?=[A-Za-z]*\d)[A-Za-z0-9]{90,}"),
        ("Figma token", "figd_ figo_ figu_ figr_", r"fig[dour]_[\w-]{40,}"),
        ("Flutterwave key", "flwseck", r"FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?"),
        ("Fly.io token", "fo1_", r"fo1_[\w-]{43}"),
        ("Fly.io token", "fm1 fm2_", r"fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,}={0,3}"),
        ("Frame.io token", "fio-u-", r"fio-u-[\w=-]{64}"),
        ("GitHub fine-grained token", "github_pat_", r"github_pat_\w{36,}"),
        ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[oprsu]_[A-Za-z0-9][\w.-]{35,}"),
        (
            "GitLab token",
            "glpat- gloas- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glsoat- glffct- glwt-",
            r"gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.-]{20,}",
        ),
        ("GitLab registration token", "gr1348941", r"GR1348941[\w-]{20,}"),
        ("GitLab session", "_gitlab_session=", r"_gitlab_session=[0-9a-z]{32}"),
        ("Google API key", "aiza", r"AIza[\w-]{35}"),
        ("Google client secret", "gocspx-", r"GOCSPX-[\w-]{28}"),
        ("Google token", "ya29.", r"ya29\.[\w-]{60,}"),
        ("Google token", "1//0", r"1//0[\w-]{40,}"),
        ("Grafana token", "glc_ glsa_", r"glc_[A-Za-z0-9+/]{32,}={0,3}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
        ("Grafana API key", "eyjrijoi", r"eyJrIjoi[A-Za-z0-9]{60,}={0,3}"),
        ("Groq key", "gsk_", r"gsk_[A-Za-z0-9]{48,}"),
        ("Harness key", "pat. sat.", r"[ps]at\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}"),
        ("Heroku key", "hrku-", r"HRKU-(?:AA[\w-]{58}|" + _ID + ")"),
        ("HubSpot token", "pat-", r"pat-[a-z]{2}\d-" + _ID),
        ("Hugging Face token", "hf_", r"hf_[A-Za-z0-9]{34,}"),
        ("Hugging Face token", "api_org_", r"api_org_[A-Za-z0-9]{34,}"),
        ("Infracost key", "ico-", r"ico-[A-Za-z0-9]{32}"),
        ("Intra 42 secret", "s-s4t2", r"s-s4t2(?:ud|af)-[a-f0-9]{64}"),
        ("LangSmith key", "lsv2_", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
        ("LaunchDarkly key", "sdk- api-", r"(?:sdk|api)-" + _ID),
        ("Linear key", "lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{40,}"),
        ("Lob key", "live_ test_", r"(?:live|test)_(?:pub_)?[a-f0-9]{31,35}"),
        ("Mailchimp key", "-us", r"[0-9a-f]{32}-us\d{1,2}"),
        ("Mailgun key", "key-", r"(?:pub)?key-[0-9a-f]{32}"),
        ("Mapbox secret token", "sk.eyj", r"sk\.eyJ[\w-]{40,}\.[\w-]{20,}"),
        ("MaxMind key", "_mmk", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
        (
            "Microsoft Teams webhook",
            "/webhookb2/",
            r"webhook\.office\.com/webhookb2/[\w@-]{60,}/IncomingWebhook/[a-z0-9]{32}/[\w-]+",
        ),
        ("Netlify token", "nfp_", r"nfp_[A-Za-z0-9]{36}"),
        (
            "New Relic key",
            "nrak- nrra- nrii- nriq- nrsp- nrma- nrjs-",
            r"NR(?:AK|RA|II|IQ|SP|MA)-[A-Za-z0-9_-]{27,}|NRJS-[a-f0-9]{19}",
        ),
        ("New Relic licence key", "nral", r"[a-f0-9x]{36}NRAL"),
        ("Notion token", "ntn_", r"ntn_\d{11}[A-Za-z0-9]{35}"),
        ("npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
        ("npm token", "_authtoken", r"_authToken\s?=\s?['\"]?(" + _ID + ")"),
        ("NuGet key", "oy2", r"oy2[a-z0-9]{43}"),
        ("NVIDIA key", "nvapi-", r"nvapi-[\w-]{60,}"),
        ("Octopus Deploy key", "api-", r"API-(?=[A-Z]*\d)[A-Z0-9]{25,}"),
        ("OpenAI API key", "t3blbkfj", r"sk-[\w-]{0,100}T3BlbkFJ[\w-]{20}"),
        ("OpenRouter key", "sk-or-", r"sk-or-v1-[a-f0-9]{64}"),
        ("OpenShift token", "sha256~", r"sha256~[\w-]{43}"),
        ("Perplexity key", "pplx-", r"pplx-[A-Za-z0-9]{48}"),
        ("Pinecone key", "pcsk_", r"pcsk_\w{50,}"),
        ("Plaid token", "access-", r"access-(?:sandbox|development|production)-" + _ID),
        ("PlanetScale credential", "pscale_", r"pscale_(?:tkn|oauth|pw)_[\w=.-]{32,}"),
        ("PostHog key", "phx_", r"phx_[A-Za-z0-9_]{40,}"),
        ("Postman key", "pmak-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
        ("Prefect key", "pnu_", r"pnu_[A-Za-z0-9]{36}"),
        ("Pulumi token", "pul-", r"pul-[a-f0-9]{40}"),
        ("PyPI token", "pypi-age", r"pypi-AgE[\w-]{80,}"),
        ("ReadMe key", "rdme_", r"rdme_[a-z0-9]{70}"),
        ("Replicate token", "r8_", r"r8_[A-Za-z0-9]{37}"),
        ("RubyGems key", "rubygems_", r"rubygems_[a-f0-9]{48}"),
        ("Scalingo token", "tk-us-", r"tk-us-[\w-]{48}"),
        ("Sendinblue key", "sib-", r"x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
        ("SendGrid key", "sg.", r"SG\.[\w-]{22}\.[\w-]{43}"),
        ("Sentry token", "sntry", r"sntrys_eyJ[A-Za-z0-9+/=_]{60,}|sntryu_[a-f0-9]{64}"),
        ("SettleMint token", "sm_", r"sm_[aps]at_[A-Za-z0-9]{16}"),
        ("Shippo token", "shippo_", r"shippo_(?:live|test)_[A-Fa-f0-9]{40}"),
        ("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"),
        (
            "Slack token",
            "xapp- xoxe",
            r"xapp-\d-[A-Za-z0-9]+-\d+-[A-Za-z0-9]{20,}|xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{100,}",
        ),
        ("Slack token", "xox", r"xox[abeoprs]-(?:\d+-)*[A-Za-z0-9][A-Za-z0-9-]{16,}"),
        (
            "Slack webhook",
            "hooks.slack",
            r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/]{30,}",
        ),
        ("Sidekiq credential", "contribsys", r"[a-f0-9]{8}:[a-f0-9]{8}"),
        ("Sonar token", "squ_ sqp_ sqa_", r"sq[apu]_[a-f0-9]{40}"),
        ("Sourcegraph token", "sgp_", r"sgp_(?:[A-Fa-f0-9]{16}_|local_)?[A-Fa-f0-9]{40}"),
        ("Square token", "eaaa", r"EAAA[\w-]{60}"),
        ("Square token", "sq0", r"sq0(?:atp-[\w-]{22}|csp-[\w-]{43})"),
        ("Stripe key", "k_live_ k_prod_ k_test_", r"[rs]k_(?:live|prod|test)_[A-Za-z0-9]{10,}"),
        ("Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/]{32,}={0,2}"),
        ("Supabase key", "sbp_ sb_secret_", r"sbp_[a-f0-9]{40}|sb_secret_[\w-]{30,}"),
        (
            "Tailscale key",
            "tskey-",
            r"tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{10,}-[A-Za-z0-9]{16,}",
        ),
        ("Telegram bot token", ":a", _TELEGRAM),
        ("Terraform Cloud token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}"),
        ("Twilio key", "ac sk", r"(?:AC|SK)[0-9a-f]{32}"),
        ("Twitter bearer token", "aaaaaaaaaaaaaaaaaaaa", r"A{20,22}[A-Za-z0-9%]{70,}"),
        ("Typeform token", "tfp_", r"tfp_[\w=.-]{44,}"),
        ("Vault token", "hvs. hvb. hvr.", r"hv[bsr]\.[\w-]{24,}"),
        (
            "Vault token",
            "s.",
            r"s\.(?=(?:[A-Za-z]*\d){2})(?=[A-Z0-9]*[a-z])(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{24}",
        ),
        ("xAI key", "xai-", r"xai-[A-Za-z0-9]{70,}"),
        ("Yandex key", "aqvn", r"AQVN[\w-]{35,}"),
        ("Zapier webhook", "hooks.zapier", r"hooks\.zapier\.com/hooks/catch/\d+/\w{6,}"),
    )
)

_BY_HINT = tuple((hint, issuer) for issuer in _ISSUERS for hint in issuer.hints)

# A key begins behind what is no part of it: a line break in a string may be written as \\n.
_START, _END = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))", r"(?![A-Za-z0-9])"


def issued_keys(text: str) -> Iterator[tuple[str, str]]:
    """Yield the keys in a line with their kinds."""
    lowered = text.lower()
    for hint, issuer in _BY_HINT:
        if hint in lowered:
            for found in _compiled(issuer.form).finditer(text):
                yield issuer.kind, found.group(found.lastindex or 0)


@cache
def _compiled(form: str) -> re.Pattern[str]:
    """Return the pattern of a form. To compile all of them at every start would take 40 ms."""
    return re.compile(f"{_START}(?:{form}){_END}", re.ASCII)
