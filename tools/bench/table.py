#!/usr/bin/env python3
"""Prints the tables of docs/benchmarks.md from the JSON files of bench/run.sh and bench/families.sh.

    tools/bench/table.py FOLDER              all networks of a folder in one table a case; floors; profiles
    tools/bench/table.py FILE...             a table of all contestants for each file
    tools/bench/table.py --slowest FOLDER    the slowest calls of each profile
"""
import json
import pathlib
import statistics
import sys

OURS, BF16, RUNTIME = 'onednn fp32', 'onednn bf16', 'onnxruntime fp32'
KINDS = {
    'convolutions': ('convolution', 'transposed_convolution', 'linear'),
    'norms': ('batch_norm', 'layer_norm', 'group_norm', 'l2_norm', 'local_response_norm'),
    'activations': ('activation',),
    'sums, products, scales': ('add', 'scaled_add', 'multiply', 'layer_scale', 'drop_path', 'dropout'),
    'pools, joins': ('max_pool', 'average_pool', 'adaptive_average_pool', 'concat', 'slice', 'channel_shuffle'),
    'weight copies': ('weights',),
    'layout changes': ('reorder',),
    'update': ('optimizer',),
}


def median(run, name):
    samples = run['seconds'].get(name)
    return statistics.median(samples) * 1e3 if samples else None


def number(value):
    return '' if value is None else f'{value:.0f}' if value >= 100 else f'{value:.1f}'


def ratio(above, below):
    return '' if above is None or below is None else f'{above / below:.2f}'


def least(*values):
    known = [v for v in values if v is not None]
    return min(known) if known else None


def row(cells):
    print('| ' + ' | '.join(cells) + ' |')


def head(cells):
    row(cells)
    row(['---'] + ['---:'] * (len(cells) - 1))


def title(run):
    threads = 'one thread' if run['threads'] == 1 else f'{run["threads"]} threads'
    mode = 'Training step' if run['mode'] == 'training' else 'Inference'
    return f'{mode}, batch {run["batch"]}, {threads}'


def compare(runs):
    """One case: networks down, contestants across."""
    prefix = 'train_' if runs[0]['mode'] == 'training' else 'eval_'
    runtime = any(RUNTIME in run['seconds'] for run in runs)
    print(f'\n## {title(runs[0])}\n\nMilliseconds, {runs[0]["clock"]}.\n')
    columns = ['', 'ours fp32', 'ours bf16'] + (['ONNX Runtime fp32'] if runtime else [])
    columns += ['libtorch fp32, nchw / nhwc', 'libtorch bf16'] + (['ONNX Runtime / ours'] if runtime else [])
    head(columns + ['libtorch / ours fp32', 'bf16'])
    for run in runs:
        ours, half, other = (median(run, name) for name in (OURS, BF16, RUNTIME))
        nchw, nhwc, bf16 = (median(run, f'djl-pytorch {prefix}{form}') for form in ('f32_nchw', 'f32_nhwc', 'bf16_nhwc'))
        cells = [run['network'], number(ours), number(half)] + ([number(other)] if runtime else [])
        cells += [f'{number(nchw)} / {number(nhwc)}', number(bf16)] + ([ratio(other, ours)] if runtime else [])
        row(cells + [ratio(least(nchw, nhwc), ours), ratio(bf16, half)])


def floors(runs):
    print('\n## Against the floor\n')
    head(['', 'ours fp32', 'floor', 'ours / floor', 'ours bf16', 'floor', 'ours / floor'])
    for run in runs:
        cells = [f'{run["network"]}, {title(run)[0].lower()}{title(run)[1:]}']
        for precision in ('fp32', 'bf16'):
            ours, floor = median(run, f'onednn {precision}'), median(run, f'floor {precision}')
            cells += [number(ours), number(floor), f'**{ratio(ours, floor)}**']
        row(cells)


def shares(profile):
    """Percent of each kind; what no kind has is 'rest'."""
    sums = {name: sum(passes.values()) for name, passes in profile['operators'].items()}
    found = {kind: sum(sums.pop(name, 0) for name in names) for kind, names in KINDS.items()}
    found['rest'] = sum(sums.values())
    return {kind: 100 * value / profile['milliseconds'] for kind, value in found.items()}


def profiles(runs):
    print(f'\n## Where the time goes: {title(runs[0])[0].lower()}{title(runs[0])[1:]}\n\nPercent of the sum of all calls.\n')
    head(['', 'ms'] + list(KINDS) + ['rest'])
    for run in runs:
        for name, profile in run['profile'].items():
            cells = [f'{run["network"]} {name.split()[1]}', number(profile['milliseconds'])]
            row(cells + [f'{share:.1f}' for share in shares(profile).values()])


def single(run):
    print(f'\n## {run["network"]}: {title(run)}\n\n{run["engine"]}; {run["cpu"].split(";")[0]}; {run["clock"]}.\n')
    head(['', 'median ms', 'min ms', 'images/s', '/ ours fp32', '/ ours bf16'])
    for name, samples in run['seconds'].items():
        value = median(run, name)
        cells = [name, f'{value:.1f}', f'{min(samples) * 1e3:.1f}', f'{run["batch"] / value * 1e3:.2f}']
        row(cells + [ratio(value, median(run, OURS)), ratio(value, median(run, BF16))])


def slowest(runs):
    for run in runs:
        for name, profile in run.get('profile', {}).items():
            print(f'\n{run["network"]}, {title(run)}, {name}: {profile["milliseconds"]:.1f} ms')
            for call in profile['slowest']:
                speed = f'{2e-6 * call["macs"] / call["milliseconds"]:.0f} GFLOP/s' if call['macs'] else ''
                print(f'  {call["milliseconds"]:8.2f}  {call["operator"]} {call["pass"]}  {call["name"]}  {call["implementation"]}  {speed}')


def load(arguments):
    files = [f for a in arguments for f in (sorted(pathlib.Path(a).glob('*.json')) if pathlib.Path(a).is_dir() else [pathlib.Path(a)])]
    return [json.loads(f.read_text()) for f in files]


def main(arguments):
    if arguments[:1] == ['--slowest']:
        slowest(load(arguments[1:]))
    elif not pathlib.Path(arguments[0]).is_dir():
        for run in load(arguments):
            single(run)
    else:
        runs = load(arguments)
        for key in sorted({(run['threads'], run['mode'], run['batch']) for run in runs}):
            of_case = [run for run in runs if (run['threads'], run['mode'], run['batch']) == key]
            with_peers = [run for run in of_case if any('djl' in name for name in run['seconds'])]
            if with_peers:
                compare(with_peers)
        with_floor = [run for run in runs if 'floor fp32' in run['seconds']]
        if with_floor:
            floors(with_floor)
        for key in sorted({(run['threads'], run['mode'], run['batch']) for run in runs if 'profile' in run}):
            profiles([run for run in runs if (run['threads'], run['mode'], run['batch']) == key and 'profile' in run])


if __name__ == '__main__':
    main(sys.argv[1:])
