#!/usr/bin/env python3
"""Our engine and PyTorch on one card, in one run, in turns; needs nothing but torch and torchvision.

    python3 torch_peer.py --json FILE --markdown FILE [--vertebra ./vertebra] [--seconds 200] [--rows resnet50:training:256,...] [--engines-timed] [--dry]
    python3 torch_peer.py --compile [--rows ...]

A row is model:mode:batch, or model:mode:batch:side where pictures are not of 224 pixels.

Two rounds over all rows, in each ours, then PyTorch; a figure is the median of the rounds. PyTorch computes channels last under bf16 autocast
with fp32 weights and fused SGD: eager, as a CUDA graph, by torch.compile, and that as a CUDA graph. "resident": pictures lie on the card.
"fed": each pass takes pictures that came from page-locked memory by a second stream while the pass before it ran; ours come so from Java's
arrays (benchmark --fed), page-locked memory being one more copy on the way. Ours "on the card" is the sum of a profile's rows; with
--engines-timed our second round tries out cuDNN's candidates (-Dvertebra.cuda.timing=true). --compile runs a step of each row by
torch.compile and measures nothing: what it compiles stays in TORCHINDUCTOR_CACHE_DIR, so that it can be made beside other work.
The limits: multiply-adds over the rate of a large bf16 product; the least bytes over the rate of a large copy, where least means that each
convolution and linear layer reads its input and weights and writes its output once (training: three times), all else being fused into them.
"""
import argparse
import concurrent.futures
import gc
import json
import os
import statistics
import subprocess
import sys
import time

try:
    import torch
    import torchvision

    import torch_detectors as detectors
    import torch_pyramids as pyramids
    WHY = torch.__version__
except ImportError as missing:
    torch, WHY = None, str(missing)

ROWS = 'resnet50:training:256,resnet50:inference:256,convnext_tiny:training:256,convnext_tiny:inference:256,' \
       'mobilenet_v3_large:training:256,mobilenet_v3_large:inference:256,' \
       'upernet_convnext_tiny_ade20k:training:16:512,upernet_convnext_tiny_ade20k:inference:16:512,' \
       'fasterrcnn_resnet50_fpn:training:8:800,fasterrcnn_resnet50_fpn:inference:8:800'
PLAIN, COMPILED = ('eager', 'graph'), ('compile', 'compile_graph')
LIMITS, SIDE, STEPS, ROUNDS = ('copy_bytes_per_s', 'product_flop_per_s'), 224, 10, 2
DEVICE = 'cuda'


def median(values):
    return statistics.median(values) if values else None


# --- ours --------------------------------------------------------------------------------------------------------------
def ours(program, name, mode, batch, side, profile, timed, seconds):
    command = [program, 'benchmark', '--model', name, '--mode', mode, '--batch', str(batch), '--size', str(side), '--precision', 'bf16',
               '--engine', 'cuda', '--rounds', '15', '--warmup', '5', '--fed', '--json'] + (['--profile'] if profile else [])
    if name.startswith('fasterrcnn') and mode == 'inference':
        command.append('--end-to-end')  # PyTorch's answer is boxes after suppression too
    options = os.environ.get('VERTEBRA_JAVA_OPTS', '') + (' -Dvertebra.cuda.timing=true' if timed else '')
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=seconds,
                          env={**os.environ, 'VERTEBRA_JAVA_OPTS': options.strip()})
    if done.returncode:
        raise RuntimeError(f'exit {done.returncode}: {(done.stderr.strip().splitlines() or ["no line"])[-1][:300]}')
    return json.loads(done.stdout)


# --- PyTorch -----------------------------------------------------------------------------------------------------------
def network(name):
    torch.manual_seed(0)
    if name == 'upernet_convnext_tiny_ade20k':
        return pyramids.Network(pyramids.ConvNeXt('convnext_tiny'), pyramids.Uper, 512, 150)
    if name == 'fasterrcnn_resnet50_fpn':
        return detectors.Detector()
    options = {'stochastic_depth_prob': 0.0} if name.startswith('convnext') else {}  # ours drops no path by default either
    return getattr(torchvision.models, name)(weights=None, **options)


def images(batch, side):
    return torch.randn(batch, 3, side, side, device=DEVICE).to(memory_format=torch.channels_last)


def forward(model, x):
    with torch.autocast(DEVICE, torch.bfloat16, enabled=DEVICE == 'cuda'):
        return model(x)


def criterion(name, batch, side):
    """A function from what a network answers in training to its loss: of classes, or of every pixel's class with an auxiliary head's"""
    if name.startswith('fasterrcnn'):
        return lambda loss: loss  # it answers with it
    if not name.startswith('upernet'):
        labels = torch.randint(1000, (batch,), device=DEVICE)
        return lambda answer: torch.nn.functional.cross_entropy(answer, labels)
    labels = torch.randint(150, (batch, side, side), device=DEVICE)

    def pixels(logits):
        large = torch.nn.functional.interpolate(logits.float(), size=(side, side), mode='bilinear', align_corners=False)
        return torch.nn.functional.cross_entropy(large, labels, ignore_index=255)
    return lambda answer: pixels(answer[0]) + 0.4 * pixels(answer[1])


def compile_(model):
    return model.compiled() if hasattr(model, 'compiled') else torch.compile(model)


def step(name, mode, batch, side, compiled):
    """A function that makes one pass, and its input."""
    model, x = network(name).to(DEVICE).to(memory_format=torch.channels_last), images(batch, side)
    if mode == 'inference':
        answer = model.eval()
        answer = compile_(answer) if compiled else answer

        def run():
            with torch.no_grad():
                return forward(answer, x)
        return run, x
    model.train()
    loss_of = criterion(name, batch, side)
    # a rate of 0, as ours: the work is the same, and the regions of a detector are at each step
    optimizer = torch.optim.SGD(model.parameters(), 0.0, momentum=0.9, **({'fused': True} if DEVICE == 'cuda' else {}))
    learner = compile_(model) if compiled else model

    def run():
        loss = loss_of(forward(learner, x))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss
    return run, x


def captured(run):
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def timed(run, before=None):
    """Milliseconds of each of some passes, by events."""
    marks = [torch.cuda.Event(enable_timing=True) for _ in range(STEPS + 1)]
    for i in range(STEPS + 3):
        if i >= 3:
            marks[i - 3].record()
        if before:
            before()
        run()
    marks[STEPS].record()
    torch.cuda.synchronize()
    return [a.elapsed_time(b) for a, b in zip(marks, marks[1:])]


def feeder(x):
    """A function that takes pictures which came while the pass before ran, and starts the next ones on their way."""
    host, ahead, side = x.cpu().pin_memory(), torch.empty_like(x), torch.cuda.Stream()

    def come():
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            ahead.copy_(host, non_blocking=True)
    come()

    def take():
        torch.cuda.current_stream().wait_stream(side)
        x.copy_(ahead)
        come()
    return take


def peers(name, mode, batch, side, forms):
    """Milliseconds, resident and fed, of the forms that one network serves: as it is, and as a CUDA graph."""
    run, x = step(name, mode, batch, side, forms is COMPILED)
    feed = feeder(x)
    for _ in range(3):
        run()
    for form in forms:
        if form.endswith('graph'):
            if name.startswith('fasterrcnn'):
                return  # its shapes hang on data
            run = captured(run)
        yield form, (median(timed(run)), median(timed(run, feed)))


# --- limits ------------------------------------------------------------------------------------------------------------
def rates():
    a = torch.empty(1 << 30, dtype=torch.uint8, device='cuda').random_()
    b = torch.empty_like(a)
    copy = median(timed(lambda: b.copy_(a)))
    n = 8192
    p, q = (torch.randn(n, n, device='cuda', dtype=torch.bfloat16) for _ in range(2))
    product = median(timed(lambda: p @ q))
    found = {'copy_bytes_per_s': 2 * a.numel() / copy * 1e3, 'product_flop_per_s': 2 * n ** 3 / product * 1e3}
    del a, b, p, q
    torch.cuda.empty_cache()
    return found


def work(name, side):
    """Multiply-adds of one picture, and the least bytes in bf16: of its maps, and of the weights."""
    macs, maps, weights = 0, 0, 0

    def count(layer, inputs, output):
        nonlocal macs, maps, weights
        macs += output.numel() * layer.weight[0].numel()
        maps += 2 * (inputs[0].numel() + output.numel())
        weights += 2 * layer.weight.numel()
    model = network(name).eval()
    for layer in model.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(count)
    with torch.no_grad():
        model(torch.zeros(1, 3, side, side))
    return macs, maps, weights


def limits(name, mode, batch, side, measured):
    macs, maps, weights = work(name, side)
    times = 3 if mode == 'training' else 1
    return {'matrix_ms': 2e3 * macs * batch * times / measured['product_flop_per_s'],
            'memory_ms': 1e3 * (maps * batch + weights) * times / measured['copy_bytes_per_s']}


def title(row):
    return f"{row['name']} {row['mode']} {row['batch']}" + (f" {row['side']} px" if row['side'] != SIDE else '')


# --- the run -----------------------------------------------------------------------------------------------------------
class Report:
    def __init__(self, arguments):
        self.arguments, self.end = arguments, time.time() + arguments.seconds
        self.all = {'rates': {}, 'rows': [], 'torch': WHY}

    def left(self):
        return self.end - time.time()

    def save(self):
        for path, text in ((self.arguments.json, json.dumps(self.all, indent=1)), (self.arguments.markdown, self.table())):
            with open(path + '.new', 'w') as f:
                f.write(text + '\n')
            os.replace(path + '.new', path)

    def table(self):
        milli = lambda v: '' if v is None else f'{v:.2f}'
        forms = PLAIN + COMPILED
        rates = [f'{self.all["rates"][k]:.3g} {k}' for k in LIMITS if k in self.all['rates']]
        lines = ['PyTorch: ' + self.all['torch'] + (', on ' + self.all['card'] if 'card' in self.all else '') + '; measured: ' + (', '.join(rates) or 'nothing'), '',
                 'Milliseconds a pass, bf16. ours / best: through the door against PyTorch fed; on the card against PyTorch resident.', '',
                 '| row | ours | ours, engines timed | ours on the card | ' + ' | '.join(f'{f} resident, fed' for f in forms) + ' | ours / best fed | on the card / best resident | matrix limit | memory limit |',
                 '| --- |' + ' ---: |' * (len(forms) + 7)]
        for row in self.all['rows']:
            door, timed, card = median(row['ours_ms']), median(row['ours_timed_ms']), row.get('ours_card_ms')
            peers = {f: [median([pair[i] for pair in row['peers'].get(f, [])]) for i in (0, 1)] for f in forms}
            best = [min((p[i] for p in peers.values() if p[i] is not None), default=None) for i in (0, 1)]
            ratio = lambda a, b: f'{a / b:.2f}' if a and b else ''
            limit = row.get('limits', {})
            lines.append(f"| {title(row)} | {milli(door)} | {milli(timed)} | {milli(card)} | "
                         + ' | '.join(', '.join(filter(None, map(milli, peers[f]))) for f in forms)
                         + f" | {ratio(min(filter(None, (door, timed)), default=None), best[1])} | {ratio(card, best[0])} | {milli(limit.get('matrix_ms'))} | {milli(limit.get('memory_ms'))} |")
        for row in self.all['rows']:
            lines += [f"- {title(row)}: {fault}" for fault in row['faults']]
        return '\n'.join(lines)

    def ours(self, row, profile, timed):
        try:
            found = ours(self.arguments.vertebra, row['name'], row['mode'], row['batch'], row['side'], profile, timed, max(1, self.left()))
            row['ours_timed_ms' if timed else 'ours_ms'].append(found['median_ms'])
            row['ours_mib'], row['version'] = found['session_mib'], found['version']
            if profile:
                row['operators'] = found['operators']
                row['ours_card_ms'] = sum(o['ms'] for o in found['operators'])
        except Exception as e:
            row['faults'].append(f'ours: {e}'[:400])
        self.save()

    def peers(self, row, forms):
        if any(f.startswith(forms[0] + ':') for f in row['faults']):
            return
        try:
            for form, found in peers(row['name'], row['mode'], row['batch'], row['side'], forms):
                row['peers'].setdefault(form, []).append(found)
                self.save()  # the next form may run into a limit
        except Exception as e:
            row['faults'].append(f'{forms[0]}: {type(e).__name__}: {e}'.replace('\n', ' ')[:300])
        gc.collect()
        torch.cuda.empty_cache()
        self.save()

    def round(self, row, number, seconds=10):
        if self.left() > seconds:
            self.ours(row, number == 1, number > 1 and self.arguments.engines_timed)
        for forms in (PLAIN, COMPILED) if 'card' in self.all else ():
            if self.left() > seconds:
                self.peers(row, forms)
        print(f"{title(row)} round {number}: ours {row['ours_ms']} {row['ours_timed_ms']}, PyTorch {row['peers']}; {self.left():.0f} s left", flush=True)


def compile_all(rows):
    """Each model in a process of its own, three at once, the last first: there the large ones stand."""
    names = list(dict.fromkeys(row['name'] for row in rows))[::-1]
    if len(names) > 1:
        groups = [[f"{r['name']}:{r['mode']}:{r['batch']}:{r['side']}" for r in rows if r['name'] == name] for name in names]
        commands = [[sys.executable, __file__, '--compile', '--rows', ','.join(group)] for group in groups]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            return max(done.returncode for done in pool.map(subprocess.run, commands))
    for row in rows:
        began = time.time()
        step(row['name'], row['mode'], row['batch'], row['side'], True)[0]()
        torch.cuda.synchronize()
        gc.collect()
        torch.cuda.empty_cache()
        print(f"{title(row)}: compiled in {time.time() - began:.1f} s", flush=True)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--json', default='benchmark.json')
    parser.add_argument('--markdown', default='benchmark.md')
    parser.add_argument('--vertebra', default='./vertebra')
    parser.add_argument('--seconds', type=float, default=200, help='no measurement begins after these')
    parser.add_argument('--rows', default=ROWS, help='model:mode:batch,...')
    parser.add_argument('--engines-timed', action='store_true', help="our second round tries out cuDNN's engines")
    parser.add_argument('--compile', action='store_true', help='compiles for PyTorch and measures nothing')
    parser.add_argument('--dry', action='store_true', help='counts the work of each row and measures nothing')
    report = Report(parser.parse_args())
    for text in report.arguments.rows.split(','):
        name, mode, batch, side = (text + f':{SIDE}').split(':')[:4]
        report.all['rows'].append({'name': name, 'mode': mode, 'batch': int(batch), 'side': int(side), 'ours_ms': [], 'ours_timed_ms': [], 'peers': {}, 'faults': []})
    card = torch is not None and torch.cuda.is_available()
    if report.arguments.compile:
        return compile_all(report.all['rows']) if card else 1
    if torch is not None and not card:
        report.all['torch'] += ', which sees no card'
    if card and not report.arguments.dry:
        torch.backends.cudnn.benchmark = True
        report.all['card'] = torch.cuda.get_device_name()
        report.all['rates'] = rates()
    for row in report.all['rows']:
        if report.all['rates']:
            row['limits'] = limits(row['name'], row['mode'], row['batch'], row['side'], report.all['rates'])
        elif torch is not None:
            row['work'] = work(row['name'], row['side'])
    report.save()
    for number in range(1, ROUNDS + 1 if not report.arguments.dry else 1):
        for row in report.all['rows']:
            report.round(row, number)
    print(report.table())
    rows = report.all['rows']
    faults = sum(len(row['faults']) for row in rows)
    print(f"of {len(rows)} rows {sum(bool(row['ours_ms']) for row in rows)} have ours, {sum(any(row['peers'].values()) for row in rows)} have PyTorch; {faults} faults")
    return 0 if report.arguments.dry or (rows[0]['ours_ms'] and not faults) else 1


if __name__ == '__main__':
    sys.exit(main())
