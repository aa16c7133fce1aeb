"""What the two recipes share: TensorFlow's convolution as a module, the optimizer with its schedule, the loop, the report."""
import argparse
import contextlib
import json
import math
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SHARED = Path(os.environ.get('VERTEBRA_SHARED', Path(__file__).resolve().parents[3] / 'shared'))
sys.path.insert(0, str(SHARED / 'weights/tools'))
from common import st_load  # noqa: E402


class Conv(nn.Module):
    """A convolution with TensorFlow's SAME padding, whose norm is folded into the bias, and an activation."""

    def __init__(self, weights, name, stride=1, dilation=1, depthwise=False, act='relu6'):
        super().__init__()
        kernel = torch.from_numpy(weights[name + '/weights'].astype(np.float32))
        kernel = kernel.permute(3, 0, 1, 2) if depthwise else kernel.permute(0, 3, 1, 2)
        self.weight = nn.Parameter(kernel.contiguous())
        self.bias = nn.Parameter(torch.from_numpy(weights[name + '/biases'].astype(np.float32)))
        self.stride, self.dilation, self.act = stride, dilation, act
        self.groups = self.weight.shape[0] if depthwise else 1

    def forward(self, x):
        pads = [self.same(n, self.weight.shape[2]) for n in x.shape[2:]]
        padding = [first for first, _ in pads]
        if any(first != last for first, last in pads):
            (top, bottom), (left, right) = pads
            x, padding = F.pad(x, (left, right, top, bottom)), 0
        x = F.conv2d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)
        if self.act == 'relu6':
            return F.relu6(x, inplace=True) if x.dtype == torch.float32 else x.clamp(0, 6)  # no backward pass of relu6 in bfloat16
        return F.relu(x, inplace=True) if self.act == 'relu' else x

    def same(self, n, kernel):
        total = max((-(-n // self.stride) - 1) * self.stride + (kernel - 1) * self.dilation + 1 - n, 0)
        return total // 2, total - total // 2


def options(description, **defaults):
    """Command line of a recipe; the numbers of the recipe are its defaults."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument('--precision', choices=('fp32', 'bf16'), default='fp32')
    parser.add_argument('--channels-last', action='store_true')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--workers', type=int, default=1)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--output', type=Path, help='JSON file of the result')
    for name, value in defaults.items():
        parser.add_argument('--' + name.replace('_', '-'), type=type(value), default=value)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(chosen.seed)
    return chosen


def endless(data, chosen):
    """Batches epoch after epoch, full ones only."""
    loader = torch.utils.data.DataLoader(data, chosen.batch, shuffle=True, drop_last=True, num_workers=chosen.workers,
                                         worker_init_fn=lambda _: torch.set_num_threads(1), persistent_workers=chosen.workers > 0)
    while True:
        yield from loader


def precision(chosen):
    return torch.autocast('cpu', torch.bfloat16) if chosen.precision == 'bf16' else contextlib.nullcontext()


def layout(chosen, x):
    return x.contiguous(memory_format=torch.channels_last) if chosen.channels_last else x


def train(model, data, loss_of, chosen, schedule):
    """SGD with momentum; biases do not decay. Returns seconds, from the first batch asked for to the last update."""
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.SGD([{'params': decayed, 'weight_decay': chosen.decay}, {'params': others, 'weight_decay': 0.0}],
                                lr=chosen.rate, momentum=0.9)
    if chosen.channels_last:
        model.to(memory_format=torch.channels_last)
    model.train()
    batches, start, cpu, seen = endless(data, chosen), time.perf_counter(), time.process_time(), []
    for i in range(chosen.iterations):
        for group in optimizer.param_groups:
            group['lr'] = chosen.rate * schedule(i)
        x, *truth = next(batches)
        optimizer.zero_grad(set_to_none=True)
        with precision(chosen):
            outputs = model(layout(chosen, x))
        loss = loss_of(outputs, truth)
        loss.backward()
        if chosen.clip:
            nn.utils.clip_grad_norm_(model.parameters(), chosen.clip)
        optimizer.step()
        seen.append(loss.item())
        if not math.isfinite(seen[-1]):
            raise SystemExit('the loss is no number')
        if (i + 1) % 25 == 0:
            print(f'{i + 1}/{chosen.iterations} loss {np.mean(seen[-25:]):.4f} {(time.perf_counter() - start) / (i + 1):.3f} s/it'
                  f' {(time.process_time() - cpu) / (i + 1):.3f} cpu s/it', flush=True)
    return time.perf_counter() - start


def polynomial(iterations, warmup=0):
    """Power 0.9, from the whole rate to none, after a linear rise."""
    return lambda i: min(1.0, (i + 1) / warmup if warmup else 1.0) * (1 - i / iterations) ** 0.9


def report(chosen, seconds, results):
    whole = {'seconds': round(seconds, 1), 'images_per_s': round(chosen.iterations * chosen.batch / seconds, 2), **results,
             'recipe': {k: str(v) if isinstance(v, Path) else v for k, v in vars(chosen).items()}, 'torch': torch.__version__}
    text = json.dumps(whole, indent=1)
    print(text)
    if chosen.output:
        chosen.output.write_text(text + '\n')
