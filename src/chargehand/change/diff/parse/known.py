"""Names by which files are known that people do not write: lock files, generated, vendored, minified."""

LOCK_FILES = frozenset({
    ".pnp.cjs", ".pnp.loader.mjs", ".terraform.lock.hcl", "bun.lock", "bun.lockb",
    "buildscript-gradle.lockfile", "cabal.project.freeze", "cargo.lock", "cartfile.resolved", "chart.lock",
    "composer.lock", "conan.lock", "conda-lock.yml", "deno.lock", "flake.lock", "gemfile.lock", "go.sum",
    "go.work.sum", "gradle.lockfile", "mix.lock", "module.bazel.lock", "npm-shrinkwrap.json",
    "package-lock.json", "package.resolved", "packages.lock.json", "paket.lock", "pdm.lock", "pipfile.lock",
    "pixi.lock", "pnpm-lock.yaml", "podfile.lock", "poetry.lock", "pubspec.lock", "pylock.toml",
    "rebar.lock", "shard.lock", "stack.yaml.lock", "uv.lock", "yarn.lock",
})  # fmt: skip

# `vendors` and `external` are left out: too many people keep their own code there.
VENDOR_FOLDERS = frozenset({
    "_vendor", ".venv", "bower_components", "carthage", "godeps", "jspm_packages", "node_modules", "pods",
    "site-packages", "third-party", "third_party", "vendor", "vendored",
})  # fmt: skip

GENERATED_ENDINGS = (
    "_pb.d.ts", "_pb.js", "_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_grpc.pb.go", ".pb.cc", ".pb.dart",
    ".pb.go", ".pb.gw.go", ".pb.h", ".pb.swift", ".pb.validate.go", ".pbenum.dart", ".pbgrpc.dart",
    ".pbjson.dart", ".pbserver.dart", "_generated.go", ".gen.go", ".g.cs", ".g.i.cs", ".g.dart",
    ".freezed.dart", ".gr.dart", ".mocks.dart", ".designer.cs", ".designer.vb", ".generated.cs",
    ".generated.dart", ".generated.go", ".generated.js", ".generated.swift", ".generated.ts",
    ".generated.tsx", ".css.map", ".js.map", ".mjs.map", ".snap", ".tsbuildinfo",
    ".xcodeproj/project.pbxproj", ".bundle.js", ".bundle.css", ".chunk.js", ".chunk.css",
)  # fmt: skip

GENERATED_FOLDERS = frozenset({"__generated__", "__snapshots__"})

# What a bundler leaves behind, where it is checked in.
BUNDLE_FOLDER = "dist"
BUNDLE_ENDINGS = (".js", ".cjs", ".mjs", ".css", ".d.ts")

MINIFIED_ENDINGS = (".min.js", ".min.cjs", ".min.mjs", ".min.css", "-min.js", "-min.css")
# Where minified code is looked for by the look of its lines.
MINIFIABLE_ENDINGS = (".js", ".cjs", ".mjs", ".css")

SOURCE_ENDINGS = (
    ".bash", ".bat", ".c", ".cc", ".cjs", ".clj", ".cpp", ".cs", ".css", ".cxx", ".dart", ".erl", ".ex",
    ".exs", ".fs", ".go", ".gradle", ".groovy", ".h", ".hcl", ".hpp", ".hs", ".html", ".java", ".js",
    ".json", ".jsx", ".kt", ".kts", ".lua", ".m", ".mjs", ".ml", ".mm", ".php", ".pl", ".ps1", ".py",
    ".pyi", ".r", ".rb", ".rs", ".scala", ".scss", ".sh", ".sol", ".sql", ".svelte", ".swift", ".tf",
    ".toml", ".ts", ".tsx", ".vb", ".vue", ".xml", ".yaml", ".yml", ".zig", "/dockerfile", "/jenkinsfile",
    "/makefile",
)  # fmt: skip


def is_source(path: str) -> bool:
    """Tell whether people write files of this name, as text."""
    return f"/{path.lower()}".endswith(SOURCE_ENDINGS)
