"""Networks that Debian's torchvision does not have, as small PyTorch modules written from their papers, with the names of the published
state dicts; backbones_parity.py checks them against ../shared/anchors before it uses them."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.resnet import Bottleneck, ResNet


class Named(nn.Module):
    """A module of named parts that runs them one after the other."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x):
        for part in self.children():
            x = part(x)
        return x


class Means(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def macs(model, shape):
    """multiply-adds of convolutions and linear layers"""
    counted = []

    def count(m, x, y):
        counted.append(y[0].numel() * m.weight[0].numel())

    for m in model.eval().modules():
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            m.register_forward_hook(count)
    with torch.no_grad():
        model(torch.zeros(shape))
    return sum(counted)


def conv(inputs, out, kernel, stride=1, padding=None, groups=1, bias=False):
    return nn.Conv2d(inputs, out, kernel, stride, (kernel - 1) // 2 if padding is None else padding, groups=groups, bias=bias)


def lenet5():
    return Named(c1=nn.Conv2d(1, 6, 5), a1=nn.Tanh(), s2=nn.AvgPool2d(2), c3=nn.Conv2d(6, 16, 5), a3=nn.Tanh(), s4=nn.AvgPool2d(2),
                 flatten=nn.Flatten(), f5=nn.Linear(400, 120), a5=nn.Tanh(), f6=nn.Linear(120, 84), a6=nn.Tanh(), output=nn.Linear(84, 10))


class Excitation(nn.Module):
    """Hu et al. 2017, figure 2"""

    def __init__(self, channels):
        super().__init__()
        self.fc1, self.relu = conv(channels, channels // 16, 1, bias=True), nn.ReLU()
        self.fc2, self.gate = conv(channels // 16, channels, 1, bias=True), nn.Sigmoid()

    def forward(self, x):
        return x * self.gate(self.fc2(self.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class SeBottleneck(Bottleneck):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        downsample = self.downsample
        del self.downsample
        self.se = Excitation(self.conv3.out_channels)
        self.downsample = downsample  # published behind it

    def forward(self, x):
        y = self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))))
        y = self.se(self.bn3(self.conv3(y)))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


def seresnet50():
    return ResNet(SeBottleneck, [3, 4, 6, 3])


class LegacyBlock(nn.Module):
    """The stride on the first 1x1 convolution"""

    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, planes, 1, stride), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv(planes, planes, 3), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = conv(planes, 4 * planes, 1), nn.BatchNorm2d(4 * planes)
        self.se_module, self.relu = Excitation(4 * planes), nn.ReLU()
        changes = stride > 1 or inputs != 4 * planes
        self.downsample = nn.Sequential(conv(inputs, 4 * planes, 1, stride), nn.BatchNorm2d(4 * planes)) if changes else None

    def forward(self, x):
        y = self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))))
        y = self.se_module(self.bn3(self.conv3(y)))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


def legacy_seresnet50():
    stem = Named(conv1=conv(3, 64, 7, 2), bn1=nn.BatchNorm2d(64), relu=nn.ReLU(), pool=nn.MaxPool2d(3, 2, ceil_mode=True))
    layers, inputs = {}, 64
    for stage, depth in enumerate((3, 4, 6, 3)):
        planes = 64 << stage
        blocks = [LegacyBlock(inputs if i == 0 else 4 * planes, planes, 2 if stage and i == 0 else 1) for i in range(depth)]
        layers['layer%d' % (stage + 1)] = nn.Sequential(*blocks)
        inputs = 4 * planes
    return Named(layer0=stem, **layers, means=Means(), last_linear=nn.Linear(2048, 1000))


class SelectiveKernel(nn.Module):
    """Li et al. 2019, figure 1; each path sees half of the channels, as timm's"""

    def __init__(self, inputs, out, stride, squeezed):
        super().__init__()
        self.paths = nn.ModuleList(Named(conv=nn.Conv2d(inputs // 2, out, 3, stride, d, d, bias=False), bn=nn.BatchNorm2d(out),
                                         act=nn.ReLU()) for d in (1, 2))
        self.attn = Named(means=nn.AdaptiveAvgPool2d(1), fc_reduce=conv(out, squeezed, 1), bn=nn.BatchNorm2d(squeezed), act=nn.ReLU(),
                          fc_select=conv(squeezed, 2 * out, 1))

    def forward(self, x):
        paths = torch.stack([path(half) for path, half in zip(self.paths, x.chunk(2, 1))], 1)
        shares = self.attn(paths.sum(1)).unflatten(1, (2, -1)).softmax(1)
        return (paths * shares).sum(1)


class SkBlock(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = SelectiveKernel(inputs, planes, stride, max(16, planes // 8))
        self.conv2, self.relu = Named(conv=conv(planes, planes, 3), bn=nn.BatchNorm2d(planes)), nn.ReLU()
        self.downsample = nn.Sequential(conv(inputs, planes, 1, stride), nn.BatchNorm2d(planes)) if stride > 1 else None

    def forward(self, x):
        return self.relu(self.conv2(self.conv1(x)) + (x if self.downsample is None else self.downsample(x)))


def skresnet18():
    rows = [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)]
    layers = {'layer%d' % (i + 1): nn.Sequential(SkBlock(*row), SkBlock(row[1], row[1], 1)) for i, row in enumerate(rows)}
    return Named(conv1=conv(3, 64, 7, 2), bn1=nn.BatchNorm2d(64), relu=nn.ReLU(), maxpool=nn.MaxPool2d(3, 2, 1), **layers, means=Means(),
                 fc=nn.Linear(512, 1000))


def separable(inputs, out):
    return Named(conv1=conv(inputs, inputs, 3, groups=inputs), pointwise=conv(inputs, out, 1))


class XceptionBlock(nn.Module):
    """Chollet 2016, figure 5"""

    def __init__(self, inputs, widths, stride, relu_first):
        super().__init__()
        self.skip = None
        if stride > 1:
            self.skip, self.skipbn = conv(inputs, widths[-1], 1, stride), nn.BatchNorm2d(widths[-1])
        parts = []
        for before, out in zip((inputs, *widths), widths):
            parts += [nn.ReLU(), separable(before, out), nn.BatchNorm2d(out)]
        parts = parts if relu_first else parts[1:]
        self.rep = nn.Sequential(*parts, *([nn.MaxPool2d(3, stride, 1)] if stride > 1 else []))

    def forward(self, x):
        return self.rep(x) + (x if self.skip is None else self.skipbn(self.skip(x)))


def legacy_xception():
    rows = [(64, (128, 128), 2), (128, (256, 256), 2), (256, (728, 728), 2), *[(728, (728,) * 3, 1)] * 8, (728, (728, 1024), 2)]
    blocks = {'block%d' % (i + 1): XceptionBlock(*row, relu_first=i > 0) for i, row in enumerate(rows)}
    return Named(conv1=conv(3, 32, 3, 2, 0), bn1=nn.BatchNorm2d(32), act1=nn.ReLU(), conv2=conv(32, 64, 3, 1, 0), bn2=nn.BatchNorm2d(64),
                 act2=nn.ReLU(), **blocks, conv3=separable(1024, 1536), bn3=nn.BatchNorm2d(1536), act3=nn.ReLU(),
                 conv4=separable(1536, 2048), bn4=nn.BatchNorm2d(2048), act4=nn.ReLU(), means=Means(), fc=nn.Linear(2048, 1000))


def norm(channels):
    return nn.BatchNorm2d(channels, 1e-3)


class AlignedBlock(nn.Module):
    """Chen et al. 2018, figure 4; the last block has no shortcut and its ReLUs behind the norms"""

    def __init__(self, inputs, widths, stride, last=False):
        super().__init__()
        self.last, self.shortcut = last, None
        if not last and (stride > 1 or inputs != widths[-1]):
            self.shortcut = Named(conv=conv(inputs, widths[-1], 1, stride), bn=norm(widths[-1]))
        self.stack = nn.Sequential()
        for i, (before, out) in enumerate(zip((inputs, *widths), widths), 1):
            parts = {'conv_dw': conv(before, before, 3, stride if i == 3 else 1, groups=before), 'bn_dw': norm(before),
                     'act_dw': nn.ReLU(), 'conv_pw': conv(before, out, 1), 'bn_pw': norm(out), 'act_pw': nn.ReLU()}
            if not last:
                self.stack.add_module('act%d' % i, nn.ReLU())
            self.stack.add_module('conv%d' % i, Named(**{k: p for k, p in parts.items() if last or not k.startswith('act')}))

    def forward(self, x):
        y = self.stack(x)
        return y if self.last else y + (x if self.shortcut is None else self.shortcut(x))


def xception41():
    stem = nn.Sequential(Named(conv=conv(3, 32, 3, 2), bn=norm(32), act=nn.ReLU()), Named(conv=conv(32, 64, 3), bn=norm(64), act=nn.ReLU()))
    rows = [(64, (128,) * 3, 2), (128, (256,) * 3, 2), (256, (728,) * 3, 2), *[(728, (728,) * 3, 1)] * 8, (728, (728, 1024, 1024), 2)]
    blocks = nn.Sequential(*[AlignedBlock(*row) for row in rows], AlignedBlock(1024, (1536, 1536, 2048), 1, True))
    return Named(stem=stem, blocks=blocks, head=Named(means=Means(), fc=nn.Linear(2048, 1000)))


class CifarBlock(nn.Module):
    """He et al. 2015, section 4.2, option A"""

    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1, self.bn1, self.relu1 = conv(inputs, planes, 3, stride), nn.BatchNorm2d(planes), nn.ReLU()
        self.conv2, self.bn2, self.relu2 = conv(planes, planes, 3), nn.BatchNorm2d(planes), nn.ReLU()

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        zeros = (y.shape[1] - x.shape[1]) // 2
        return self.relu2(y + (F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, zeros, zeros)) if zeros else x))


def resnet1202_cifar():
    return resnet20_cifar(200)


def resnet20_cifar(n=3):
    layers = {'layer%d' % (s + 1): nn.Sequential(*[
        CifarBlock((16 << s) // (2 if s and i == 0 else 1), 16 << s, 2 if s and i == 0 else 1) for i in range(n)]) for s in range(3)}
    return Named(conv1=conv(3, 16, 3), bn1=nn.BatchNorm2d(16), relu=nn.ReLU(), **layers, means=Means(), linear=nn.Linear(64, 10))


def activated(inputs, out, kernel, stride=1):
    return Named(bn=nn.BatchNorm2d(inputs), activ=nn.ReLU(), conv=conv(inputs, out, kernel, stride))


class PreactivatedUnit(nn.Module):
    """He et al. 2016, figure 4 (e)"""

    def __init__(self, inputs, out, stride, bottleneck):
        super().__init__()
        rows = [(inputs, out // 4, 1), (out // 4, out // 4, 3, stride), (out // 4, out, 1)] if bottleneck else [(inputs, out, 3, stride), (out, out, 3)]
        self.body = Named(**{'conv%d' % (i + 1): activated(*row) for i, row in enumerate(rows)})
        self.identity_conv = conv(inputs, out, 1, stride) if inputs != out or stride > 1 else None

    def forward(self, x):
        first = self.body.conv1
        active = first.activ(first.bn(x))
        y = first.conv(active)
        for part in list(self.body.children())[1:]:
            y = part(y)
        return y + (x if self.identity_conv is None else self.identity_conv(active))


def preresnet20_cifar(n=3, bottleneck=False):
    features, inputs = {'init_block': conv(3, 16, 3)}, 16
    for stage in range(3):
        units = {}
        for i in range(n):
            out = (64 if bottleneck else 16) << stage
            units['unit%d' % (i + 1)] = PreactivatedUnit(inputs, out, 2 if stage and i == 0 else 1, bottleneck)
            inputs = out
        features['stage%d' % (stage + 1)] = Named(**units)
    features['post_activ'] = Named(bn=nn.BatchNorm2d(inputs), activ=nn.ReLU())
    return Named(features=Named(**features), means=Means(), output=nn.Linear(inputs, 10))


def preresnet56_cifar():
    return preresnet20_cifar(9)


def preresnet110_cifar():
    return preresnet20_cifar(18)


def preresnet164bn_cifar():
    return preresnet20_cifar(18, True)


def mobilenetv1_025():
    """Howard et al. 2017, table 1"""
    rows, blocks, inputs = [(16, 1, 1), (32, 2, 2), (64, 2, 2), (128, 6, 2), (256, 2, 2)], nn.Sequential(), 8
    for stage, (out, depth, stride) in enumerate(rows):
        parts = []
        for i in range(depth):
            parts.append(Named(conv_dw=conv(inputs, inputs, 3, stride if i == 0 else 1, groups=inputs), bn1=nn.BatchNorm2d(inputs),
                               act1=nn.ReLU6(), conv_pw=conv(inputs, out, 1), bn2=nn.BatchNorm2d(out), act2=nn.ReLU6()))
            inputs = out
        blocks.add_module(str(stage), nn.Sequential(*parts))
    return Named(conv_stem=conv(3, 8, 3, 2), bn1=nn.BatchNorm2d(8), act1=nn.ReLU6(), blocks=blocks, means=Means(),
                 classifier=nn.Linear(256, 1000))


class SameConv(nn.Conv2d):
    """TensorFlow's SAME padding"""

    def forward(self, x):
        total = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(x.shape[2:], self.stride, self.kernel_size)]
        return super().forward(F.pad(x, (total[1] // 2, total[1] - total[1] // 2, total[0] // 2, total[0] - total[0] // 2)))


def same(inputs, out, kernel, stride=1, groups=1):
    return SameConv(inputs, out, kernel, stride, 0, groups=groups, bias=False)


class MinimalBlock(nn.Module):
    """Howard et al. 2019, figure 3, without squeeze and excitation"""

    def __init__(self, inputs, expanded, out, stride):
        super().__init__()
        parts, self.shortcut = [], stride == 1 and inputs == out
        if expanded != inputs:
            parts += [('conv_pw', same(inputs, expanded, 1)), ('bn1', norm(expanded)), ('act1', nn.ReLU())]
        n = len(parts) // 3
        parts += [('conv_dw', same(expanded, expanded, 3, stride, expanded)), ('bn%d' % (n + 1), norm(expanded)), ('act%d' % (n + 1), nn.ReLU()),
                  ('conv_pwl' if n else 'conv_pw', same(expanded, out, 1)), ('bn%d' % (n + 2), norm(out))]
        for name, part in parts:
            self.add_module(name, part)

    def forward(self, x):
        return Named.forward(self, x) + x if self.shortcut else Named.forward(self, x)


def tf_mobilenetv3_small_minimal_100():
    rows = [(16, (16,), 2), (24, (72, 88), 2), (40, (96, 240, 240), 2), (48, (120, 144), 1), (96, (288, 576, 576), 2)]
    blocks, inputs = nn.Sequential(), 16
    for out, expanded, stride in rows:
        parts = []
        for i, width in enumerate(expanded):
            parts.append(MinimalBlock(inputs, width, out, stride if i == 0 else 1))
            inputs = out
        blocks.append(nn.Sequential(*parts))
    blocks.append(nn.Sequential(Named(conv=same(96, 576, 1), bn1=norm(576), act1=nn.ReLU())))
    return Named(conv_stem=same(3, 16, 3, 2), bn1=norm(16), act1=nn.ReLU(), blocks=blocks, pool=nn.AdaptiveAvgPool2d(1),
                 conv_head=conv(576, 1024, 1, bias=True), act2=nn.ReLU(), flatten=nn.Flatten(), classifier=nn.Linear(1024, 1000))


class CellNorm(nn.LayerNorm):
    """Layer norm over the channels of each cell"""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ConvNeXtBlock(nn.Module):
    """Liu et al. 2022, figure 4"""

    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(channels))
        self.conv_dw, self.norm = conv(channels, channels, 7, groups=channels, bias=True), CellNorm(channels, 1e-6)
        self.mlp = Named(fc1=conv(channels, 4 * channels, 1, bias=True), act=nn.GELU(), fc2=conv(4 * channels, channels, 1, bias=True))

    def forward(self, x):
        return x + self.gamma.reshape(-1, 1, 1) * self.mlp(self.norm(self.conv_dw(x)))


def convnext_atto():
    dims = (40, 80, 160, 320)
    stages = nn.Sequential()
    for i, (channels, depth) in enumerate(zip(dims, (2, 2, 6, 2))):
        down = {'downsample': nn.Sequential(CellNorm(dims[i - 1], 1e-6), conv(dims[i - 1], channels, 2, 2, 0, bias=True))} if i else {}
        stages.append(Named(**down, blocks=nn.Sequential(*[ConvNeXtBlock(channels) for _ in range(depth)])))
    stem = nn.Sequential(conv(3, 40, 4, 4, 0, bias=True), CellNorm(40, 1e-6))
    return Named(stem=stem, stages=stages, head=Named(means=Means(), norm=nn.LayerNorm(320, 1e-6), fc=nn.Linear(320, 1000)))


class Shuffle(nn.Module):
    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        return x.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)


class ShuffleUnit(nn.Module):
    """Zhang et al. 2017, figure 2"""

    def __init__(self, inputs, out, groups, shrinks, compressed):
        super().__init__()
        middle = out // 4
        self.compress_conv1, self.compress_bn1 = conv(inputs, middle, 1, groups=compressed), nn.BatchNorm2d(middle)
        self.c_shuffle = Shuffle(groups)
        self.dw_conv2, self.dw_bn2 = conv(middle, middle, 3, 2 if shrinks else 1, groups=middle), nn.BatchNorm2d(middle)
        new = out - inputs if shrinks else out
        self.expand_conv3, self.expand_bn3 = conv(middle, new, 1, groups=groups), nn.BatchNorm2d(new)
        self.means = nn.AvgPool2d(3, 2, 1) if shrinks else None
        self.act1, self.act2 = nn.ReLU(), nn.ReLU()

    def forward(self, x):
        y = self.c_shuffle(self.act1(self.compress_bn1(self.compress_conv1(x))))
        y = self.expand_bn3(self.expand_conv3(self.dw_bn2(self.dw_conv2(y))))
        return self.act2(torch.cat((y, self.means(x)), 1) if self.means else y + x)


def shufflenet_g3_w1():
    features = {'init_block': Named(conv=conv(3, 24, 3, 2), bn=nn.BatchNorm2d(24), act=nn.ReLU(), pool=nn.MaxPool2d(3, 2, 1))}
    inputs = 24
    for stage, depth in enumerate((4, 8, 4)):
        units = {}
        for i in range(depth):
            units['unit%d' % (i + 1)] = ShuffleUnit(inputs, 240 << stage, 3, i == 0, 1 if stage == i == 0 else 3)
            inputs = 240 << stage
        features['stage%d' % (stage + 1)] = Named(**units)
    return Named(features=Named(**features), means=Means(), output=nn.Linear(960, 1000))


def rectified(inputs, out, kernel, stride=1, padding=None):
    return Named(conv=conv(inputs, out, kernel, stride, padding, bias=True), activ=nn.ReLU())


def zfnet():
    """Zeiler and Fergus 2013, figure 3; norms as in Krizhevsky et al. 2012, section 3.3"""
    def pool():
        return nn.MaxPool2d(3, 2, 0, ceil_mode=True)

    def hidden(inputs):
        return Named(fc=nn.Linear(inputs, 4096), activ=nn.ReLU(), dropout=nn.Dropout(0.5))

    features = Named(stage1=Named(unit1=rectified(3, 96, 7, 2, 1), lrn=nn.LocalResponseNorm(5, k=2), pool=pool()),
                     stage2=Named(unit1=rectified(96, 256, 5, 2, 0), lrn=nn.LocalResponseNorm(5, k=2), pool=pool()),
                     stage3=Named(unit1=rectified(256, 384, 3), unit2=rectified(384, 384, 3), unit3=rectified(384, 256, 3), pool=pool()))
    return Named(features=features, grid=nn.AdaptiveAvgPool2d(6), flatten=nn.Flatten(),
                 output=Named(fc1=hidden(9216), fc2=hidden(4096), fc3=nn.Linear(4096, 1000)))


def nin_cifar10():
    """Lin et al. 2013"""
    stage1 = Named(unit1=rectified(3, 192, 5), unit2=rectified(192, 160, 1), unit3=rectified(160, 96, 1))
    stage2 = Named(pool=nn.MaxPool2d(3, 2, 1), unit1=rectified(96, 192, 5), unit2=rectified(192, 192, 1), unit3=rectified(192, 192, 1))
    stage3 = Named(pool=nn.AvgPool2d(3, 2, 1), unit1=rectified(192, 192, 3), unit2=rectified(192, 192, 1))
    return Named(features=Named(stage1=stage1, stage2=stage2, stage3=stage3), output=Named(final_conv=rectified(192, 10, 1)), means=Means())


class Beside(Named):
    """A module of named parts that all take its input; their channels are joined."""

    def forward(self, x):
        return torch.cat([part(x) for part in self.children()], 1)


def unit(inputs, out, kernel, stride=1, padding=None, epsilon=1e-3, bias=False):
    kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
    padding = tuple(k // 2 for k in kernel) if padding is None else padding
    return Named(conv=nn.Conv2d(inputs, out, kernel, stride, padding, bias=bias), bn=nn.BatchNorm2d(out, epsilon), relu=nn.ReLU())


def line(inputs, *rows, name='', first=0, **options):
    """units behind each other, (out, kernel) or (out, kernel, stride, padding) each"""
    widths = (inputs, *(row[0] for row in rows))
    return Named(**{name + str(first + i): unit(widths[i], *row, **options) for i, row in enumerate(rows)})


def shrink():
    """cells up to the border of an even map, with zeros behind ReLUs where there is none"""
    return nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.MaxPool2d(3, 2))


def bninception():
    """Ioffe and Szegedy 2015, figure 5; a module of stride 2 has no first branch"""
    caffe = {'epsilon': 1e-5, 'bias': True}
    stages = [[(64, 64, 64, 64, 96, 32), (64, 64, 96, 64, 96, 64)],
              [(0, 128, 160, 64, 96, 0), (224, 64, 96, 96, 128, 128), (192, 96, 128, 96, 128, 128), (160, 128, 160, 128, 160, 128),
               (96, 128, 192, 160, 192, 128)],
              [(0, 128, 192, 192, 256, 0), (352, 192, 320, 160, 224, 128), (352, 192, 320, 192, 224, 128)]]
    features = Named(init_block=Named(
        conv1=unit(3, 64, 7, 2, **caffe), pool1=shrink(),
        conv2=line(64, (64, 1), (192, 3), name='conv', first=1, **caffe), pool2=shrink()))
    inputs = 192
    for s, rows in enumerate(stages, 1):
        units = {}
        for u, (one, r3, three, r33, double, pool) in enumerate(rows, 1):
            stride = 1 if one else 2
            parts = [unit(inputs, one, 1, **caffe)] if one else []
            parts += [line(inputs, (r3, 1), (three, 3, stride), name='conv', first=1, **caffe),
                      line(inputs, (r33, 1), (double, 3), (double, 3, stride), name='conv', first=1, **caffe)]
            if one:
                last = s == 3 and u == 3
                parts.append(Named(pool=nn.MaxPool2d(3, 1, 1) if last else nn.AvgPool2d(3, 1, 1), conv=unit(inputs, pool, 1, **caffe)))
            else:
                parts.append(shrink())
            units['unit%d' % u] = Named(branches=Beside(**{'branch%d' % (i + 1): part for i, part in enumerate(parts)}))
            inputs = one + three + double + (pool if one else inputs)
        features.add_module('stage%d' % s, Named(**units))
    return Named(features=features, means=Means(), output=nn.Linear(1024, 1000))


def tight_average(inputs, out):
    """a mean that leaves padding out, and a convolution"""
    return nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad=False), unit(inputs, out, 1))


def timm_branches(inputs, *rows, last):
    """a row of one unit has no number in its branch"""
    made = [unit(inputs, *row[0]) if len(row) == 1 else line(inputs, *row) for row in rows]
    return Beside(**{'branch%d' % i: part for i, part in enumerate([*made, last])})


class InceptionC(nn.Module):
    """Szegedy et al. 2016, figure 6"""

    def __init__(self):
        super().__init__()
        self.branch0 = unit(1536, 256, 1)
        self.branch1_0, self.branch1_1a, self.branch1_1b = unit(1536, 384, 1), unit(384, 256, (1, 3)), unit(384, 256, (3, 1))
        self.branch2_0, self.branch2_1, self.branch2_2 = unit(1536, 384, 1), unit(384, 448, (3, 1)), unit(448, 512, (1, 3))
        self.branch2_3a, self.branch2_3b = unit(512, 256, (1, 3)), unit(512, 256, (3, 1))
        self.branch3 = tight_average(1536, 256)

    def forward(self, x):
        one, two = self.branch1_0(x), self.branch2_2(self.branch2_1(self.branch2_0(x)))
        return torch.cat([self.branch0(x), self.branch1_1a(one), self.branch1_1b(one), self.branch2_3a(two), self.branch2_3b(two),
                          self.branch3(x)], 1)


def inception_v4():
    pool, row, column = nn.MaxPool2d(3, 2), (1, 7), (7, 1)
    stem = [unit(3, 32, 3, 2, 0), unit(32, 32, 3, 1, 0), unit(32, 64, 3), Beside(pool=pool, conv=unit(64, 96, 3, 2, 0)),
            Beside(branch0=line(160, (64, 1), (96, 3, 1, 0)), branch1=line(160, (64, 1), (64, row), (64, column), (96, 3, 1, 0))),
            Beside(conv=unit(192, 192, 3, 2, 0), pool=pool)]
    a = [timm_branches(384, [(96, 1)], [(64, 1), (96, 3)], [(64, 1), (96, 3), (96, 3)], last=tight_average(384, 96)) for _ in range(4)]
    to_b = timm_branches(384, [(384, 3, 2, 0)], [(192, 1), (224, 3), (256, 3, 2, 0)], last=pool)
    b = [timm_branches(1024, [(384, 1)], [(192, 1), (224, row), (256, column)],
                       [(192, 1), (192, column), (224, row), (224, column), (256, row)], last=tight_average(1024, 128)) for _ in range(7)]
    to_c = timm_branches(1024, [(192, 1), (192, 3, 2, 0)], [(256, 1), (256, row), (320, column), (320, 3, 2, 0)], last=pool)
    return Named(features=nn.Sequential(*stem, *a, to_b, *b, to_c, *[InceptionC() for _ in range(3)]), means=Means(),
                 last_linear=nn.Linear(1536, 1000))


def leaky(inputs, out, kernel, stride=1):
    return Named(conv=conv(inputs, out, kernel, stride), bn=nn.BatchNorm2d(out), activ=nn.LeakyReLU(0.1))


class DarkUnit(Named):
    def forward(self, x):
        return super().forward(x) + x


def darknet53():
    """Redmon and Farhadi 2018, table 1"""
    features = {'init_block': leaky(3, 32, 3)}
    for stage, count in enumerate((1, 2, 8, 8, 4), 1):
        out = 32 << stage
        units = {'unit%d' % (i + 2): DarkUnit(conv1=leaky(out, out // 2, 1), conv2=leaky(out // 2, out, 3)) for i in range(count)}
        features['stage%d' % stage] = Named(unit1=leaky(out // 2, out, 3, 2), **units)
    return Named(features=Named(**features), means=Means(), output=nn.Linear(1024, 1000))


class Chosen(Named):
    """Named parts behind the channels that an index names"""

    def __init__(self, channels, **parts):
        super().__init__()
        self.register_buffer('index', torch.zeros(channels, dtype=torch.int64))
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x):
        return super().forward(x.index_select(1, self.index))


class Grown(Named):
    """What came before, and its new features"""

    def forward(self, x):
        return torch.cat((x, super().forward(x)), 1)


def densenet40_k12_cifar():
    """Huang et al. 2016, table 2, but that transitions halve the channels as the published weights do"""
    features, channels = {'init_block': conv(3, 24, 3)}, 24
    for stage in (1, 2, 3):
        parts = {}
        if stage > 1:
            parts['trans%d' % stage] = Named(conv=activated(channels, channels // 2, 1), pool=nn.AvgPool2d(2))
            channels //= 2
        for i in range(12):
            parts['unit%d' % (i + 1)] = Grown(conv=activated(channels, 12, 3))
            channels += 12
        features['stage%d' % stage] = Named(**parts)
    features['post_activ'] = Named(bn=nn.BatchNorm2d(channels), activ=nn.ReLU())
    return Named(features=Named(**features), means=Means(), output=nn.Linear(channels, 10))


class CondenseLayer(nn.Module):
    """Huang et al. 2018, figure 1, right"""

    def __init__(self, inputs, growth, groups):
        super().__init__()
        middle = 4 * growth
        self.conv1 = Chosen(inputs, bn=nn.BatchNorm2d(inputs), act=nn.ReLU(), conv=conv(inputs, middle, 1, groups=groups), shuffle=Shuffle(groups))
        self.conv2 = Named(bn=nn.BatchNorm2d(middle), act=nn.ReLU(), conv=conv(middle, growth, 3, groups=groups))

    def forward(self, x):
        return torch.cat((x, self.conv2(self.conv1(x))), 1)


def condensenet74_c8_g8():
    features, inputs = {'init_block': Named(conv=conv(3, 16, 3, 2))}, 16
    for stage, depth in enumerate((4, 6, 8, 10, 8)):
        units = {} if stage == 0 else {'trans': nn.AvgPool2d(2)}
        for i in range(depth):
            units['unit%d' % (i + 1)] = CondenseLayer(inputs, 8 << stage, 8)
            inputs += 8 << stage
        features['stage%d' % (stage + 1)] = Named(**units)
    features['post_activ'] = Named(bn=nn.BatchNorm2d(inputs), act=nn.ReLU())
    return Named(features=Named(**features), means=Means(), output=Chosen(inputs // 2, linear=nn.Linear(inputs // 2, 1000)))


class ScaledBlock(nn.Module):
    """Szegedy et al. 2016, section 3.3: branches, scaled and added"""

    def __init__(self, channels, scale, *rows):
        super().__init__()
        for i, row in enumerate(rows):
            self.add_module('branch%d' % i, unit(channels, *row[0]) if len(row) == 1 else line(channels, *row))
        self.branches, self.scale = len(rows), scale
        self.conv2d = conv(sum(row[-1][0] for row in rows), channels, 1, bias=True)
        self.relu = nn.ReLU() if scale < 1 else nn.Identity()

    def forward(self, x):
        y = torch.cat([getattr(self, 'branch%d' % i)(x) for i in range(self.branches)], 1)
        return self.relu(x + self.scale * self.conv2d(y))


def inception_resnet_v2():
    pool = nn.MaxPool2d(3, 2)
    a = [ScaledBlock(320, 0.17, [(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]) for _ in range(10)]
    b = [ScaledBlock(1088, 0.1, [(192, 1)], [(128, 1), (160, (1, 7)), (192, (7, 1))]) for _ in range(20)]
    c = [ScaledBlock(2080, scale, [(192, 1)], [(192, 1), (224, (1, 3)), (256, (3, 1))]) for scale in [0.2] * 9 + [1]]
    to_b = timm_branches(320, [(384, 3, 2, 0)], [(256, 1), (256, 3), (384, 3, 2, 0)], last=pool)
    to_c = timm_branches(1088, [(256, 1), (384, 3, 2, 0)], [(256, 1), (288, 3, 2, 0)], [(256, 1), (288, 3), (320, 3, 2, 0)], last=pool)
    mixed = timm_branches(192, [(96, 1)], [(48, 1), (64, 5)], [(64, 1), (96, 3), (96, 3)], last=tight_average(192, 64))
    return Named(conv2d_1a=unit(3, 32, 3, 2, 0), conv2d_2a=unit(32, 32, 3, 1, 0), conv2d_2b=unit(32, 64, 3), maxpool_3a=pool,
                 conv2d_3b=unit(64, 80, 1), conv2d_4a=unit(80, 192, 3, 1, 0), maxpool_5a=nn.MaxPool2d(3, 2), mixed_5b=mixed,
                 repeat=nn.Sequential(*a), mixed_6a=to_b, repeat_1=nn.Sequential(*b), mixed_7a=to_c, repeat_2=nn.Sequential(*c[:9]),
                 block8=c[9], conv2d_7b=unit(2080, 1536, 1), means=Means(), classif=nn.Linear(1536, 1000))
