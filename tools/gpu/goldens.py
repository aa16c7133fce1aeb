#!/usr/bin/env python3
"""Real weights through `vertebra forward` on the engine cuda, against the golden outputs of another framework.

    python3 goldens.py [--program ./vertebra] [--shared ../shared] [--engine cuda] [--precisions fp32,tf32,bf16]

A line per check, ok or FAIL. Files, fp32 tolerances and the way to judge bf16 are those of shared/checks. Of tf32, whose factors keep 10
bits of mantissa, the same class is asked for and a distance of 1e-2 of the largest value; and both must differ from fp32.
"""
import argparse
import os
import sys
import tempfile

sys.dont_write_bytecode = True
PARSER = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
PARSER.add_argument('--program', default='./vertebra')
PARSER.add_argument('--shared', default='../shared')
PARSER.add_argument('--engine', default='cuda')
PARSER.add_argument('--precisions', default='fp32,tf32,bf16')
PARSER.add_argument('--timeout', type=float, default=60)
ARGS = PARSER.parse_args()
sys.path.insert(0, os.path.join(ARGS.shared, 'checks'))
sys.argv = ['vcheck.py', '--shared', ARGS.shared, '--program', ARGS.program, '--timeout', str(ARGS.timeout)]
import tensors
import vcheck

TF32, DIFFERENT = 1e-2, 1e-6


def judge(precision, key, got, golden, tolerance, name):
    if precision == 'fp32':
        distance = tensors.distance(got[key][1], golden[key][1])
        return distance <= tolerance, name, f'{distance:.2e}'
    ok, name, figure = tensors.bf16(key, got, golden, name)
    if precision == 'tf32':
        distance = tensors.distance(got[key][1], golden[key][1])
        return ok and distance <= TF32, name, f'{distance:.2e}, {figure}'
    return ok, name, figure


def network(file, model, wanted, folder):
    weights = os.path.join(ARGS.shared, 'weights', file)
    stem = os.path.splitext(file)[0]
    golden = tensors.load(os.path.join(ARGS.shared, 'weights', stem + '.golden.safetensors'))
    source, result = os.path.join(folder, 'in.safetensors'), os.path.join(folder, 'out.safetensors')
    tensors.save(source, {'input': vcheck.golden_input(stem, golden)})
    exact = {}
    for precision in ARGS.precisions.split(','):
        if os.path.exists(result):
            os.remove(result)
        code, _, err, seconds = vcheck.run('forward', '--model', model, '--weights', weights, '--input', source, '--output', result,
                                           '--engine', ARGS.engine, '--precision', precision)
        got = tensors.load(result) if code == 0 and os.path.exists(result) else {}
        for key, tolerance in wanted.items():
            name = f'{stem}.{precision}.{key}'
            if key not in got or got[key][0] != golden[key][0]:
                vcheck.report(False, name, f'exit {code}: {(vcheck.lines(err) or ["no such output"])[-1][:300]}')
                continue
            vcheck.report(*judge(precision, key, got, golden, tolerance, name))
            if precision == 'fp32':
                exact[key] = got[key][1]
            elif key in exact:
                moved = tensors.distance(got[key][1], exact[key])
                vcheck.report(moved > DIFFERENT, f'{name}.is_{precision}', f'{moved:.2e} from fp32, {seconds:.1f} s')
        if precision == 'fp32' and 'detections.0' in golden and {'boxes', 'scores', 'classes', 'count'} <= set(got):
            vcheck.report(*tensors.detections(got, golden, f'{stem}.{precision}.detections'))


def main():
    with tempfile.TemporaryDirectory() as folder:
        for file, model, wanted in vcheck.FORWARD:
            if os.path.exists(os.path.join(ARGS.shared, 'weights', file)):
                network(file, model, wanted, folder)
    print(f'{len(vcheck.PASSED)} passed, {len(vcheck.FAILED)} failed')
    return 1 if vcheck.FAILED or not vcheck.PASSED else 0


if __name__ == '__main__':
    sys.exit(main())
