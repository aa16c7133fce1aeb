#!/usr/bin/python3
"""Prints the names and shapes of torchvision's SSDLite320, without the counters of batches: heads_names.py > OUT   (Debian's torchvision)

OUT is heads/src/test/resources/io/vertebra/heads/detection/ssdlite320_mobilenet_v3_large.txt."""
import torchvision

model = torchvision.models.detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None)
for name, tensor in model.state_dict().items():
    if not name.endswith('num_batches_tracked'):
        print(name, 'x'.join(map(str, tensor.shape)))
