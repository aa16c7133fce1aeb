#!/usr/bin/python3
"""Makes the goldens of UPerNet and PSPNet: heads_pyramids.py OUT_FOLDER [NETWORK...]   (Debian's torch and torchvision)

OUT_FOLDER is heads/src/test/resources/io/vertebra/heads/segmentation. A file a network of tools/gpu/torch_pyramids.py, in float64 with weights and
picture by the formula of ../shared/anchors/forward_goldens.md under the published names: its tensors in their order, each a name and a shape; the
logits in inference form; and in training form without dropout both logits, and the gradients of sum(logits v('grad.logits')) + the auxiliary ones'
for every parameter. A tensor is a list: largest absolute value, Euclidean norm, projection on v('projection'), then the values at the flat indices
floor(k (n - 1) / (m - 1)), k = 0..m-1: 32 of logits, 4 of gradients; all of them in a tensor of fewer elements."""
import json, os, re, sys

import torch
import torchvision

from backbones_parity import fill, float32, signed, summary

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'gpu'))
import torch_pyramids as peers

CHANNELS, AUXILIARY, CLASSES = 24, 16, 7
INPUT = (3, 3, 96, 80)
# backbone, head, aligned corners, with gradients
NETWORKS = {'upernet_convnext_atto': (lambda: peers.ConvNeXt('convnext_atto'), peers.Uper, False, True),
            'upernet_resnet18': (lambda: peers.ResNet('resnet18', 32), peers.Uper, True, True),
            'pspnet_resnet18': (lambda: peers.ResNet('resnet18', 32), peers.Psp, True, True),
            'pspnet_resnet50': (lambda: peers.ResNet('resnet50', 8), peers.Psp, False, False)}
BLOCK = {'block.0': 'dwconv', 'block.2': 'norm', 'block.3': 'pwconv1', 'block.5': 'pwconv2', 'layer_scale': 'gamma'}


def published(name):
    """torchvision's ConvNeXt is spelt as its authors have it"""
    found = re.fullmatch(r'backbone\.features\.(\d)\.(\d+)\.(block\.\d|layer_scale)(.*)', name)
    if found:
        return f'backbone.stages.{int(found[1]) // 2}.{found[2]}.{BLOCK[found[3]]}{found[4]}'
    found = re.fullmatch(r'backbone\.features\.(\d)\.(\d\..+)', name)
    return f'backbone.downsample_layers.{int(found[1]) // 2}.{found[2]}' if found else name


def network(name):
    backbone, head, corners, _ = NETWORKS[name]
    model = peers.Network(backbone(), head, CHANNELS, CLASSES, corners, AUXILIARY)
    for m in model.modules():
        if isinstance(m, torch.nn.Dropout2d):
            m.p = 0.0
    model.double()
    fill(model, 1, published)
    return model


def shape(name, tensor):
    """the authors' layer scale is a vector"""
    return 'x'.join(str(n) for n in tensor.shape if n != 1 or not name.endswith('.layer_scale'))


def golden(name):
    model, picture = network(name).eval(), float32(signed('input', INPUT))
    tensors = [f'{published(n)} {shape(n, t)}' for n, t in model.state_dict().items() if not n.endswith('num_batches_tracked')]
    with torch.no_grad():
        made = {'torch': torch.__version__, 'torchvision': torchvision.__version__, 'input': INPUT, 'tensors': tensors,
                'inference': {'tensors': {'logits': summary(model(picture), 32)}}}
    if NETWORKS[name][3]:
        answers = dict(zip(('logits', 'auxiliary.logits'), model.train()(picture)))
        sum((t * float32(signed('grad.' + n, t.shape))).sum() for n, t in answers.items()).backward()
        made['training'] = {'tensors': {n: summary(t, 32) for n, t in answers.items()}}
        made['gradients'] = {'tensors': {published(n): summary(p.grad, 4) for n, p in model.named_parameters()}}
    return made


def text(value, deep=3):
    """an entry of each of the first levels a line"""
    if isinstance(value, dict) and deep:
        return '{' + ',\n'.join(f'"{k}": {text(v, deep - 1)}' for k, v in value.items()) + '}'
    return json.dumps(value)


def main():
    folder, *wanted = sys.argv[1:] or sys.exit(__doc__)
    for name in wanted or NETWORKS:
        with open(os.path.join(folder, name + '.json'), 'w') as out:
            out.write(text(golden(name)) + '\n')


if __name__ == '__main__':
    main()
