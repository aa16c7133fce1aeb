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
import torchvision

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


def hard_sigmoid(x):
    """By its definition: the slope of F.hardsigmoid is a sixth in float32 in torch 1.13."""
    assert torch.allclose(F.relu6(x + 3) / 6, F.hardsigmoid(x), rtol=0, atol=1e-15)
    return F.relu6(x + 3) / 6


def hard_swish(x):
    """By its definition: at its kinks the slopes of F.hardswish are those of the middle part in torch 1.13."""
    assert torch.allclose(x * hard_sigmoid(x), F.hardswish(x), rtol=0, atol=1e-14)
    return x * F.relu6(x + 3) / 6


def leaky_relu(x):
    """With the slope of DarkNet-53"""
    return F.leaky_relu(x, 0.1)


FUNCTIONS = {"RELU": F.relu, "RELU6": F.relu6, "SILU": F.silu, "SIGMOID": torch.sigmoid, "TANH": torch.tanh, "LEAKY_RELU": leaky_relu}
MODERN = {"HARD_SWISH": hard_swish, "HARD_SIGMOID": hard_sigmoid, "GELU": F.gelu}


def run_layer_norm(a, xs, w):
    last = xs[0].permute(0, 2, 3, 1) if xs[0].dim() == 4 else xs[0]
    y = F.layer_norm(last, last.shape[-1:], w["weight"], w["bias"], a["epsilon"])
    return y.permute(0, 3, 1, 2) if xs[0].dim() == 4 else y


def run_channel_shuffle(a, xs, w):
    n, c, h, width = xs[0].shape
    return xs[0].view(n, a["groups"], c // a["groups"], h, width).transpose(1, 2).reshape(n, c, h, width)


def run_pad(a, xs, w):
    s = a["space"]
    return F.pad(xs[0], (s["left"], s["right"], s["top"], s["bottom"], a["before"], a["behind"]))


def run_cross_entropy(a, xs, w):
    logits, labels = xs
    weights = torch.tensor(a["classWeights"], dtype=torch.float64) if a["classWeights"] else None
    settings = {"weight": weights, "label_smoothing": a["smoothing"]}
    if labels.is_floating_point():
        assert a["average"] == "VALID" and a["hardest"] is None
        return F.cross_entropy(logits, labels, **settings)
    settings["ignore_index"] = a["ignore"]
    if a["average"] == "VALID" and a["hardest"] is None:
        return F.cross_entropy(logits, labels, **settings)
    losses = F.cross_entropy(logits, labels, reduction="none", **settings)
    counted = labels != a["ignore"]
    if a["hardest"] is not None:  # online hard example mining, by its definition in SoftmaxCrossEntropy.Hardest
        probability = F.softmax(logits.detach(), 1).gather(1, labels.clamp(0, logits.shape[1] - 1).unsqueeze(1)).squeeze(1)
        ranked = probability[counted].sort()[0]
        at = ranked[min(a["hardest"]["minKept"] * logits.shape[0], len(ranked) - 1)]
        counted = counted & (probability < max(a["hardest"]["threshold"], float(at)))
    total = (losses * counted).sum()
    if a["average"] == "ALL":
        return total / labels.numel()
    return total / (counted.sum() if weights is None else weights[labels[counted]].sum())


def run_resize(a, xs, w):
    aligned = a["alignCorners"] if a["filter"] == "BILINEAR" else None
    return F.interpolate(xs[0], size=xs[1].shape[2:], mode=a["filter"].lower(), align_corners=aligned)


def run_l2_norm(a, xs, w):
    return F.normalize(xs[0], dim=1, eps=a["epsilon"]) * w["scale_weight"].view(1, -1, 1, 1)


def run_local_response_norm(a, xs, w):
    return F.local_response_norm(xs[0], a["size"], a["alpha"], a["beta"], a["k"])


def run_map_rows(a, xs, w):
    n, _, h, width = xs[0].shape
    return xs[0].view(n, -1, a["columns"], h, width).permute(0, 3, 4, 1, 2).reshape(n, -1, a["columns"])


def run_roi_align(a, xs, w):
    rois, bins = xs[-1], hw(a["output"])
    if len(xs) == 2:
        return torchvision.ops.roi_align(xs[0], rois, bins, a["scales"][0], a["samplingRatio"], a["aligned"])
    assert not a["aligned"] and (rois[:, 0].diff() >= 0).all()  # torchvision's pyramids are never aligned
    names = [str(level) for level in range(len(xs) - 1)]
    pyramid = torchvision.ops.MultiScaleRoIAlign(names, bins, a["samplingRatio"])
    pyramid.scales = a["scales"]
    first = -int(numpy.log2(a["scales"][0]))
    pyramid.map_levels = torchvision.ops.poolers.initLevelMapper(first, first + len(names) - 1)
    boxes = [rois[rois[:, 0] == n, 1:] for n in range(xs[0].shape[0])]
    return pyramid(dict(zip(names, xs)), boxes, [(64, 64)] * len(boxes))


def run_dice(a, xs, w):
    valid = (xs[1] != a["ignore"]).unsqueeze(1)
    wanted = F.one_hot(xs[1].clamp(0, xs[0].shape[1] - 1), xs[0].shape[1]).permute(0, 3, 1, 2) * valid
    p = F.softmax(xs[0], 1) * valid
    overlap = (2 * (p * wanted).sum((2, 3)) + a["smooth"]) / ((p * p).sum((2, 3)) + wanted.sum((2, 3)) + a["smooth"])
    return 1 - overlap.mean()


def positives(labels, average="POSITIVES"):
    return max(1, int((labels >= 0 if average == "VALID" else labels > 0).sum()))


def run_hard_negatives(a, xs, w):
    logits, labels = xs
    losses = F.cross_entropy(logits.permute(0, 2, 1), labels, reduction="none", ignore_index=-1)
    negative = losses.detach().clone()
    negative[labels != 0] = -float("inf")
    wanted = (a["ratio"] * (labels > 0).sum(1, keepdim=True)).floor().clamp(min=a["minNegatives"])
    rank = negative.sort(dim=1, descending=True, stable=True)[1].sort(dim=1)[1]
    counted = (labels > 0) | ((labels == 0) & (rank < wanted))
    return losses[counted].sum() / positives(labels)


def run_focal(a, xs, w):
    logits, labels = xs
    if logits.shape[2] == 1 and not a["background"]:  # torchvision's objectness
        valid = labels >= 0
        if a["alpha"] < 0 and a["gamma"] == 0 and a["average"] == "VALID":
            return F.binary_cross_entropy_with_logits(logits[..., 0][valid], labels[valid].double())
        wanted = (labels == 1).double().unsqueeze(2)
    else:
        wanted = F.one_hot(labels.clamp(min=0), logits.shape[2]).double()
        if not a["background"]:
            wanted[..., 0] = 0
    losses = torchvision.ops.sigmoid_focal_loss(logits, wanted, a["alpha"], a["gamma"])
    return losses[labels >= 0].sum() / positives(labels, a["average"])


def run_boxes(a, xs, w):
    chosen = xs[2] > 0
    total = F.smooth_l1_loss(xs[0][chosen], xs[1][chosen], beta=a["beta"], reduction="sum")
    return total / positives(xs[2], a["average"])


def run_region_boxes(a, xs, w):
    """The box part of torchvision's fastrcnn_loss, which has no regions that do not count."""
    counted = xs[2] >= 0
    encodings, targets, labels = (x[counted] for x in xs)
    encodings = encodings.reshape(len(labels), encodings.shape[1] // 4, 4)
    rows = torch.where(labels > 0)[0]
    total = F.smooth_l1_loss(encodings[rows, labels[rows]], targets[rows], beta=a["beta"], reduction="sum")
    return total / max(1, labels.numel())


RUN = {
    "convolution": run_convolution,
    "linear": lambda a, xs, w: F.linear(xs[0], w["weight"], w.get("bias")),
    "batch_norm": run_batch_norm,
    "activation": lambda a, xs, w: {**FUNCTIONS, **MODERN}[a["function"]](xs[0]),
    "max_pool": run_max_pool,
    "average_pool": run_average_pool,
    "adaptive_average_pool": lambda a, xs, w: F.adaptive_avg_pool2d(xs[0], hw(a["grid"])),
    "add": lambda a, xs, w: xs[0] + xs[1],
    "concat": lambda a, xs, w: torch.cat(xs, 1),
    "pad": run_pad,
    "flatten": lambda a, xs, w: torch.flatten(xs[0], 1),
    "softmax_cross_entropy": run_cross_entropy,
    "resize": run_resize,
    "l2_norm": run_l2_norm,
    "local_response_norm": run_local_response_norm,
    "map_rows": run_map_rows,
    "weighted_sum": lambda a, xs, w: sum(weight * x for weight, x in zip(a["weights"], xs)),
    "roi_align": run_roi_align,
    "roi_pool": lambda a, xs, w: torchvision.ops.roi_pool(xs[0], xs[1], hw(a["output"]), a["scale"]),
    "softmax_dice": run_dice,
    "hard_negative_cross_entropy": run_hard_negatives,
    "sigmoid_focal": run_focal,
    "box_smooth_l1": run_boxes,
    "region_smooth_l1": run_region_boxes,
    "layer_norm": run_layer_norm,
    "group_norm": lambda a, xs, w: F.group_norm(xs[0], a["groups"], w["weight"], w["bias"], a["epsilon"]),
    "multiply": lambda a, xs, w: xs[0] * xs[1],
    "subtract": lambda a, xs, w: xs[0] - xs[1],  # scaled_add with the factor -1 in graphs of before
    "scaled_add": lambda a, xs, w: xs[0] + a["factor"] * xs[1],
    "layer_scale": lambda a, xs, w: xs[0] * w["gamma"].view(1, -1, 1, 1),
    "channel_shuffle": run_channel_shuffle,
    "channel_select": lambda a, xs, w: xs[0].index_select(1, w["index"].long()),
    "slice": lambda a, xs, w: xs[0][:, a["from"]:a["to"]],
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
    if kind in ("layer_norm", "group_norm"):
        return [("weight", (shape[1],)), ("bias", (shape[1],))]
    if kind == "l2_norm":
        return [("scale_weight", (shape[1],))]
    if kind == "channel_select":
        return [("index", (a["channels"],))]
    if kind == "layer_scale":
        return [("gamma", (shape[1],))]
    return []


class Model:
    """A graph with its parameters, filled by number(seed + 10, 11, ...)."""

    def __init__(self, nodes, seed):
        self.nodes, self.seed, self.parameters, self.next = nodes, seed, {}, seed + 10

    def forward(self, inputs, training):
        values = []
        for name, kind, attributes, sources, *shared in self.nodes:
            if kind == "input":
                values.append(inputs[name])
                continue
            xs = [values[i] for i in sources]
            local = {"training": training}
            for parameter_name, shape in parameter_shapes(kind, attributes, xs[0].shape):
                full = (shared[0] if shared else name) + "." + parameter_name
                if full not in self.parameters:
                    value = parameter(full, self.next, shape)
                    self.next += 1
                    if parameter_name == "index":
                        value = torch.floor((value + 1) / 2 * xs[0].shape[1])
                    self.parameters[full] = value.requires_grad_("running" not in full and parameter_name != "index")
                local[parameter_name] = self.parameters[full]
            values.append(RUN[kind](attributes, xs, local))
        return values


def graph_json(nodes, outputs):
    return {"format": 1,
            "nodes": [{"name": n, "op": k, "attributes": a, "inputs": i, **({"parameters": shared[0]} if shared else {})}
                      for n, k, a, i, *shared in nodes],
            "outputs": {name: index for name, index in outputs}}


def plain(tensor):
    return [float("%.13g" % v) for v in tensor.detach().reshape(-1).tolist()]


def golden(name, batch, nodes, training=False, truths=None, outputs=None, inputs=None):
    seed = 1000 + sum(map(ord, name))
    outputs = outputs or [("y", len(nodes) - 1)]
    given = {}
    for node_name, kind, attributes, *_ in nodes:
        if kind == "input" and node_name == "input":
            extents = attributes["shape"]["extents"][1:]
            given["input"] = inputs if inputs is not None else numbers(seed, batch, *extents) * 2
            given["input"].requires_grad_()
    given.update(truths or {})
    model = Model(nodes, seed)
    values = model.forward(given, training)
    total = sum((values[i] * numbers(seed + 1 + at, *values[i].shape)).sum() for at, (_, i) in enumerate(outputs))
    total.backward()
    case = {"name": name, "seed": seed, "batch": batch, "training": training, "graph": graph_json(nodes, outputs)}
    if inputs is not None:
        case["input"] = plain(inputs)
    if truths:
        case["truths"] = {n: t.reshape(-1).tolist() for n, t in truths.items()}
    case["outputs"] = {n: plain(values[i]) for n, i in outputs}
    case["gradients"] = {"input": plain(given["input"].grad)}
    case["statistics"] = {}
    for full, value in model.parameters.items():
        if "running" in full:
            case["statistics"][full] = plain(value)
        elif value.requires_grad:
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


def loss(smoothing=0.0, ignore=-100, weights=(), hardest=None, average="VALID"):
    return {"smoothing": smoothing, "ignore": ignore, "classWeights": list(weights), "average": average,
            "hardest": hardest and {"threshold": hardest[0], "minKept": hardest[1]}}


def losses():
    def labels(*shape):
        return ("labels", "input", {"type": "I32", "shape": {"extents": [-1, *shape]}}, [])

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
    four, three = [0.5, 2.0, 1.25, 0.75], [0.5, 2.0, 1.5]
    return [
        golden("hard", 5, rows(loss()), truths={"labels": hard}),
        golden("hard, smoothing", 5, rows(loss(0.1)), truths={"labels": hard}),
        golden("ignored", 5, rows(loss()), truths={"labels": some}),
        golden("ignored, smoothing", 5, rows(loss(0.2)), truths={"labels": some}),
        golden("maps", 2, maps(loss(0.0, 255)), truths={"labels": pixels}),
        golden("maps, smoothing", 2, maps(loss(0.1, 255)), truths={"labels": pixels}),
        golden("soft", 3, soft(loss()), truths={"soft_labels": mixed}),
        golden("soft, smoothing", 3, soft(loss(0.1)), truths={"soft_labels": mixed}),
        golden("large logits", 5, rows(loss(0.1)), truths={"labels": hard}, inputs=large),
        golden("weights", 5, rows(loss(weights=four)), truths={"labels": hard}),
        golden("weights, smoothing, ignored", 5, rows(loss(0.2, weights=four)), truths={"labels": some}),
        golden("weights, over all", 5, rows(loss(0.1, weights=four, average="ALL")), truths={"labels": some}),
        golden("soft, weights, smoothing", 3, soft(loss(0.1, weights=four)), truths={"soft_labels": mixed}),
        golden("maps, weights", 2, maps(loss(0.1, 255, three)), truths={"labels": pixels}),
        golden("maps, over all", 2, maps(loss(0.0, 255, average="ALL")), truths={"labels": pixels}),
        golden("hardest, 2 kept", 2, maps(loss(0.0, 255, (), (0.0, 2))), truths={"labels": pixels}),
        golden("hardest, 2 kept, over all", 2, maps(loss(0.0, 255, (), (0.0, 2), "ALL")), truths={"labels": pixels}),
        golden("hardest, threshold 0.6", 2, maps(loss(0.0, 255, (), (0.6, 1))), truths={"labels": pixels}),
        golden("hardest, more than there are", 2, maps(loss(0.0, 255, (), (0.0, 100))), truths={"labels": pixels}),
        golden("hardest, weights, smoothing", 2, maps(loss(0.1, 255, three, (0.1, 3))), truths={"labels": pixels}),
        golden("dice", 2, [image(3, 2, 4), labels(2, 4), ("loss", "softmax_dice", {"smooth": 1.0, "ignore": 255}, [0, 1])],
               truths={"labels": pixels}),
        golden("dice, little smooth, a class ignored", 2,
               [image(3, 2, 4), labels(2, 4), ("loss", "softmax_dice", {"smooth": 1e-3, "ignore": 2}, [0, 1])],
               truths={"labels": pixels % 3}),
        golden("sum of two losses", 2,
               [image(3, 2, 4), labels(2, 4), ("a", kind, loss(0.0, 255), [0, 1]),
                ("b", "softmax_dice", {"smooth": 1.0, "ignore": 255}, [0, 1]),
                ("loss", "weighted_sum", {"weights": [0.75, -2.0, 0.5]}, [2, 3, 2])],
               truths={"labels": pixels}, outputs=[("a", 2), ("loss", 4)]),
    ]


def anchor_losses():
    labels = ("anchor_labels", "input", {"type": "I32", "shape": {"extents": [-1, 12]}}, [])
    targets = ("box_targets", "input", {"type": "F32", "shape": {"extents": [-1, 12, 4]}}, [])
    some = torch.tensor([[0, 2, 0, 0, -1, 0, 0, 1, 0, 0, -1, 0], [0] * 11 + [-1], [3, 0, 1, 0, 0, 0, 2, 0, -1, 0, 0, 2]])
    none = torch.zeros(3, 12, dtype=torch.int64)

    def rows(columns):
        return [image(2 * columns, 2, 3), ("rows", "map_rows", {"columns": columns}, [0]), labels]

    def classes(name, kind, attributes, given=some, **more):
        return golden(name, 3, rows(4) + [("loss", kind, attributes, [1, 2])], truths={"anchor_labels": given}, **more)

    def hard(ratio, least):
        return "hard_negative_cross_entropy", {"ratio": ratio, "minNegatives": least}

    def focal(alpha, gamma, background=False, average="POSITIVES"):
        return "sigmoid_focal", {"alpha": alpha, "gamma": gamma, "background": background, "average": average}

    def objectness(name, *attributes, given=some.clamp(max=1)):
        nodes = rows(1) + [("loss", *focal(*attributes), [1, 2])]
        return golden(name, 3, nodes, truths={"anchor_labels": given})

    def boxes(name, beta, given=some, average="POSITIVES"):
        nodes = rows(4) + [targets, ("loss", "box_smooth_l1", {"beta": beta, "average": average}, [1, 3, 2])]
        return golden(name, 3, nodes, truths={"anchor_labels": given, "box_targets": numbers(17, 3, 12, 4)})

    large = numbers(9, 3, 8, 2, 3) * 100
    return [
        classes("hard negatives", *hard(3.0, 0)),
        classes("hard negatives, ratio 1.5", *hard(1.5, 0)),
        classes("hard negatives, at least 2", *hard(0.5, 2)),
        classes("hard negatives, positives only", *hard(0.0, 0)),
        classes("hard negatives, no objects", *hard(3.0, 3), given=none),
        classes("hard negatives, large logits", *hard(1.0, 1), inputs=large.clone()),
        classes("focal", *focal(0.25, 2.0)),
        classes("focal, with background", *focal(0.25, 2.0, True)),
        classes("focal, not balanced", *focal(-1.0, 1.5)),
        classes("focal, plain", *focal(-1.0, 0.0)),
        classes("focal, plain, with background", *focal(-1.0, 0.0, True)),
        classes("focal, no objects", *focal(0.25, 2.0), given=none),
        classes("focal, over valid ones", *focal(0.25, 2.0, False, "VALID")),
        classes("focal, over valid ones, none", *focal(0.25, 2.0, True, "VALID"), given=none - 1),
        objectness("objectness", -1.0, 0.0, False, "VALID"),
        objectness("objectness, focal", 0.25, 2.0),
        objectness("objectness, focal, over valid ones", 0.75, 1.0, False, "VALID"),
        boxes("smooth l1, over valid ones", 1.0 / 9, average="VALID"),
        boxes("smooth l1, over valid ones, no objects", 1.0, none, "VALID"),
        boxes("smooth l1", 1.0),
        boxes("smooth l1, beta 1/9", 1.0 / 9),
        boxes("l1", 0.0),
        boxes("smooth l1, no objects", 1.0, none),
    ]


def local(size, alpha=1.0, beta=0.75, k=1.0):
    return {"size": size, "alpha": alpha, "beta": beta, "k": k}


def dense():
    def resize(name, channels, source, target, bilinear, aligned=False):
        height, width = max(source[0], target[0]), max(source[1], target[1])
        nodes, at = [image(channels, height, width)], []
        for place, wanted in (("from", source), ("like", target)):
            if wanted == (height, width):
                at.append(0)
            else:
                nodes.append((place, "adaptive_average_pool", {"grid": size(*wanted)}, [0]))
                at.append(len(nodes) - 1)
        nodes.append(("y", "resize", {"filter": "BILINEAR" if bilinear else "NEAREST", "alignCorners": aligned}, at))
        return golden(name, 2 if channels < 3 else 1, nodes)

    cases = []
    sizes = [((3, 4), (6, 8)), ((3, 4), (7, 5)), ((7, 8), (3, 5)), ((4, 3), (4, 3)), ((1, 1), (4, 3)), ((5, 4), (1, 1)),
             ((2, 6), (5, 3))]
    for source, target in sizes:
        name = "%dx%d to %dx%d" % (source + target)
        cases.append(resize("nearest " + name, 1, source, target, False))
        cases.append(resize("bilinear " + name, 2, source, target, True))
        cases.append(resize("aligned " + name, 3, source, target, True, True))
    norm = {"epsilon": 1e-10, "initialScale": 20.0}
    cases += [
        one("l2 norm", 2, (5, 3, 2), "l2_norm", norm),
        one("l2 norm, some shorter than epsilon", 2, (2, 4, 3), "l2_norm", dict(norm, epsilon=1.5)),
        one("local response norm, 5", 2, (7, 3, 2), "local_response_norm", local(5, k=2.0)),
        one("local response norm, 4, power 0.5", 2, (6, 2, 3), "local_response_norm", local(4, 2.0, 0.5)),
        one("local response norm, more than there are", 1, (3, 2, 4), "local_response_norm", local(8, 3.0, 1.5, 0.5)),
        one("rows of 4 columns", 2, (12, 2, 3), "map_rows", {"columns": 4}),
        one("rows of 1 column", 2, (3, 3, 2), "map_rows", {"columns": 1}),
        one("rows of one anchor", 1, (5, 2, 2), "map_rows", {"columns": 5}),
        golden("rows of two levels", 2,
               [image(2, 4, 4), ("a", "convolution", conv(6, 1), [0]), ("b", "convolution", conv(9, 3, 2, 1), [0]),
                ("ra", "map_rows", {"columns": 3}, [1]), ("rb", "map_rows", {"columns": 3}, [2]),
                ("y", "concat", {}, [3, 4])]),
    ]
    return cases


def regions():
    rois = ("rois", "input", {"type": "F32", "shape": {"extents": [-1, 5]}}, [])
    given = torch.tensor([
        [0, 1.25, 0.5, 4.75, 3.5], [1, 0, 0, 6, 5], [1, -3.2, -2.1, 9.3, 8.7], [0, 3, 2, 3, 2], [1, 8.1, 7.2, 9.3, 8.4],
        [0, 4.3, -1.6, 6.7, 1.3], [0, 0.4, 2.2, 2.9, 4.6], [1, -0.5, -1.5, 2.5, 3.5], [1, 5.9, 4.8, 5.95, 4.85],
    ], dtype=torch.float64)

    def cut(name, kind, attributes, given=given, **more):
        return golden(name, 2, [image(2, 5, 6), rois, ("y", kind, attributes, [0, 1])], truths={"rois": given}, **more)

    def align(bins, scale, ratio, aligned):
        return "roi_align", {"output": bins, "scales": [scale], "samplingRatio": ratio, "aligned": aligned}

    def pyramid(name, scales, bins, ratio, given):
        """Levels of 12 by 10 cells and halves of it, each another function of the picture."""
        nodes = [image(2, 12, 10), rois]
        for level in range(len(scales)):
            nodes.append(("pool%d" % level, "average_pool", pool(2 ** level, 2 ** level, count=True), [0]))
            nodes.append(("map%d" % level, "convolution", conv(2, 1), [len(nodes) - 1]))
        maps = [3 + 2 * level for level in range(len(scales))]
        attributes = {"output": bins, "scales": scales, "samplingRatio": ratio, "aligned": False}
        nodes.append(("y", "roi_align", attributes, maps + [1]))
        return golden(name, 2, nodes, truths={"rois": given})

    def encodings(name, beta, labels, given=None):
        nodes = [image(12, 1, 1), ("flatten", "flatten", {}, [0]),
                 ("targets", "input", {"type": "F32", "shape": {"extents": [-1, 4]}}, []),
                 ("labels", "input", {"type": "I32", "shape": {"extents": [-1]}}, []),
                 ("loss", "region_smooth_l1", {"beta": beta}, [1, 2, 3])]
        labels = torch.tensor(labels)
        return golden(name, len(labels), nodes, truths={"targets": numbers(17, len(labels), 4), "labels": labels})

    def shared():
        """A head of two convolutions on a map, its half, and the sum of what it says of both."""
        return golden("one head for two levels", 2, [
            image(2, 6, 4), ("half", "average_pool", pool(2, 2, count=True), [0]),
            ("head", "convolution", conv(3, 3, padding=1), [0]), ("relu", "activation", {"function": "RELU"}, [2]),
            ("head_1", "convolution", conv(3, 3, padding=1), [1], "head"),
            ("relu_1", "activation", {"function": "RELU"}, [4]),
            ("out", "convolution", conv(4, 1), [3]), ("out_1", "convolution", conv(4, 1), [5], "out"),
            ("rows", "map_rows", {"columns": 2}, [6]), ("rows_1", "map_rows", {"columns": 2}, [7]),
            ("y", "concat", {}, [8, 9])])

    def twice():
        """A norm of which each use takes its own batch statistics and moves the running ones, in order."""
        return golden("one norm twice, training", 3, [
            image(2, 3, 4), ("bn", "batch_norm", norm(), [0]), ("tanh", "activation", {"function": "TANH"}, [1]),
            ("bn_1", "batch_norm", norm(), [2], "bn"), ("y", "add", {}, [1, 3])], True)

    def pool_(bins, scale):
        return "roi_pool", {"output": bins, "scale": scale}

    levels = torch.tensor([
        [0, 1.0, 2.0, 30.0, 33.0], [0, -40.5, -31.0, 85.0, 90.25], [0, 20.5, 10.25, 150.0, 120.0], [0, 2.0, 3.0, 2.0, 9.0],
        [1, -300.0, -200.0, 310.0, 320.0], [1, 0.0, 0.0, 39.0, 47.0], [1, 10.0, 5.0, 130.0, 118.0],
    ], dtype=torch.float64)
    larger = given.clone()
    larger[:, 1:] *= 4
    ties = torch.round(numbers(3, 2, 2, 5, 6) * 1.5)
    return [
        cut("align", *align(size(2), 1.0, 2, False)),
        cut("align, aligned", *align(size(2), 1.0, 2, True)),
        cut("align, samples by size", *align(size(2, 3), 1.0, 0, False)),
        cut("align, aligned, samples by size", *align(size(3, 2), 1.0, 0, True)),
        cut("align, scale 1/4, one sample", *align(size(3), 0.25, 1, True), given=larger),
        cut("align, one bin", *align(size(1), 0.5, 3, False)),
        pyramid("align, three levels", [0.25, 0.125, 0.0625], size(2), 2, levels),
        pyramid("align, three levels, samples by size", [0.25, 0.125, 0.0625], size(2, 3), 0, levels),
        pyramid("align, two levels, one without regions", [0.25, 0.125], size(3), 1, levels[:1]),
        encodings("region smooth l1", 1.0 / 9, [1, 0, 2, -1, 2, 0, 1, -1]),
        encodings("region smooth l1, beta 1", 1.0, [0, 2, 1]),
        encodings("region l1", 0.0, [1, 1, -1]),
        encodings("region smooth l1, background only", 1.0, [0, 0, -1]),
        encodings("region smooth l1, nothing counts", 1.0, [-1, -1]),
        shared(),
        twice(),
        cut("pool", *pool_(size(2), 1.0)),
        cut("pool, scale 1/4", *pool_(size(3, 2), 0.25), given=larger),
        cut("pool, more bins than cells", *pool_(size(4), 0.5)),
        cut("pool, ties", *pool_(size(2), 1.0), inputs=ties),
    ]


def modern():
    kinks = torch.tensor([-3.0, 3.0, 0.0, -3.5, 3.5, -2.5, 2.5, -0.0] * 4, dtype=torch.float64).reshape(1, 2, 4, 4)
    far = numbers(5, 1, 2, 4, 4) * 20
    cases = []
    for f in MODERN:
        cases += [one("activation " + f, 2, (2, 3, 4), "activation", {"function": f}),
                  one("activation %s at its kinks" % f, 1, (2, 4, 4), "activation", {"function": f}, inputs=kinks.clone()),
                  one("activation %s far out" % f, 1, (2, 4, 4), "activation", {"function": f}, inputs=far.clone())]

    def groups(count, epsilon=1e-5):
        return {"groups": count, "epsilon": epsilon, "initialScale": 1.0}

    def activation(f, at):
        return f.lower(), "activation", {"function": f}, [at]

    def gated(name, batch, shape, gate):
        """A map times a gate that is computed from it."""
        nodes = [image(*shape)] + gate
        return golden(name, batch, nodes + [("y", "multiply", {}, [0, len(nodes) - 1])])

    flat = [image(5, 1, 1), ("flatten", "flatten", {}, [0])]
    pooled = ("pool", "adaptive_average_pool", {"grid": size(1)}, [0])
    return cases + [
        one("layer norm", 2, (5, 3, 4), "layer_norm", {"epsilon": 1e-5}),
        one("layer norm, epsilon 1e-2, training", 3, (4, 2, 3), "layer_norm", {"epsilon": 1e-2}, True),
        one("layer norm of 1x1 maps", 2, (6, 1, 1), "layer_norm", {"epsilon": 1e-6}),
        one("layer norm of 1 channel", 1, (1, 2, 3), "layer_norm", {"epsilon": 1e-3}),
        golden("layer norm of vectors", 3, flat + [("op", "layer_norm", {"epsilon": 1e-6}, [1])]),
        one("group norm, 2 groups", 2, (6, 3, 4), "group_norm", groups(2)),
        one("group norm, 1 group", 2, (3, 3, 2), "group_norm", groups(1, 1e-3)),
        one("group norm, each channel, training", 3, (4, 2, 3), "group_norm", groups(4), True),
        one("group norm of 1x1 maps", 2, (6, 1, 1), "group_norm", groups(3, 1e-2)),
        gated("multiply by a gate a map", 2, (3, 4, 3), [pooled, activation("SIGMOID", 1)]),
        gated("multiply by a gate of the same shape", 2, (3, 4, 3), [activation("TANH", 0)]),
        golden("subtract", 2, [image(3, 2, 4), activation("TANH", 0), ("y", "subtract", {}, [1, 0])]),
        golden("scaled add", 2, [image(3, 2, 4), activation("TANH", 0), ("y", "scaled_add", {"factor": 0.17}, [0, 1])]),
        golden("scaled add below 0", 2, [image(3, 2, 4), activation("TANH", 0), ("y", "scaled_add", {"factor": -2.5}, [1, 0])]),
        golden("scaled add to itself", 2, [image(3, 1, 2), ("y", "scaled_add", {"factor": 3.0}, [0, 0])]),
        golden("scaled add of vectors", 3, flat + [activation("SIGMOID", 1), ("y", "scaled_add", {"factor": 0.5}, [2, 1])]),
        golden("square", 2, [image(3, 2, 4), ("y", "multiply", {}, [0, 0])]),
        golden("multiply 1x1 maps", 2, [image(3, 1, 1), activation("SIGMOID", 0), ("y", "multiply", {}, [1, 0])]),
        one("layer scale", 2, (5, 3, 4), "layer_scale", {"initial": 1e-6}),
        one("shuffle, 2 groups", 2, (6, 2, 3), "channel_shuffle", {"groups": 2}),
        one("shuffle, 4 groups", 1, (12, 1, 2), "channel_shuffle", {"groups": 4}),
        one("shuffle, 1 group", 2, (3, 2, 2), "channel_shuffle", {"groups": 1}),
        one("select all in another order", 2, (5, 2, 3), "channel_select", {"channels": 5}),
        one("select fewer", 2, (7, 1, 3), "channel_select", {"channels": 3}),
        one("select more", 1, (3, 2, 2), "channel_select", {"channels": 8}),
        golden("select of rows", 3, [image(6, 1, 1), ("f", "flatten", {}, [0]), ("y", "channel_select", {"channels": 4}, [1])]),
        one("slice of the first", 2, (5, 2, 3), "slice", {"from": 0, "to": 2}),
        one("slice in the middle", 2, (5, 2, 3), "slice", {"from": 1, "to": 4}),
        one("slice of the last", 2, (5, 2, 3), "slice", {"from": 3, "to": 5}),
        golden("halves, swapped and shuffled", 2,
               [image(6, 3, 2), ("a", "slice", {"from": 0, "to": 3}, [0]), ("b", "slice", {"from": 3, "to": 6}, [0]),
                ("c", "concat", {}, [2, 1]), ("y", "channel_shuffle", {"groups": 2}, [3])]),
    ]


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("ops_convolution.json", convolutions())
    write("ops_pool.json", pools())
    write("ops_norm.json", norms())
    write("ops_other.json", others())
    write("ops_loss.json", losses())
    write("ops_anchor_loss.json", anchor_losses(), torchvision=torchvision.__version__)
    write("ops_dense.json", dense())
    write("ops_modern.json", modern())
    write("ops_region.json", regions(), torchvision=torchvision.__version__)
