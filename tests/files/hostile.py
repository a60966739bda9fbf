"""Hostile archives by family, and sound ones: the same for the same seed.

Each family takes chance and gives the bytes of an archive that must be refused before anything is unpacked, or
whose files must be refused one by one. All start from a sound module, so that nothing else is wrong with them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from random import Random

from tests.files.modules import SVG, module_files, png
from tests.files.zips import LINK, PIPE, REGULAR, Part, Zip, deflate, descriptor, extra_field

Family = Callable[[Random], bytes]
FAMILIES: dict[str, Family] = {}
MIB = 1024 * 1024


def family(make: Family) -> Family:
    """Register under the function's name."""
    FAMILIES[make.__name__] = make
    return make


def parts(chance: Random, *, top: str = "") -> list[Part]:
    """A sound module as parts, in an order of chance's choice."""
    files = module_files(marker=f"m{chance.randrange(10**6)}", lessons=chance.randint(1, 3))
    found = [Part(f"{top}{name}".encode(), data) for name, data in files.items()]
    chance.shuffle(found)
    return found


def text(chance: Random, size: int) -> bytes:
    """Text that packs like text."""
    return bytes(chance.choice(b"abcdefgh ") for _ in range(size))


@family
def overlapping_entries(chance: Random) -> bytes:
    """Two entries read the same bytes."""
    found = parts(chance)
    found.append(Part(b"lessons/99-again.zh.md", found[0].data, offset=0))
    return Zip(found).build()


@family
def quoted_overlap(chance: Random) -> bytes:
    """Each entry's data are the next entry's header, quoted in a stored block, and the kernel at the end."""
    kernel = deflate(b"a" * chance.randint(200_000, 900_000))
    blocks: list[Part] = []
    body = b""
    size, stream = 200_000, kernel
    for n in range(chance.randint(3, 8)):
        part = Part(b"media/%d.svg" % n, size=size, packed=stream, crc=n)
        head = _header(part)
        quoted = struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF) + head
        blocks.append(part)
        body, stream = head + stream, quoted + stream
        size += len(head)
    for part in blocks:
        part.offset = chance.randrange(len(body))
    blocks[0].offset = None
    return Zip([*parts(chance), *blocks]).build()


def _header(part: Part) -> bytes:
    fields = (b"PK\x03\x04", 20, 0x0800, 8, 0, 0x21, part.crc or 0, len(part.stream), part.size or 0)
    return struct.pack("<4s5H3L2H", *fields, len(part.name), 0) + part.name


@family
def bomb(chance: Random) -> bytes:
    """A file that unpacks to thousands of times its size, truly told."""
    data = bytes(chance.randint(2, 15) * MIB)
    return Zip([*parts(chance), Part(b"media/zero.svg", data)]).build()


@family
def lying_sizes(chance: Random) -> bytes:
    """A bomb whose headers promise a small file."""
    data = bytes(chance.randint(1, 8) * MIB)
    told = chance.randint(1, 50_000)
    return Zip([*parts(chance), Part(b"media/zero.svg", data, size=told)]).build()


@family
def too_short(chance: Random) -> bytes:
    """Fewer bytes come than the headers promise."""
    found = parts(chance)
    found[0].size = len(found[0].data) + chance.randint(1, 900)
    return Zip(found).build()


@family
def too_large(chance: Random) -> bytes:
    """A file, or the sum of all, is larger than allowed; told without being there."""
    size = chance.choice((21 * MIB, 0x7FFFFFFF, 0xFFFFFFFE))
    data = text(chance, 5000)
    return Zip([*parts(chance), Part(b"media/big.png", data, method=0, size=size, packed_size=size)]).build()


@family
def too_many_files(chance: Random) -> bytes:
    """More entries than allowed."""
    many = [Part(b"media/%d.svg" % n, b"", method=0) for n in range(2000)]
    return Zip([*parts(chance), *many]).build()


@family
def too_deep(chance: Random) -> bytes:
    """Folders in folders in folders."""
    name = "/".join("d" * chance.randint(1, 3) for _ in range(chance.randint(7, 40))) + "/x.md"
    return Zip([*parts(chance), Part(name.encode(), b"x")]).build()


@family
def leading_outside(chance: Random) -> bytes:
    """Names that leave the folder on some system."""
    name = chance.choice(
        (
            b"../evil.md",
            b"lessons/../../evil.md",
            b"/etc/passwd",
            b"//host/share/evil.md",
            b"..\\evil.md",
            b"lessons\\..\\..\\evil.md",
            b"C:/evil.md",
            b"c:evil.md",
            b"C:\\evil.md",
            b"./module.yaml",
            b"lessons//x.md",
            b"lessons/./x.md",
        )
    )
    return Zip([*parts(chance), Part(name, b"evil")]).build()


@family
def strange_characters(chance: Random) -> bytes:
    """NUL, control characters, text that turns round, accents in pieces, what systems reserve."""
    name = chance.choice(
        (
            "media/a\0.svg",
            "media/a\n.svg",
            "media/a\x7f.svg",
            "media/a\u202egvs.exe",
            "media/a\u200b.svg",
            "media/e\u0301.svg",
            "media/CON.svg",
            "media/lpt1.svg",
            "media/aux",
            "media/a .svg ",
            "media/dot.",
            "media/a|b.svg",
            "media/a<b>.svg",
            "media/a.svg:stream",
        )
    )
    return Zip([*parts(chance), Part(name.encode(), SVG.encode())]).build()


@family
def long_name(chance: Random) -> bytes:
    """4,096 bytes of name."""
    return Zip([*parts(chance), Part(b"media/" + b"x" * chance.randint(256, 4096), b"x")]).build()


@family
def names_that_clash(chance: Random) -> bytes:
    """Two entries that are one file somewhere; a file where a folder is."""
    one, other = chance.choice(
        (
            (b"media/A.svg", b"media/a.svg"),
            (b"media/a.svg", b"media/a.svg"),
            (b"media/a", b"media/a/b.svg"),
            ("media/ﬁ.svg".encode(), b"media/fi.svg"),
            ("media/Å.svg".encode(), "media/å.svg".encode()),
        )
    )
    return Zip([*parts(chance), Part(one, SVG.encode()), Part(other, SVG.encode())]).build()


@family
def undecodable_name(chance: Random) -> bytes:
    """Flagged as UTF-8 and is not; or in no encoding at all; or with a second name in an extra field."""
    which = chance.randrange(3)
    if which == 0:
        odd = Part("media/噪声.svg".encode("gbk"), SVG.encode())
    elif which == 1:
        odd = Part(b"media/\xff\xff.svg", SVG.encode(), flags=0)
    else:
        name = b"media/a.svg"
        other = bytes([1]) + zlib.crc32(name).to_bytes(4, "little") + b"../../evil.svg"
        odd = Part(name, SVG.encode(), extra=extra_field(0x7075, other))
    return Zip([*parts(chance), odd]).build()


@family
def links_and_devices(chance: Random) -> bytes:
    """Symbolic links, pipes, devices, sockets."""
    kind = chance.choice((LINK, PIPE, 0o020666 << 16, 0o060666 << 16, 0o140777 << 16, REGULAR | 0x400))
    return Zip([*parts(chance), Part(b"media/a.svg", b"/etc/passwd", attributes=kind)]).build()


@family
def encrypted(chance: Random) -> bytes:
    """Bits that announce encryption."""
    found = parts(chance)
    found[0].flags |= chance.choice((0x1, 0x40, 0x2000))
    return Zip(found).build()


@family
def unknown_method(chance: Random) -> bytes:
    """bzip2, LZMA, Zstandard, deflate64 and numbers nobody knows; flags nobody uses."""
    found = parts(chance)
    if chance.random() < 0.2:
        found[0].flags |= chance.choice((0x10, 0x20, 0x80, 0x1000, 0x8000))
    else:
        found[0].method = chance.choice((1, 6, 9, 12, 14, 93, 95, 97, 99, 4711))
    return Zip(found).build()


@family
def two_headers(chance: Random) -> bytes:
    """The entry's own header says something else than the directory."""
    found = parts(chance)
    odd = chance.choice(found)
    which = chance.randrange(5)
    if which == 0:
        odd.local_name = odd.name[:-1] + b"x"
    elif which == 1:
        odd.local_size = len(odd.data) + 1
    elif which == 2:
        odd.local_crc = 1
    elif which == 3:
        odd.local_method = 0
    else:
        odd.local_flags = 0x0808
    return Zip(found).build()


@family
def wrong_check_sum(chance: Random) -> bytes:
    """Both headers agree on a check sum that is wrong."""
    found = parts(chance)
    chance.choice(found).crc = chance.randrange(2**32)
    return Zip(found).build()


@family
def wrong_descriptor(chance: Random) -> bytes:
    """A descriptor that lies, is missing or is too long."""
    found = parts(chance)
    odd = found[0]
    odd.flags |= 0x8
    good = descriptor(odd.data)
    odd.descriptor = chance.choice(
        (descriptor(odd.data, size=len(odd.data) + 1), good[:8], good + b"\0\0\0\0", b"\0" * 16)
    )
    return Zip(found).build()


@family
def damaged_stream(chance: Random) -> bytes:
    """Deflated data with a bit turned, cut off, or with bytes behind their end."""
    found = parts(chance)
    odd = chance.choice(found)
    stream = bytearray(deflate(odd.data))
    which = chance.randrange(3)
    if which == 0:
        stream[chance.randrange(len(stream))] ^= 1 << chance.randrange(8)
    odd.packed = bytes(stream[: len(stream) // 2]) if which == 1 else bytes(stream)
    if which == 2:
        odd.packed += text(chance, chance.randint(1, 300))
    if which == 0 and zlib_reads(odd.packed) == odd.data:
        odd.crc = 1  # the turned bit was padding
    return Zip(found).build()


def zlib_reads(stream: bytes) -> bytes | None:
    """What deflate makes of it."""
    try:
        return zlib.decompress(stream, -15)
    except zlib.error:
        return None


@family
def zip64_lies(chance: Random) -> bytes:
    """Long sizes that are announced and missing, left over, there twice, or other than the truth."""
    found = parts(chance)
    odd = chance.choice(found)
    true = struct.pack("<Q", len(odd.data))
    which = chance.randrange(5)
    if which == 0:
        odd.size = 0xFFFFFFFF
    elif which == 1:
        odd.size, odd.extra = 0xFFFFFFFF, extra_field(1, true[:4])
    elif which == 2:
        odd.extra = extra_field(1, true)
    elif which == 3:
        odd.size, odd.extra = 0xFFFFFFFF, extra_field(1, true) * 2
    else:
        odd.size, odd.extra = 0xFFFFFFFF, extra_field(1, struct.pack("<Q", len(odd.data) + 7))
    return Zip(found).build()


@family
def broken_extra(chance: Random) -> bytes:
    """Extra fields that end in the middle."""
    found = parts(chance)
    chance.choice(found).extra = chance.choice((b"abc", b"\x75\x70\xff\x00abc", b"\x01\x00\x08\x00"))
    return Zip(found).build()


@family
def surrounded(chance: Random) -> bytes:
    """Bytes before, between or behind: a program that unpacks itself, a second archive, a web page."""
    what = chance.choice((b"MZ" + bytes(60), b"<html><script>1</script>", Zip(parts(chance)).build(), b"\0"))
    which = chance.randrange(4)
    found = parts(chance)
    if which == 0:
        return Zip(found, prefix=what).build()
    if which == 1:
        return Zip(found, suffix=what).build()
    if which == 2:
        return Zip(found, before_directory=what).build()
    found[0].padding = what
    return Zip(found).build()


@family
def two_directories(chance: Random) -> bytes:
    """A comment that holds another end; an entry that is not listed; counts and sizes that are wrong."""
    found = parts(chance)
    which = chance.randrange(5)
    if which == 0:
        return Zip(found, comment=Zip([]).build()).build()
    if which == 1:
        found[1].is_listed = False
        return Zip(found).build()
    if which == 2:
        return Zip(found, entries=len(found) + chance.choice((-1, 1))).build()
    if which == 3:
        return Zip(found, directory_offset=chance.randint(0, 40)).build()
    return Zip(found, disk=chance.randint(1, 9)).build()


@family
def no_archive(chance: Random) -> bytes:
    """Something else altogether, or an archive cut off."""
    whole = Zip(parts(chance)).build()
    return chance.choice(
        (b"", b"Hello", chance.randbytes(5000), whole[: len(whole) // 2], b"%PDF-1.7\n" + whole[:-5], png())
    )


@family
def wrong_content(chance: Random) -> bytes:
    """Files that are not what their name says, or of a kind that is not taken; too many pixels; nested archives."""
    name, data = chance.choice(
        (
            (b"media/a.png", b"GIF89a/*" + text(chance, 90)),
            (b"media/a.png", png() + b"<script>alert(1)</script>"),
            (b"media/a.jpg", b"\xff\xd8\xff\xe0<?php"),
            (b"media/a.svg", b"<html><script>1</script></html>"),
            (b"media/a.svg", SVG.replace("<rect", "<script>1</script><rect").encode()),
            (b"media/a.svg", SVG.replace("<rect", '<rect onload="x()"').encode()),
            (b"media/a.svg", b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG.encode()),
            (b"media/a.html", b"<script>1</script>"),
            (b"media/a.svg.exe", b"MZ"),
            (b"media/inner.zip", Zip(parts(chance)).build()),
            (b"media/big.png", png(30_000, 30_000)),
            (b"lessons/07-x.zh.md", "课文".encode("utf-16")),
            (b"run.py", b"import os"),
        )
    )
    return Zip([*parts(chance), Part(name, data)]).build()


def hostile_archives(count: int, seed: int) -> list[tuple[str, bytes]]:
    """So many archives with their families, each family as often as the others."""
    names = sorted(FAMILIES)
    return [(names[n % len(names)], FAMILIES[names[n % len(names)]](Random(seed + n))) for n in range(count)]  # noqa: S311


def sound_archives(count: int, seed: int) -> list[bytes]:
    """Archives as the usual programs write them: with and without folder entries, descriptors, comments, GBK names
    of the folder around everything, what macOS leaves, long sizes where they are not needed."""
    return [_sound(Random(seed + n)) for n in range(count)]  # noqa: S311


def _sound(chance: Random) -> bytes:
    top = chance.choice(("", "module/", "职业病防护/", "Ordner mit Blank/"))
    is_gbk = bool(top) and not top.isascii() and chance.random() < 0.5
    found = parts(chance, top=top)
    for part in found:
        if is_gbk:
            part.name, part.flags = part.name.decode().encode("gbk"), 0
        if chance.random() < 0.3:
            part.method = 0
        elif chance.random() < 0.4:
            part.flags |= 0x8
            part.descriptor = descriptor(part.data, has_signature=chance.random() < 0.7)
        if chance.random() < 0.2:
            part.extra = extra_field(0x5455, b"\x01\0\0\0\0")
    if top and chance.random() < 0.5:
        name = top.encode("gbk" if is_gbk else "utf-8")
        flags = 0 if is_gbk else 0x0800
        found.insert(0, Part(name, b"", method=0, flags=flags, attributes=0o040755 << 16 | 0x10))
    if chance.random() < 0.3:
        found.append(Part(b"__MACOSX/._module.yaml", b"\0\5\x16\7"))
    found.append(
        Part(
            f"{top}media/.DS_Store".encode("gbk" if is_gbk else "utf-8"),
            b"Bud1",
            flags=found[0].flags & 0x800,
        )
    )
    comment = b"made for the spring" if chance.random() < 0.3 else b""
    return Zip(found, comment=comment).build()
