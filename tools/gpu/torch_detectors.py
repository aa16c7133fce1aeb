"""torchvision's Faster R-CNN with ResNet-50 and FPN as torch_peer.py times it: a batch as one tensor, normalised already.

All layers but the norms are trained, as our benchmark does; in training a pass gives the sum of the four losses for eight objects in
each picture. Shapes hang on data between the stages, so that there is no CUDA graph of a whole pass, and torch.compile takes the
backbone with its pyramid, and the network that proposes regions, each by itself.
"""
import torch
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.image_list import ImageList

CLASSES, OBJECTS = 91, 8


class AsGiven(torch.nn.Module):
    """In place of torchvision's resizing, normalising and padding."""

    def forward(self, images, targets=None):
        batch = torch.stack(images) if isinstance(images, (list, tuple)) else images
        return ImageList(batch, [tuple(batch.shape[-2:])] * len(batch)), targets

    def postprocess(self, result, shapes, originals):
        return result


class Detector(torch.nn.Module):
    def __init__(self):
        super().__init__()
        backbone = resnet_fpn_backbone(backbone_name='resnet50', weights=None, trainable_layers=5)
        self.network = FasterRCNN(backbone, CLASSES)
        self.network.transform = AsGiven()
        self.truths = None

    def compiled(self):
        """This, with what torch.compile can take compiled."""
        self.network.backbone = torch.compile(self.network.backbone)
        self.network.rpn.head = torch.compile(self.network.rpn.head)
        return self

    def objects(self, x):
        if self.truths is None:
            draw = torch.Generator().manual_seed(1)
            sides = torch.tensor([x.shape[3], x.shape[2]])
            self.truths = []
            for _ in range(len(x)):
                corner = torch.rand(OBJECTS, 2, generator=draw) * 0.7 * sides
                labels = torch.randint(1, CLASSES, (OBJECTS,), generator=draw)
                self.truths.append({'boxes': torch.cat([corner, corner + 0.3 * sides], 1).to(x.device), 'labels': labels.to(x.device)})
        return self.truths

    def forward(self, x):
        images, _ = self.network.transform(x)
        features = self.network.backbone(images.tensors)
        truths = self.objects(x) if self.training else None
        proposals, losses = self.network.rpn(images, features, truths)
        found, more = self.network.roi_heads(features, proposals, images.image_sizes, truths)
        return sum({**losses, **more}.values()) if self.training else found
