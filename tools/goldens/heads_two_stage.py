#!/usr/bin/python3
"""Makes the goldens of the two-stage detectors: heads_two_stage.py OUT_FOLDER [MODEL...]   (Debian's torch and torchvision)

OUT_FOLDER is heads/src/test/resources/io/vertebra/heads/detection. A file a model: what torchvision's network answers in float64 for two pictures
of which the second has padding, with weights and pictures by the formula of ../shared/anchors/forward_goldens.md and norms that keep their
statistics; the weights of the four predictors are a 64th of that, so that boxes stay near their anchors. A tensor is described as in heads_detectors.py. Proposals and detections stand there as they are, picture after picture; their scores
tell that no decision is close: the network in float32 must make the same.

  small_rcnn   ResNet-18 and narrow layers; also the losses and some gradients of training with every anchor and every region
  others       torchvision's own, with the names of their tensors; few proposals, and none is dropped for its score"""
import json, os, sys

import torch
import torchvision
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FasterRCNN, FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList

from backbones_parity import fill, float32, signed
from heads_detectors import described

BATCH, SIZES = (2, 3, 96, 128), [(96, 128), (80, 112)]
TRUTHS = [torch.tensor([[10., 12., 60., 70.], [40.5, 8., 120., 90.], [70., 50., 96., 71.]]), torch.tensor([[5., 30., 90., 60.]])]
LABELS = [torch.tensor([1, 4, 2]), torch.tensor([3])]
GRADIENTS = ['backbone.body.conv1.weight', 'backbone.body.layer4.1.bn2.weight', 'backbone.fpn.inner_blocks.0.0.weight',
             'backbone.fpn.layer_blocks.3.0.bias', 'rpn.head.conv.0.0.weight', 'rpn.head.bbox_pred.weight', 'rpn.head.cls_logits.bias',
             'roi_heads.box_head.fc6.weight', 'roi_heads.box_predictor.cls_score.weight', 'roi_heads.box_predictor.bbox_pred.weight']
FEW = {'rpn_pre_nms_top_n_test': 60, 'rpn_post_nms_top_n_test': 40, 'rpn_score_thresh': 0.0}
MODELS = ['small_rcnn', 'fasterrcnn_resnet50_fpn', 'fasterrcnn_resnet50_fpn_v2', 'fasterrcnn_mobilenet_v3_large_320_fpn']


def small():
    body = torchvision.models.resnet18(weights=None)
    backbone = BackboneWithFPN(body, {'layer%d' % (i + 1): str(i) for i in range(4)}, [64, 128, 256, 512], 32)
    total = {'rpn_batch_size_per_image': 1 << 16, 'box_batch_size_per_image': 1 << 10, 'box_positive_fraction': 0.5}
    return FasterRCNN(backbone, None, box_head=TwoMLPHead(32 * 49, 48), box_predictor=FastRCNNPredictor(48, 5), rpn_pre_nms_top_n_train=80,
                      rpn_post_nms_top_n_train=70, **total, **FEW)


def network(name):
    model = small() if name == 'small_rcnn' else getattr(torchvision.models.detection, name)(
        weights=None, weights_backbone=None, num_classes=5, **FEW)
    model.double().eval()
    fill(model, 1)
    with torch.no_grad():
        for last in ('rpn.head.cls_logits', 'rpn.head.bbox_pred', 'roi_heads.box_predictor.cls_score', 'roi_heads.box_predictor.bbox_pred'):
            model.get_parameter(last + '.weight').mul_(1 / 64)
    return model


def answers(model, picture):
    images = ImageList(picture, SIZES)
    features = model.backbone(picture)
    logits, encodings = torchvision.models.detection.rpn.concat_box_prediction_layers(*model.rpn.head(list(features.values())))
    proposals, _ = model.rpn(images, features)
    regions = model.roi_heads.box_predictor(model.roi_heads.box_head(model.roi_heads.box_roi_pool(features, proposals, SIZES)))
    found, _ = model.roi_heads(features, proposals, SIZES)
    n = picture.shape[0]
    return {'rpn.class_logits': logits.reshape(n, -1, 1), 'rpn.box_encodings': encodings.reshape(n, -1, 4), 'proposals': proposals,
            'roi.class_logits': regions[0], 'roi.box_encodings': regions[1], 'found': found}


def training(model, picture):
    model.rpn.train()
    model.roi_heads.train()
    model.zero_grad()
    images = ImageList(picture, SIZES)
    features = model.backbone(picture)
    targets = [{'boxes': b.to(picture.dtype), 'labels': l} for b, l in zip(TRUTHS, LABELS)]
    proposals, losses = model.rpn(images, features, targets)
    _, more = model.roi_heads(features, proposals, SIZES, targets)
    losses.update(more)
    sum(losses.values()).backward()
    model.eval()
    named = dict(model.named_parameters())
    names = {'rpn_class': 'loss_objectness', 'rpn_box': 'loss_rpn_box_reg', 'class': 'loss_classifier', 'box': 'loss_box_reg'}
    return proposals, {'losses': {ours: losses[theirs].item() for ours, theirs in names.items()},
                       'truths': [t.tolist() for t in TRUTHS], 'labels': [l.tolist() for l in LABELS],
                       'gradients': {name: described(named[name].grad) for name in GRADIENTS}}


def check(wanted, got, what):
    for a, b in zip(wanted, got):
        assert a.shape == b.shape and (a.numel() == 0 or (a - b).abs().max() < 1e-2), '%s: a decision is close' % what


def golden(name):
    model = network(name)
    picture = float32(signed('input', BATCH))
    with torch.no_grad():
        exact = answers(model, picture)
        single = answers(model.float(), picture.float())
    check(exact['proposals'], single['proposals'], 'proposals')
    check([f['boxes'] for f in exact['found']], [f['boxes'] for f in single['found']], 'detections')
    check([f['labels'] for f in exact['found']], [f['labels'] for f in single['found']], 'classes')
    made = {k: described(v) for k, v in exact.items() if torch.is_tensor(v)}
    made['proposals'] = [p.tolist() for p in exact['proposals']]
    made['found'] = [{k: v.tolist() for k, v in f.items()} for f in exact['found']]
    if name == 'small_rcnn':
        regions, made['training'] = training(network(name), picture)
        check(regions, training(network(name).float(), picture.float())[0], 'proposals of training')
    made['tensors'] = [n + ' ' + 'x'.join(map(str, t.shape)) for n, t in model.state_dict().items() if not n.endswith('num_batches_tracked')]
    return made


def main():
    folder, *wanted = sys.argv[1:] or sys.exit(__doc__)
    for name in wanted or MODELS:
        made = golden(name)
        with open(os.path.join(folder, name + '.json'), 'w') as out:
            json.dump(made, out)
            out.write('\n')
        print(name, [len(p) for p in made['proposals']], [len(f['scores']) for f in made['found']], {k: v['max_abs'] for k, v in made.items() if '.' in k})


if __name__ == '__main__':
    main()
