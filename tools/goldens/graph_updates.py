"""PyTorch float64 goldens of training: optimizers on plain arrays, and whole steps of a small network.

    /usr/bin/python3 tools/goldens/graph_updates.py    (writes graph/src/test/resources/goldens/updates.json, training.json)

Weights, gradients and pictures are not stored: number(seed, i) of graph_ops.py gives them here and in Golden.java.
"""
import torch

import graph_ops as ops
from graph_ops import numbers, plain, write

SIZES = (5, 3)  # two parameters: a weight of five with decay, a bias of three without
STEPS = 4
RATES = (0.1, 0.05, 0.2, 0.01)
OPTIMIZERS = [
    {"name": "sgd", "momentum": 0.0, "nesterov": False},
    {"name": "sgd", "momentum": 0.9, "nesterov": False},
    {"name": "sgd", "momentum": 0.8, "nesterov": True},
    {"name": "adamw", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    {"name": "adamw", "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3},
]


def optimizer(o, groups):
    if o["name"] == "sgd":
        return torch.optim.SGD(groups, 1.0, momentum=o["momentum"], nesterov=o["nesterov"])
    return torch.optim.AdamW(groups, 1.0, betas=(o["beta1"], o["beta2"]), eps=o["epsilon"])


def slots(o, rule, parameter):
    state = rule.state[parameter]
    if o["name"] == "adamw":
        return {"exp_avg": plain(state["exp_avg"]), "exp_avg_sq": plain(state["exp_avg_sq"])}
    return {"momentum": plain(state["momentum_buffer"])} if o["momentum"] else {}


def arrays(o, clip, decay):
    """Optimizer and clipping on plain arrays."""
    parameters = [numbers(i, n).requires_grad_() for i, n in enumerate(SIZES)]
    rule = optimizer(o, [{"params": [parameters[0]], "weight_decay": decay}, {"params": [parameters[1]], "weight_decay": 0.0}])
    norms = []
    for step in range(STEPS):
        for i, p in enumerate(parameters):
            p.grad = numbers(100 + 10 * step + i, *p.shape)
        if clip:
            norms.append(float(torch.nn.utils.clip_grad_norm_(parameters, clip)))
        for group in rule.param_groups:
            group["lr"] = RATES[step]
        rule.step()
    return {"name": "%s, clip %s, decay %s" % (o, clip, decay), "optimizer": o, "clip": clip, "decay": decay, "norms": norms,
            "parameters": [plain(p) for p in parameters], "slots": [slots(o, rule, p) for p in parameters]}


def network():
    labels = ("labels", "input", {"type": "I32", "shape": {"extents": [-1]}}, [])
    nodes = [
        ops.image(2, 6, 5),
        ("conv1", "convolution", ops.conv(4, 3, padding=1, bias=False), [0]),
        ("bn1", "batch_norm", ops.norm(), [1]),
        ("silu", "activation", {"function": "SILU"}, [2]),
        ("conv2", "convolution", ops.conv(4, 3, stride=2, padding=1, groups=2), [3]),
        ("bn2", "batch_norm", ops.norm(1e-3, 0.2), [4]),
        ("tanh", "activation", {"function": "TANH"}, [5]),
        ("pool", "adaptive_average_pool", {"grid": ops.size(1)}, [6]),
        ("flatten", "flatten", {}, [7]),
        ("fc", "linear", {"out": 3, "bias": True, "initializer": ops.ZEROS}, [8]),
        labels,
        ("loss", "softmax_cross_entropy", ops.loss(0.1), [9, 10]),
    ]
    return nodes, [("logits", 9), ("loss", 11)]


def decays(name):
    return 0.05 if name in ("conv1.weight", "conv2.weight", "fc.weight") else 0.0


def training(name, o, batches, clip, ema, frozen):
    """Whole steps: accumulation, clipping, optimizer, moving average."""
    nodes, outputs = network()
    seed, batch = 500, 4
    model = ops.Model(nodes, seed)
    model.forward({"input": numbers(0, batch, 2, 6, 5), "labels": torch.zeros(batch, dtype=torch.long)}, False)
    trained = {n: p for n, p in model.parameters.items() if p.requires_grad and not n.startswith(tuple(frozen))}
    for n, p in model.parameters.items():
        p.requires_grad_(n in trained)
    average = {n: p.detach().clone() for n, p in model.parameters.items()}
    rule = optimizer(o, [{"params": [p], "weight_decay": decays(n)} for n, p in trained.items()])
    losses = []
    for step in range(STEPS):
        for p in trained.values():
            p.grad = None
        for micro in range(batches):
            images = numbers(1000 + 10 * step + micro, batch, 2, 6, 5) * 2
            labels = torch.tensor([(step + micro + i) % 3 for i in range(batch)])
            loss = model.forward({"input": images, "labels": labels}, True)[-1]
            (loss / batches).backward()
            losses.append(float("%.13g" % float(loss)))
        if clip:
            torch.nn.utils.clip_grad_norm_(trained.values(), clip)
        for group in rule.param_groups:
            group["lr"] = RATES[step]
        rule.step()
        with torch.no_grad():
            for n, p in model.parameters.items():
                average[n].mul_(ema).add_(p, alpha=1 - ema)
    return {"name": name, "seed": seed, "batch": batch, "optimizer": o, "batches": batches, "clip": clip, "ema": ema,
            "frozen": frozen, "losses": losses, "graph": ops.graph_json(nodes, outputs),
            "parameters": {n: plain(p) for n, p in model.parameters.items()},
            "average": {n: plain(p) for n, p in average.items()},
            "slots": {s + "." + n: v for n, p in trained.items() for s, v in slots(o, rule, p).items()}}


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("updates.json", [arrays(o, clip, decay) for o in OPTIMIZERS for clip in (0, 0.7, 50) for decay in (0.0, 0.2)],
          rates=RATES)
    write("training.json", [
        training("sgd", OPTIMIZERS[0], 1, 0, 0.9, []),
        training("nesterov, 3 batches, clipped", OPTIMIZERS[2], 3, 0.2, 0.5, []),
        training("adamw, 2 batches", OPTIMIZERS[4], 2, 0, 0.9, []),
        training("momentum, clipped, frozen in the middle", OPTIMIZERS[1], 1, 0.2, 0.9, ["bn1", "conv2"]),
        training("adamw, clipped, frozen below", OPTIMIZERS[4], 2, 0.2, 0.75, ["conv1", "bn1"]),
    ], rates=RATES)
