# SPDX-License-Identifier: GPL-3.0-or-later
"""What the virtual machine is made of: packages of the distribution, fetched and unpacked, not installed."""
import lzma
import os
import pathlib
import re
import shutil
import stat
import subprocess

# What 9p, an overlay and Bluetooth need, and the cryptography without which LE pairing and random
# numbers fail; what these depend on is found out.
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "ecdh_generic", "ctr", "sha512_generic", "drbg",
           "cmac", "ecb", "ccm", "af_alg", "algif_hash", "algif_skcipher", "uhid", "hci_vhci", "8250")
HERE = pathlib.Path(__file__).resolve().parent


class PartsError(Exception):
    """A part cannot be had; the words say which and why."""


def run(*argv, **more):
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise PartsError(f"{' '.join(map(str, argv))} failed:\n{done.stderr.strip()}")
    return done.stdout


def apt(folder):
    """Words that make apt use the computer's sources but, if it has no lists, lists of our own."""
    lists = pathlib.Path("/var/lib/apt/lists")
    if any(lists.glob("*_Packages*")):
        return []
    private = folder / "lists"
    (private / "partial").mkdir(parents=True, exist_ok=True)
    words = ["-o", f"Dir::State::Lists={private}", "-o", f"Dir::Cache={folder}"]
    run("apt-get", *words, "-q", "update")
    return words


def fetch(folder):
    """Downloads and unpacks the packages into folder/tree."""
    words = apt(folder)
    depends = run("apt-cache", *words, "depends", "linux-image-amd64")
    kernel = re.search(r"Depends: (linux-image-\S+)", depends)
    if not kernel:
        raise PartsError("this distribution's linux-image-amd64 names no kernel")
    names = [kernel[1], "bluez-test-tools", "busybox-static"]
    run("apt-get", *words, "-q", "download", *names, cwd=folder)
    for package in folder.glob("*.deb"):
        run("dpkg-deb", "-x", package, folder / "tree")
        package.unlink()


def uncompressed(path):
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


def modules(tree):
    """Names and contents of the modules, in the order in which they can be loaded."""
    files = {}
    for path in tree.glob("lib/modules/*/**/*.ko*"):
        files[path.name.split(".ko")[0].replace("-", "_")] = path
    for path in tree.glob("usr/lib/modules/*/**/*.ko*"):
        files[path.name.split(".ko")[0].replace("-", "_")] = path
    found = {}

    def add(name):
        if name in found or name not in files:  # built into the kernel
            return
        data = uncompressed(files[name])
        for words in re.findall(rb"\0depends=([^\0]*)\0", data):
            for word in words.decode().split(","):
                add(word.replace("-", "_"))
        for words in re.findall(rb"\0softdep=pre: ([^\0]*)\0", data):
            for word in words.decode().split():
                add(word.replace("-", "_"))
        found[name] = data

    for name in MODULES:
        add(name)
    if "hci_vhci" not in found or "9p" not in found:
        raise PartsError("the kernel's package has no hci_vhci or no 9p module")
    return found


def cpio(entries):
    """An archive as the kernel unpacks it: Documentation/driver-api/early-userspace/buffer-format.rst."""
    archive = bytearray()
    entries = [*entries, ("TRAILER!!!", 0, b"")]
    for number, (name, mode, data) in enumerate(entries, 1):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        archive += b"070701" + b"".join(b"%08X" % field for field in fields)
        archive += name.encode() + b"\0"
        archive += bytes(-len(archive) % 4) + data
        archive += bytes(-len(archive) % 4)
    return archive


def initrd(tree):
    program, folder = stat.S_IFREG | 0o755, stat.S_IFDIR | 0o755
    busybox = next(path for path in (tree / "bin/busybox", tree / "usr/bin/busybox") if path.exists())
    found = modules(tree)
    entries = [("bin", folder, b""), ("modules", folder, b""), ("bin/busybox", program, busybox.read_bytes()),
               ("init", program, (HERE / "init").read_bytes()),
               ("modules/order", program, "\n".join(found).encode())]
    return cpio(entries + [(f"modules/{name}", program, data) for name, data in found.items()])


def kernel(tree):
    """The kernel without its wrapping, where we know how: qemu starts it without unpacking it."""
    data = next(tree.glob("boot/vmlinuz-*")).read_bytes()
    at = -1
    while (at := data.find(b"\xfd7zXZ\0", at + 1)) >= 0:
        try:
            image = lzma.LZMADecompressor(format=lzma.FORMAT_XZ).decompress(data[at:])
        except lzma.LZMAError:
            continue
        if image.startswith(b"\x7fELF"):
            return image
    return data


def make(folder):
    """Makes folder/{vmlinux,initrd,tree} once."""
    folder = pathlib.Path(folder)
    if os.uname().machine != "x86_64":
        raise PartsError("it runs this computer's own programs, and is made for x86-64, "
                         f"not for {os.uname().machine}")
    if not (folder / "vmlinux").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            fetch(folder)
        except OSError as error:
            raise PartsError(f"{error.filename or 'apt'}: {error.strerror}") from error
        (folder / "vmlinux.part").write_bytes(kernel(folder / "tree"))
        (folder / "vmlinux.part").rename(folder / "vmlinux")
        shutil.rmtree(folder / "tree/boot")
    # It holds a file of ours, which may have changed.
    (folder / "initrd").write_bytes(initrd(folder / "tree"))
