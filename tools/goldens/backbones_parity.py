#!/usr/bin/python3
"""Makes the goldens of the backbones' parity tests: backbones_parity.py OUT_FOLDER [MODEL...]   (Debian's torch and torchvision)

OUT_FOLDER is backbones/src/test/resources/io/vertebra/backbones/parity. A file a model, from torchvision's network in float64 with
weights by the formula of ../shared/anchors/forward_goldens.md (rounded to float32), in three parts:

  forward    inference form: logits and every pyramid level
  gradients  training form: gradients of sum(logits * v('grad.logits')) for every parameter
  smooth     the same with SiLU for ReLU and ReLU6, and average for max pooling

A tensor is a list: largest absolute value, Euclidean norm, projection on v('projection'), then the values at the flat indices
floor(k (n - 1) / (m - 1)), k = 0..m-1, m = 8 in outputs and 4 in gradients; all of them in a tensor of fewer elements."""
import json, math, os, sys, zlib

import numpy as np
import torch
import torchvision

MODELS = {'resnet18': 1, 'resnet50': 1, 'resnet101': 0.875, 'resnext50_32x4d': 1, 'wide_resnet50_2': 1, 'mobilenet_v2': 1}
FORWARD, GRADIENTS, SMOOTH = (2, 3, 96, 80), (2, 3, 64, 64), (8, 3, 64, 64)


def uniform(name, n):
    """u in [0, 1) for the flat indices of a tensor"""
    h = np.arange(n, dtype=np.uint32) * np.uint32(2654435761) + np.uint32((zlib.crc32(name.encode()) * 40503 + 12345) % (1 << 32))
    h ^= h >> np.uint32(16)
    h *= np.uint32(2246822519)
    h ^= h >> np.uint32(13)
    return h / 4294967296.0


def signed(name, shape):
    return torch.from_numpy((2 * uniform(name, math.prod(shape)) - 1).reshape(shape))


def float32(values):
    return values.float().double()


def fill(model, gain):
    norms = {n for n, m in model.named_modules() if isinstance(m, torch.nn.BatchNorm2d)}
    with torch.no_grad():
        for name, t in model.state_dict().items():
            owner, kind = name.rsplit('.', 1)
            if kind == 'num_batches_tracked':
                continue
            v = signed(name, t.shape)
            if kind == 'running_var':
                v = 1 + 0.5 * torch.from_numpy(uniform(name, t.numel())).reshape(t.shape)
            elif owner in norms and kind == 'weight':
                v = 1 + 0.1 * v
            elif kind == 'weight':
                v = v * (math.sqrt(6 / math.prod(t.shape[1:])) * gain)
            else:
                v = 0.1 * v
            t.copy_(float32(v))


def network(name, gain):
    model = getattr(torchvision.models, name)(weights=None)
    for m in model.modules():
        if isinstance(m, torch.nn.Dropout):
            m.p = 0.0
    model.double()
    fill(model, gain)
    return model


def smooth(module):
    for name, child in module.named_children():
        if isinstance(child, (torch.nn.ReLU, torch.nn.ReLU6)):
            setattr(module, name, torch.nn.SiLU())
        elif isinstance(child, torch.nn.MaxPool2d):
            setattr(module, name, torch.nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
        else:
            smooth(child)


def summary(t, most=8):
    x = t.detach().reshape(-1)
    n = x.numel()
    m = min(n, most)
    picked = [x[k * (n - 1) // (m - 1)].item() for k in range(m)] if m > 1 else [x[0].item()]
    numbers = [x.abs().max().item(), x.norm().item(), (x * signed('projection', (n,))).sum().item(), *picked]
    return [float('%.11g' % v) for v in numbers]


def levels(name):
    if name == 'mobilenet_v2':
        return ['features.%d' % i for i in (1, 3, 6, 13, 17)]
    return ['relu', 'layer1', 'layer2', 'layer3', 'layer4']


def forward(name, gain):
    model = network(name, gain).eval()
    seen = {}
    for i, tap in enumerate(levels(name)):
        key = 'pyramid.%d' % i
        model.get_submodule(tap).register_forward_hook(lambda m, a, y, key=key: seen.setdefault(key, y.clone()))
    with torch.no_grad():
        logits = model(float32(signed('input', FORWARD)))
    return {'input': FORWARD, 'tensors': {k: summary(t) for k, t in [*sorted(seen.items()), ('logits', logits)]}}


def gradients(name, gain, shape, is_smooth):
    model = network(name, gain).train()
    if is_smooth:
        smooth(model)
    logits = model(float32(signed('input', shape)))
    (logits * float32(signed('grad.logits', logits.shape))).sum().backward()
    tensors = {'logits': summary(logits)}
    tensors.update((n, summary(p.grad, 4)) for n, p in model.named_parameters())
    return {'input': shape, 'tensors': tensors}


def text(part):
    rows = ',\n'.join('  %s: %s' % (json.dumps(k), json.dumps(v)) for k, v in part['tensors'].items())
    return '{"input": %s, "tensors": {\n%s}}' % (json.dumps(part['input']), rows)


def main(out, *names):
    os.makedirs(out, exist_ok=True)
    for name in names or MODELS:
        gain = MODELS[name]
        with open(os.path.join(out, name + '.json'), 'w') as f:
            f.write('{"torch": "%s", "torchvision": "%s", "gain": %s,\n"forward": %s,\n"gradients": %s,\n"smooth": %s}\n' % (
                torch.__version__, torchvision.__version__, gain, text(forward(name, gain)),
                text(gradients(name, gain, GRADIENTS, False)), text(gradients(name, gain, SMOOTH, True))))


if __name__ == '__main__':
    main(*sys.argv[1:])
