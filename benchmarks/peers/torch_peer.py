"""PyTorch's side of one row, in a process of its own.

Reads the inputs and weights that the Java driver wrote, times the row in the contiguous and, for networks, in the
channels_last memory format, and reports the better one. Lines that begin with @benchmark hold a word and a value,
parted by tabs. Needs torch only.
"""

import argparse
import json
import math
import os
import resource
import statistics
import struct
import time

import torch
import torch.nn.functional as F

VGG19_BLOCKS = ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512))


def say(word, value):
    print(f"@benchmark\t{word}\t{value}", flush=True)


def read(path):
    """The float32 tensors of a safetensors file, by name."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack("<Q", content[:8])
    tensors = {}
    for name, entry in json.loads(bytes(content[8 : 8 + length])).items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(content, dtype=torch.float32, count=(end - begin) // 4, offset=8 + length + begin)
        tensors[name] = flat.clone().reshape(entry["shape"])
    return tensors


def write(path, tensors):
    header, offset = {}, 0
    flat = {name: tensor.contiguous().float() for name, tensor in tensors.items()}
    for name, tensor in flat.items():
        end = offset + 4 * tensor.numel()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":"))
    text += " " * (-len(text) % 8)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text.encode())
        for tensor in flat.values():
            file.write(bytes(tensor.untyped_storage())[: 4 * tensor.numel()])


def features(weights, x, outputs):
    found, index = {}, 0
    for block, (convolutions, _) in enumerate(VGG19_BLOCKS, start=1):
        for number in range(1, convolutions + 1):
            x = F.conv2d(x, weights[f"features.{index}.weight"], weights[f"features.{index}.bias"], padding=1)
            x = F.relu_(x)
            found[f"relu{block}_{number}"] = x
            if all(name in found for name in outputs):
                return {name: found[name] for name in outputs}
            index += 2
        x = F.max_pool2d(x, 2)
        found[f"pool{block}"] = x
        if all(name in found for name in outputs):
            return {name: found[name] for name in outputs}
        index += 1
    raise ValueError(f"VGG-19 has no outputs {outputs}")


def reflected(weights, index, x):
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), weights[f"{index}.weight"], weights[f"{index}.bias"])


def encode(weights, x):
    x = F.conv2d(x, weights["0.weight"], weights["0.bias"])
    x = F.relu_(reflected(weights, 2, x))
    x = F.max_pool2d(F.relu_(reflected(weights, 5, x)), 2)
    x = F.relu_(reflected(weights, 9, x))
    x = F.max_pool2d(F.relu_(reflected(weights, 12, x)), 2)
    return F.relu_(reflected(weights, 16, x))


def adain(encoder, decoder, content, style):
    c, s = encode(encoder, content), encode(encoder, style)
    c_variance, c_mean = torch.var_mean(c, (2, 3), keepdim=True)
    s_variance, s_mean = torch.var_mean(s, (2, 3), keepdim=True)
    x = (c - c_mean) * ((s_variance + 1e-5).sqrt() / (c_variance + 1e-5).sqrt()) + s_mean
    return {"y": decode(decoder, x)}


def decode(decoder, x):
    x = F.interpolate(F.relu_(reflected(decoder, 1, x)), scale_factor=2)
    x = F.relu_(reflected(decoder, 5, x))
    x = F.interpolate(F.relu_(reflected(decoder, 8, x)), scale_factor=2)
    x = F.relu_(reflected(decoder, 12, x))
    return reflected(decoder, 15, x)


class TrainStep:
    """One step of Adam on the decoder; gives the gradients of the first step."""

    def __init__(self, vgg, decoder, inputs, taps):
        self.vgg, self.decoder, self.inputs, self.taps = vgg, decoder, inputs, taps
        for parameter in decoder.values():
            parameter.requires_grad_(True)
        self.adam = torch.optim.Adam(decoder.values(), lr=1e-4)
        self.first = None

    def __call__(self):
        x = self.inputs["features"]
        found = features(self.vgg, decode(self.decoder, x), self.taps)
        loss = F.mse_loss(found["relu3_1"], x)
        for index, tap in enumerate(self.taps):
            variance, mean = torch.var_mean(found[tap], (2, 3), keepdim=True)
            loss = loss + F.mse_loss(mean, self.inputs[f"mean{index}"])
            loss = loss + F.mse_loss((variance + 1e-5).sqrt(), self.inputs[f"deviation{index}"])
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        if self.first is None:
            self.first = {name: p.grad.detach().clone() for name, p in self.decoder.items()}
        self.adam.step()
        return self.first


class Glow:
    """Affine couplings, 1x1 convolutions in factors: to latents and back."""

    def __init__(self, tensors, steps, levels):
        self.w, self.steps, self.levels = tensors, steps, levels
        self.constants = {}
        for c in {t.shape[0] for name, t in tensors.items() if name.endswith("w_l")}:
            ones = torch.ones(c, c)
            self.constants[c] = torch.tril(ones, -1), torch.triu(ones, 1), torch.eye(c)

    def matrix(self, room):
        lower, upper, eye = self.constants[self.w[room + "w_l"].shape[0]]
        scale = torch.diag(self.w[room + "s_sign"] * self.w[room + "w_s"].exp())
        return self.w[room + "w_p"] @ (self.w[room + "w_l"] * lower + eye) @ (self.w[room + "w_u"] * upper + scale)

    def zero(self, room, x):
        x = F.conv2d(F.pad(x, (1, 1, 1, 1), value=1.0), self.w[room + "conv.weight"], self.w[room + "conv.bias"])
        return x * torch.exp(3 * self.w[room + "scale"])

    def net(self, room, a):
        a = F.relu(F.conv2d(a, self.w[room + "0.weight"], self.w[room + "0.bias"], padding=1), inplace=True)
        a = F.relu(F.conv2d(a, self.w[room + "2.weight"], self.w[room + "2.bias"]), inplace=True)
        log_s, t = self.zero(room + "4.", a).chunk(2, 1)
        return torch.sigmoid(log_s + 2), t

    def forward_step(self, room, x):
        scale, pixels = self.w[room + "actnorm.scale"], x.shape[2] * x.shape[3]
        log_det = pixels * (scale.abs().log().sum() + self.w[room + "invconv.w_s"].sum())
        x = F.conv2d(scale * (x + self.w[room + "actnorm.loc"]), self.matrix(room + "invconv.")[:, :, None, None])
        a, b = x.chunk(2, 1)
        s, t = self.net(room + "coupling.net.", a)
        return torch.cat([a, (b + t) * s], 1), log_det + s.log().flatten(1).sum(1)

    def inverse_step(self, room, y):
        a, b = y.chunk(2, 1)
        s, t = self.net(room + "coupling.net.", a)
        y = torch.cat([a, b / s - t], 1)
        y = F.conv2d(y, self.matrix(room + "invconv.").inverse()[:, :, None, None])
        return y / self.w[room + "actnorm.scale"] - self.w[room + "actnorm.loc"]

    def encode(self, x):
        latents, log_det, log_p = [], 0, 0
        for level in range(self.levels):
            x = F.pixel_unshuffle(x, 2)
            for step in range(self.steps):
                x, more = self.forward_step(f"blocks.{level}.flows.{step}.", x)
                log_det = log_det + more
            if level == self.levels - 1:
                z, given = x, torch.zeros_like(x)
            else:
                x, z = x.chunk(2, 1)
                given = x
            mean, log_sd = self.zero(f"blocks.{level}.prior.", given).chunk(2, 1)
            density = -0.5 * math.log(2 * math.pi) - log_sd - 0.5 * (z - mean) ** 2 / torch.exp(2 * log_sd)
            log_p = log_p + density.flatten(1).sum(1)
            latents.append(z)
        return latents, log_det, log_p

    def decode(self, latents):
        x = None
        for level in reversed(range(self.levels)):
            x = latents[level] if x is None else torch.cat([x, latents[level]], 1)
            for step in reversed(range(self.steps)):
                x = self.inverse_step(f"blocks.{level}.flows.{step}.", x)
            x = F.pixel_shuffle(x, 2)
        return x

    def __call__(self):
        latents, _, log_p = self.encode(self.w["x"])
        results = {f"z{level}": z for level, z in enumerate(latents)}
        return {"x": self.decode(latents), "log_p": log_p, **results}


class GlowTrainStep:
    """One step of Adam on the bits per dimension; gives the gradients of the first step."""

    def __init__(self, tensors, steps, levels):
        constant = ("x", "w_p", "s_sign")
        self.weights = {name: t for name, t in tensors.items() if not name.endswith(constant)}
        for weight in self.weights.values():
            weight.requires_grad_(True)
        self.glow, self.first = Glow(tensors, steps, levels), None
        self.adam = torch.optim.Adam(self.weights.values(), lr=1e-4)

    def __call__(self):
        x = self.glow.w["x"]
        _, log_det, log_p = self.glow.encode(x)
        loss = -(log_det + log_p).mean() / (math.log(2) * x[0].numel())
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        if self.first is None:
            self.first = {name: p.grad.detach().clone() for name, p in self.weights.items()}
        self.adam.step()
        return self.first


STREAMED = {
    "adain-map": lambda inputs: torch.addcmul(inputs["shift"], inputs["x"], inputs["scale"]),
    "instance-norm": lambda inputs: F.instance_norm(inputs["x"], weight=inputs["weight"], bias=inputs["bias"], eps=1e-5),
    "max-pool": lambda inputs: F.max_pool2d(inputs["x"], 2),
    "nearest": lambda inputs: F.interpolate(inputs["x"], scale_factor=2),
    "bilinear": lambda inputs: F.interpolate(inputs["x"], scale_factor=2, mode="bilinear", align_corners=False),
    "softmax": lambda inputs: torch.softmax(inputs["x"], -1),
    "layer-norm": lambda inputs: F.layer_norm(
        inputs["x"], inputs["x"].shape[-1:], inputs["weight"], inputs["bias"], 1e-5
    ),
}


def workload(row, kind, options, data, memory_format):
    def formatted(tensors):
        return {
            name: t.contiguous(memory_format=memory_format) if t.dim() == 4 else t for name, t in tensors.items()
        }

    inputs = formatted(read(f"{data}/{row}.inputs.safetensors"))
    if kind == "features":
        weights = formatted(read(f"{data}/vgg19.safetensors"))
        names = options.split(",")
        return lambda: features(weights, inputs["x"], names)
    if kind == "adain":
        encoder, decoder = formatted(read(f"{data}/encoder.safetensors")), formatted(read(f"{data}/decoder.safetensors"))
        return lambda: adain(encoder, decoder, inputs["content"], inputs["style"])
    if kind == "matmul":
        return lambda: {"y": inputs["a"] @ inputs["b"]}
    if kind == "gram":
        rows = inputs["x"].reshape(inputs["x"].shape[1], -1)
        return lambda: {"y": (rows @ rows.t()).div_(rows.shape[1])}
    if kind == "convolution":
        stride, padding, groups, *more = map(int, options.split(","))
        if more:
            return lambda: {
                "y": F.conv_transpose2d(
                    inputs["x"], inputs["weight"], inputs["bias"], stride, padding, more[0], groups
                )
            }
        return lambda: {
            "y": F.conv2d(inputs["x"], inputs["weight"], inputs["bias"], stride, padding, groups=groups)
        }
    if kind in ("weight-gradient", "data-gradient"):
        wanted = [kind == "data-gradient", kind == "weight-gradient", False]
        index = wanted.index(True)
        return lambda: {
            "y": torch.ops.aten.convolution_backward(
                inputs["g"], inputs["x"], inputs["weight"], None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted
            )[index]
        }
    if kind == "train-step":
        vgg, decoder = formatted(read(f"{data}/vgg19.safetensors")), formatted(read(f"{data}/decoder.safetensors"))
        return TrainStep(vgg, decoder, inputs, options.split(","))
    if kind in ("glow", "glow-train"):
        steps, levels = map(int, options.split(","))
        return (Glow if kind == "glow" else GlowTrainStep)(inputs, steps, levels)
    if kind in STREAMED:
        return lambda: {"y": STREAMED[kind](inputs)}
    raise ValueError(f"no work is called {kind}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--row", required=True)
    parser.add_argument("--kind", required=True)
    parser.add_argument("--options", default="")
    parser.add_argument("--data", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=float, default=4)
    parser.add_argument("--measure", type=float, default=4)
    parser.add_argument("--least", type=int, default=5)
    parser.add_argument("--outputs", default="")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    formats = {"contiguous": torch.contiguous_format}
    if arguments.kind in ("features", "adain", "adain-map", "convolution", "weight-gradient", "data-gradient", "train-step", "glow", "glow-train", "instance-norm", "max-pool", "nearest", "bilinear"):
        formats["channels_last"] = torch.channels_last
    best = None
    with torch.inference_mode(arguments.kind not in ("train-step", "glow-train")):
        for name, memory_format in formats.items():
            work = workload(arguments.row, arguments.kind, arguments.options, arguments.data, memory_format)
            begin = time.perf_counter()
            while True:
                work()
                if time.perf_counter() - begin >= arguments.warmup:
                    break
            times, elapsed, begin = [], 0, time.perf_counter()
            # A hopelessly slow row ends before it has its least number of passes.
            while elapsed < arguments.measure or len(times) < arguments.least and elapsed < 6 * arguments.measure:
                start = time.perf_counter()
                results = work()
                end = time.perf_counter()
                times.append(1000 * (end - start))
                elapsed = end - begin
            say("note", f"{name} {statistics.median(times):.3f} ms")
            if best is None or statistics.median(times) < statistics.median(best[1]):
                best = (name, times)
        for milliseconds in best[1]:
            say("ms", milliseconds)
        say("describe", f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {best[0]}")
        if arguments.kind == "train-step":
            say("note", f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
        if arguments.outputs:
            write(arguments.outputs, results)


main()
