"""UPerNet and PSPNet in PyTorch, beside which torch_peer.py measures and heads_pyramids.py makes goldens: written from the papers (arXiv:1807.10221,
figure 4; arXiv:1612.01105, figure 3) under mmsegmentation's names, on torchvision's ConvNeXts and ResNets. Logits have the size of the finest level."""
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models import convnext, resnet

SCALES = (1, 2, 3, 6)
CONVNEXTS = {'convnext_atto': ((40, 80, 160, 320), (2, 2, 6, 2)), 'convnext_tiny': ((96, 192, 384, 768), (3, 3, 9, 3))}
RESNETS = {'resnet18': (resnet.BasicBlock, (2, 2, 2, 2)), 'resnet50': (resnet.Bottleneck, (3, 4, 6, 3))}


class Unit(nn.Module):
    """convolution, norm, ReLU"""
    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def like(x, other, corners):
    return F.interpolate(x, size=other.shape[2:], mode='bilinear', align_corners=corners)


class Psp(nn.Module):
    def __init__(self, widths, channels, classes, corners, scales=SCALES):
        super().__init__()
        self.corners = corners
        self.psp_modules = nn.ModuleList(nn.Sequential(nn.AdaptiveAvgPool2d(s), Unit(widths[-1], channels, 1)) for s in scales)
        self.bottleneck = Unit(widths[-1] + len(scales) * channels, channels, 3)
        self.dropout = nn.Dropout2d(0.1)
        self.conv_seg = nn.Conv2d(channels, classes, 1)

    def pooled(self, x):
        return self.bottleneck(torch.cat([x] + [like(m(x), x, self.corners) for m in self.psp_modules], 1))

    def forward(self, levels):
        return self.conv_seg(self.dropout(self.pooled(levels[-1])))


class Uper(Psp):
    def __init__(self, widths, channels, classes, corners, scales=SCALES):
        super().__init__(widths, channels, classes, corners, scales)
        self.lateral_convs = nn.ModuleList(Unit(w, channels, 1) for w in widths[:-1])
        self.fpn_convs = nn.ModuleList(Unit(channels, channels, 3) for _ in widths[:-1])
        self.fpn_bottleneck = Unit(channels * len(widths), channels, 3)

    def forward(self, levels):
        sums = [lateral(x) for lateral, x in zip(self.lateral_convs, levels)] + [self.pooled(levels[-1])]
        for i in reversed(range(len(sums) - 1)):
            sums[i] = sums[i] + like(sums[i + 1], sums[i], self.corners)
        maps = [conv(x) for conv, x in zip(self.fpn_convs, sums)] + sums[-1:]
        joined = torch.cat(maps[:1] + [like(x, maps[0], self.corners) for x in maps[1:]], 1)
        return self.conv_seg(self.dropout(self.fpn_bottleneck(joined)))


class Fcn(nn.Module):
    """the auxiliary head: one convolution on the level before the last"""
    def __init__(self, widths, channels, classes):
        super().__init__()
        self.convs = nn.ModuleList([Unit(widths[-2], channels, 3)])
        self.dropout = nn.Dropout2d(0.1)
        self.conv_seg = nn.Conv2d(channels, classes, 1)

    def forward(self, levels):
        return self.conv_seg(self.dropout(self.convs[0](levels[-2])))


class ConvNeXt(nn.Module):
    """torchvision's, with a norm behind each stage, as its authors have it for dense heads"""
    def __init__(self, name):
        super().__init__()
        self.widths, depths = CONVNEXTS[name]
        outs = self.widths[1:] + (None,)
        settings = [convnext.CNBlockConfig(w, o, d) for w, o, d in zip(self.widths, outs, depths)]
        self.features = convnext.ConvNeXt(settings, stochastic_depth_prob=0.0).features
        for i, width in enumerate(self.widths):
            setattr(self, f'norm{i}', convnext.LayerNorm2d(width, eps=1e-6))

    def forward(self, x):
        levels = []
        for i in range(4):
            x = self.features[2 * i + 1](self.features[2 * i](x))
            levels.append(getattr(self, f'norm{i}')(x))
        return levels


class ResNet(nn.Module):
    """torchvision's behind three convolutions (V1c)"""
    def __init__(self, name, stride):
        super().__init__()
        block, depths = RESNETS[name]
        whole = resnet.ResNet(block, list(depths), replace_stride_with_dilation=[False, stride < 16, stride < 32])
        self.widths = [64 * whole.layer1[0].expansion << i for i in range(4)]
        relu = nn.ReLU()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), relu, nn.Conv2d(32, 32, 3, 1, 1, bias=False),
                                  nn.BatchNorm2d(32), relu, nn.Conv2d(32, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), relu)
        self.maxpool = whole.maxpool
        for i in range(1, 5):
            setattr(self, f'layer{i}', getattr(whole, f'layer{i}'))

    def forward(self, x):
        x, levels = self.maxpool(self.stem(x)), []
        for i in range(1, 5):
            x = getattr(self, f'layer{i}')(x)
            levels.append(x)
        return levels


class Network(nn.Module):
    def __init__(self, backbone, head, channels, classes, corners=False, auxiliary=256):
        super().__init__()
        self.backbone = backbone
        self.decode_head = head(backbone.widths, channels, classes, corners)
        self.auxiliary_head = Fcn(backbone.widths, auxiliary, classes)

    def forward(self, x):
        """the logits, and in training those of the auxiliary head"""
        levels = self.backbone(x)
        return (self.decode_head(levels), self.auxiliary_head(levels)) if self.training else self.decode_head(levels)
