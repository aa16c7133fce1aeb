#!/usr/bin/env python3
"""Makes the zoo's resource files from the published tables: backbones_zoo.py ../shared/anchors OUT_FOLDER (plain Python 3).

OUT_FOLDER is backbones/src/main/resources/io/vertebra/backbones/zoo. A file a family, each with its models: classes, input size,
and the published weight sets: address, preprocessing of each tested size, accuracies. One set a model is the default."""
import csv, json, math, os, sys

FAMILIES = {
    'resnet': 'resnet18 resnet34 resnet50 resnet101 resnet152 resnet50c resnet50d resnext50_32x4d resnext101_32x8d '
              'resnext101_64x4d wide_resnet50_2 wide_resnet101_2',
    'cifar_resnet': 'resnet20_cifar resnet32_cifar resnet44_cifar resnet56_cifar resnet110_cifar',
    'mobilenet_v1': 'mobilenetv1_100 mobilenetv1_075 mobilenetv1_050 mobilenetv1_025',
    'mobilenet_v2': 'mobilenet_v2',
    'squeezenet': 'squeezenet1_1',
    'vgg': 'vgg11 vgg13 vgg16 vgg19 vgg11_bn vgg13_bn vgg16_bn vgg19_bn',
}
SMALL = {'cifar_resnet': (10, 32)}  # classes, input size; else 1000 and 224


def numbers(text):
    return [float(v) for v in text.split(',')]


def evaluation(row):
    size, (how, much) = int(row['eval_size']), row['resize_or_crop_pct'].split()
    resize = int(much) if how == 'resize' else math.floor(size / float(much))
    return {'size': size, 'resize': resize, 'interpolation': row['interpolation'], 'top1': float(row['top1']), 'top5': float(row['top5'])}


def weights(rows):
    sets = {}
    for row in rows:
        tag = row['tag'].lower()
        entry = sets.setdefault(tag, {
            'tag': tag, 'source': row['source'].split()[0], 'file': row['file'], 'url': row['url'], 'license': row['license'] or None,
            'classes': int(row['classes']), 'mean': numbers(row['mean']), 'std': numbers(row['std']), 'evaluations': []})
        entry['evaluations'].append(evaluation(row))
    chosen = [row['tag'].lower() for row in rows if row['note'] == 'default']
    order = sorted(sets.values(), key=lambda s: (s['tag'] not in chosen[:1],))  # the default comes first
    return order


def main(anchors, out):
    with open(os.path.join(anchors, 'backbones_weights.tsv')) as f:
        table = list(csv.DictReader(f, delimiter='\t'))
    os.makedirs(out, exist_ok=True)
    for family, names in FAMILIES.items():
        classes, size = SMALL.get(family, (1000, 224))
        lines = []
        for name in names.split():
            rows = [r for r in table if r['name'] == name and r['top1'] not in ('', 'nan')]
            sets = ',\n'.join('    ' + json.dumps(s) for s in weights(rows))
            lines.append(f'  {{"name": "{name}", "classes": {classes}, "input_size": {size}, "weights": [' + (f'\n{sets}\n  ' if sets else '') + ']}')
        with open(os.path.join(out, family + '.json'), 'w') as f:
            f.write('[\n' + ',\n'.join(lines) + '\n]\n')
    with open(os.path.join(out, 'index.json'), 'w') as f:
        f.write(json.dumps(list(FAMILIES)) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
