#!/usr/bin/env python3
"""COCO evaluation against pycocotools on made results: time, memory, and whether the twelve numbers agree.

    tools/bench/coco_eval.py --output docs/bench/coco-eval.json     (pycocotools and numpy must be importable)

Each contestant is a process of its own that reads the two files, evaluates and tells the numbers, in turns A/B/A/B. Told are the CPU time of the
process (user and system, all its threads: other jobs on the machine disturb it little), the wall time, and the largest resident memory.
"""
import argparse
import importlib.metadata
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time

PEER = '''
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
truth, results, kind = sys.argv[1:]
with contextlib.redirect_stdout(io.StringIO()):
    gt = COCO(truth)
    e = COCOeval(gt, gt.loadRes(results), kind)
    e.evaluate(); e.accumulate(); e.summarize()
print(json.dumps({'stats': list(map(float, e.stats))}))
'''
CATEGORIES, HEIGHT, WIDTH = 80, 480, 640


def outline(rng, box):
    """A polygon of 12 corners within a box."""
    import math
    x, y, w, h = box
    corners = []
    for k in range(12):
        r = rng.uniform(0.7, 1.0)
        corners += [round(x + w / 2 * (1 + r * math.cos(k * math.pi / 6)), 2), round(y + h / 2 * (1 + r * math.sin(k * math.pi / 6)), 2)]
    return corners


def area(polygon):
    pairs = list(zip(polygon[::2], polygon[1::2]))
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(pairs, pairs[1:] + pairs[:1]))) / 2


def data(folder, images, detections, kind):
    """A truth as large as val2017 for 5,000 images (7.3 objects each), and results of which a third lie near an object."""
    if kind == 'segm':
        from pycocotools import mask
    rng = random.Random(20261126)
    truth = {'images': [], 'categories': [{'id': k + 1, 'name': f'class {k + 1}'} for k in range(CATEGORIES)], 'annotations': []}
    results = os.path.join(folder, f'results_{kind}.json')
    with open(results, 'w') as out:
        out.write('[')
        for i in range(images):
            truth['images'].append({'id': i + 1, 'height': HEIGHT, 'width': WIDTH})
            here = []
            kinds = [rng.randint(1, CATEGORIES) for _ in range(3)]  # a picture has few kinds of things
            for _ in range(rng.choice((2, 4, 7, 9, 14))):
                w, h = rng.uniform(8, 240), rng.uniform(8, 200)
                box = [round(v, 2) for v in (rng.uniform(0, WIDTH - w), rng.uniform(0, HEIGHT - h), w, h)]
                polygon = outline(rng, box)
                here.append((box, rng.choice(kinds)))
                truth['annotations'].append({'id': len(truth['annotations']) + 1, 'image_id': i + 1, 'category_id': here[-1][1], 'bbox': box,
                                             'area': round(area(polygon), 2), 'iscrowd': int(rng.random() < 0.01), 'segmentation': [polygon]})
            for k in range(detections):
                if rng.random() < 0.33:
                    (x, y, w, h), category = rng.choice(here)
                    x, y, w, h = x + rng.gauss(0, w / 12), y + rng.gauss(0, h / 12), w * rng.uniform(0.8, 1.2), h * rng.uniform(0.8, 1.2)
                else:
                    w, h, category = rng.uniform(8, 240), rng.uniform(8, 200), rng.choice(kinds) if rng.random() < 0.6 else rng.randint(1, CATEGORIES)
                    x, y = rng.uniform(0, WIDTH - w), rng.uniform(0, HEIGHT - h)
                row = {'image_id': i + 1, 'category_id': category, 'score': round(rng.random(), 5)}
                if kind == 'bbox':
                    row['bbox'] = [round(v, 2) for v in (x, y, w, h)]
                else:
                    rle = mask.frPyObjects([outline(rng, (x, y, w, h))], HEIGHT, WIDTH)[0]
                    row['segmentation'] = {'size': rle['size'], 'counts': rle['counts'].decode()}
                out.write((',\n' if i + k else '\n') + json.dumps(row))
        out.write(']\n')
    with open(os.path.join(folder, 'truth.json'), 'w') as f:
        json.dump(truth, f)
    return os.path.join(folder, 'truth.json'), results


def run(command):
    """(twelve numbers, figures) of one process."""
    began = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f'{command[0]} failed')
    scale = 1 << 20 if sys.platform == 'darwin' else 1 << 10
    return json.loads(out)['stats'], {'cpu_s': usage.ru_utime + usage.ru_stime, 'wall_s': time.time() - began, 'rss_mib': usage.ru_maxrss / scale}


def cpu():
    with open('/proc/cpuinfo') as f:
        return next((l.split(':', 1)[1].strip() for l in f if l.startswith('model name')), platform.processor())


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--images', type=int, default=5000)
    a.add_argument('--detections', type=int, default=100, help='per image')
    a.add_argument('--types', default='bbox,segm')
    a.add_argument('--rounds', type=int, default=3)
    a.add_argument('--program', default='./vertebra')
    a.add_argument('--output')
    args = a.parse_args()
    report = {'images': args.images, 'detections_per_image': args.detections, 'categories': CATEGORIES, 'cpu': cpu(), 'cores': os.cpu_count(),
              'python': platform.python_version(), 'pycocotools': importlib.metadata.version('pycocotools'), 'numpy': importlib.metadata.version('numpy'),
              'types': {}}
    with tempfile.TemporaryDirectory() as folder:
        for kind in args.types.split(','):
            truth, results = data(folder, args.images, args.detections, kind)
            contestants = {'vertebra': [args.program, 'score', 'coco', '--truth', truth, '--results', results, '--type', kind, '--json'],
                           'pycocotools': [sys.executable, '-c', PEER, truth, results, kind]}
            samples, numbers = {name: [] for name in contestants}, {}
            for _ in range(args.rounds):
                for name, command in contestants.items():
                    numbers[name], figures = run(command)
                    samples[name].append(figures)
                    print(kind, name, {k: round(v, 2) for k, v in figures.items()}, flush=True)
            median = {name: {k: statistics.median(s[k] for s in rows) for k in rows[0]} for name, rows in samples.items()}
            ours, peer = median['vertebra'], median['pycocotools']
            report['types'][kind] = {
                'results_mib': os.path.getsize(results) / 2 ** 20, 'stats': numbers['vertebra'],
                'largest_difference': max(abs(x - y) for x, y in zip(*numbers.values())),
                'times_faster_cpu': peer['cpu_s'] / ours['cpu_s'], 'times_faster_wall': peer['wall_s'] / ours['wall_s'],
                'share_of_memory': ours['rss_mib'] / peer['rss_mib'], 'median': median, 'samples': samples}
            print(kind, {k: v for k, v in report['types'][kind].items() if isinstance(v, float)})
    if args.output:
        with open(args.output, 'w') as f:
            json.dump(report, f, indent=1)
            f.write('\n')


if __name__ == '__main__':
    main()
