"""Classifiers of torchvision, and Xception, with random weights, in the forms that the peers run; models.py calls it."""
import copy
import os

import torch
import torch.nn as nn
import torchvision

from forms import FORMS, Input, mixed
from xception import Xception

NAMES = ('resnet50', 'convnext_tiny', 'legacy_xception', 'mobilenet_v2', 'mobilenet_v3_large', 'densenet121', 'efficientnet_b0')
SIDES = {'legacy_xception': 299}


class Classifier(nn.Module):
    """Pictures -> logits in fp32."""

    def __init__(self, network, bf16, channels_last):
        super().__init__()
        self.input, self.network = Input(bf16, channels_last), network

    def forward(self, x):
        return self.network(self.input(x)).to(torch.float32)


def network(name):
    torch.manual_seed(0)
    if name == 'legacy_xception':
        return Xception()
    made = getattr(torchvision.models, name)(weights=None)
    for part, layer in made.named_modules():
        if part.endswith('bn3'):  # ResNet's residuals would explode without training
            nn.init.constant_(layer.weight, 0.2)
    return made


def write(folder, name):
    os.makedirs(f'{folder}/{name}', exist_ok=True)
    model = network(name)
    side = SIDES.get(name, 224)
    torch.onnx.export(model.eval(), torch.rand(1, 3, side, side), f'{folder}/{name}/model.onnx', opset_version=17, input_names=['x'],
                      output_names=['y'], dynamic_axes={'x': {0: 'n'}, 'y': {0: 'n'}}, do_constant_folding=True)
    for form, bf16, channels_last in FORMS:
        own = copy.deepcopy(model)
        classifier = Classifier(mixed(own) if bf16 else own, bf16, channels_last)
        torch.jit.script(classifier.train()).save(f'{folder}/{name}/train_{form}.pt')
        with torch.no_grad():
            torch.jit.freeze(torch.jit.script(classifier.eval())).save(f'{folder}/{name}/eval_{form}.pt')
