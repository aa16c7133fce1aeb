#!/usr/bin/env python3
"""Writes jars without compression, so that one compressor sees them all: python3 store_jar.py FOLDER JAR...

Left out are bindings of libraries that the engine never calls, headers, and what only other tools read.
"""
import os
import re
import sys
import zipfile

UNUSED = re.compile(r'(^|/)libjni(npp|nvjpeg|nvcomp|nccl|cufile|cufft|curand)\w*\.so$|\.(h|hpp|html)$|^META-INF/(maven/.*\.xml|native-image)')
SAME_DAY = (1980, 1, 1, 0, 0, 0)


def store(jar, folder):
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(os.path.join(folder, os.path.basename(jar)), 'w', zipfile.ZIP_STORED) as target:
        seen = set()
        for entry in source.infolist():
            if not entry.is_dir() and not UNUSED.search(entry.filename) and entry.filename not in seen:
                seen.add(entry.filename)
                target.writestr(zipfile.ZipInfo(entry.filename, SAME_DAY), source.read(entry))


if __name__ == '__main__':
    os.makedirs(sys.argv[1], exist_ok=True)
    for path in sys.argv[2:]:
        store(path, sys.argv[1])
