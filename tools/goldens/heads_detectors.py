#!/usr/bin/python3
"""Makes the goldens of the dense detectors: heads_detectors.py OUT_FOLDER [MODEL...]   (Debian's torch and torchvision)

OUT_FOLDER is heads/src/test/resources/io/vertebra/heads/detection. A file a model: what torchvision's network answers in float64, in inference
form, before anchors and scores, with weights and picture by the formula of ../shared/anchors/forward_goldens.md, and its tensors in their order,
each a name and a shape. An output is its shape, its largest absolute value, its Euclidean norm, and the values at the flat indices floor(k (n - 1) / 63), k = 0..63."""
import json, os, sys

import torch
import torchvision

from backbones_parity import fill, float32, signed

MODELS = {'ssd300_vgg16': 300, 'ssdlite320_mobilenet_v3_large': 320}
SAMPLES = 64


def described(t):
    flat = t.flatten()
    last = flat.numel() - 1
    return {'shape': list(t.shape), 'max_abs': flat.abs().max().item(), 'norm': flat.norm().item(),
            'values': [flat[k * last // (SAMPLES - 1)].item() for k in range(SAMPLES)]}


def golden(name, size):
    model = getattr(torchvision.models.detection, name)(weights=None, weights_backbone=None).double().eval()
    fill(model, 1)
    picture = float32(signed('input', (1, 3, size, size)))
    with torch.no_grad():
        answers = model.head(list(model.backbone(picture).values()))
    tensors = [name + ' ' + 'x'.join(map(str, t.shape))
               for name, t in model.state_dict().items() if not name.endswith('num_batches_tracked')]
    return {'size': size, 'tensors': tensors, 'class_logits': described(answers['cls_logits']), 'box_encodings': described(answers['bbox_regression'])}


def main():
    folder, *wanted = sys.argv[1:] or sys.exit(__doc__)
    for name in wanted or MODELS:
        with open(os.path.join(folder, name + '.json'), 'w') as out:
            json.dump(golden(name, MODELS[name]), out)
            out.write('\n')


if __name__ == '__main__':
    main()
