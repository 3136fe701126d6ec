"""Names by which files are known that people do not write, and what has to vouch for them."""

# Each with the manifests of which one has to stand beside it.
LOCK_FILES: dict[str, tuple[str, ...]] = {
    ".terraform.lock.hcl": ("main.tf", "versions.tf", "providers.tf", "terraform.tf"),
    "buildscript-gradle.lockfile": ("build.gradle", "build.gradle.kts"),
    "cabal.project.freeze": ("cabal.project",),
    "cargo.lock": ("Cargo.toml",),
    "cartfile.resolved": ("Cartfile",),
    "chart.lock": ("Chart.yaml",),
    "composer.lock": ("composer.json",),
    "conan.lock": ("conanfile.py", "conanfile.txt"),
    "conda-lock.yml": ("environment.yml", "environment.yaml", "pyproject.toml"),
    "deno.lock": ("deno.json", "deno.jsonc", "package.json"),
    "flake.lock": ("flake.nix",),
    "gemfile.lock": ("Gemfile",),
    "go.sum": ("go.mod",),
    "go.work.sum": ("go.work",),
    "gradle.lockfile": ("build.gradle", "build.gradle.kts"),
    "mix.lock": ("mix.exs",),
    "module.bazel.lock": ("MODULE.bazel",),
    "package.resolved": ("Package.swift",),
    "packages.lock.json": ("packages.config", "Directory.Packages.props"),
    "paket.lock": ("paket.dependencies",),
    "pipfile.lock": ("Pipfile",),
    "pixi.lock": ("pixi.toml", "pyproject.toml"),
    "podfile.lock": ("Podfile",),
    "pubspec.lock": ("pubspec.yaml",),
    "rebar.lock": ("rebar.config",),
    "shard.lock": ("shard.yml",),
    "stack.yaml.lock": ("stack.yaml",),
    **dict.fromkeys(
        (
            *("bun.lock", "bun.lockb", "npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml"),
            "yarn.lock",
        ),
        ("package.json",),
    ),
    **dict.fromkeys(("pdm.lock", "poetry.lock", "pylock.toml", "uv.lock"), ("pyproject.toml",)),
}

# Each with the manifests of which one has to be there and to change with it: `{inside}` is the folder,
# `{package}` the one below it, `{beside}` the one that holds it. `vendors` and `external` are left out: too
# many people keep their own code there.
VENDOR_FOLDERS: dict[str, tuple[str, ...]] = {
    "_vendor": ("{inside}vendor.txt", "{beside}vendor.txt"),
    ".venv": ("{beside}uv.lock", "{beside}poetry.lock"),
    "bower_components": ("{beside}bower.json", "{package}.bower.json"),
    "carthage": ("{beside}Cartfile.resolved",),
    "godeps": ("{inside}Godeps.json",),
    "jspm_packages": ("{beside}jspm.config.js",),
    "node_modules": (
        "{inside}.package-lock.json",
        "{inside}.yarn-integrity",
        "{inside}.modules.yaml",
        "{beside}package-lock.json",
        "{beside}yarn.lock",
        "{beside}pnpm-lock.yaml",
        "{package}package.json",
    ),
    "pods": ("{inside}Manifest.lock", "{beside}Podfile.lock"),
    "site-packages": (),
    "third-party": ("{package}METADATA", "{package}README.chromium", "{package}.cargo-checksum.json"),
    "third_party": ("{package}METADATA", "{package}README.chromium", "{package}.cargo-checksum.json"),
    "vendor": (
        "{inside}modules.txt",
        "{inside}composer/installed.json",
        "{beside}composer.lock",
        "{package}.cargo-checksum.json",
    ),
    "vendored": ("{inside}vendor.txt", "{inside}vendor.json"),
}

GENERATED_ENDINGS = (
    "_pb.d.ts", "_pb.js", "_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_grpc.pb.go", ".pb.cc", ".pb.dart",
    ".pb.go", ".pb.gw.go", ".pb.h", ".pb.swift", ".pb.validate.go", ".pbenum.dart", ".pbgrpc.dart",
    ".pbjson.dart", ".pbserver.dart", "_generated.go", ".gen.go", ".g.cs", ".g.i.cs", ".g.dart",
    ".freezed.dart", ".gr.dart", ".mocks.dart", ".designer.cs", ".designer.vb", ".generated.cs",
    ".generated.dart", ".generated.go", ".generated.js", ".generated.swift", ".generated.ts",
    ".generated.tsx", ".css.map", ".js.map", ".mjs.map", ".snap", ".tsbuildinfo",
    ".xcodeproj/project.pbxproj", ".pnp.cjs", ".pnp.loader.mjs", ".bundle.js",
    ".bundle.css", ".chunk.js", ".chunk.css",
)  # fmt: skip

GENERATED_FOLDERS = frozenset({"__generated__", "__snapshots__"})

# What a bundler leaves behind, if it is checked in; the folder stands beside one of these.
BUNDLE_MANIFESTS = ("package.json", "action.yml", "action.yaml", "bower.json", "composer.json")
BUNDLE_FOLDER = "dist"
BUNDLE_ENDINGS = (".js", ".cjs", ".mjs", ".css", ".d.ts")

MINIFIED_ENDINGS = (".min.js", ".min.cjs", ".min.mjs", ".min.css", "-min.js", "-min.css")
# Files in which minified code is looked for by the look of its lines.
MINIFIABLE_ENDINGS = (".js", ".cjs", ".mjs", ".css")

# Endings of files that hold no text, with how their bytes begin: at the number, one of these.
ASSETS: dict[str, tuple[int, tuple[bytes, ...]]] = {
    ".avif": (4, (b"ftyp",)),
    ".bmp": (0, (b"BM",)),
    ".flac": (0, (b"fLaC",)),
    ".gif": (0, (b"GIF87a", b"GIF89a")),
    ".heic": (4, (b"ftyp",)),
    ".icns": (0, (b"icns",)),
    ".ico": (0, (b"\0\0\1\0",)),
    ".jp2": (4, (b"jP  ",)),
    ".m4a": (4, (b"ftyp",)),
    ".mp3": (0, (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ".mov": (4, (b"ftyp", b"moov", b"mdat", b"wide", b"free")),
    ".ogg": (0, (b"OggS",)),
    ".otf": (0, (b"OTTO", b"\0\1\0\0")),
    ".pdf": (0, (b"%PDF-",)),
    ".png": (0, (b"\x89PNG\r\n\x1a\n",)),
    ".psd": (0, (b"8BPS",)),
    ".rtf": (0, (b"{\\rtf",)),
    ".ttc": (0, (b"ttcf",)),
    ".ttf": (0, (b"\0\1\0\0", b"true", b"OTTO")),
    ".wav": (0, (b"RIFF",)),
    ".webm": (0, (b"\x1a\x45\xdf\xa3",)),
    ".webp": (8, (b"WEBP",)),
    ".woff": (0, (b"wOFF",)),
    ".woff2": (0, (b"wOF2",)),
    **dict.fromkeys((".jpg", ".jpeg"), (0, (b"\xff\xd8\xff",))),
    **dict.fromkeys((".tif", ".tiff"), (0, (b"II*\0", b"MM\0*"))),
    **dict.fromkeys((".mp4", ".m4v"), (4, (b"ftyp",))),
    **dict.fromkeys((".mkv", ".mka"), (0, (b"\x1a\x45\xdf\xa3",))),
    # Office files without macros: archives, or what came before them.
    **dict.fromkeys((".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub"), (0, (b"PK\3\4",))),
}  # fmt: skip
