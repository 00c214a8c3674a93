#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the source to the rules in HACKING that a compiler does not know.

    check-source.py [FOLDER]

Prints a line for each breach, `file:line: what`, and fails if there is one. A rule is a function
here; what may break it, and why, stands in the list beside it.
"""
import pathlib
import re
import subprocess
import sys

# Why each of these tells one thing although it has more than 500 lines, comments and blanks aside.
LONG = {
    "app/enigm-key.c": "one model: a property, its reader and its parser for each thing said of a key",
    "app/enigm-keyring.c": "one service, each call with its time limit and its own way to fail",
    "app/enigm-platform.c": "one client: every request to the platform takes the same way",
    "app/enigm-pairing.c": "one workflow, in the order in which it happens",
    "peers/key/key-session.c": "one conversation: what each message does in each state",
    "ui/enigm-window.c": "one window: what it shows in each state of the account",
    "ui/enigm-pairing-window.c": "one window: six steps that share what they show",
    "tests/peers/platform/practice.c": "one practice app and key, as its tests need them",
}
# Calls that block, and why nobody waits there.
BLOCKING = {
    ("app/enigm-keyring.c", "secret_password_lookup_sync"): "in a thread, while the Secret portal is asked",
}
# Hosts that a text may name: for examples, and for the names of things.
HOSTS = re.compile(
    r"[\w-]+|(127\.0\.0\.1|(.*\.)?example(\.(org|com|net))?|(.*\.)?(test|invalid)"
    r"|www\.w3\.org|(.*\.)?freedesktop\.org|(.*\.)?gnome\.org|(.*\.)?gnu\.org|spdx\.org"
    r"|www\.rfc-editor\.org|(.*\.)?ietf\.org|openapis\.org|spec\.openapis\.org"
    r"|json-schema\.org|(.*\.)?bluetooth\.com|creativecommons\.org"
    # where Flatpak gets GNOME's runtime, and the application ID's own
    r"|dl\.flathub\.org|enigm\.io)")
# Where a checkout may lie and which every computer has.
EVERYWHERE = ("/", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/usr/src", "/var/tmp")
BANNED = ("oops", "something went wrong", "military", "unbreakable", "please wait",
          "operation failed")
CODE = (".c", ".h", ".py", ".sh", ".build", ".ui", ".blp", ".css", ".xml", ".yaml", ".yml", ".sql")
GENERATED = {"config.h", "enigm-bluez.h", "enigm-enums.h"}
RULES = []


def rule(where):
    """Registers a rule for the files whose path matches `where`."""
    def register(function):
        RULES.append((re.compile(where), function))
        return function
    return register


def find_all(pattern, text, message, flags=0):
    for match in re.finditer(pattern, text, flags):
        groups = match.groupdict()
        yield text.count("\n", 0, match.start()) + 1, message.format(match.group(0).strip(), **groups)


def without_comments(text):
    """C without its comments, lines kept."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0))  # noqa: E731
    return re.sub(r'/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


@rule(r".*")
def licence(path, text, tree):
    if (path.endswith(CODE) or text.startswith("#!")) and text.strip():
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in "\n".join(text.splitlines()[:6]):
            yield 1, "no SPDX line: SPDX-License-Identifier: GPL-3.0-or-later"


@rule(r"(?!COPYING$|.*\.svg$)")
def hosts(path, text, tree):
    for match in re.finditer(r"\bhttps?://(?:[^\s/@]*@)?([\w.-]+\w)", text):
        if not HOSTS.fullmatch(match.group(1)):
            yield text.count("\n", 0, match.start()) + 1, f"names the host {match.group(1)}"


@rule(r".*")
def places(path, text, tree):
    if tree.outside:
        yield from find_all(re.escape(tree.outside), text, "names a place of this computer")


@rule(r"(app|ui|peers|tests)/.*\.(c|h|py|sh)$")
def sleeping(path, text, tree):
    if path.endswith(".sh"):
        yield from find_all(r"^\s*sleep\b", text, "sleeps; wait for the event", re.M)
    else:
        yield from find_all(r"\b(g_usleep|usleep|nanosleep|sleep)\s*\(", text,
                            "sleeps; wait for the event")


@rule(r".*")
def unfinished(path, text, tree):
    yield from find_all(r"\b(TODO|FIXME|XXX)\b", text, "{0}: finish it")


@rule(r"(app|ui|peers)/.*\.[ch]$")
def test_paths(path, text, tree):
    yield from find_all(r"^\s*#\s*if.*\b(\w*_)?TEST(S|ING)?\b", text, "behaves differently in tests", re.M)


# Which folders a folder may include from, besides its own.
LAYERS = {
    "app/protocol": (),
    "app/cli": ("app", "app/protocol"),
    "app": ("app/protocol",),
    "ui": ("app", "app/cli", "app/protocol"),
    "peers/key": ("app/protocol",),
    "peers/platform": ("app/protocol",),
}
LIBRARIES = {
    "app/protocol": r"gtk|gdk|adwaita|libsoup|libsecret|json-glib|sqlite3",
    "app": r"gtk|gdk|adwaita|sqlite3",
    "app/cli": r"gtk|gdk|adwaita|sqlite3",
    "peers/key": r"gtk|gdk|adwaita|libsecret|sqlite3",
    "peers/platform": r"gtk|gdk|adwaita|libsecret",
}


@rule(r"(app|ui|peers)/.*\.[ch]$")
def layers(path, text, tree):
    layer = max((name for name in LAYERS if path.startswith(name + "/")), key=len, default=None)
    if not layer:
        return
    allowed = (layer, *LAYERS[layer])
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
        if not match:
            continue
        kind, name = match.groups()
        if kind == "<":
            if layer in LIBRARIES and re.match(rf"({LIBRARIES[layer]})[/.]", name):
                yield number, f"{layer}/ does not use {name}"
            continue
        folders = {str(pathlib.PurePosixPath(other).parent) for other in tree.headers
                   if other == name or other.endswith("/" + name)}
        inside = {folder for folder in folders
                  if any(folder == place or (folder.startswith(place + "/") and folder not in LAYERS)
                         for place in allowed)}
        if folders and not inside:
            yield number, f"{layer}/ does not look into {sorted(folders)[0]}/ ({name})"
        elif not folders and name == "enigm-bluez.h" and layer in ("app/protocol", "ui"):
            yield number, f"{layer}/ does not talk to BlueZ"


@rule(r"(app|peers|tests/world)/.*\.h$")
def documented(path, text, tree):
    if path.endswith("-private.h"):
        return
    for match in re.finditer(r"^(?!typedef|static|#|G_DE)[A-Za-z][^;{}#=]*?\b(enigm_\w+)\s*\([^;{]*;",
                             without_comments(text), re.M):
        name = match.group(1)
        # What a getter does, its property or its name says; a finish stands with its async.
        if re.search(r"_get_\w+$|_quark$|_free$|_unref$|_to_string$", name):
            continue
        if tree.documented & {name, name.replace("_finish", "_async")}:
            continue
        line = without_comments(text).count("\n", 0, match.start(1)) + 1
        yield line, f"{name}() has no gi-docgen comment"


@rule(r"(ui|data)/.*\.ui$")
def translatable(path, text, tree):
    spoken = r"label|title|subtitle|description|tooltip-text|placeholder-text"
    for match in re.finditer(rf'<(?:property|attribute) name="(?:{spoken})"([^>]*)>([^<]*)<', text):
        attributes, words = match.groups()
        if re.search(r"[^\W\d_A-Z]", words) and 'translatable="yes"' not in attributes:
            yield text.count("\n", 0, match.start()) + 1, f"'{words.strip()}' is not translatable"


def spoken_strings(path, text):
    """(line, words) for each string that a person sees."""
    if path.endswith(".ui"):
        found = re.finditer(r'translatable="yes"[^>]*>([^<]*)<', text)
    elif path.endswith(".pot"):
        found = re.finditer(r'^msgid(?:_plural)? ((?:".*"\s*)+)', text, re.M)
    else:
        found = re.finditer(r'\b(?:N?_|C_|NC_|n?gettext|g_dngettext)\s*\(((?:[^;"()]*"(?:[^"\\]|\\.)*")+)', text)
    for match in found:
        yield text.count("\n", 0, match.start()) + 1, match.group(1)


@rule(r"((ui|app)/.*\.(c|ui)|po/.*\.pot)$")
def words(path, text, tree):
    for line, spoken in spoken_strings(path, text):
        low = re.sub(r'"\s*"', "", spoken.lower())
        for word in BANNED:
            if word in low:
                yield line, f"says '{word}'"
        if re.search(r"\bdevices?\b", low.replace("device credential", "")):
            yield line, "says 'device'; the button is a key, the other thing a computer"
        if re.search(r"\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b|error \d", low):
            yield line, "shows an address or an error's number"


@rule(r"(app|ui)/.*\.c$")
def blocking(path, text, tree):
    for match in re.finditer(r"\b((?:g|secret|soup|json|gtk|gdk|enigm_bluez)_\w+_sync)\s*\(",
                             without_comments(text)):
        if (path, match.group(1)) not in BLOCKING:
            yield text.count("\n", 0, match.start()) + 1, f"{match.group(1)}() blocks"


# What must not be compared byte by byte until one differs: how long that takes tells how many fit.
SECRET = (r"(?i)(?<![a-z])(macs?|tags?|tokens?|secrets?|credentials?|passwords?|passphrases?|hints?|pin"
          r"|confirm(ation)?(_?[pv])?|shared|scalar|w[01]|(request|answer|column|session|management)_key)(?![a-z])")


@rule(r"(app|ui|peers)/.*\.[ch]$")
def constant_time(path, text, tree):
    text = without_comments(text)
    compare = r"(?<!_)\b(memcmp|bcmp|str(?:n|case|ncase)?cmp|g_strcmp0|g_str_equal|g_bytes_(?:equal|compare))\s*\("
    for match in re.finditer(compare, text):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        # Words in quotes are names, not what they name.
        secret = re.search(SECRET, re.sub(r'"[^"]*"', "", text[match.end():end - 1]))
        if secret:
            yield (text.count("\n", 0, match.start()) + 1,
                   f"{match.group(1)}() on '{secret.group(0)}' takes longer the more of it fits; "
                   "enigm_secret_equal() or enigm_bytes_equal_constant_time()")


@rule(r"(?!.*/test-[^/]*$).*\.(c|h|py)$")
def length(path, text, tree):
    if not path.endswith(".py"):
        text = without_comments(text)
    lines = sum(1 for line in text.splitlines() if line.strip())
    if lines > 500 and path not in LONG:
        yield 500, f"{lines} lines; does it still tell one thing? If so, say why in LONG"


class Tree:
    """The files, and what rules need to know of more than one of them."""

    def __init__(self, files, outside=None):
        self.files = files
        self.outside = outside
        self.headers = [path for path in files if path.endswith(".h")]
        self.documented = set()
        for path, text in files.items():
            if path.endswith((".c", ".h")):
                self.documented.update(re.findall(r"/\*\*\s*\n \* (enigm_\w+):", text))

    def breaches(self):
        for path, text in self.files.items():
            if path.startswith("tests/checker/"):
                continue
            for where, function in RULES:
                if where.match(path):
                    for line, message in function(path, text, self):
                        yield path, line, message


def read(folder):
    listed = subprocess.run(["git", "-C", folder, "ls-files", "-z"], stdout=subprocess.PIPE, check=True)
    files = {}
    for name in listed.stdout.decode().split("\0"):
        path = folder / name
        if name and path.is_file():
            try:
                files[name] = path.read_text()
            except UnicodeDecodeError:
                pass  # a picture
    outside = str(folder.parent)
    return Tree(files, outside + "/" if outside not in EVERYWHERE else None)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    if folder.is_file():
        folder = folder.parent.parent.parent
    found = list(read(folder).breaches())
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
