"""Small files that torch.save wrote, and what torch says of them. Run with Debian's python3-torch from this folder:

    /usr/bin/python3 weights_torch_files.py ../../backbones/src/test/resources/io/vertebra/backbones/weights ../../../shared/weights

Writes types.pt, types_legacy.pt, nested.pt, nested_legacy.pt, namespace.pt, numpy_scalar.pt and torch_files.json
(type, shape and all elements in C order of every tensor; some elements of the real files in shared/weights).
"""
import argparse
import collections
import json
import os
import sys
import zlib

import numpy
import torch

OUT, SHARED = sys.argv[1:3]
torch.manual_seed(1)
NAMES = {torch.float64: 'F64', torch.float32: 'F32', torch.float16: 'F16', torch.bfloat16: 'BF16', torch.int64: 'I64',
         torch.int32: 'I32', torch.int16: 'I16', torch.int8: 'I8', torch.uint8: 'U8', torch.bool: 'BOOL'}

storage = torch.arange(24, dtype=torch.float32) / 8 - 1
types = collections.OrderedDict(
    f64=torch.tensor([[0.1, -2.5], [1e300, 5e-324]], dtype=torch.float64),
    f32=torch.tensor([[0.1, -2.5, 3e38], [1e-45, -0.0, 1 / 3]]),
    f16=torch.tensor([1.0, -2.0, 65504.0, 6.1035e-05, 5.9605e-08, 0.333, -0.0], dtype=torch.float16),
    bf16=torch.tensor([1.0, -2.0, 3.3895e38, 9.1835e-41, 0.333], dtype=torch.bfloat16),
    i64=torch.tensor([-2**53, 2**40 + 2**20, 7]),
    i32=torch.tensor([-2**31, 2**24, 7], dtype=torch.int32),
    i16=torch.tensor([-2**15, 32767], dtype=torch.int16),
    i8=torch.tensor([-128, 127], dtype=torch.int8),
    u8=torch.tensor([0, 255, 128], dtype=torch.uint8),
    bool=torch.tensor([True, False, True]),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3),
    transposed=storage[:6].view(2, 3).t(),
    every_second=storage[1:20:2],
    tail=storage[12:].view(3, 4),
    block=storage.view(4, 6)[1:3, 2:5],
    channels_last=torch.randn(2, 3, 2, 2).to(memory_format=torch.channels_last),
    parameter=torch.nn.Parameter(torch.tensor([0.5, 1.5])),
)
model = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 1), torch.nn.BatchNorm2d(3))
nested = {
    'epoch': 3, 'best': 0.5, 'arch': 'tiny', 'done': True, 'nothing': None, 'large': 2**80, 'negative': -7, 'bytes': b'\x00\xff',
    'classes': {'cat', 'dog'}, 'size': torch.Size([2, 3]), 'device': torch.device('cpu'), ('a', 1): 'tuple as key', 'text': 'h\u00e4',
    'pairs': collections.OrderedDict([('x', 1)]), 'lists': [[], [1, [2, ()]], {}], 'frozen': frozenset([1]),
    'optimizer': torch.optim.SGD(model.parameters(), 0.1, momentum=0.9).state_dict(),
    'model_state': model.state_dict(),
}


def facts(tensor):
    return {'type': NAMES[tensor.dtype], 'shape': list(tensor.shape), 'values': [repr(v) for v in tensor.detach().double().flatten().tolist()]}


def save(value, name, **how):
    torch.save(value, os.path.join(OUT, name), **how)


save(types, 'types.pt')
save(types, 'types_legacy.pt', _use_new_zipfile_serialization=False)
save(nested, 'nested.pt')
save(nested, 'nested_legacy.pt', _use_new_zipfile_serialization=False)
save({'state_dict': {'w': torch.zeros(1)}, 'args': argparse.Namespace(lr=0.1)}, 'namespace.pt')
save({'state_dict': {'w': torch.zeros(1)}, 'best': numpy.float64(0.5)}, 'numpy_scalar.pt')


def some(tensors):
    """The element that each name's CRC picks, for every tensor of a real file."""
    picked = {}
    for name, tensor in tensors.items():
        index = zlib.crc32(name.encode()) % tensor.numel()
        picked[name] = [index, float(tensor.detach().flatten()[index])]
    return picked


def real(name):
    value = torch.load(os.path.join(SHARED, name), map_location='cpu')
    return some(value.get('state_dict', value))


with open(os.path.join(OUT, 'torch_files.json'), 'w', encoding='utf-8') as f:
    json.dump({
        'torch': torch.__version__,
        'types': {n: facts(t) for n, t in types.items()},
        'nested': {n: facts(t) for n, t in nested['model_state'].items()},
        'real': {n: real(n) for n in ('resnet20_cifar10.th', 'fastestdet_coco.pth', 'shufflenetv2_0.5x_backbone.pth')},
    }, f, separators=(',', ':'))
    f.write('\n')
