#!/usr/bin/env python3
"""Writes the peers' files with random weights into a folder: ONNX, and TorchScript for inference and training.

    /usr/bin/python3 tools/bench/models.py FOLDER            ResNet-50 v1.5 (Debian's python3-torch; takes about a minute)
    /usr/bin/python3 tools/bench/models.py FOLDER dense      DeepLab v3 ResNet-50, SSD300 VGG16 (Debian's python3-torchvision; 2 GB)
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

import dense


class Conv(nn.Module):
    """A convolution without bias; `mixed` computes in bfloat16 from fp32 weights."""

    def __init__(self, inputs, outputs, kernel, stride, mixed: bool):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel) * (2.0 / (inputs * kernel * kernel)) ** 0.5)
        self.stride, self.padding, self.mixed = stride, kernel // 2, mixed

    def forward(self, x):
        weight = self.weight.to(torch.bfloat16) if self.mixed else self.weight
        return F.conv2d(x, weight, None, [self.stride, self.stride], [self.padding, self.padding])


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride, project: bool, mixed: bool):
        super().__init__()
        self.conv1, self.bn1 = Conv(inputs, width, 1, 1, mixed), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = Conv(width, width, 3, stride, mixed), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = Conv(width, 4 * width, 1, 1, mixed), nn.BatchNorm2d(4 * width)
        nn.init.constant_(self.bn3.weight, 0.2)
        shortcut = [Conv(inputs, 4 * width, 1, stride, mixed), nn.BatchNorm2d(4 * width)] if project else []
        self.downsample = nn.Sequential(*shortcut)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + self.downsample(x))


class ResNet50(nn.Module):
    def __init__(self, mixed: bool = False, channels_last: bool = False):
        super().__init__()
        self.mixed, self.channels_last = mixed, channels_last
        self.conv1, self.bn1 = Conv(3, 64, 7, 2, mixed), nn.BatchNorm2d(64)
        blocks, inputs = [], 64
        for depth, width, stride in ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)):
            for i in range(depth):
                blocks.append(Bottleneck(inputs, width, stride if i == 0 else 1, i == 0, mixed))
                inputs = 4 * width
        self.blocks = nn.Sequential(*blocks)
        self.fc = nn.Linear(2048, 1000)

    def forward(self, x):
        if self.channels_last:
            x = x.contiguous(memory_format=torch.channels_last)
        if self.mixed:
            x = x.to(torch.bfloat16)
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.fc(self.blocks(x).mean([2, 3]).to(torch.float32))


def main(folder):
    torch.manual_seed(0)
    model = ResNet50().eval()
    torch.onnx.export(model, torch.rand(1, 3, 224, 224), f'{folder}/resnet50.onnx', opset_version=13, input_names=['x'],
                      output_names=['y'], dynamic_axes={'x': {0: 'n'}, 'y': {0: 'n'}}, do_constant_folding=True)
    layouts = (('nchw', False), ('nhwc', True))
    with torch.no_grad():
        for mixed, precision in ((False, 'f32'), (True, 'bf16')):
            for layout, channels_last in layouts:
                copy = ResNet50(mixed, channels_last).eval()
                copy.load_state_dict(model.state_dict())
                torch.jit.freeze(torch.jit.script(copy)).save(f'{folder}/eval_{precision}_{layout}.pt')
    for mixed, precision in ((False, 'f32'), (True, 'bf16')):
        for layout, channels_last in layouts:
            torch.jit.script(ResNet50(mixed, channels_last).train()).save(f'{folder}/train_{precision}_{layout}.pt')


if __name__ == '__main__':
    (dense.write if sys.argv[2:] == ['dense'] else main)(sys.argv[1])
