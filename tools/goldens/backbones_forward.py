#!/usr/bin/python3
"""Makes forward goldens of networks that ../shared/anchors has counts of but no goldens: backbones_forward.py OUT_FILE [NAME...]

OUT_FILE is backbones/src/test/resources/io/vertebra/backbones/forward_goldens.json, in the anchors' format and by their tool, with Debian's
torch and an importable timm 1.0.29 (its wheel on PYTHONPATH). The anchors are ../shared/anchors, or $ANCHORS. Names that are given are
made anew; those of the file that are not given stay."""
import importlib.util, json, os, sys

import torch

import backbones_torch

NAMES = {96: 'resnext101_32x4d seresnext101_32x8d legacy_seresnext26_32x4d legacy_seresnext50_32x4d legacy_seresnext101_32x4d skresnet50d',
         299: 'xception41p xception65p', 32: 'resnet1202_cifar'}
DROPPED = ('_names', '_tried', 'seconds', 'variant')


def anchors_tool():
    path = os.path.join(os.environ.get('ANCHORS', '../shared/anchors'), 'tools', 'forward_goldens.py')
    spec = importlib.util.spec_from_file_location('forward_goldens', path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def golden(tool, name, size):
    """timm's network, or where it has none ours, which backbones_parity.py checks in another depth"""
    own = getattr(backbones_torch, name, None)
    build, taps = tool.build, tool.taps
    if own:
        tool.build, tool.taps = lambda row: own(), lambda row, model: ['layer1', 'layer2', 'layer3']
    made = tool.one(dict(name=name, source='own' if own else 'timm', build=name, size=size, channels=3, variant=''))
    tool.build, tool.taps = build, taps
    print(name, 'g', made['g'], 'fp32', made['fp32_difference'], 'seconds', made['seconds'], flush=True)
    return {k: v for k, v in made.items() if k not in DROPPED}


def main(out, *names):
    torch.set_num_threads(1)
    tool = anchors_tool()
    tool.no_init()
    models = {}
    if os.path.exists(out):
        with open(out) as f:
            models = {m['name']: m for m in json.load(f)['models']}
    for size, listed in NAMES.items():
        for name in listed.split():
            if not names or name in names:
                models[name] = golden(tool, name, size)
                with open(out, 'w') as f:
                    rows = ',\n'.join(json.dumps(m, separators=(',', ':')) for m in models.values())
                    f.write('{"format":1,"doc":"tools/goldens/backbones_forward.py","models":[\n' + rows + '\n]}\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
