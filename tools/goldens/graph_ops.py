"""PyTorch float64 goldens of every operator: values, gradients, running statistics.

    /usr/bin/python3 tools/goldens/graph_ops.py        (writes graph/src/test/resources/goldens/ops_*.json)

A golden is a graph in the JSON of GraphJson, the seed of its numbers, and what PyTorch makes of them. Inputs, parameters
and output gradients are not stored: number(seed, i) gives them here and in GoldenNumbers.java, bit for bit.
"""
import json
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "graph/src/test/resources/goldens"


def number(seed, i):
    """Evenly spread over [-1, 1), no two near each other equal."""
    k = i + 1
    return (k * k * 31 + k * 7919 + seed * 104729) % 100003 / 50001.5 - 1


def numbers(seed, *shape):
    count = int(numpy.prod(shape))
    return torch.tensor([number(seed, i) for i in range(count)], dtype=torch.float64).reshape(shape)


def parameter(name, seed, shape):
    values = numbers(seed, *shape)
    if name.endswith("running_var"):
        return values + 1.25
    if name.endswith("running_mean"):
        return values * 0.5
    return values


# ---- graphs in JSON


def size(h, w=None):
    return {"height": h, "width": h if w is None else w}


def explicit(top, left=None, bottom=None, right=None):
    if left is None:
        left = bottom = right = top
    return {"kind": "explicit", "top": top, "left": left, "bottom": bottom, "right": right}


SAME = {"kind": "same"}
ZEROS = {"kind": "constant", "value": 0.0}


def image(c, h, w):
    return ("input", "input", {"type": "F32", "shape": {"extents": [-1, c, h, w]}}, [])


def conv(out, kernel, stride=1, padding=0, dilation=1, groups=1, bias=True):
    def as_size(v):
        return size(*v) if isinstance(v, tuple) else size(v)

    if isinstance(padding, int):
        padding = explicit(padding)
    return {"out": out, "kernel": as_size(kernel), "stride": as_size(stride), "padding": padding,
            "dilation": as_size(dilation), "groups": groups, "bias": bias, "initializer": ZEROS}


def pool(kernel, stride, padding=0, ceil=False, count=None):
    attributes = {"kernel": size(*kernel) if isinstance(kernel, tuple) else size(kernel), "stride": size(stride),
                  "padding": explicit(padding) if isinstance(padding, int) else padding, "ceil": ceil}
    if count is not None:
        attributes["countPadding"] = count
    return attributes


# ---- PyTorch's part


def resolve(padding, shape, kernel, stride, dilation):
    """(top, left, bottom, right); SAME as TensorFlow's documentation has it."""
    if padding["kind"] == "explicit":
        return padding["top"], padding["left"], padding["bottom"], padding["right"]
    sides = []
    for n, k, s, d in ((shape[2], kernel["height"], stride["height"], dilation["height"]),
                       (shape[3], kernel["width"], stride["width"], dilation["width"])):
        span = (k - 1) * d + 1
        total = max(span - s, 0) if n % s == 0 else max(span - n % s, 0)
        sides.append((total // 2, total - total // 2))
    return sides[0][0], sides[1][0], sides[0][1], sides[1][1]


def padded(x, p, value=0.0):
    return F.pad(x, (p[1], p[3], p[0], p[2]), value=value)


def hw(s):
    return s["height"], s["width"]


def run_convolution(a, xs, w):
    p = resolve(a["padding"], xs[0].shape, a["kernel"], a["stride"], a["dilation"])
    return F.conv2d(padded(xs[0], p), w["weight"], w.get("bias"), hw(a["stride"]), 0, hw(a["dilation"]), a["groups"])



def run_max_pool(a, xs, w):
    p = resolve(a["padding"], xs[0].shape, a["kernel"], a["stride"], size(1))
    k, s = hw(a["kernel"]), hw(a["stride"])
    if p[0] == p[2] and p[1] == p[3]:
        return F.max_pool2d(xs[0], k, s, (p[0], p[1]), ceil_mode=a["ceil"])
    assert not a["ceil"]
    return F.max_pool2d(padded(xs[0], p, float("-inf")), k, s)


def run_average_pool(a, xs, w):
    x = xs[0]
    p = resolve(a["padding"], x.shape, a["kernel"], a["stride"], size(1))
    k, s = hw(a["kernel"]), hw(a["stride"])
    if p[0] == p[2] and p[1] == p[3]:
        return F.avg_pool2d(x, k, s, (p[0], p[1]), ceil_mode=a["ceil"], count_include_pad=a["countPadding"])
    assert not a["ceil"]
    sums = F.avg_pool2d(padded(x, p), k, s, divisor_override=1)
    ones = torch.ones_like(x) if not a["countPadding"] else None
    return sums / (k[0] * k[1] if ones is None else F.avg_pool2d(padded(ones, p), k, s, divisor_override=1))


def run_batch_norm(a, xs, w):
    batch = w["training"] and not a["frozen"]
    return F.batch_norm(xs[0], w["running_mean"], w["running_var"], w["weight"], w["bias"], batch, a["momentum"], a["epsilon"])


FUNCTIONS = {"RELU": F.relu, "RELU6": F.relu6, "SILU": F.silu, "SIGMOID": torch.sigmoid, "TANH": torch.tanh}


def run_pad(a, xs, w):
    s = a["space"]
    return F.pad(xs[0], (s["left"], s["right"], s["top"], s["bottom"], a["before"], a["behind"]))


def run_cross_entropy(a, xs, w):
    return F.cross_entropy(xs[0], xs[1], ignore_index=a["ignore"], label_smoothing=a["smoothing"])


RUN = {
    "convolution": run_convolution,
    "linear": lambda a, xs, w: F.linear(xs[0], w["weight"], w.get("bias")),
    "batch_norm": run_batch_norm,
    "activation": lambda a, xs, w: FUNCTIONS[a["function"]](xs[0]),
    "max_pool": run_max_pool,
    "average_pool": run_average_pool,
    "adaptive_average_pool": lambda a, xs, w: F.adaptive_avg_pool2d(xs[0], hw(a["grid"])),
    "add": lambda a, xs, w: xs[0] + xs[1],
    "concat": lambda a, xs, w: torch.cat(xs, 1),
    "pad": run_pad,
    "flatten": lambda a, xs, w: torch.flatten(xs[0], 1),
    "softmax_cross_entropy": run_cross_entropy,
}


def parameter_shapes(kind, a, shape):
    """Names and shapes in state-dict order."""
    if kind == "convolution":
        named = [("weight", (a["out"], shape[1] // a["groups"], *hw(a["kernel"])))]
        return named + [("bias", (a["out"],))] if a["bias"] else named
    if kind == "linear":
        named = [("weight", (a["out"], shape[1]))]
        return named + [("bias", (a["out"],))] if a["bias"] else named
    if kind == "batch_norm":
        return [(n, (shape[1],)) for n in ("weight", "bias", "running_mean", "running_var")]
    return []


class Model:
    """A graph with its parameters, filled by number(seed + 10, 11, ...)."""

    def __init__(self, nodes, seed):
        self.nodes, self.seed, self.parameters, self.next = nodes, seed, {}, seed + 10

    def forward(self, inputs, training):
        values = []
        for name, kind, attributes, sources in self.nodes:
            if kind == "input":
                values.append(inputs[name])
                continue
            xs = [values[i] for i in sources]
            local = {"training": training}
            for parameter_name, shape in parameter_shapes(kind, attributes, xs[0].shape):
                full = name + "." + parameter_name
                if full not in self.parameters:
                    value = parameter(full, self.next, shape)
                    self.next += 1
                    self.parameters[full] = value.requires_grad_("running" not in full)
                local[parameter_name] = self.parameters[full]
            values.append(RUN[kind](attributes, xs, local))
        return values


def graph_json(nodes, outputs):
    return {"format": 1,
            "nodes": [{"name": n, "op": k, "attributes": a, "inputs": i} for n, k, a, i in nodes],
            "outputs": {name: index for name, index in outputs}}


def plain(tensor):
    return [float("%.13g" % v) for v in tensor.detach().reshape(-1).tolist()]


def golden(name, batch, nodes, training=False, labels=None, outputs=None, inputs=None):
    seed = 1000 + sum(map(ord, name))
    outputs = outputs or [("y", len(nodes) - 1)]
    given = {}
    for node_name, kind, attributes, _ in nodes:
        if kind == "input" and node_name == "input":
            extents = attributes["shape"]["extents"][1:]
            given["input"] = inputs if inputs is not None else numbers(seed, batch, *extents) * 2
            given["input"].requires_grad_()
    if labels is not None:
        given[labels[0]] = labels[1]
    model = Model(nodes, seed)
    values = model.forward(given, training)
    total = sum((values[i] * numbers(seed + 1 + at, *values[i].shape)).sum() for at, (_, i) in enumerate(outputs))
    total.backward()
    case = {"name": name, "seed": seed, "batch": batch, "training": training, "graph": graph_json(nodes, outputs)}
    if inputs is not None:
        case["input"] = plain(inputs)
    if labels is not None:
        case["labels"] = labels[1].reshape(-1).tolist()
    case["outputs"] = {n: plain(values[i]) for n, i in outputs}
    case["gradients"] = {"input": plain(given["input"].grad)}
    case["statistics"] = {}
    for full, value in model.parameters.items():
        if "running" in full:
            case["statistics"][full] = plain(value)
        else:
            case["gradients"][full] = plain(value.grad)
    return case


def one(name, batch, shape, kind, attributes, training=False, **more):
    return golden(name, batch, [image(*shape), ("op", kind, attributes, [0])], training, **more)


def write(file, cases, **more):
    OUT.mkdir(parents=True, exist_ok=True)
    head = {"made by": "tools/goldens/" + pathlib.Path(sys.argv[0]).name, "torch": torch.__version__,
            "numpy": numpy.__version__, "python": sys.version.split()[0], **more}
    text = json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n"
    (OUT / file).write_text(text)
    print(file, len(cases), "cases", len(text), "bytes")
    assert len(text) < 100_000, file


def convolutions():
    kind = "convolution"
    return [
        one("3x3", 2, (3, 5, 6), kind, conv(4, 3, padding=1)),
        one("1x1 stride 2", 2, (3, 5, 6), kind, conv(4, 1, stride=2)),
        one("stride 2, padding 0, 1, 2, 3", 1, (2, 6, 5), kind, conv(3, 3, stride=2, padding=explicit(0, 1, 2, 3))),
        one("same, stride 2, even", 1, (2, 6, 8), kind, conv(3, 3, stride=2, padding=SAME)),
        one("same, stride 2, odd", 1, (2, 7, 5), kind, conv(3, 3, stride=2, padding=SAME)),
        one("same, stride 3", 1, (2, 7, 8), kind, conv(3, 4, stride=3, padding=SAME)),
        one("same, kernel 1, stride 2", 1, (2, 7, 8), kind, conv(2, 1, stride=2, padding=SAME)),
        one("same, dilation 2", 1, (2, 6, 5), kind, conv(2, 3, padding=SAME, dilation=2)),
        one("dilation 2", 2, (2, 7, 6), kind, conv(3, 3, padding=2, dilation=2, bias=False)),
        one("dilation 6 beyond the map", 1, (2, 5, 6), kind, conv(2, 3, padding=6, dilation=6)),
        one("groups 3", 2, (6, 4, 5), kind, conv(9, 3, padding=1, groups=3)),
        one("depthwise", 2, (4, 5, 5), kind, conv(4, 3, padding=1, groups=4, bias=False)),
        one("depthwise multiplier 2, stride 2", 1, (3, 6, 5), kind, conv(6, 3, stride=2, padding=1, groups=3)),
        one("all rectangular", 2, (4, 9, 7), kind,
            conv(6, (3, 2), stride=(2, 1), padding=explicit(1, 0, 2, 3), dilation=(1, 3), groups=2)),
    ]


def pools():
    most, mean, adaptive = "max_pool", "average_pool", "adaptive_average_pool"
    ties = torch.round(numbers(3, 2, 2, 6, 6) * 1.5)
    return [
        one("max 3x3 stride 2", 2, (2, 7, 6), most, pool(3, 2, 1)),
        one("max ceil", 2, (2, 8, 7), most, pool(3, 2, 0, True)),
        one("max ceil, padded, last window dropped", 1, (2, 6, 5), most, pool(2, 4, 1, True)),
        one("max ceil, padded", 1, (2, 7, 6), most, pool(3, 2, 1, True)),
        one("max same", 1, (2, 6, 7), most, pool(3, 2, SAME)),
        one("max asymmetric", 1, (2, 6, 7), most, pool((3, 2), 2, explicit(0, 1, 2, 0))),
        one("max ties", 2, (2, 6, 6), most, pool(3, 2, 1), inputs=ties),
        one("average counted", 2, (2, 6, 7), mean, pool(3, 2, 1, count=True)),
        one("average not counted", 2, (2, 6, 7), mean, pool(3, 2, 1, count=False)),
        one("average ceil, counted", 1, (2, 8, 7), mean, pool(3, 2, 1, True, True)),
        one("average ceil, not counted", 1, (2, 8, 7), mean, pool(3, 2, 1, True, False)),
        one("average ceil without padding", 1, (2, 7, 5), mean, pool(2, 2, 0, True, True)),
        one("average same, not counted", 1, (2, 6, 7), mean, pool(3, 2, SAME, count=False)),
        one("average asymmetric, counted", 1, (2, 6, 7), mean, pool((3, 2), 2, explicit(0, 1, 2, 0), count=True)),
        one("adaptive 1x1", 2, (3, 5, 4), adaptive, {"grid": size(1)}),
        one("adaptive 3x2 of 7x5", 2, (2, 7, 5), adaptive, {"grid": size(3, 2)}),
        one("adaptive 6x6 of 8x13", 1, (2, 8, 13), adaptive, {"grid": size(6)}),
        one("adaptive 5x7 of 3x2", 1, (2, 3, 2), adaptive, {"grid": size(5, 7)}),
    ]


def norm(epsilon=1e-5, momentum=0.1, frozen=False):
    return {"epsilon": epsilon, "momentum": momentum, "frozen": frozen, "initialScale": 1.0}


def norms():
    kind = "batch_norm"
    vectors = [image(5, 1, 1), ("flatten", "flatten", {}, [0]), ("op", kind, norm(), [1])]
    return [
        one("training", 3, (3, 4, 5), kind, norm(), True),
        one("training, epsilon 1e-3, momentum 0.03", 2, (3, 3, 2), kind, norm(1e-3, 0.03), True),
        one("inference", 2, (3, 4, 5), kind, norm()),
        one("frozen, training", 2, (3, 4, 5), kind, norm(1e-3, 0.1, True), True),
        golden("of vectors, training", 6, vectors, True),
        golden("of vectors, inference", 4, vectors),
        one("batch 1, training", 1, (4, 3, 3), kind, norm(), True),
    ]


def others():
    kinks = torch.tensor([0.0, 6.0, -1.0, 3.0, 7.0, -0.0, 5.5, 8.0] * 4, dtype=torch.float64).reshape(1, 2, 4, 4)
    activations = [one("activation " + f, 2, (2, 3, 4), "activation", {"function": f}) for f in FUNCTIONS]
    activations += [one("activation %s at its kinks" % f, 1, (2, 4, 4), "activation", {"function": f}, inputs=kinks.clone())
                    for f in FUNCTIONS]
    linear = {"out": 5, "bias": True, "initializer": ZEROS}
    flat = [image(3, 2, 4), ("flatten", "flatten", {}, [0])]
    return activations + [
        golden("linear", 3, flat + [("fc", "linear", linear, [1])]),
        golden("linear without bias", 2, flat + [("fc", "linear", dict(linear, bias=False), [1])]),
        golden("flatten", 2, flat),
        golden("add", 2, [image(3, 2, 4), ("a", "activation", {"function": "TANH"}, [0]), ("y", "add", {}, [0, 1])]),
        golden("add to itself", 2, [image(3, 2, 4), ("y", "add", {}, [0, 0])]),
        golden("concat", 2, [image(3, 2, 4), ("c", "convolution", conv(2, 1), [0]), ("y", "concat", {}, [1, 0, 1])]),
        one("pad", 2, (3, 2, 4), "pad", {"before": 1, "behind": 2, "space": explicit(3, 0, 1, 2)}),
        golden("two outputs, one an input of the other", 2,
               [image(3, 4, 4), ("c", "convolution", conv(2, 3), [0]), ("y", "activation", {"function": "SILU"}, [1])],
               outputs=[("a", 1), ("b", 2)]),
    ]


def losses():
    def labels(*shape):
        return ("labels", "input", {"type": "I32", "shape": {"extents": [-1, *shape]}}, [])

    def loss(smoothing=0.0, ignore=-100):
        return {"smoothing": smoothing, "ignore": ignore}

    kind = "softmax_cross_entropy"

    def rows(attributes):
        return [image(4, 1, 1), ("flatten", "flatten", {}, [0]), labels(), ("loss", kind, attributes, [1, 2])]

    def maps(attributes):
        return [image(3, 2, 4), labels(2, 4), ("loss", kind, attributes, [0, 1])]

    def soft(attributes):
        given = ("soft_labels", "input", {"type": "F32", "shape": {"extents": [-1, 4]}}, [])
        return [image(4, 1, 1), ("flatten", "flatten", {}, [0]), given, ("loss", kind, attributes, [1, 2])]

    hard = torch.tensor([0, 3, 2, 2, 1])
    some = torch.tensor([0, -100, 2, -100, 1])
    pixels = torch.tensor([[[0, 1, 2, 255], [255, 1, 1, 0]], [[2, 2, 255, 0], [1, 0, 0, 2]]])
    mixed = torch.tensor([[0.25, 0.75, 0, 0], [0, 0, 1, 0], [0.5, 0, 0, 0.5]], dtype=torch.float64)
    large = numbers(9, 5, 4, 1, 1) * 500
    return [
        golden("hard", 5, rows(loss()), labels=("labels", hard)),
        golden("hard, smoothing", 5, rows(loss(0.1)), labels=("labels", hard)),
        golden("ignored", 5, rows(loss()), labels=("labels", some)),
        golden("ignored, smoothing", 5, rows(loss(0.2)), labels=("labels", some)),
        golden("maps", 2, maps(loss(0.0, 255)), labels=("labels", pixels)),
        golden("maps, smoothing", 2, maps(loss(0.1, 255)), labels=("labels", pixels)),
        golden("soft", 3, soft(loss()), labels=("soft_labels", mixed)),
        golden("soft, smoothing", 3, soft(loss(0.1)), labels=("soft_labels", mixed)),
        golden("large logits", 5, rows(loss(0.1)), labels=("labels", hard), inputs=large),
    ]


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("ops_convolution.json", convolutions())
    write("ops_pool.json", pools())
    write("ops_norm.json", norms())
    write("ops_other.json", others())
    write("ops_loss.json", losses())
