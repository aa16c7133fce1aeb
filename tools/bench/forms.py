"""How the peers compute: types and layouts of their TorchScript files."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.convnext import CNBlock

FORMS = (('f32_nchw', False, False), ('f32_nhwc', False, True), ('bf16_nhwc', True, True))  # name, bfloat16, channels last


class MixedConv(nn.Conv2d):
    """A convolution in bfloat16 from fp32 weights."""

    def forward(self, x):
        bias = self.bias
        if bias is not None:
            bias = bias.to(torch.bfloat16)
        x = x.to(torch.bfloat16)  # SSD's scale of the finest level makes it fp32
        return F.conv2d(x, self.weight.to(torch.bfloat16), bias, self.stride, self.padding, self.dilation, self.groups)


class MixedLinear(nn.Linear):
    """A linear layer in bfloat16 from fp32 weights."""

    def forward(self, x):
        return F.linear(x.to(torch.bfloat16), self.weight.to(torch.bfloat16), self.bias.to(torch.bfloat16))


class MixedBlock(CNBlock):
    """A ConvNeXt block whose scale, an fp32 parameter, leaves the maps in bfloat16."""

    def forward(self, input):
        result = self.layer_scale.to(torch.bfloat16) * self.block(input)
        result = self.stochastic_depth(result)
        result += input
        return result


MIXED = {nn.Conv2d: MixedConv, nn.Linear: MixedLinear, CNBlock: MixedBlock}


def mixed(module):
    """The same module with all its convolutions and linear layers in bfloat16."""
    for part in module.modules():
        part.__class__ = MIXED.get(type(part), type(part))
    return module


class Input(nn.Module):
    """A picture in the type and layout that the network wants."""

    def __init__(self, bf16: bool, channels_last: bool):
        super().__init__()
        self.bf16, self.channels_last = bf16, channels_last

    def forward(self, x):
        if self.channels_last:
            x = x.contiguous(memory_format=torch.channels_last)
        return x.to(torch.bfloat16) if self.bf16 else x
