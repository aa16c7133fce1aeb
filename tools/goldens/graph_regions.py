"""torchvision's proposals and what it makes of them in training, for the algorithms of a two-stage detector.

    /usr/bin/python3 tools/goldens/graph_regions.py        (writes graph/src/test/resources/goldens/regions.json)

Boxes come from RegionProposalNetwork.filter_proposals; classes, candidates and targets from RoIHeads.
"""
import json
import pathlib
import platform

import torch
import torchvision
from torchvision.models.detection import _utils, roi_heads, rpn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList

OUT = pathlib.Path(__file__).resolve().parents[2] / "graph/src/test/resources/goldens/regions.json"


def flat(tensor):
    return [float(f"{v:.9g}") for v in tensor.flatten().tolist()]


def proposals(name, seed, levels, before, count, overlap, small, spread, score=0.0):
    """Two pictures of 64 by 80 pixels; the second is padded."""
    torch.manual_seed(seed)
    sizes, ratios, grids = levels
    generator = AnchorGenerator(tuple(map(tuple, sizes)), tuple(map(tuple, ratios)))
    maps = [torch.zeros(2, 1, h, w) for h, w in grids]
    shapes = [(64, 80), (57, 71)]
    anchors = generator(ImageList(torch.zeros(2, 3, 64, 80), shapes), maps)
    per_level = [h * w * len(s) * len(r) for (h, w), s, r in zip(grids, sizes, ratios)]
    objectness = torch.randn(2, sum(per_level))
    encodings = torch.randn(2, sum(per_level), 4) * spread
    network = rpn.RegionProposalNetwork(
        generator, None, 0.7, 0.3, 256, 0.5,
        {"training": before, "testing": before}, {"training": count, "testing": count}, overlap, score)
    network.min_size = small
    network.eval()
    boxes = network.box_coder.decode(encodings.reshape(-1, 4), anchors).reshape(2, -1, 4)
    found, _ = network.filter_proposals(boxes, objectness, shapes, per_level)
    return {"name": name, "sizes": sizes, "ratios": ratios, "grids": grids, "before": before, "count": count,
            "overlap": overlap, "minSide": small, "minScore": score, "shapes": shapes, "objectness": flat(objectness),
            "encodings": flat(encodings), "boxes": [flat(b) for b in found]}


def training(seed, positive, weights):
    """Two pictures; the truths of a picture stand behind its regions, as candidates."""
    torch.manual_seed(seed)
    truths, labels, candidates = [], [], []
    for objects in (3, 1):
        corner = torch.randint(0, 60, (objects, 2)).float()
        boxes = torch.cat([corner, corner + torch.randint(15, 40, (objects, 2)).float()], 1)
        near = boxes[torch.randint(0, objects, (30,))] + torch.randint(-9, 10, (30, 4)).float()
        near[:, 2:] = torch.maximum(near[:, 2:], near[:, :2] + 1)
        truths.append(boxes)
        labels.append(torch.randint(1, 6, (objects,)))
        candidates.append(torch.cat([near, boxes]))
    heads = roi_heads.RoIHeads(None, None, None, positive, positive, 512, 0.25, weights, 0.05, 0.5, 100)
    indices, classes = heads.assign_targets_to_proposals(candidates, truths, labels)
    targets = []
    for n in range(2):
        codes = _utils.BoxCoder(weights).encode_single(truths[n][indices[n]], candidates[n])
        codes[classes[n] == 0] = 0
        targets.append(codes)
    return {"positive": positive, "weights": weights, "truths": [flat(t) for t in truths],
            "labels": [t.tolist() for t in labels], "candidates": [flat(c) for c in candidates],
            "classes": [c.tolist() for c in classes], "targets": [flat(t) for t in targets]}


THREE = ([[8.0], [16.0, 24.0], [40.0]], [[0.5, 2.0], [1.0, 2.0], [0.7]], [(8, 10), (4, 5), (2, 3)])
ONE = ([[16.0]], [[1.0]], [(8, 10)])

if __name__ == "__main__":
    torch.set_num_threads(1)
    golden = {
        "made by": "tools/goldens/graph_regions.py",
        "torch": torch.__version__, "torchvision": torchvision.__version__, "python": platform.python_version(),
        "proposals": [
            proposals("three levels", 1, THREE, 60, 40, 0.7, 1e-3, 0.3),
            proposals("more than are left", 2, THREE, 50, 90, 0.3, 6.0, 0.8),
            proposals("one level, all anchors", 3, ONE, 200, 30, 0.5, 1e-3, 2.0),
            proposals("likely ones", 6, ONE, 200, 60, 0.9, 1e-3, 0.3, 0.6),
        ],
        "training": [
            training(4, 0.5, (10.0, 10.0, 5.0, 5.0)),
            training(5, 0.6, (1.0, 2.0, 3.0, 4.0)),
        ],
    }
    text = json.dumps(golden)
    for part in ('{"name": "', '{"positive"', '"encodings"', '"objectness"', '"boxes"', '"training": ['):
        text = text.replace(part, "\n" + part)
    OUT.write_text(text + "\n")
