#!/usr/bin/env python3
"""Kills trainings with SIGKILL at random moments, resumes each until it ends, and compares the bits with an undisturbed run's.

    tools/proofs/kill_resume.py [--config configs/quickstart.yaml] [--kills 20] [--precision fp32] [--seed 1] [--set k=v ...]

Plain Python 3. Every training is a quick start made shorter. One line a kill; exit 0 only if every end state is bit-identical.
"""
import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

A = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
A.add_argument('--config', default='configs/quickstart.yaml', help='a recipe on shapes')
A.add_argument('--kills', type=int, default=20)
A.add_argument('--precision', default='fp32', choices=['fp32', 'bf16'])
A.add_argument('--seed', type=int, default=1, help='of the moments')
A.add_argument('--set', action='append', default=[], help='further keys of the config')
ARGS = A.parse_args()
SETS = ['train.epochs=3', 'data.train.count=1200', 'data.val.count=200', 'train.ema.decay=0.99', f'precision={ARGS.precision}', *ARGS.set]
FILES = ['weights/last.safetensors', 'weights/best.safetensors']


def start(folder, *more):
    command = ['./vertebra', 'train', ARGS.config, '--output', folder, *more]
    for s in SETS:
        command += ['--set', s]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)


def finish(process):
    error = process.communicate(timeout=1800)[1]
    if process.returncode != 0:
        sys.exit(f'exit {process.returncode}: {error[-400:]}')


def digests(folder):
    return [hashlib.sha256(open(os.path.join(folder, f), 'rb').read()).hexdigest()[:16] for f in FILES]


def main():
    home = tempfile.mkdtemp(prefix='kills')
    finish(start(os.path.join(home, 'warm')))  # builds the program where needed; its time is not used
    begin = time.time()
    finish(start(os.path.join(home, 'calm')))
    whole = time.time() - begin
    want = digests(os.path.join(home, 'calm'))
    print(f'undisturbed: {whole:.1f} s, {want}; the same again: {digests(os.path.join(home, "warm")) == want}', flush=True)
    moments, wrong = random.Random(ARGS.seed), 0
    for n in range(ARGS.kills):
        folder, moment = os.path.join(home, str(n)), moments.uniform(0.05, 0.98) * whole
        process = start(folder)
        try:
            process.communicate(timeout=moment)
            print(f'{n}: ended by itself before {moment:.1f} s', flush=True)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            begin = time.time()
            if not os.path.exists(os.path.join(folder, 'report.html')):  # the last file of a run: it was complete already
                finish(start(folder, *(['--resume'] if os.path.exists(folder) else [])))
            got = digests(folder)
            wrong += got != want
            print(f'{n}: killed at {moment:.1f} s, resumed in {time.time() - begin:.1f} s: {"same bits" if got == want else got}', flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    print(f'{ARGS.precision}: {ARGS.kills} kills, {wrong} end states differ')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
