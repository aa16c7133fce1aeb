#!/usr/bin/env python3
"""Writes an annotation file of the size of COCO's instances_train2017.json: 118,287 pictures, 860,001 objects, 80 classes, about 450 MB.

    python3 tools/data/make_coco_train.py /tmp/train_sized.json

Numbers are drawn from seed 1; nothing in it is COCO's. One object in 84 is a crowd with run lengths, the others have one to three polygons.
--scale 0.01 writes a hundredth of it.
"""
import argparse
import json
import random

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument('file')
parser.add_argument('--scale', type=float, default=1)
args = parser.parse_args()
rng = random.Random(1)
images, objects = int(118287 * args.scale), int(860001 * args.scale)
category_ids = [i for i in range(1, 91) if i not in (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)]


def polygon(x, y, w, h):
    points = rng.randint(9, 25)
    return [round(v, 2) for _ in range(points) for v in (x + rng.random() * w, y + rng.random() * h)]


def crowd_counts(height, width):
    runs, left = [], height * width
    while left > 0 and len(runs) < 400:
        run = min(left, rng.randint(1, 2 * height))
        runs.append(run)
        left -= run
    return runs + [left] if left else runs


def dumped(value):
    return json.dumps(value, separators=(',', ':'))


with open(args.file, 'w') as out:
    out.write('{"info":{"description":"made by tools/data/make_coco_train.py"},"licenses":[{"id":1,"name":"none"}],"images":[')
    for i in range(images):
        height, width = (480, 640) if i % 3 else (640, 480)
        name = f'{i + 1:012d}.jpg'
        out.write((',' if i else '') + dumped({
            'license': 1, 'file_name': name, 'coco_url': f'http://127.0.0.1/train/{name}', 'height': height, 'width': width,
            'date_captured': '2013-11-15 02:41:42', 'flickr_url': f'http://127.0.0.1/{i * 7919}_z.jpg', 'id': i + 1}))
    out.write('],"annotations":[')
    for i in range(objects):
        image = rng.randrange(images)
        height, width = (480, 640) if image % 3 else (640, 480)
        w, h = round(rng.uniform(4, width / 2), 2), round(rng.uniform(4, height / 2), 2)
        x, y = round(rng.uniform(0, width - w), 2), round(rng.uniform(0, height - h), 2)
        crowd = i % 84 == 83
        pixels = {'counts': crowd_counts(height, width), 'size': [height, width]} if crowd else [
            polygon(x, y, w, h) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
        out.write((',' if i else '') + dumped({
            'segmentation': pixels, 'area': w * h * 0.7, 'iscrowd': int(crowd), 'image_id': image + 1, 'bbox': [x, y, w, h],
            'category_id': rng.choice(category_ids), 'id': i + 1}))
    out.write('],"categories":[' + ','.join(dumped({'supercategory': 'thing', 'id': i, 'name': f'class {i}'}) for i in category_ids) + ']}')
