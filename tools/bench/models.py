#!/usr/bin/env python3
"""Writes the peers' files with random weights into FOLDER/NETWORK: ONNX, and TorchScript for inference and training.

    /usr/bin/python3 tools/bench/models.py FOLDER            the classifiers of bench/families.sh and ResNet-50 (2 GB, two minutes)
    /usr/bin/python3 tools/bench/models.py FOLDER NAME...    some of them
    /usr/bin/python3 tools/bench/models.py FOLDER dense      DeepLab v3 ResNet-50, SSD300 VGG16 (2 GB)

Needs Debian's python3-torch and python3-torchvision.
"""
import sys

import classifiers
import dense


def main(folder, names):
    if names == ['dense']:
        dense.write(folder)
        return
    for name in names or classifiers.NAMES:
        print(name, flush=True)
        classifiers.write(folder, name)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
