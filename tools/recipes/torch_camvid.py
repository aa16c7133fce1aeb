#!/usr/bin/env python3
"""The recipe of configs/camvid in PyTorch: DeepLab v3 on MobileNet V2 with the published weights of VOC, fine-tuned on CamVid.

    /usr/bin/python3 tools/recipes/torch_camvid.py --output camvid-torch.json     (Debian's python3-torch)
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

import loop
from loop import Conv

NAMES = 'Sky Building Pole Road Pavement Tree SignSymbol Fence Car Pedestrian Bicyclist'.split()
VOID, IGNORED = 11, 255
FOLDER = loop.SHARED / 'data/camvid'


class Block(nn.Module):
    def __init__(self, weights, i, stride, dilation):
        super().__init__()
        name = 'MobilenetV2/expanded_conv' + (f'_{i}' if i else '')
        self.expand = Conv(weights, name + '/expand') if i else nn.Identity()
        self.depthwise = Conv(weights, name + '/depthwise', stride, dilation, depthwise=True)
        self.project = Conv(weights, name + '/project', act=None)
        self.stride = stride

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.stride == 1 and x.shape[1] == y.shape[1] else y


class DeepLab(nn.Module):
    """Output stride 8; only the last convolution is new."""

    def __init__(self, weights, classes):
        super().__init__()
        strides, dilations = [1, 2, 1, 2] + [1] * 13, [1] * 7 + [2] * 7 + [4] * 3
        self.stem = Conv(weights, 'MobilenetV2/Conv', 2)
        self.blocks = nn.Sequential(*(Block(weights, i, s, d) for i, (s, d) in enumerate(zip(strides, dilations))))
        self.pooling, self.aspp = Conv(weights, 'image_pooling', act='relu'), Conv(weights, 'aspp0', act='relu')
        self.project = Conv(weights, 'concat_projection', act='relu')
        self.logits = nn.Conv2d(256, classes, 1)
        nn.init.normal_(self.logits.weight, std=0.01)
        nn.init.zeros_(self.logits.bias)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        pooled = self.pooling(x.mean((2, 3), keepdim=True)).expand(-1, -1, *x.shape[2:])
        return self.logits(self.project(torch.cat([pooled, self.aspp(x)], 1)))


class CamVid(torch.utils.data.Dataset):
    """Pictures as networks take them, with label maps; for training resized, cut and mirrored at random."""

    def __init__(self, split, crop=0, ratio=(0.75, 1.5)):
        self.pairs = [line.split() for line in (FOLDER / f'{split}.txt').read_text().splitlines()]
        self.crop, self.ratio = crop, ratio

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        picture, labels = (Image.open(FOLDER / name) for name in self.pairs[index])
        picture = picture.convert('RGB')
        if self.crop:
            low, high = self.ratio
            factor = low + torch.rand(()).item() * (high - low)
            size = [int(n * factor) for n in picture.size]
            picture, labels = picture.resize(size, Image.BILINEAR), labels.resize(size, Image.NEAREST)
        x = torch.from_numpy(np.array(picture)).permute(2, 0, 1)
        y = torch.from_numpy(np.array(labels)).long()
        y[y == VOID] = IGNORED
        if self.crop:
            x, y = self.cut(x, y)
        return x.float() / 127.5 - 1, y

    def cut(self, x, y):
        """A window at a random place; what is too small stands in the middle of black, ignored ground."""
        missing = [max(0, self.crop - n) for n in y.shape]
        pads = (missing[1] // 2, missing[1] - missing[1] // 2, missing[0] // 2, missing[0] - missing[0] // 2)
        x, y = F.pad(x, pads), F.pad(y, pads, value=IGNORED)
        top, left = (int(torch.randint(n - self.crop + 1, ())) for n in y.shape)
        x, y = (a[..., top:top + self.crop, left:left + self.crop] for a in (x, y))
        return (x.flip(-1), y.flip(-1)) if torch.rand(()) < 0.5 else (x, y)


def enlarged(logits, size):
    return F.interpolate(logits.float(), size, mode='bilinear', align_corners=True)


def evaluate(model, chosen):
    """IoU of each class over all pixels of the set, in percent; their mean."""
    model.eval()
    table = torch.zeros(len(NAMES), len(NAMES), dtype=torch.long)
    with torch.no_grad():
        for x, y in torch.utils.data.DataLoader(CamVid('val'), 4):
            with loop.precision(chosen):
                logits = model(loop.layout(chosen, x))
            answer = enlarged(logits, y.shape[1:]).argmax(1)
            known = y != IGNORED
            table += torch.bincount(y[known] * len(NAMES) + answer[known], minlength=len(NAMES) ** 2).view_as(table)
    both = table.diag().double()
    iou = 100 * both / (table.sum(0) + table.sum(1) - both)
    return {'mIoU': round(iou.nanmean().item(), 2), 'aAcc': round((100 * both.sum() / table.sum()).item(), 2),
            'IoU': {name: round(v, 2) for name, v in zip(NAMES, iou.tolist())}}


def main():
    chosen = loop.options(__doc__.splitlines()[0], iterations=240, batch=8, crop=320, rate=0.01, decay=1e-4, clip=0.0)
    model = DeepLab(loop.st_load(loop.SHARED / 'weights/deeplabv3_mobilenet_v2_voc.safetensors'), len(NAMES))
    seconds = loop.train(
        model, CamVid('train', chosen.crop), lambda logits, truth: F.cross_entropy(
            enlarged(logits, truth[0].shape[1:]), truth[0], ignore_index=IGNORED),
        chosen, loop.polynomial(chosen.iterations))
    loop.report(chosen, seconds, evaluate(model, chosen))


if __name__ == '__main__':
    main()
