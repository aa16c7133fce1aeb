#!/usr/bin/python3
"""Makes the goldens of the backbones' parity tests: backbones_parity.py OUT_FOLDER [MODEL...]   (Debian's torch and torchvision)

OUT_FOLDER is backbones/src/test/resources/io/vertebra/backbones/parity. A file a model, from torchvision's network or one of
backbones_torch.py in float64 with weights by the formula of ../shared/anchors/forward_goldens.md (rounded to float32), in up to three parts:

  forward    inference form: logits and every pyramid level, or the auxiliary logits
  gradients  training form: gradients of sum(logits * v('grad.logits')) for every parameter
  smooth     the same without kinks: SiLU for ReLU, ReLU6, leaky ReLU and hard swish, sigmoid for its hard form, average for max pooling

A tensor is a list: largest absolute value, Euclidean norm, projection on v('projection'), then the values at the flat indices
floor(k (n - 1) / (m - 1)), k = 0..m-1, m = 8 in outputs and 4 in gradients, 2 in those of the later models; all of them in a tensor
of fewer elements.

A module of backbones_torch.py is used only if the anchors' names, shapes and logits are its own, or where they have no logits their
counts, those of another depth in one case; the folder is ../shared/anchors, or
$ANCHORS."""
import csv, json, math, os, subprocess, sys, zlib

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

import backbones_torch

FIRST = {'resnet18': 1, 'resnet50': 1, 'resnet101': 0.875, 'resnext50_32x4d': 1, 'wide_resnet50_2': 1, 'mobilenet_v2': 1}
MODELS = {**FIRST, 'alexnet': 1, 'googlenet': 1, 'inception_v3': 1, 'densenet121': 1, 'squeezenet1_1': 1, 'mobilenet_v3_small': 1,
          'efficientnet_b0': 1.25, 'shufflenet_v2_x0_5': 1, 'lenet5': 1, 'seresnet50': 1, 'skresnet18': 1, 'legacy_seresnet50': 1, 'legacy_xception': 0.875,
          'xception41': 1, 'resnet20_cifar': 1, 'preresnet20_cifar': 1, 'densenet40_k12_cifar': 1, 'mobilenetv1_025': 1.25, 'tf_mobilenetv3_small_minimal_100': 1, 'convnext_atto': 1, 'shufflenet_g3_w1': 1,
          'zfnet': 1, 'nin_cifar10': 1, 'bninception': 1, 'inception_v4': 1.25, 'regnet_y_400mf': 1, 'mnasnet1_0': 1,
          'condensenet74_c8_g8': 1, 'inception_resnet_v2': 1, 'darknet53': 1}
FORWARD, GRADIENTS, SMOOTH = (2, 3, 96, 80), (2, 3, 64, 64), (8, 3, 64, 64)
PICTURES = {'lenet5': (1, 32, 32), 'resnet20_cifar': (3, 32, 32), 'preresnet20_cifar': (3, 32, 32), 'densenet40_k12_cifar': (3, 32, 32), 'nin_cifar10': (3, 32, 32), 'inception_v3': (3, 107, 107),
            'inception_v4': (3, 107, 107), 'inception_resnet_v2': (3, 107, 107)}
AUXILIARY = {'googlenet': {'aux1': 'inception4a', 'aux2': 'inception4d'}, 'inception_v3': {'AuxLogits': 'Mixed_6e'}}
# which of ours has its counts, but no logits, in the anchors, and by what name
COUNTED = {'preresnet20_cifar': ('preresnet110_cifar', 'preresnet110_cifar10'), 'densenet40_k12_cifar': ('densenet40_k12_cifar', 'densenet40_k12_cifar10'),
           'darknet53': ('darknet53', 'darknet53')}


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


def fill(model, gain, published=str):
    """published: the name that a tensor's values go by, where it is not the module's"""
    with torch.no_grad():
        for name, t in model.state_dict().items():
            name = published(name)
            kind = name.rsplit('.', 1)[1]
            if kind == 'num_batches_tracked':
                continue
            if kind == 'index':
                t.copy_(torch.from_numpy((uniform(name, t.numel()) * 4294967296).astype(np.int64) % t.numel()))
                continue
            v = signed(name, t.shape)
            if kind == 'running_var':
                v = 1 + 0.5 * torch.from_numpy(uniform(name, t.numel())).reshape(t.shape)
            elif kind == 'weight' and t.dim() == 1:
                v = 1 + 0.1 * v
            elif kind == 'gamma':
                v = 0.5 + 0.1 * v
            elif kind == 'weight':
                v = v * (math.sqrt(6 / math.prod(t.shape[1:])) * gain)
            else:
                v = 0.1 * v
            t.copy_(float32(v))


def network(name, gain, auxiliary=False):
    options = {'aux_logits': auxiliary, 'init_weights': False} if name in AUXILIARY else {}
    own = getattr(backbones_torch, name, None)
    model = own() if own else getattr(torchvision.models, name)(weights=None, **options)
    for m in model.modules():
        if isinstance(m, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
            m.p = 0.0
    model.double()
    fill(model, gain)
    if own:
        check(name, model.eval())
    return model


def check(name, model):
    """that a module of ours is the published network"""
    if name in COUNTED:
        check_counts(*COUNTED[name])
        return
    with open(os.path.join(os.environ.get('ANCHORS', '../shared/anchors'), 'forward_goldens.json')) as f:
        models = json.load(f)['models']
    golden = next(m for key in ('name', 'built_as') for m in models if m[key] == name)
    with torch.no_grad():
        logits = model(float32(signed('input', golden['input']))).reshape(-1)
    wanted = torch.tensor(golden['output']['values'], dtype=torch.float64)
    picked = logits[[k * (len(logits) - 1) // (len(wanted) - 1) for k in range(len(wanted))]]
    assert len(model.state_dict()) == golden['state_tensors'], (name, len(model.state_dict()))
    assert (picked - wanted).abs().max() <= 1e-9 * golden['output']['max_abs'], (name, picked, wanted)


def check_counts(name, anchor):
    with open(os.path.join(os.environ.get('ANCHORS', '../shared/anchors'), 'backbones.tsv')) as f:
        row = next(r for r in csv.DictReader(f, delimiter='\t') if r['name'] == anchor)
    model = getattr(backbones_torch, name)()
    norms = sum(isinstance(m, torch.nn.BatchNorm2d) for m in model.modules())
    side = int(row['input'])
    ours = (sum(p.numel() for p in model.parameters()), len(model.state_dict()), norms, backbones_torch.macs(model, (1, 3, side, side)))
    assert ours == tuple(int(row[c]) for c in ('params', 'state_tensors', 'num_batches_tracked', 'macs')), (name, ours)


def smooth(module):
    """replaces what has kinks; torchvision also calls functions, see smooth_functions"""
    for name, child in module.named_children():
        if isinstance(child, (torch.nn.ReLU, torch.nn.ReLU6, torch.nn.LeakyReLU, torch.nn.Hardswish)):
            setattr(module, name, torch.nn.SiLU())
        elif isinstance(child, torch.nn.Hardsigmoid):
            setattr(module, name, torch.nn.Sigmoid())
        elif isinstance(child, torch.nn.MaxPool2d):
            setattr(module, name, torch.nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode))
        else:
            smooth(child)


def smooth_functions():
    F.relu = F.silu
    F.max_pool2d = F.avg_pool2d


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


def auxiliary(name, gain):
    """logits of the auxiliary classifiers, which torchvision runs in training only, in inference form"""
    model = network(name, gain, True).eval()
    seen = {}
    for i, (head, tap) in enumerate(AUXILIARY[name].items()):
        def tapped(m, a, y, i=i, head=head):
            seen['auxiliary.%d' % i] = model.get_submodule(head)(y)
        model.get_submodule(tap).register_forward_hook(tapped)
    shape = (1, 3, 299, 299)
    with torch.no_grad():
        logits = model(float32(signed('input', shape)))
    return {'input': shape, 'tensors': {k: summary(t) for k, t in [*seen.items(), ('logits', logits)]}}


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
    shape = (shape[0], *PICTURES.get(name, shape[1:]))
    model = network(name, gain).train()
    if is_smooth:
        smooth(model)
        smooth_functions()
    logits = model(float32(signed('input', shape)))
    (logits * float32(signed('grad.logits', logits.shape))).sum().backward()
    tensors = {'logits': summary(logits)}
    tensors.update((n, summary(p.grad, 4 if name in FIRST else 2)) for n, p in model.named_parameters())
    return {'input': shape, 'tensors': tensors}


def text(part):
    rows = ',\n'.join('  %s: %s' % (json.dumps(k), json.dumps(v)) for k, v in part['tensors'].items())
    return '{"input": %s, "tensors": {\n%s}}' % (json.dumps(part['input']), rows)


def parts(name, gain):
    if name in FIRST:
        yield 'forward', forward(name, gain)
    elif name in AUXILIARY:
        yield 'forward', auxiliary(name, gain)
    yield 'gradients', gradients(name, gain, GRADIENTS, False)
    yield 'smooth', gradients(name, gain, SMOOTH, True)


def main(out, *names):
    """each model in a process of its own: smooth_functions changes torch"""
    if len(names) != 1:
        for name in names or MODELS:
            subprocess.run([sys.executable, __file__, out, name], check=True)
        return
    os.makedirs(out, exist_ok=True)
    name, gain = names[0], MODELS[names[0]]
    written = ''.join(',\n"%s": %s' % (key, text(part)) for key, part in parts(name, gain))
    with open(os.path.join(out, name + '.json'), 'w') as f:
        f.write('{"torch": "%s", "torchvision": "%s", "gain": %s%s}\n' % (torch.__version__, torchvision.__version__, gain, written))


if __name__ == '__main__':
    main(*sys.argv[1:])
