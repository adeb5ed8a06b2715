"""Writes the recorded files beside this script, and expected.json, which says what is in them."""

import io
import json
import math
import pathlib
import zipfile
import zlib

import numpy
import safetensors.torch
import torch

here = pathlib.Path(__file__).parent
expected = {}
names = {"float32": "float32", "float64": "float64", "int32": "int32", "int64": "int64", "bool": "bool"}
wider = {"float16": "float32", "bfloat16": "float32", "int8": "int32", "int16": "int32", "uint8": "int32",
         "uint16": "int32", "uint32": "int64", "uint64": "int64"}


def number(value):
    value = value.item()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def describe(array, name=None):
    name = name or array.dtype.name
    return {"dtype": wider.get(name, name), "shape": list(array.shape),
            "data": [number(value) for value in array.flatten(order="C")]}


def sample(name):
    """A matrix of two rows with the awkward values of a type."""
    dtype = numpy.dtype(name)
    if dtype.kind == "f":
        info = numpy.finfo(dtype)
        values = [0.0, -0.0, 1 / 3, -2.5, numpy.nan, numpy.inf, -numpy.inf, info.max, info.tiny, info.smallest_subnormal]
    elif dtype.kind == "b":
        values = [True, False, False, True]
    else:
        info = numpy.iinfo(dtype)
        values = [0, 1, 100, info.min, min(info.max, 2**63 - 1), info.max // 3]
    return numpy.array(values, dtype=dtype).reshape(2, -1)


# NPY: all types, both byte orders, both orders of axes, all versions.
for name in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
    for order in "<>" if name[1] != "1" else "|":
        array = sample(name).astype(numpy.dtype(order + name) if order != "|" else name)
        file = f"{'big' if order == '>' else 'little'}-{name}.npy"
        numpy.save(here / file, array)
        expected[file] = describe(array.astype(array.dtype.newbyteorder("=")))
cube = numpy.arange(24, dtype="<i4").reshape(2, 3, 4)
for file, array, version in [
    ("fortran.npy", numpy.asfortranarray(cube), (1, 0)), ("fortran-big.npy", numpy.asfortranarray(cube.astype(">f8")), (1, 0)),
    ("version2.npy", cube, (2, 0)), ("version3.npy", cube, (3, 0)), ("scalar.npy", numpy.array(2.5), (1, 0)),
    ("vector.npy", numpy.arange(5, dtype="<f4"), (1, 0)), ("empty.npy", numpy.zeros((0, 3), "<f4"), (1, 0)),
]:
    with open(here / file, "wb") as output:
        numpy.lib.format.write_array(output, array, version)
    expected[file] = describe(array.astype(array.dtype.newbyteorder("=")))

# NPZ: stored; deflated with codes of each kind; with the large form of sizes.
random = numpy.random.default_rng(7)
arrays = {
    "pattern": (numpy.arange(3000) ** 2 % 97).astype("<i4"),
    "noise": random.standard_normal(300),
    "layer/weight": random.standard_normal((4, 5)).astype("<f4"),
    "zeros": numpy.zeros(5000, "<u1"),
}
numpy.savez(here / "stored.npz", **arrays)
numpy.savez_compressed(here / "deflated.npz", **arrays)
small = {"letters": random.integers(0, 20, 150).astype("<u1")}
numpy.savez_compressed(here / "small.npz", **small)
expected["small.npz"] = {name: describe(array) for name, array in small.items()}
content = {name: describe(array) for name, array in arrays.items()}
expected["stored.npz"] = expected["deflated.npz"] = content


def npy(array):
    output = io.BytesIO()
    numpy.save(output, array)
    return output.getvalue()


with zipfile.ZipFile(here / "kinds.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.comment = b"a comment behind the directory"
    compressors = {"fixed": (9, zlib.Z_FIXED), "huffman": (9, zlib.Z_HUFFMAN_ONLY), "stored": (0, zlib.Z_DEFAULT_STRATEGY),
                   "runs": (6, zlib.Z_RLE)}
    original = zipfile._get_compressor
    for name, (level, strategy) in compressors.items():
        zipfile._get_compressor = lambda *_: zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
        archive.writestr(name + ".npy", npy(arrays["pattern"]))
    zipfile._get_compressor = original
expected["kinds.npz"] = {name: content["pattern"] for name in compressors}

# Every number of the directory in the large form.
limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 10
with zipfile.ZipFile(here / "large.npz", "w", zipfile.ZIP_STORED) as archive:
    for name in ["noise", "layer/weight"]:
        archive.writestr(name + ".npy", npy(arrays[name]))
zipfile.ZIP64_LIMIT = limit
expected["large.npz"] = {name: content[name] for name in ["noise", "layer/weight"]}

# safetensors: all types.
tensors = {name: torch.tensor(sample(name)) for name in
           ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]}
tensors["bfloat16"] = torch.tensor([[1 / 3, -0.0], [math.inf, 3e38]], dtype=torch.bfloat16)
tensors["scalar"] = torch.tensor(2.5)
tensors["empty"] = torch.zeros(0, 3)
safetensors.torch.save_file(tensors, here / "all.safetensors", metadata={"who": "généré", "epoch": "7"})
expected["all.safetensors"] = {
    name: describe(tensor.to(torch.float32).numpy() if name == "bfloat16" else tensor.numpy()) for name, tensor in tensors.items()}

(here / "expected.json").write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in expected.items()) + "\n}\n")
