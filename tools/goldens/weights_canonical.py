"""What the pretrained files of shared/weights are under canonical names, from shared/weights/README.md and not from our schemes.

    /usr/bin/python3 weights_canonical.py ../../../shared/weights ../../backbones/src/test/resources/io/vertebra/backbones/weights/canonical.json

Writes for every parameter its shape and the element that its name's CRC picks (folded norms: weight 1, mean 0, no variance).
"""
import json
import os
import struct
import sys
import zlib

import numpy

SHARED, OUT = sys.argv[1:3]


def load(name):
    with open(os.path.join(SHARED, name), 'rb') as f:
        header = json.loads(f.read(struct.unpack('<Q', f.read(8))[0]))
        data = f.read()
    header.pop('__metadata__', None)
    kinds = {'F16': '<f2', 'F32': '<f4'}
    return {n: numpy.frombuffer(data[slice(*e['data_offsets'])], kinds[e['dtype']]).reshape(e['shape']).astype(numpy.float32) for n, e in header.items()}


def mobilenet_v1(t):
    def norm(source, target):
        for a, b in (('gamma', 'weight'), ('beta', 'bias'), ('moving_mean', 'running_mean'), ('moving_variance', 'running_var')):
            out[f'{target}.{b}'] = t[f'{source}/{a}']
    out = {'conv_stem.weight': t['conv1/kernel'].transpose(3, 2, 0, 1)}
    norm('conv1_bn', 'bn1')
    i = 0
    for stage, blocks in enumerate((1, 2, 2, 6, 2)):
        for block in range(blocks):
            i += 1
            at = f'blocks.{stage}.{block}'
            out[at + '.conv_dw.weight'] = t[f'conv_dw_{i}/depthwise_kernel'].transpose(2, 3, 0, 1)
            norm(f'conv_dw_{i}_bn', at + '.bn1')
            out[at + '.conv_pw.weight'] = t[f'conv_pw_{i}/kernel'].transpose(3, 2, 0, 1)
            norm(f'conv_pw_{i}_bn', at + '.bn2')
    out['classifier.weight'] = t['conv_preds/kernel'][0, 0].T
    out['classifier.bias'] = t['conv_preds/bias']
    return out


def mobilenet_v2(t):
    out = {}

    def conv(source, weight, norm, depthwise=False):
        w = t[f'MobilenetV2/{source}/weights']
        out[weight + '.weight'] = w.transpose(3, 0, 1, 2) if depthwise else w.transpose(0, 3, 1, 2)
        out[norm + '.bias'] = bias = t[f'MobilenetV2/{source}/biases']
        out[norm + '.weight'] = numpy.ones_like(bias)
        out[norm + '.running_mean'] = numpy.zeros_like(bias)
    conv('Conv', 'features.0.0', 'features.0.1')
    for i in range(17):
        source, at = 'expanded_conv' + (f'_{i}' if i else ''), f'features.{i + 1}.conv.'
        k = 0
        if i:
            conv(source + '/expand', at + '0.0', at + '0.1')
            k = 1
        conv(source + '/depthwise', f'{at}{k}.0', f'{at}{k}.1', True)
        conv(source + '/project', f'{at}{k + 1}', f'{at}{k + 2}')
    conv('Conv_1', 'features.18.0', 'features.18.1')
    out['classifier.1.weight'] = t['MobilenetV2/Logits/Conv2d_1c_1x1/weights'][:, 0, 0, :]
    out['classifier.1.bias'] = t['MobilenetV2/Logits/Conv2d_1c_1x1/biases']
    return out


def squeezenet(t):
    at = {0: 'features.0', 25: 'classifier.1'}
    for f, i in enumerate((3, 4, 6, 7, 9, 10, 11, 12)):
        for k, part in enumerate(('squeeze', 'expand1x1', 'expand3x3')):
            at[1 + 3 * f + k] = f'features.{i}.{part}'
    return {f'{at[i]}.{part}': t[f'conv{i}_{part}'] for i in at for part in ('weight', 'bias')}


def pick(tensors):
    picked = {}
    for name, array in tensors.items():
        index = zlib.crc32(name.encode()) % array.size
        picked[name] = {'shape': list(array.shape), 'index': index, 'value': float(numpy.ascontiguousarray(array).reshape(-1)[index])}
    return picked


with open(OUT, 'w', encoding='utf-8') as f:
    json.dump({'numpy': numpy.__version__, **{name: pick(make(load(name))) for name, make in (
        ('mobilenet_v1_0.75_224_in1k.safetensors', mobilenet_v1), ('mobilenet_v2_1.0_224_in1k.safetensors', mobilenet_v2),
        ('squeezenet1_1_in1k.safetensors', squeezenet))}}, f, separators=(',', ':'))
    f.write('\n')
