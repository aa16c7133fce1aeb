#!/usr/bin/env python3
"""Wraps JPEG pictures into TIFF files as they are: python3 jpeg_in_tiff.py FROM TO

The bundle for cards has no OpenCV; Java's own reader takes JPEG only inside a TIFF (TIFF Technical Note 2, compression 7).
The compressed bytes stay the same, so do the pixels where both readers stand on libjpeg-turbo.
"""
import os
import struct
import sys

SHORT, LONG = 3, 4
FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive


def frame(jpeg):
    """Height, width and sampling factors of each component."""
    at = 2
    while at + 4 <= len(jpeg):
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2:at + 4], 'big')
        if marker in FRAMES:
            height, width, parts = struct.unpack('>HHB', jpeg[at + 5:at + 10])
            return height, width, [(jpeg[at + 11 + 3 * i] >> 4, jpeg[at + 11 + 3 * i] & 15) for i in range(parts)]
        at += 2 + length
    raise ValueError('no frame header')


def tiff(jpeg):
    """The bytes of a TIFF file with one strip, which is the JPEG stream."""
    height, width, sampling = frame(jpeg)
    colours = len(sampling)
    bits, start = 8, 8 + len(jpeg) + len(jpeg) % 2
    tags = [(256, LONG, width), (257, LONG, height), (258, SHORT, bits), (259, SHORT, 7), (262, SHORT, 6 if colours == 3 else 1),
            (273, LONG, 8), (277, SHORT, colours), (278, LONG, height), (279, LONG, len(jpeg))]
    if colours == 3:
        tags.append((530, SHORT, sampling))
    values = start + 2 + 12 * len(tags) + 4
    out = bytearray(struct.pack('<2sHI', b'II', 42, start) + jpeg + bytes(len(jpeg) % 2) + struct.pack('<H', len(tags)))
    for tag, kind, value in tags:
        if tag == 258 and colours == 3:
            out += struct.pack('<HHII', tag, kind, 3, values)
        elif tag == 530:
            out += struct.pack('<HHIHH', tag, kind, 2, *value[0])
        else:
            out += struct.pack('<HHII', tag, kind, 1, value)
    return bytes(out + bytes(4) + struct.pack('<3H', bits, bits, bits))


def main(source, target):
    for folder, _, files in os.walk(source):
        for name in sorted(files):
            stem, kind = os.path.splitext(name)
            if kind.lower() in ('.jpg', '.jpeg'):
                to = os.path.join(target, os.path.relpath(folder, source))
                os.makedirs(to, exist_ok=True)
                with open(os.path.join(folder, name), 'rb') as f, open(os.path.join(to, stem + '.tif'), 'wb') as g:
                    g.write(tiff(f.read()))


if __name__ == '__main__':
    main(*sys.argv[1:])
