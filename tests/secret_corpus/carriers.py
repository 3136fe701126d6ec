"""In what a value stands that has a name: a line of a settings file, of code, of a script."""

from collections.abc import Callable

Carrier = Callable[[str, str], tuple[str, str]]


def _dotenv(name: str, value: str) -> tuple[str, str]:
    return ".env", f"APP_MODE=live\n{name.upper()}={value}\nLOG_LEVEL=info\n"


def _shell(name: str, value: str) -> tuple[str, str]:
    return "deploy/release.sh", f"#!/bin/sh\nset -eu\nexport {name.upper()}={value}\n./run\n"


def _dockerfile(name: str, value: str) -> tuple[str, str]:
    return "Dockerfile", f"FROM debian:12\nENV {name.upper()}={value}\nRUN make\n"


def _dockerfile_blank(name: str, value: str) -> tuple[str, str]:
    return "build/Dockerfile", f"FROM debian:12\nENV {name.upper()} {value}\nRUN make\n"


def _makefile(name: str, value: str) -> tuple[str, str]:
    return "Makefile", f"{name.upper()} := {value}\n\nall: build\n"


def _properties(name: str, value: str) -> tuple[str, str]:
    dotted = name.lower().replace("_", ".")
    return "src/main/resources/application.properties", f"app.mode=live\n{dotted}={value}\n"


def _ini(name: str, value: str) -> tuple[str, str]:
    return "etc/app.ini", f"[remote]\n{name.lower()} = {value}\n"


def _yaml(name: str, value: str) -> tuple[str, str]:
    return "deploy/values.yaml", f"remote:\n  {name.lower()}: {value}\n  retries: 3\n"


def _compose(name: str, value: str) -> tuple[str, str]:
    return "compose.yaml", f"services:\n  app:\n    environment:\n      - {name.upper()}={value}\n"


def _python(name: str, value: str) -> tuple[str, str]:
    return "app/remote.py", f'import json\n\n{name.upper()} = "{value}"\n'


def _javascript(name: str, value: str) -> tuple[str, str]:
    return "src/remote.js", f"const {_camel(name)} = '{value}';\nexport default {_camel(name)};\n"


def _typescript(name: str, value: str) -> tuple[str, str]:
    return "src/remote.ts", f"export const remote = {{\n  {_camel(name)}: '{value}',\n}};\n"


def _go(name: str, value: str) -> tuple[str, str]:
    return "remote/client.go", f'package remote\n\nfunc dial() {{\n\t{_camel(name)} := "{value}"\n}}\n'


def _java(name: str, value: str) -> tuple[str, str]:
    return (
        "src/Remote.java",
        f'class Remote {{\n  private static final String {name.upper()} = "{value}";\n}}\n',
    )


def _ruby(name: str, value: str) -> tuple[str, str]:
    return "config/remote.rb", f"Remote.configure do |c|\n  c.{name.lower()} = '{value}'\nend\n"


def _php(name: str, value: str) -> tuple[str, str]:
    return "config/remote.php", f"<?php\nreturn [\n    '{name.lower()}' => '{value}',\n];\n"


def _json(name: str, value: str) -> tuple[str, str]:
    return "config/remote.json", f'{{\n  "{_camel(name)}": "{value}",\n  "retries": 3\n}}\n'


def _terraform(name: str, value: str) -> tuple[str, str]:
    return "infra/main.tf", f'resource "remote" "app" {{\n  {name.lower()} = "{value}"\n}}\n'


def _xml(name: str, value: str) -> tuple[str, str]:
    return "Web.config", f'<appSettings>\n  <add key="{_pascal(name)}" value="{value}" />\n</appSettings>\n'


def _python_default(name: str, value: str) -> tuple[str, str]:
    return "app/settings.py", f'import os\n\nREMOTE = os.environ.get("{name.upper()}", "{value}")\n'


def _javascript_default(name: str, value: str) -> tuple[str, str]:
    return "src/settings.js", f"const remote = process.env.{name.upper()} || '{value}';\n"


def _nullish_default(name: str, value: str) -> tuple[str, str]:
    return "src/settings.ts", f"export const remote = process.env.{name.upper()} ?? '{value}';\n"


def _shell_default(name: str, value: str) -> tuple[str, str]:
    return "run.sh", f'#!/bin/sh\nexec ./app --remote "${{{name.upper()}:-{value}}}"\n'


def _ruby_default(name: str, value: str) -> tuple[str, str]:
    return "config/settings.rb", f"REMOTE = ENV.fetch('{name.upper()}', '{value}')\n"


def _spring_default(name: str, value: str) -> tuple[str, str]:
    dotted = name.lower().replace("_", ".")
    return "src/main/resources/application.yml", f"remote:\n  value: ${{{dotted}:{value}}}\n"


def _camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.lower().split("_"))


CARRIERS: tuple[Carrier, ...] = (
    *(_dotenv, _shell, _dockerfile, _dockerfile_blank, _makefile, _properties, _ini, _yaml, _compose),
    *(_python, _javascript, _typescript, _go, _java, _ruby, _php, _json, _terraform, _xml),
    *(_python_default, _javascript_default, _nullish_default, _shell_default, _ruby_default, _spring_default),
)
