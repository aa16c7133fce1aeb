#!/usr/bin/env python3
"""The recipe of configs/bccd in PyTorch: SSD300 on MobileNet V1 0.75 with the published weights of COCO, fine-tuned on blood cells.

    /usr/bin/python3 tools/recipes/torch_bccd.py --output bccd-torch.json     (Debian's python3-torch)
"""
import xml.etree.ElementTree as ET

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from PIL import Image

import loop
from loop import Conv
from nets import ssd_anchors  # the anchors of the published network, from the folder of the weights

NAMES = ['RBC', 'WBC', 'Platelets']
COLUMNS = len(NAMES) + 1  # column 0 is background, and nothing's target
FOLDER = loop.SHARED / 'data/bccd'
SIZE, EXTRAS = 300, ((192, 384), (96, 192), (96, 192), (48, 96))
SCALES = torch.tensor([10.0, 10.0, 5.0, 5.0])


class Pair(nn.Sequential):
    def __init__(self, weights, i):
        name = f'FeatureExtractor/MobilenetV1/Conv2d_{i}_'
        super().__init__(Conv(weights, name + 'depthwise', 2 if i in (2, 4, 6, 12) else 1, depthwise=True),
                         Conv(weights, name + 'pointwise'))


class Extra(nn.Sequential):
    def __init__(self, weights, i, narrow, wide):
        name = 'FeatureExtractor/MobilenetV1/Conv2d_13_pointwise_'
        super().__init__(Conv(weights, f'{name}1_Conv2d_{i}_1x1_{narrow}'), Conv(weights, f'{name}2_Conv2d_{i}_3x3_s2_{wide}', 2))


class Ssd(nn.Module):
    """The box predictors are the published ones, the class predictors new."""

    def __init__(self, weights):
        super().__init__()
        self.fine = nn.Sequential(Conv(weights, 'FeatureExtractor/MobilenetV1/Conv2d_0', 2), *(Pair(weights, i) for i in range(1, 12)))
        self.coarse = nn.Sequential(Pair(weights, 12), Pair(weights, 13))
        self.extras = nn.ModuleList(Extra(weights, i + 2, *widths) for i, widths in enumerate(EXTRAS))
        self.boxes = nn.ModuleList(Conv(weights, f'BoxPredictor_{i}/BoxEncodingPredictor', act=None) for i in range(6))
        self.classes = nn.ModuleList(nn.Conv2d(b.weight.shape[1], b.weight.shape[0] // 4 * COLUMNS, 1) for b in self.boxes)
        for layer in self.classes:
            nn.init.normal_(layer.weight, std=0.03)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        levels = [self.fine(x)]
        levels.append(self.coarse(levels[-1]))
        for extra in self.extras:
            levels.append(extra(levels[-1]))
        rows = lambda layers, n: torch.cat([layer(x).permute(0, 2, 3, 1).reshape(len(x), -1, n) for layer, x in zip(layers, levels)], 1)
        return rows(self.classes, COLUMNS).float(), rows(self.boxes, 4).float()


def anchors():
    """Corners and centres of the 1917 anchors in shares of the picture: (x1, y1, x2, y2), (y, x, h, w)."""
    centres = torch.from_numpy(ssd_anchors())
    y, x, h, w = centres.unbind(1)
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 1), centres


CORNERS, CENTRES = anchors()


def targets(boxes, labels):
    """What each anchor is to say, by SSD's matching: at 0.5, and each object its best anchor in any case."""
    words, codes = torch.zeros(len(CORNERS), dtype=torch.long), torch.zeros(len(CORNERS), 4)
    if len(boxes) == 0:
        return words, codes
    overlap = torchvision.ops.box_iou(boxes, CORNERS)
    best, match = overlap.max(0)
    match[best < 0.5] = -1
    for truth, anchor in enumerate(overlap.argmax(1)):
        match[anchor] = truth
    found = match >= 0
    words[found] = labels[match[found]] + 1
    truths = boxes[match[found]]
    sides = truths[:, 2:] - truths[:, :2]
    middle = (truths[:, :2] + truths[:, 2:]) / 2
    a = CENTRES[found]
    codes[found] = SCALES * torch.cat([(middle.flip(1) - a[:, :2]) / a[:, 2:], (sides.flip(1) / a[:, 2:]).log()], 1)
    return words, codes


def decode(codes):
    yx, hw = (codes / SCALES).split(2, 1)
    centre, half = yx * CENTRES[:, 2:] + CENTRES[:, :2], hw.exp() * CENTRES[:, 2:] / 2
    return torch.cat([(centre - half).flip(1), (centre + half).flip(1)], 1).clamp(0, 1)


class Cells(torch.utils.data.Dataset):
    """Photos with boxes in pixels from 0 on; for training cut and mirrored at random and matched with the anchors."""

    def __init__(self, split, crop=0.0):
        self.ids = (FOLDER / f'ImageSets/Main/{split}.txt').read_text().split()
        self.crop = crop

    def __len__(self):
        return len(self.ids)

    def truth(self, index):
        boxes, labels = [], []
        for thing in ET.parse(FOLDER / f'Annotations/{self.ids[index]}.xml').iter('object'):
            x1, y1, x2, y2 = (float(thing.findtext(f'bndbox/{key}')) for key in ('xmin', 'ymin', 'xmax', 'ymax'))
            boxes.append((x1 - 1, y1 - 1, x2, y2))
            labels.append(NAMES.index(thing.findtext('name')))
        return torch.tensor(boxes).view(-1, 4), torch.tensor(labels, dtype=torch.long)

    def picture(self, index):
        return Image.open(FOLDER / f'JPEGImages/{self.ids[index]}.jpg').convert('RGB')

    @staticmethod
    def pixels(picture):
        squashed = np.array(picture.resize((SIZE, SIZE), Image.BILINEAR))
        return (torch.from_numpy(squashed).permute(2, 0, 1).float() - 128) / 128

    def __getitem__(self, index):
        picture, (boxes, labels) = self.picture(index), self.truth(index)
        if self.crop:
            left, top, right, bottom = self.window(picture.size, boxes)
            picture = picture.crop((left, top, right, bottom))
            centres = (boxes[:, :2] + boxes[:, 2:]) / 2
            kept = ((centres > torch.tensor([left, top])) & (centres < torch.tensor([right, bottom]))).all(1)
            boxes, labels = boxes[kept] - torch.tensor([left, top, left, top]), labels[kept]
            boxes = boxes.clamp(min=0).minimum(torch.tensor([right - left, bottom - top] * 2))
        boxes = boxes / torch.tensor(picture.size * 2)
        if torch.rand(()) < 0.5:
            picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
            boxes = torch.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], 1)
        return self.pixels(picture), *targets(boxes, labels)

    def window(self, size, boxes):
        """SSD's patch: an option for the least IoU is drawn, then windows until one has an object in it that overlaps that much."""
        width, height = size
        while True:
            least = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)[int(torch.randint(7, ()))]
            if least >= 1 or len(boxes) == 0:
                return 0, 0, width, height
            for _ in range(40):
                shares = self.crop + torch.rand(2) * (1 - self.crop)
                w, h = int(width * shares[0]), int(height * shares[1])
                x, y = int(torch.randint(width - w + 1, ())), int(torch.randint(height - h + 1, ()))
                if not 0.5 <= w / h <= 2:
                    continue
                frame = torch.tensor([[x, y, x + w, y + h]], dtype=torch.float)
                centres = (boxes[:, :2] + boxes[:, 2:]) / 2
                within = ((centres > frame[0, :2]) & (centres < frame[0, 2:])).all(1)
                if within.any() and torchvision.ops.box_iou(frame, boxes[within]).max() >= least:
                    return x, y, x + w, y + h


def focal(outputs, truth, alpha, weight):
    """Sigmoid focal loss of all columns and smooth L1 of the matched anchors, each by the number of matched anchors."""
    (logits, codes), (words, wanted) = outputs, truth
    matched = words > 0
    hits = matched.sum().clamp(min=1)
    marks = F.one_hot(words, COLUMNS).float()
    marks[..., 0] = 0
    classes = torchvision.ops.sigmoid_focal_loss(logits, marks, alpha=alpha, gamma=2, reduction='sum')
    return (weight * classes + F.smooth_l1_loss(codes[matched], wanted[matched], reduction='sum', beta=1.0)) / hits


def detect(logits, codes, size, least=0.01, overlap=0.6, candidates=400, most=100):
    """Boxes, scores and classes of one picture after suppression within each class."""
    boxes = decode(codes) * torch.tensor(size * 2, dtype=torch.float)
    found = []
    for k in range(len(NAMES)):
        scores = logits[:, k + 1].sigmoid()
        chosen = (scores > least).nonzero()[:, 0]
        chosen = chosen[scores[chosen].argsort(descending=True, stable=True)[:candidates]]
        chosen = chosen[torchvision.ops.nms(boxes[chosen], scores[chosen], overlap)]
        found += [(scores[i].item(), k, boxes[i]) for i in chosen]
    return sorted(found, key=lambda f: -f[0])[:most]


def average_precision(pictures, k, least):
    """COCO's rule for one class and one overlap: each detection, best first, takes the free object that it overlaps most."""
    marks, objects = [], 0
    for found, (boxes, labels) in pictures:
        truths = boxes[labels == k]
        objects += len(truths)
        mine = [f for f in found if f[1] == k]
        overlaps = torchvision.ops.box_iou(torch.stack([f[2] for f in mine]), truths) if mine and len(truths) else None
        free = torch.ones(len(truths), dtype=torch.bool)
        for i, (score, _, _) in enumerate(mine):
            hit = False
            if overlaps is not None:
                row = torch.where(free, overlaps[i], torch.tensor(-1.0))
                hit = bool(row.max() >= least)
                free[row.argmax()] &= not hit
            marks.append((score, hit))
    marks.sort(key=lambda m: -m[0])
    hits = np.cumsum([m[1] for m in marks])
    recall, precision = hits / objects, hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, np.linspace(0, 1, 101), side='left')
    return float(np.mean([precision[p] if p < len(precision) else 0 for p in places]))


def evaluate(model, chosen, split):
    model.eval()
    data, pictures = Cells(split), []
    with torch.no_grad():
        for i in range(len(data)):
            photo = data.picture(i)
            with loop.precision(chosen):
                logits, codes = model(loop.layout(chosen, data.pixels(photo)[None]))
            pictures.append((detect(logits[0], codes[0], photo.size), data.truth(i)))
    table = np.array([[100 * average_precision(pictures, k, t) for k in range(len(NAMES))] for t in np.arange(0.5, 0.96, 0.05)])
    return {'AP50': round(table[0].mean(), 2), 'AP': round(table.mean(), 2),
            'AP50 of': {n: round(v, 2) for n, v in zip(NAMES, table[0])}, 'AP of': {n: round(v, 2) for n, v in zip(NAMES, table.mean(0))}}


def main():
    chosen = loop.options(__doc__.splitlines()[0], iterations=800, batch=8, crop=0.5, rate=0.03, decay=1e-4, warmup=50,
                          clip=10.0, alpha=0.6, weight=2.0, split='test')
    model = Ssd(loop.st_load(loop.SHARED / 'weights/ssd_mobilenet_v1_0.75_coco.safetensors'))
    seconds = loop.train(model, Cells('train', chosen.crop), lambda outputs, truth: focal(outputs, truth, chosen.alpha, chosen.weight),
                         chosen, loop.polynomial(chosen.iterations, chosen.warmup))
    loop.report(chosen, seconds, evaluate(model, chosen, chosen.split))


if __name__ == '__main__':
    main()
