"""The rules of the lens `security`, and how it grades if the general scale does not fit.

`security_severity` follows the bands that code scanning draws: above 9.0 critical, from 7.0 high, from 4.0
medium.
"""

from chargehand.core.finding import Severity
from chargehand.lenses.rule import Rule

SEVERITY = (
    "Severity is critical if anyone gets at what is not theirs or runs code, high if they gain less or "
    "stop the service, medium if it takes a certain role or a second fault."
)

RULES = (
    Rule(
        id="security/injection",
        title="Input becomes part of a query, command, template or program",
        description="A value that others control is put into text that something executes: SQL, a shell, a "
        "template, an evaluator, a log or header line.",
        help="Pass the value apart from the text: bound parameters, argument lists, a data-only interface.",
        severity=Severity.CRITICAL,
        security_severity=9.3,
        cwe=(74, 77, 78, 89, 94),
    ),
    Rule(
        id="security/cross-site-scripting",
        title="Input becomes markup or script in someone's browser",
        description="A value that others control reaches a page without escaping, so that it can run "
        "script there.",
        help="Let the template escape it, or sanitise markup with a library made for it.",
        severity=Severity.HIGH,
        security_severity=7.6,
        cwe=(79, 116),
    ),
    Rule(
        id="security/request-forgery",
        title="Someone can make the server or a user's browser send requests",
        description="A server fetches an address that others choose, or acts on a request that another "
        "site can make a browser send.",
        help="Allow only known hosts and no internal addresses; demand a token or same-site cookies for "
        "changes.",
        severity=Severity.HIGH,
        security_severity=7.7,
        cwe=(352, 918),
    ),
    Rule(
        id="security/secret",
        title="A password, key or token is written in the change",
        description="A credential stands in clear text in a file. Who can read the repository, now or "
        "later, has it.",
        help="Revoke the credential first: history keeps it. Then read it from the environment or a secret "
        "store.",
        severity=Severity.HIGH,
        security_severity=8.2,
        cwe=(321, 798),
    ),
    Rule(
        id="security/access-control",
        title="A check of who asks, or of what they may do, is missing or wrong",
        description="Something can be read or done without logging in, as someone else, or on another's "
        "object.",
        help="Check on the server, for each object, that this user may do this; deny by default.",
        severity=Severity.HIGH,
        security_severity=8.3,
        cwe=(284, 287, 306, 639, 862, 863),
    ),
    Rule(
        id="security/path-traversal",
        title="Input chooses a file outside the intended folder",
        description="A path, archive entry or upload name that others control leads to files that they "
        "must not reach.",
        help="Resolve the path and refuse it unless it lies under the intended folder; better, look names "
        "up in a list.",
        severity=Severity.HIGH,
        security_severity=7.5,
        cwe=(22, 59, 73),
    ),
    Rule(
        id="security/unsafe-deserialization",
        title="Untrusted data is turned into objects that can run code",
        description="Data that others can write is read by a format that creates arbitrary objects.",
        help="Use a data-only format such as JSON with a schema, or verify a signature before reading.",
        severity=Severity.CRITICAL,
        security_severity=9.4,
        cwe=(502,),
    ),
    Rule(
        id="security/weak-cryptography",
        title="Encryption, hashing, randomness or certificate checks are too weak",
        description="Data, passwords or tokens are protected by something that can be broken, guessed or "
        "switched off.",
        help="Use the platform's current primitive for the purpose, with its defaults and with "
        "verification on.",
        severity=Severity.MEDIUM,
        security_severity=6.5,
        cwe=(295, 319, 327, 330, 347, 916),
    ),
    Rule(
        id="security/information-exposure",
        title="Internal or personal data reaches someone who must not see it",
        description="Errors, logs, answers, URLs or files show data beyond what their reader may know.",
        help="Send the least that is needed; keep details in logs, and secrets and personal data out of "
        "both.",
        severity=Severity.MEDIUM,
        security_severity=5.3,
        cwe=(200, 209, 532),
    ),
    Rule(
        id="security/denial-of-service",
        title="A small request can use up the service",
        description="An input makes the server work, wait or allocate far more than the sender had to.",
        help="Bound sizes, counts and times; avoid expressions that backtrack on foreign input.",
        severity=Severity.MEDIUM,
        security_severity=5.9,
        cwe=(400, 770, 1333),
    ),
    Rule(
        id="security/business-logic",
        title="A function gives someone more than it is meant to",
        description="A legitimate function is called twice, out of order, at once or with odd amounts, and "
        "pays out, unlocks or reveals too much.",
        help="Enforce the rule where the state changes: once only, in order, within its bounds.",
        severity=Severity.HIGH,
        security_severity=7.1,
        cwe=(837, 840, 841),
        hint="a function called twice, out of order, with odd amounts",
    ),
    Rule(
        id="security/input-validation",
        title="Input is trusted to have a form or value that nobody checked",
        description="A redirect target, field list, amount, header or file type is taken as the client "
        "sends it.",
        help="Check against what is allowed where the value enters; take only the fields that are meant.",
        severity=Severity.MEDIUM,
        security_severity=6.1,
        cwe=(20, 601, 915),
    ),
    Rule(
        id="security/supply-chain",
        title="The build or deployment can be made to run foreign code",
        description="A pipeline, image or dependency takes code or text that others can change, or has "
        "more rights than it needs.",
        help="Pin by digest or lock file, verify downloads, keep foreign text out of scripts, cut "
        "permissions.",
        severity=Severity.MEDIUM,
        security_severity=6.3,
        cwe=(494, 829, 1357),
    ),
    Rule(
        id="security/memory-safety",
        title="Memory is read or written out of bounds or after release",
        description="A length, index, pointer or lifetime is wrong in code that the language does not check.",
        help="Check the bound before the access, or use a type that carries its length and owner.",
        severity=Severity.HIGH,
        security_severity=8.1,
        cwe=(119, 125, 416, 787),
    ),
    Rule(
        id="security/prompt-injection",
        title="Text tries to steer a reviewer or a model",
        description="Text in the change speaks to an automated reviewer, or foreign text reaches a model "
        "as instruction.",
        help="Remove the text, or find out who wrote it and why. Keep foreign text apart from instructions.",
        severity=Severity.HIGH,
        security_severity=7.0,
        cwe=(1427,),
    ),
    Rule(
        id="security/invisible-character",
        title="An invisible character hides in the text",
        description="A zero-width or tag character makes text differ from what a reader sees: names that "
        "look equal are not, and hidden text reaches tools and models.",
        help="Remove the character, or write it as an escape.",
        severity=Severity.MEDIUM,
        security_severity=5.0,
        cwe=(1007,),
        is_for_models=False,
    ),
    Rule(
        id="security/bidirectional-text",
        title="A control character changes the order in which code is shown",
        description="A bidirectional control character makes a line read differently from how it is "
        "executed (the Trojan Source attack, CVE-2021-42574).",
        help="Remove the character, or write it as an escape.",
        severity=Severity.HIGH,
        security_severity=8.3,
        cwe=(1007,),
        is_for_models=False,
    ),
    Rule(
        id="security/executable-bit",
        title="A file can be executed from now on",
        description="The mode of a file changes so that it can be started as a program.",
        help="Check that it is meant to be a program; else take the bit back: `git update-index --chmod=-x`.",
        severity=Severity.LOW,
        security_severity=2.5,
        cwe=(732,),
        is_for_models=False,
    ),
    Rule(
        id="security/link-target",
        title="A symbolic link leads out of the repository",
        description="What reads or writes through the link reaches files outside of the tree, or those "
        "that git keeps for itself.",
        help="Link to a file of the repository by a relative path, or copy what is needed.",
        severity=Severity.MEDIUM,
        security_severity=5.0,
        cwe=(59, 61),
        is_for_models=False,
    ),
    Rule(
        id="security/submodule-url",
        title="A submodule's code comes from another address",
        description="Clones and builds get foreign code from the address that stands here.",
        help="Check who owns the address, and that the commit which is pinned is one of theirs.",
        severity=Severity.LOW,
        security_severity=3.5,
        cwe=(829,),
        is_for_models=False,
    ),
    Rule(
        id="security/runs-by-itself",
        title="A file moves to a place from which it is run by itself",
        description="A CI service, a hook, an editor or a package manager runs what lies there, though "
        "nobody asks for it.",
        help="Read the whole file, not only what changed in it, and check that it is meant to run there.",
        severity=Severity.LOW,
        security_severity=3.5,
        cwe=(829,),
        is_for_models=False,
    ),
    Rule(
        id="security/other",
        title="Another weakness",
        description="Someone can make the code do what they must not be able to, in a way that no other "
        "rule names.",
        help="Read the finding: it says who can do it, how, and what they gain.",
        severity=Severity.MEDIUM,
        security_severity=5.0,
    ),
)
