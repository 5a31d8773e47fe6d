"""Writers of safetensors and of PyTorch's two formats, without torch.

The pickles are Python's own, of stand-ins that carry torch's names: the same opcodes as from torch.save.
"""
import collections
import io
import json
import os
import pickle
import struct
import sys
import types
import zipfile

import numpy as np

ST_NAMES = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "int16": "I16",
            "int8": "I8", "uint8": "U8", "bool": "BOOL"}
TORCH_NAMES = {"float64": "Double", "float32": "Float", "float16": "Half", "int64": "Long", "int32": "Int",
               "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool"}


def safetensors(file, tensors, metadata=None):
    """Larger elements first, then by name, as the safetensors library lays them out; header padded to 8 bytes."""
    header = {"__metadata__": metadata} if metadata else {}
    at, blobs = 0, []
    for name, values in sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])):
        blob = little_endian(values)
        header[name] = {"dtype": ST_NAMES[values.dtype.name], "shape": list(values.shape),
                        "data_offsets": [at, at + len(blob)]}
        at += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def sharded(folder, stem, extension, tensors, write):
    """Three files and their index, as Hugging Face's transformers name them."""
    names = list(tensors)
    parts = [names[i::3] for i in range(3)]
    index = {}
    for number, part in enumerate(parts, 1):
        shard = f"{stem}-{number:05d}-of-{len(parts):05d}.{extension}"
        write(folder.file(shard), collections.OrderedDict((name, tensors[name]) for name in part))
        index |= {name: shard for name in part}
    folder.json(f"{stem}.{extension}.index.json", {
        "metadata": {"total_size": sum(values.nbytes for values in tensors.values())},
        "weight_map": dict(sorted(index.items())),
    })


class Storage:
    """Numbers that several tensors may show parts of. type_name: as in torch.FloatStorage."""

    def __init__(self, type_name, elements, data):
        self.type_name, self.elements, self.data = type_name, elements, data


class View:
    """A tensor: a storage, an offset, a shape, strides (in elements)."""

    def __init__(self, storage, offset, shape, strides):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def __reduce_ex__(self, protocol):
        return (torch_stand_ins()["_rebuild_tensor_v2"],
                (self.storage, self.offset, self.shape, self.strides, False, collections.OrderedDict()))


class Parameter:
    def __init__(self, view):
        self.view = view

    def __reduce_ex__(self, protocol):
        return torch_stand_ins()["_rebuild_parameter"], (self.view, True, collections.OrderedDict())


class Call:
    """Pickles as the call of a global, whatever it is."""

    def __init__(self, function, arguments):
        self.function, self.arguments = function, arguments

    def __reduce_ex__(self, protocol):
        return self.function, self.arguments


def whole(values, type_name=None):
    """A contiguous tensor with a storage of its own."""
    strides, step = [], 1
    for length in reversed(values.shape):
        strides.insert(0, step)
        step *= length
    storage = Storage(type_name or TORCH_NAMES[values.dtype.name], values.size, little_endian(values))
    return View(storage, 0, tuple(values.shape), tuple(strides))


def views(tensors):
    """One storage per array: the same array twice shares it."""
    known = {}
    return collections.OrderedDict((name, known.setdefault(id(values), whole(values))) for name, values in tensors.items())


def as_views(tensors):
    """The same values, but matrices of attention lie in one storage, and the feed-forward ones are transposed."""
    out = views(tensors)
    parts = [n for n in tensors if ".attention.self." in n and n.endswith(".weight")]
    together = whole(np.concatenate([tensors[n].reshape(-1) for n in parts]))
    at = 0
    for name in parts:
        rows, columns = tensors[name].shape
        out[name] = View(together.storage, at, (rows, columns), (columns, 1))
        at += rows * columns
    for name in tensors:
        if name.endswith("output.dense.weight") or name.endswith("intermediate.dense.weight"):
            rows, columns = tensors[name].shape
            out[name] = View(whole(np.ascontiguousarray(tensors[name].T)).storage, 0, (rows, columns), (1, rows))
    return out


def state_dict(tensors, parameters=False):
    """As nn.Module.state_dict() gives it: ordered, with versions of the modules as an attribute."""
    items = tensors if all(isinstance(t, View) for t in tensors.values()) else views(tensors)
    out = collections.OrderedDict((name, Parameter(view) if parameters else view) for name, view in items.items())
    out._metadata = collections.OrderedDict((name, {"version": 1}) for name in ("", "bert", "bert.embeddings"))
    return out


def torch_zip(file, tensors, protocol=2, parameters=False):
    write_zip(file, state_dict(tensors, parameters), protocol)


def write_zip(file, value, protocol=2, folder=None, byteorder="little"):
    """The format since torch 1.6: stored entries at multiples of 64, sizes after the data."""
    folder = folder or os.path.splitext(os.path.basename(file))[0]
    storages = []
    body = io.BytesIO()
    pickler(body, protocol, storages, legacy=False).dump(value)
    entries = [("data.pkl", body.getvalue()), ("byteorder", byteorder.encode())]
    entries += [(f"data/{number}", storage.data) for number, storage in enumerate(storages)]
    entries += [("version", b"3\n"), (".data/serialization_id", b"0" * 40)]
    with open(file, "wb") as raw, zipfile.ZipFile(Unseekable(raw), "w", zipfile.ZIP_STORED) as out:
        for name, data in entries:
            info = zipfile.ZipInfo(folder + "/" + name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 0
            pad = -(raw.tell() + 30 + len(info.filename) + 4) % 64
            info.extra = b"FB" + struct.pack("<H", pad) + b"Z" * pad
            out.writestr(info, data)


def torch_legacy(file, tensors):
    """The format before torch 1.6: four pickles, the keys of the storages, the storages."""
    storages = []
    with open(file, "wb") as out:
        pickle.dump(0x1950A86A20F9469CFC6C, out, 2)
        pickle.dump(1001, out, 2)
        pickle.dump({"protocol_version": 1001, "little_endian": True,
                     "type_sizes": {"short": 2, "int": 4, "long": 4}}, out, 2)
        pickler(out, 2, storages, legacy=True).dump(state_dict(tensors))
        keys = {legacy_key(number): storage for number, storage in enumerate(storages)}
        pickle.dump(sorted(keys), out, 2)
        for key in sorted(keys):
            out.write(struct.pack("<q", keys[key].elements) + keys[key].data)


def legacy_key(number):
    """torch writes addresses."""
    return str(94_000_000_000_000 + 7_919 * (number * 31 % 101) + number)


def pickler(out, protocol, storages, legacy):
    class TorchPickler(pickle.Pickler):
        def persistent_id(self, value):
            if not isinstance(value, Storage):
                return None
            if value not in storages:
                storages.append(value)
            number = storages.index(value)
            stand_in = torch_stand_ins()[value.type_name + "Storage"]
            if legacy:
                return "storage", stand_in, legacy_key(number), "cpu", value.elements, None
            return "storage", stand_in, str(number), "cpu", value.elements

    return TorchPickler(out, protocol)


_stand_ins = {}


def torch_stand_ins():
    """Empty modules of torch's names, so that the pickler finds them where it will say they are."""
    if not _stand_ins:
        for module in ("torch", "torch._utils", "torch.storage"):
            sys.modules[module] = types.ModuleType(module)

        def put(module, name, value):
            value.__module__, value.__qualname__, value.__name__ = module, name, name
            setattr(sys.modules[module], name, value)
            _stand_ins[name] = value

        for name in [*TORCH_NAMES.values(), "BFloat16"]:
            put("torch", name + "Storage", type(name + "Storage", (), {}))
        put("torch.storage", "UntypedStorage", type("UntypedStorage", (), {}))
        put("torch", "Size", type("Size", (), {}))
        for name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
            put("torch._utils", name, lambda *arguments: None)
            _stand_ins[name] = sys.modules["torch._utils"].__dict__[name]
    return _stand_ins


def small_torch_files(folder):
    """A few hundred bytes each: every protocol, every number type, what must be understood and what must be refused."""
    ramp = np.arange(6, dtype=np.float32).reshape(2, 3)
    for protocol in (2, 3, 4, 5):
        torch_zip(folder.file(f"protocol{protocol}.bin"), {"a": ramp, "b": ramp + 10}, protocol)
    types_of = {name: np.array([0, 1, 2, 100], dtype=name) for name in TORCH_NAMES if name != "bool"}
    types_of["bool"] = np.array([False, True, True, False])
    mixed = views(types_of)
    brain = (np.array([0, 1, -2.5, 100], dtype="<f4").view("<u4") >> 16).astype("<u2")
    mixed["bfloat16"] = whole(brain, "BFloat16")
    torch_zip(folder.file("types.bin"), mixed)
    torch_legacy(folder.file("types_legacy.bin"), mixed)
    torch_legacy(folder.file("legacy.bin"), {"a": ramp, "b": ramp + 10})
    inner = state_dict({"a": ramp})
    write_zip(folder.file("nested.bin"), {"epoch": 3, "lr": 0.1, "args": ["x", None, True], "state_dict": inner})
    write_zip(folder.file("ambiguous.bin"), {"state_dict": inner, "model": state_dict({"a": ramp + 1})})
    write_zip(folder.file("tuple_of_tensors.bin"), (whole(ramp), whole(ramp)))
    storage = whole(ramp).storage
    write_zip(folder.file("outside.bin"), {"a": View(storage, 1, (2, 3), (3, 1))})
    write_zip(folder.file("negative.bin"), {"a": View(storage, 0, (2, 3), (-3, 1))})
    write_zip(folder.file("command.bin"), {"a": whole(ramp), "b": Call(os.system, ("echo executed",))})
    write_zip(folder.file("eval.bin"), {"a": Call(eval, ("1",))}, protocol=4)
    write_zip(folder.file("big_endian.bin"), state_dict({"a": ramp}), byteorder="big")


def little_endian(values):
    return np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False).tobytes()


class Unseekable:
    """Makes zipfile write sizes after the data, as torch's writer does."""

    def __init__(self, raw):
        self.raw = raw

    def write(self, data):
        return self.raw.write(data)

    def flush(self):
        self.raw.flush()
