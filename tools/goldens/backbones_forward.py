#!/usr/bin/python3
"""Makes forward goldens of networks that ../shared/anchors has counts of but no goldens: backbones_forward.py OUT_FILE [NAME...]

OUT_FILE is backbones/src/test/resources/io/vertebra/backbones/forward_goldens.json, in the anchors' format and by their tool, with Debian's
torch and an importable timm 1.0.29 (its wheel on PYTHONPATH). The anchors are ../shared/anchors, or $ANCHORS. Names that are given are
made anew; those of the file that are not given stay."""
import importlib.util, json, os, sys

import torch
from torchvision import models
from torchvision.models.regnet import BlockParams, RegNet

import backbones_torch

NAMES = {96: 'darknet53 resnext101_32x4d seresnext101_32x8d legacy_seresnext26_32x4d legacy_seresnext50_32x4d legacy_seresnext101_32x4d '
             'skresnet50d mobilenetv1_125 mobilenetv1_100h mobilenetv2_035 mobilenetv2_075 mobilenetv2_110d mobilenetv3_small_050 mobilenetv3_small_075 '
             'convnext_atto_ols convnext_femto_ols convnext_pico_ols convnext_nano_ols convnext_tiny_hnf',
         299: 'xception41p xception65p', 32: 'resnet1202_cifar preresnet20_cifar preresnet56_cifar preresnet110_cifar preresnet164bn_cifar densenet40_k12_cifar'}

REGNET = ['stem', *('trunk_output.block%d' % i for i in (1, 2, 3, 4))]
MNASNET = ['layers.%d' % i for i in (7, 8, 9, 11, 13)]


def nearest_regnet(depths, widths, group, se_ratio=None):
    """as the paper's authors and timm round a stage's width: to the nearest multiple of its groups'"""
    return RegNet(BlockParams(depths, widths, [min(group, w) for w in widths], [1.0] * 4, [2] * 4, se_ratio))


def torchvisions(name):
    return lambda: getattr(models, name)(weights=None)


# torchvision's modules, some of them at widths that only timm gives a name to: ours -> (module, taps)
TORCHVISION = {
    **{n: (torchvisions(n), REGNET) for n in 'regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_16gf regnet_y_32gf regnet_x_400mf '
                                             'regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf'.split()},
    'regnety_008': (lambda: nearest_regnet([1, 3, 8, 2], [64, 128, 320, 768], 16, 0.25), REGNET),
    'regnety_080': (lambda: nearest_regnet([2, 4, 10, 1], [168, 448, 896, 2016], 56, 0.25), REGNET),
    'regnetx_004': (lambda: nearest_regnet([1, 2, 7, 12], [32, 64, 160, 384], 16), REGNET),
    'mnasnet_050': (torchvisions('mnasnet0_5'), MNASNET),
    'mnasnet_075': (torchvisions('mnasnet0_75'), MNASNET),
    'mnasnet_140': (lambda: models.MNASNet(1.4), MNASNET),
}
# of networks of ours
PREACTIVATED = ['features.stage1', 'features.stage2', 'features.post_activ']
TAPS = {'resnet1202_cifar': ['layer1', 'layer2', 'layer3'],
        **{'preresnet%s_cifar' % n: PREACTIVATED for n in ('20', '56', '110', '164bn')}, 'densenet40_k12_cifar': PREACTIVATED,
        'darknet53': ['features.init_block', *('features.stage%d' % i for i in (1, 2, 3, 4, 5))]}
DROPPED = ('_names', '_tried', 'seconds', 'variant')


def anchors_tool():
    path = os.path.join(os.environ.get('ANCHORS', '../shared/anchors'), 'tools', 'forward_goldens.py')
    spec = importlib.util.spec_from_file_location('forward_goldens', path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def golden(tool, name, size):
    """torchvision's network, else timm's, or where it has none ours, whose counts or those of another depth are the anchors'"""
    own, taken = getattr(backbones_torch, name, None), TAPS.get(name)
    source = 'own' if own else 'timm'
    if name in TORCHVISION:
        (own, taken), source = TORCHVISION[name], 'torchvision'
    build, taps = tool.build, tool.taps
    if own:
        tool.build, tool.taps = lambda row: own(), lambda row, model: taken
    made = tool.one(dict(name=name, source=source, build=name, size=size, channels=3, variant=''))
    tool.build, tool.taps = build, taps
    if source == 'own':
        made['macs'] = backbones_torch.macs(own(), made['input'])
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
        for name in [*listed.split(), *(TORCHVISION if size == 96 else [])]:
            if not names or name in names:
                models[name] = golden(tool, name, size)
                with open(out, 'w') as f:
                    rows = ',\n'.join(json.dumps(m, separators=(',', ':')) for m in models.values())
                    f.write('{"format":1,"doc":"tools/goldens/backbones_forward.py","models":[\n' + rows + '\n]}\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
