#!/usr/bin/env python3
"""Makes the zoo's resource files from the published tables: backbones_zoo.py ../shared/anchors OUT_FOLDER (plain Python 3).

OUT_FOLDER is backbones/src/main/resources/io/vertebra/backbones/zoo. A YAML file a family, each with its models: classes,
input size, and the published weight sets: address, checksum, preprocessing of each tested size, accuracies; index.yaml names
the models of each file. One set a model is the default."""
import csv, json, math, os, re, sys

FAMILIES = {
    'lenet': 'lenet5',
    'alexnet': 'alexnet',
    'zfnet': 'zfnet zfnetb',
    'nin': 'nin',
    'cifar_nin': 'nin_cifar10',
    'vgg': 'vgg11 vgg13 vgg16 vgg19 vgg11_bn vgg13_bn vgg16_bn vgg19_bn',
    'googlenet': 'googlenet',
    'bninception': 'bninception',
    'inception_v3': 'inception_v3',
    'inception_v4': 'inception_v4',
    'inception_resnet_v2': 'inception_resnet_v2',
    'resnet': 'resnet18 resnet34 resnet50 resnet101 resnet152 resnet50c resnet50d resnet101d resnext50_32x4d resnext101_32x4d '
              'resnext101_32x8d resnext101_64x4d wide_resnet50_2 wide_resnet101_2 seresnet50 seresnext50_32x4d seresnext101_32x4d '
              'seresnext101_32x8d skresnet18 skresnet34 skresnet50 skresnet50d skresnext50_32x4d legacy_seresnet18 legacy_seresnet34 '
              'legacy_seresnet50 legacy_seresnet101 legacy_seresnet152 legacy_seresnext26_32x4d legacy_seresnext50_32x4d '
              'legacy_seresnext101_32x4d legacy_senet154',
    'cifar_resnet': 'resnet20_cifar resnet32_cifar resnet44_cifar resnet56_cifar resnet110_cifar resnet1202_cifar',
    'cifar_preresnet': 'preresnet20_cifar preresnet56_cifar preresnet110_cifar preresnet164bn_cifar',
    'regnet': 'regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf regnety_008 regnety_080 '
              'regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnetx_004',
    'darknet': 'darknet53',
    'densenet': 'densenet121 densenet161 densenet169 densenet201',
    'cifar_densenet': 'densenet40_k12_cifar',
    'squeezenet': 'squeezenet1_0 squeezenet1_1',
    'condensenet': 'condensenet74_c4_g4 condensenet74_c8_g8',
    'shufflenet': 'shufflenet_g1_w1 shufflenet_g2_w1 shufflenet_g3_w1 shufflenet_g4_w1 shufflenet_g8_w1 shufflenet_g3_w3d4 '
                  'shufflenet_g3_wd2 shufflenet_g3_wd4',
    'shufflenet_v2': 'shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0',
    'xception': 'legacy_xception xception41 xception65 xception71 xception41p xception65p',
    'mobilenet_v1': 'mobilenetv1_100 mobilenetv1_125 mobilenetv1_075 mobilenetv1_050 mobilenetv1_025 mobilenetv1_100h',
    'mobilenet_v2': 'mobilenet_v2 mobilenetv2_035 mobilenetv2_050 mobilenetv2_075 mobilenetv2_140 mobilenetv2_110d mobilenetv2_120d',
    'mobilenet_v3': 'mobilenet_v3_small mobilenet_v3_large mobilenetv3_small_050 mobilenetv3_small_075 mobilenetv3_large_075 tf_mobilenetv3_small_075 '
                    'tf_mobilenetv3_small_100 tf_mobilenetv3_large_075 tf_mobilenetv3_large_100 tf_mobilenetv3_small_minimal_100 tf_mobilenetv3_large_minimal_100',
    'mnasnet': 'mnasnet1_0 mnasnet_050 mnasnet_075 mnasnet_140',
    'efficientnet': ' '.join(f'{form}efficientnet_b{i}' for form in ('', 'tf_') for i in range(8)),
    'efficientnet_v2': 'efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l ' + ' '.join('tf_efficientnetv2_' + s for s in 'b0 b1 b2 b3 s m l'.split()),
    'convnext': ' '.join('convnext_' + s for s in 'atto femto pico nano tiny small base large xlarge atto_ols femto_ols pico_ols nano_ols tiny_hnf'.split()),
}
SMALL = {'lenet': (10, 32), 'cifar_resnet': (10, 32), 'cifar_preresnet': (10, 32), 'cifar_densenet': (10, 32), 'cifar_nin': (10, 32)}  # classes, input size; else 1000 and what the table says

# our name -> the other library's name of the same network, whose sets come behind; a file that both list comes once
TWINS = {'mobilenet_v2': 'mobilenetv2_100', 'mobilenet_v3_small': 'mobilenetv3_small_100', 'mobilenet_v3_large': 'mobilenetv3_large_100',
         'mnasnet1_0': 'mnasnet_100', 'mnasnet_050': 'mnasnet0_5', 'mnasnet_075': 'mnasnet0_75', 'regnet_y_400mf': 'regnety_004',
         'regnet_y_1_6gf': 'regnety_016', 'regnet_y_3_2gf': 'regnety_032', 'regnet_y_16gf': 'regnety_160', 'regnet_y_32gf': 'regnety_320'}
FOREIGN = {'seer', 'seer_ft_in1k'}  # in a framework's own names

# torchvision's transform_input: the network turns ImageNet's normalisation into this one, so pictures are given so at once
TRANSFORMED = {'googlenet', 'inception_v3'}

# what backbones_weights.tsv does not have: torchvision's complete networks. classes are outputs without a background;
# torchvision's SSD subtracts 0.48235, 0.45882, 0.40784 and multiplies by 255; pictures are squashed. Those of the others keep their shape:
# the size is that of the short side
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
DETECTORS = {'ssd300_vgg16': (300, [0.48235, 0.45882, 0.40784], [0.00392156862745098] * 3),
             'ssdlite320_mobilenet_v3_large': (320, [0.5] * 3, [0.5] * 3),
             'fasterrcnn_resnet50_fpn': (800, *IMAGENET), 'fasterrcnn_resnet50_fpn_v2': (800, *IMAGENET),
             'fasterrcnn_mobilenet_v3_large_fpn': (800, *IMAGENET), 'fasterrcnn_mobilenet_v3_large_320_fpn': (320, *IMAGENET)}
COMPLETE = {
    'segmentation': ['fcn_resnet50', 'fcn_resnet101', 'deeplabv3_resnet50', 'deeplabv3_resnet101', 'deeplabv3_mobilenet_v3_large',
                     'lraspp_mobilenet_v3_large'],
    'detection': list(DETECTORS),
}
# mmsegmentation's and the ConvNeXt authors' networks: head, backbone (R-50 is the form with three convolutions in its stem), data set
PYRAMIDS = {**{f'{head}_resnet{depth}_{data}': (name, f'R-{depth}{tail}', title)
               for head, name, tail in (('pspnet', 'PSPNet', '-D8'), ('upernet', 'UPerNet', ''))
               for data, title in (('ade20k', 'ADE20K'), ('cityscapes', 'Cityscapes'), ('voc', 'Pascal VOC 2012 + Aug'))
               for depth in (50, 101)},
            **{f'upernet_convnext_{size}_ade20k': ('UPerNet', f'ConvNeXt-{size}', 'ADE20K')
               for size in 'tiny small base large xlarge'.split()}}
CLASSES = {'ade20k': 150, 'cityscapes': 19, 'voc': 21}


def table(anchors, name):
    with open(os.path.join(anchors, name)) as f:
        return list(csv.DictReader(f, delimiter='\t'))


def numbers(text):
    return [float(v) for v in text.split(',')]


def evaluation(row):
    size, (how, much) = int(row['eval_size']), row['resize_or_crop_pct'].split()
    resize = int(much) if how == 'resize' else math.floor(size / float(much))
    made = {'size': size, 'resize': resize, 'interpolation': row['interpolation']}
    if row['top1'] not in ('', 'nan'):  # features only, or classes without published accuracy
        made['metrics'] = {'top1': float(row['top1']), 'top5': float(row['top5'])}
    return made


def checksum(file):
    """The first digits of its SHA-256 stand in the name of a file of PyTorch's hub: NAME-d63eafa0.pth."""
    found = re.search(r'-([0-9a-f]{8,64})\.[a-z]+$', file)
    return found and found.group(1)


def address(row):
    """(name in the cache, address): on Hugging Face's hub the set's file is called as every other's."""
    if row['file'].startswith('model.safetensors'):
        return row['url'].rsplit('/', 1)[1] + '.safetensors', row['url'] + '/resolve/main/model.safetensors'
    return row['file'], row['url']


def weight_set(tag, source, file, url, license, classes, mean, std):
    made = {'tag': tag, 'source': source, 'file': file, 'url': url}
    if checksum(file):
        made['sha256'] = checksum(file)
    if license:
        made['license'] = license
    return {**made, 'classes': classes, 'mean': mean, 'std': std, 'evaluations': []}


def weights(rows):
    sets = {}
    for row in rows:
        tag, source = row['tag'].lower(), row['source'].split()[0]
        mean, std = numbers(row['mean']), numbers(row['std'])
        if source == 'torchvision' and row['name'] in TRANSFORMED:
            mean = std = [0.5] * 3
        classes = 0 if row['tag'] == 'IMAGENET1K_FEATURES' else int(row['classes'])  # its classifier is not a number
        entry = sets.setdefault(tag, weight_set(tag, source, *address(row), row['license'], classes, mean, std))
        entry['evaluations'].append(evaluation(row))
    chosen = [row['tag'].lower() for row in rows if row['note'] == 'default']
    return sorted(sets.values(), key=lambda s: (s['tag'] not in chosen[:1],))  # the default comes first


def segmenter(row):
    entry = weight_set('coco_with_voc_labels_v1', 'torchvision', row['weights_file'], row['weights_url'], '', int(row['classes']),
                       [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    entry['evaluations'] = [{'size': 520, 'resize': 520, 'interpolation': 'bilinear', 'metrics': {'miou': float(row['miou_ss'])}}]
    return entry


def pyramid(row):
    """Pictures keep their ratio: the short side becomes that of the crop, or stays as it is in Cityscapes."""
    size = 1024 if row['dataset'] == 'Cityscapes' else int(row['crop'].split('x')[0])
    if row['library'].startswith('ConvNeXt'):
        tag, source = 'in22k_' * ('_22k_' in row['weights_file']) + f'{row["dataset"].lower()}_160k_{row["crop"]}', 'authors'
    else:
        tag = f'{row["weights_file"].split("_")[-3]}_{int(row["schedule_iters"]) // 1000}k_{row["crop"]}'
        source = 'mmsegmentation'
    entry = weight_set(tag, source, row['weights_file'], row['weights_url'], '', int(row['classes']), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    entry['evaluations'] = [{'size': size, 'resize': size, 'interpolation': 'bilinear', 'metrics': {'miou': float(row['miou_ss'])}}]
    return entry


def pyramids(rows):
    """Those of crops of 769 pixels are left out: they were trained with aligned corners. The best figure is the default."""
    for name, wanted in PYRAMIDS.items():
        sets = [pyramid(r) for r in rows if (r['head'], r['backbone'], r['dataset']) == wanted and r['weights_url'] and r['crop'] != '769x769']
        sets.sort(key=lambda s: -s['evaluations'][0]['metrics']['miou'])
        yield name, CLASSES[name.rsplit('_', 1)[1]], int(re.search(r'_(\d+)x\d+$', sets[0]['tag']).group(1)), sets


def detector(row):
    size, mean, std = DETECTORS[row['detector']]
    entry = weight_set('coco_v1', 'torchvision', row['weights_file'], row['weights_url'], '', 90, mean, std)
    entry['evaluations'] = [{'size': size, 'resize': size, 'interpolation': 'bilinear', 'metrics': {'box_ap': float(row['box_ap'])}}]
    return entry


def complete(anchors):
    """family → [(name, classes, input size, sets)]"""
    made = {'segmentation': [], 'detection': []}
    everything = table(anchors, 'segmentation.tsv')
    rows = [r for r in everything if r['library'].startswith('torchvision')]
    for name in COMPLETE['segmentation']:
        row = next(r for r in rows if r['head'] + '_' + r['backbone'] == name)
        made['segmentation'].append((name, int(row['classes']), 520, [segmenter(row)]))
    made['segmentation'] += pyramids(everything)
    rows = [r for r in table(anchors, 'detection.tsv') if r['library'].startswith('torchvision')]
    for name in COMPLETE['detection']:
        made['detection'].append((name, 90, DETECTORS[name][0], [detector(next(r for r in rows if r['detector'] == name))]))
    return made


def classifiers(anchors):
    sets, counts = table(anchors, 'backbones_weights.tsv'), table(anchors, 'backbones.tsv')
    made = {}
    for family, names in FAMILIES.items():
        made[family] = []
        for name in names.split():
            inputs = [r['input'] for r in counts if r['name'] == name and r['count_kind'] == 'instantiated' and not r['variant']]
            classes, size = SMALL.get(family, (1000, int(inputs[0]) if inputs else 224))
            own = [r for r in sets if r['name'] == name and r['tag'] not in FOREIGN]
            urls = {r['url'] for r in own}
            twin = [r for r in sets if r['name'] == TWINS.get(name) and r['tag'] not in FOREIGN and r['url'] not in urls]
            made[family].append((name, classes, size, weights(own + twin)))
    return made


def yaml(value):
    """One line; a text that could be read as something else is quoted."""
    if isinstance(value, dict):
        return '{' + ', '.join(f'{k}: {yaml(v)}' for k, v in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(map(yaml, value)) + ']'
    plain = isinstance(value, str) and re.fullmatch(r'[a-z][a-z0-9_.-]*', value) and value not in ('true', 'false', 'null')
    return value if plain else json.dumps(value)


def main(anchors, out):
    families = {**classifiers(anchors), **complete(anchors)}
    os.makedirs(out, exist_ok=True)
    note = '# made by tools/goldens/backbones_zoo.py; not for editing\n'
    for family, models in families.items():
        with open(os.path.join(out, family + '.yaml'), 'w') as f:
            f.write(note)
            for name, classes, size, sets in models:
                f.write(f'- name: {name}\n  classes: {classes}\n  input_size: {size}\n  weights:{"" if sets else " []"}\n')
                for entry in sets:
                    lead = '  - '
                    for key, value in entry.items():
                        if key == 'evaluations':
                            f.write('    evaluations:\n' + ''.join(f'    - {yaml(e)}\n' for e in value))
                        else:
                            quoted = json.dumps(value) if key in ('sha256', 'url') else yaml(value)
                            f.write(f'{lead}{key}: {quoted}\n')
                        lead = '    '
    with open(os.path.join(out, 'index.yaml'), 'w') as f:
        f.write(note)
        for family, models in families.items():
            f.write(f'{family}: [{", ".join(m[0] for m in models)}]\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
