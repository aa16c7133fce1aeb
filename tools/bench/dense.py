"""DeepLab v3 ResNet-50 and SSD300 VGG16 of torchvision with random weights, in the forms that the peers run; models.py calls it."""
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from torchvision.models.detection.image_list import ImageList

from forms import FORMS, Input, mixed

SEGMENTATION, DETECTION = 'deeplabv3_resnet50', 'ssd300_vgg16'
SIZES = {SEGMENTATION: 512, DETECTION: 300}
CANDIDATES = 2000  # pairs of anchor and class that pass the score threshold: what a trained SSD300 gives at 0.01
THRESHOLD, OVERLAP, DETECTIONS = 0.01, 0.45, 200


class Segmentation(nn.Module):
    def __init__(self, network, bf16=False, channels_last=False):
        super().__init__()
        self.input = Input(bf16, channels_last)
        self.backbone, self.classifier, self.aux_classifier = network.backbone, network.classifier, network.aux_classifier


class LabelMap(Segmentation):
    """Picture -> the class of each of its pixels."""

    def forward(self, x):
        logits = self.classifier(self.backbone(self.input(x))['out']).to(torch.float32)
        return F.interpolate(logits, size=x.shape[-2:], mode='bilinear', align_corners=False).argmax(1)


class SegmentationLoss(Segmentation):
    """Picture, classes of its pixels -> cross entropy with half of the auxiliary head's."""

    def forward(self, x, labels):
        features = self.backbone(self.input(x))
        main, auxiliary = self.classifier(features['out']), self.aux_classifier(features['aux'])
        return self.loss(main, labels) + 0.5 * self.loss(auxiliary, labels)

    def loss(self, logits, labels):
        enlarged = F.interpolate(logits.to(torch.float32), size=labels.shape[-2:], mode='bilinear', align_corners=False)
        return F.cross_entropy(enlarged, labels, ignore_index=255)


class Detection(nn.Module):
    def __init__(self, network, bf16=False, channels_last=False):
        super().__init__()
        self.input = Input(bf16, channels_last)
        self.backbone, self.head = network.backbone, network.head

    def outputs(self, x):
        found = self.head(list(self.backbone(self.input(x)).values()))
        return found['cls_logits'].to(torch.float32), found['bbox_regression'].to(torch.float32)


class Encodings(Detection):
    """Picture -> logits and box encodings of its anchors; libtorch alone has no suppression, the caller does the rest."""

    def forward(self, x):
        return self.outputs(x)


class DetectionLoss(Detection):
    """Picture, class and encoding of each anchor -> cross entropy with hard negatives 3:1 and smooth L1, as torchvision."""

    def forward(self, x, labels, wanted):
        logits, encodings = self.outputs(x)
        matched = labels > 0
        boxes = F.smooth_l1_loss(encodings[matched], wanted[matched], reduction='sum')
        losses = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction='none').view(labels.shape)
        negatives = losses.detach().masked_fill(matched, float('-inf')).sort(1, descending=True)[1].sort(1)[1]
        chosen = matched | (negatives < 3 * matched.sum(1, keepdim=True))
        return (boxes + losses[chosen].sum()) / matched.sum().clamp(min=1)


class Suppression(torch.autograd.Function):
    """ONNX's NonMaxSuppression; in PyTorch a stand-in of the right shape, which the export never computes."""

    @staticmethod
    def forward(_, boxes, scores):
        return torch.zeros(DETECTIONS, 3, dtype=torch.long)

    @staticmethod
    def symbolic(g, boxes, scores):
        number = lambda v: g.op('Constant', value_t=torch.tensor(v))
        return g.op('NonMaxSuppression', boxes, scores, number([DETECTIONS]), number([OVERLAP]), number([THRESHOLD]))


class Boxes(Detection):
    """Picture -> the best boxes with scores and classes, suppressed by ONNX's own operator."""

    def __init__(self, network, anchors):
        super().__init__(network)
        self.register_buffer('middle', (anchors[:, :2] + anchors[:, 2:]) / 2)
        self.register_buffer('sides', anchors[:, 2:] - anchors[:, :2])

    def forward(self, x):
        logits, encodings = self.outputs(x)
        middle = encodings[..., :2] / 10 * self.sides + self.middle
        half = (encodings[..., 2:] / 5).exp() * self.sides / 2
        boxes = torch.cat([middle - half, middle + half], 2).clamp(0, SIZES[DETECTION])
        scores = logits.softmax(2)[..., 1:].transpose(1, 2)
        picked = Suppression.apply(boxes, scores)
        all_scores = scores[0].flatten()[picked[:, 1] * scores.shape[2] + picked[:, 2]]
        best, order = all_scores.topk(DETECTIONS)
        return boxes[0][picked[:, 2][order]], best, picked[:, 1][order] + 1


def networks():
    """Both networks with random weights; SSD's background is so likely that a plausible number of boxes is left to suppress."""
    torch.manual_seed(0)
    segmentation = torchvision.models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None, num_classes=21, aux_loss=True)
    detection = torchvision.models.detection.ssd300_vgg16(weights=None, weights_backbone=None, num_classes=91)
    for name, part in segmentation.named_modules():
        if name.endswith('bn3'):
            nn.init.constant_(part.weight, 0.2)
    with torch.no_grad():
        logits, _ = Encodings(detection).eval()(noise(DETECTION))
        for layer in detection.head.classification_head.module_list:
            layer.weight *= 1.5 / logits.std()
        logits, _ = Encodings(detection).eval()(noise(DETECTION))
        low, high = 0.0, 40.0
        for _ in range(40):
            shift = torch.zeros(91)
            shift[0] = (low + high) / 2
            passed = ((logits + shift).softmax(2)[..., 1:] > THRESHOLD).sum()
            low, high = (shift[0].item(), high) if passed > CANDIDATES else (low, shift[0].item())
        for layer in detection.head.classification_head.module_list:
            layer.bias.view(-1, 91)[:, 0] += low
    return segmentation, detection


def noise(name):
    return torch.rand(1, 3, SIZES[name], SIZES[name]) * 4 - 2


def anchors_of(detection):
    x = noise(DETECTION)
    features = list(detection.backbone(x).values())
    return detection.anchor_generator(ImageList(x, [x.shape[-2:]]), features)[0]


def write(folder):
    segmentation, detection = networks()
    for name, network in ((SEGMENTATION, segmentation), (DETECTION, detection)):
        os.makedirs(f'{folder}/{name}', exist_ok=True)
        torch.save(network.state_dict(), f'{folder}/{name}/weights.pth')
    export = lambda name, module: torch.onnx.export(module.eval(), noise(name), f'{folder}/{name}/model.onnx', opset_version=13,
                                                    input_names=['x'], do_constant_folding=True)
    with torch.no_grad():
        export(SEGMENTATION, LabelMap(segmentation))
        export(DETECTION, Boxes(detection, anchors_of(detection)))
    for form, bf16, channels_last in FORMS:
        if bf16:
            segmentation, detection = mixed(segmentation), mixed(detection)
        for name, network, answer, loss in ((SEGMENTATION, segmentation, LabelMap, SegmentationLoss), (DETECTION, detection, Encodings, DetectionLoss)):
            torch.jit.script(loss(network, bf16, channels_last).train()).save(f'{folder}/{name}/train_{form}.pt')
            with torch.no_grad():
                torch.jit.freeze(torch.jit.script(answer(network, bf16, channels_last).eval())).save(f'{folder}/{name}/eval_{form}.pt')
