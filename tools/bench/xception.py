"""Xception of Chollet 2016, figure 5, for the peers; torchvision has none."""
import torch
import torch.nn as nn


def separable(inputs, outputs):
    depthwise = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
    return [depthwise, nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]


class Block(nn.Module):
    """Separable convolutions beside a shortcut; where the stride is 2, a max-pool and a projection."""

    def __init__(self, widths, stride=1, first_relu=True):
        super().__init__()
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [nn.ReLU()] if first_relu or layers else []
            layers += separable(inputs, outputs)
        layers += [nn.MaxPool2d(3, stride, 1)] if stride > 1 else []
        self.branch = nn.Sequential(*layers)
        project = [nn.Conv2d(widths[0], widths[-1], 1, stride, bias=False), nn.BatchNorm2d(widths[-1])]
        self.shortcut = nn.Sequential(*(project if stride > 1 else []))

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


class Xception(nn.Module):
    def __init__(self, classes=1000):
        super().__init__()
        plain = lambda i, o, stride: [nn.Conv2d(i, o, 3, stride, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
        entry = [Block([64, 128, 128], 2, first_relu=False), Block([128, 256, 256], 2), Block([256, 728, 728], 2)]
        middle = [Block([728] * 4) for _ in range(8)]
        last = separable(1024, 1536) + [nn.ReLU(inplace=True)] + separable(1536, 2048) + [nn.ReLU(inplace=True)]
        self.features = nn.Sequential(*plain(3, 32, 2), *plain(32, 64, 1), *entry, *middle, Block([728, 728, 1024], 2), *last)
        self.fc = nn.Linear(2048, classes)

    def forward(self, x):
        return self.fc(self.features(x).mean([2, 3]))
