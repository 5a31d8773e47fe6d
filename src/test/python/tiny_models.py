"""Writes the tiny models under src/test/resources/tiny, from a fixed seed: weights in every file format that the reader
takes, and what a forward pass in float64 makes of them.

An implementation of its own, against which the Java code is tested: numpy and Python's library only, no torch. Formulas
after "BERT" (Devlin et al., 2018), "RoBERTa" (Liu et al., 2019) and "DistilBERT" (Sanh et al., 2019). The pickles come
from Python's own pickler with stand-ins for torch's classes, and so have the opcodes that torch.save writes.

    python3 src/test/python/tiny_models.py [FOLDER]

The same numpy writes the same bytes.
"""
import json
import math
import os
import shutil
import sys
from collections import OrderedDict

import numpy as np

import tiny_formats as formats
import tiny_tokenizers as tokenizers

HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS = 32, 2, 4, 64, 40

TEXTS = [
    "a",
    "Hi!",
    "The cat sat on the mat.",
    "BUY $TSLA now: up 4.2% today",
    "Is it a near duplicate, or is it not?",
    "the price of gas is 3 dollars and the price of oil is 80 dollars, said the man at the market today, and sat on the mat",
]


def weights(rng, vocabulary, positions, types):
    """BERT's tensors by their modern names, without a prefix. Float32."""
    out = OrderedDict()

    def table(name, *shape):
        out[name] = (0.2 * rng.standard_normal(shape)).astype(np.float32)

    def linear(name, rows, columns):
        table(name + ".weight", rows, columns)
        table(name + ".bias", rows)

    def norm(name):
        out[name + ".weight"] = (1 + 0.2 * rng.standard_normal(HIDDEN)).astype(np.float32)
        table(name + ".bias", HIDDEN)

    table("embeddings.word_embeddings.weight", vocabulary, HIDDEN)
    table("embeddings.position_embeddings.weight", positions, HIDDEN)
    if types:
        table("embeddings.token_type_embeddings.weight", types, HIDDEN)
    norm("embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            linear(at + "attention.self." + part, HIDDEN, HIDDEN)
        linear(at + "attention.output.dense", HIDDEN, HIDDEN)
        norm(at + "attention.output.LayerNorm")
        linear(at + "intermediate.dense", INTERMEDIATE, HIDDEN)
        linear(at + "output.dense", HIDDEN, INTERMEDIATE)
        norm(at + "output.LayerNorm")
    return out


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def last_hidden_state(tensors, ids, epsilon, activation, position_offset):
    """One text, not padded → [tokens × hidden], float64."""
    w = {name: values.astype(np.float64) for name, values in tensors.items()}

    def linear(x, name):
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    def norm(x, name):
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + epsilon) * w[name + ".weight"] + w[name + ".bias"]

    n = len(ids)
    x = w["embeddings.word_embeddings.weight"][ids]
    x = x + w["embeddings.position_embeddings.weight"][position_offset:position_offset + n]
    if "embeddings.token_type_embeddings.weight" in w:
        x = x + w["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    size = HIDDEN // HEADS
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        query, key, value = (linear(x, at + "attention.self." + part) for part in ("query", "key", "value"))
        heads = []
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            scores = query[:, part] @ key[:, part].T / math.sqrt(size)
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            heads.append(scores / scores.sum(-1, keepdims=True) @ value[:, part])
        attended = linear(np.concatenate(heads, -1), at + "attention.output.dense")
        x = norm(attended + x, at + "attention.output.LayerNorm")
        inner = activation(linear(x, at + "intermediate.dense"))
        x = norm(linear(inner, at + "output.dense") + x, at + "output.LayerNorm")
    return x


def expected(tensors, tokenizer, epsilon, activation=gelu, position_offset=0):
    """The vectors of TEXTS; a mean is over all tokens of the text, the special ones too."""
    rows = [tokenizer.encode(text, POSITIONS) for text in TEXTS]
    longest = max(len(row) for row in rows)
    out = {
        "texts": TEXTS,
        "input_ids": [row + [tokenizer.pad] * (longest - len(row)) for row in rows],
        "attention_mask": [[1] * len(row) + [0] * (longest - len(row)) for row in rows],
        "cls": [],
        "mean": [],
        "cls_normalised": [],
        "mean_normalised": [],
    }
    for row in rows:
        states = last_hidden_state(tensors, row, epsilon, activation, position_offset)
        for pooling, vector in (("cls", states[0]), ("mean", states.mean(0))):
            out[pooling].append(vector.tolist())
            out[pooling + "_normalised"].append((vector / np.sqrt((vector**2).sum())).tolist())
    return out


def old_bert_names(tensors):
    """As in checkpoints converted from TensorFlow: prefix, gamma and beta."""
    return OrderedDict(
        ("bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"), values)
        for name, values in tensors.items())


def distilbert_names(tensors):
    renamed = OrderedDict()
    for name, values in tensors.items():
        if name.startswith("encoder.layer."):
            for old, new in (
                    ("encoder.layer", "transformer.layer"),
                    ("attention.self.query", "attention.q_lin"),
                    ("attention.self.key", "attention.k_lin"),
                    ("attention.self.value", "attention.v_lin"),
                    ("attention.output.dense", "attention.out_lin"),
                    ("attention.output.LayerNorm", "sa_layer_norm"),
                    ("intermediate.dense", "ffn.lin1"),
                    ("output.dense", "ffn.lin2"),
                    ("output.LayerNorm", "output_layer_norm")):
                name = name.replace(old, new)
        renamed["distilbert." + name] = values
    return renamed


def extras(rng, vocabulary):
    """What else a BERT checkpoint holds, of no use for embeddings: a buffer, the pooler, the heads of pre-training."""
    def random(*shape):
        return (0.2 * rng.standard_normal(shape)).astype(np.float32)

    return OrderedDict([
        ("bert.embeddings.position_ids", np.arange(POSITIONS, dtype=np.int64)[None]),
        ("bert.pooler.dense.weight", random(HIDDEN, HIDDEN)),
        ("bert.pooler.dense.bias", random(HIDDEN)),
        ("cls.predictions.bias", random(vocabulary)),
        ("cls.predictions.transform.dense.weight", random(HIDDEN, HIDDEN)),
        ("cls.predictions.transform.dense.bias", random(HIDDEN)),
        ("cls.predictions.transform.LayerNorm.gamma", random(HIDDEN)),
        ("cls.predictions.transform.LayerNorm.beta", random(HIDDEN)),
        ("cls.seq_relationship.weight", random(2, HIDDEN)),
        ("cls.seq_relationship.bias", random(2)),
    ])


def sums(tensors):
    """Type, shape and, so that order counts, the sum of each element times its number from 1."""
    return {
        name: {
            "type": formats.ST_NAMES[values.dtype.name],
            "shape": list(values.shape),
            "sum": math.fsum((i + 1) * float(x) for i, x in enumerate(values.reshape(-1))),
        }
        for name, values in tensors.items()
    }


def bert_config(vocabulary, **changes):
    return {
        "architectures": ["BertForPreTraining"],
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": HIDDEN,
        "initializer_range": 0.02,
        "intermediate_size": INTERMEDIATE,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": POSITIONS,
        "model_type": "bert",
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "torch_dtype": "float32",
        "type_vocab_size": 2,
        "vocab_size": vocabulary,
    } | changes


def distilbert_config(vocabulary):
    return {
        "activation": "gelu",
        "architectures": ["DistilBertModel"],
        "attention_dropout": 0.1,
        "dim": HIDDEN,
        "dropout": 0.1,
        "hidden_dim": INTERMEDIATE,
        "max_position_embeddings": POSITIONS,
        "model_type": "distilbert",
        "n_heads": HEADS,
        "n_layers": LAYERS,
        "pad_token_id": 0,
        "sinusoidal_pos_embds": False,
        "tie_weights_": True,
        "vocab_size": vocabulary,
    }


class Folder:
    """One model's folder, begun anew."""

    def __init__(self, root, name):
        self.path = os.path.join(root, name)
        shutil.rmtree(self.path, ignore_errors=True)
        os.makedirs(self.path)

    def file(self, name):
        os.makedirs(os.path.dirname(os.path.join(self.path, name)), exist_ok=True)
        return os.path.join(self.path, name)

    def json(self, name, value):
        with open(self.file(name), "w", encoding="utf-8") as out:
            json.dump(value, out, indent=None if name in ("expected.json", "tensors.json", "tokenizer.json") else 2, ensure_ascii=False)
            out.write("\n")

    def sentence_transformer(self, pooling):
        """The files by which sentence-transformers knows how to pool."""
        self.json("modules.json", [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ])
        self.json("1_Pooling/config.json", {
            "word_embedding_dimension": HIDDEN,
            "pooling_mode_cls_token": pooling == "cls",
            "pooling_mode_mean_tokens": pooling == "mean",
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        })
        self.json("sentence_bert_config.json", {"max_seq_length": 24, "do_lower_case": False})


def write_bert(root):
    rng = np.random.default_rng(1)
    tokenizer = tokenizers.WordPiece()
    plain = weights(rng, tokenizer.size, POSITIONS, 2)
    stored = old_bert_names(plain) | extras(rng, tokenizer.size)
    # PyTorch's files also hold the decoder, which shares its storage with the word embeddings.
    tied = OrderedDict(stored)
    tied["cls.predictions.decoder.weight"] = stored["bert.embeddings.word_embeddings.weight"]

    folder = Folder(root, "bert")
    folder.json("config.json", bert_config(tokenizer.size))
    tokenizer.write_vocabulary(folder)
    formats.safetensors(folder.file("model.safetensors"), stored, {"format": "pt"})
    folder.json("tensors.json", sums(stored))
    folder.json("expected.json", expected(plain, tokenizer, 1e-12))

    formats.torch_zip(Folder(root, "bert_zip").file("pytorch_model.bin"), tied)
    formats.torch_legacy(Folder(root, "bert_legacy").file("pytorch_model.bin"), tied)
    formats.torch_zip(
        Folder(root, "bert_views").file("pytorch_model.bin"), formats.as_views(stored), protocol=4, parameters=True)
    formats.sharded(Folder(root, "bert_sharded"), "model", "safetensors", stored, formats.safetensors)
    formats.sharded(Folder(root, "bert_bin_sharded"), "pytorch_model", "bin", stored, formats.torch_zip)


def write_bert_tanh(root):
    tokenizer = tokenizers.WordPiece()
    plain = weights(np.random.default_rng(2), tokenizer.size, POSITIONS, 2)
    folder = Folder(root, "bert_tanh")
    folder.json("config.json", bert_config(tokenizer.size, architectures=["BertModel"], hidden_act="gelu_new"))
    tokenizer.write_vocabulary(folder)
    formats.safetensors(folder.file("model.safetensors"), plain, {"format": "pt"})
    folder.json("expected.json", expected(plain, tokenizer, 1e-12, gelu_tanh))


def write_bert_f16(root):
    """Weights stored as halves; expected are the vectors of exactly these halves."""
    tokenizer = tokenizers.WordPiece()
    halves = OrderedDict(
        (name, values.astype(np.float16))
        for name, values in weights(np.random.default_rng(3), tokenizer.size, POSITIONS, 2).items())
    folder = Folder(root, "bert_f16")
    folder.json("config.json", bert_config(tokenizer.size, architectures=["BertModel"], torch_dtype="float16"))
    tokenizer.write_vocabulary(folder)
    formats.safetensors(folder.file("model.safetensors"), halves, {"format": "pt"})
    folder.json("expected.json", expected(halves, tokenizer, 1e-12))


def write_roberta(root):
    tokenizer = tokenizers.ByteLevel()
    plain = weights(np.random.default_rng(4), tokenizer.size, POSITIONS + 2, 1)
    folder = Folder(root, "roberta")
    folder.json("config.json", bert_config(
        tokenizer.size, architectures=["RobertaForMaskedLM"], model_type="roberta", layer_norm_eps=1e-5,
        max_position_embeddings=POSITIONS + 2, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2))
    tokenizer.write(folder)
    folder.sentence_transformer("mean")
    stored = OrderedDict(("roberta." + name, values) for name, values in plain.items())
    stored["lm_head.bias"] = np.zeros(tokenizer.size, np.float32)
    formats.safetensors(folder.file("model.safetensors"), stored, {"format": "pt"})
    folder.json("expected.json", expected(plain, tokenizer, 1e-5, position_offset=2))


def write_distilbert(root):
    tokenizer = tokenizers.WordPiece()
    plain = weights(np.random.default_rng(5), tokenizer.size, POSITIONS, 0)
    folder = Folder(root, "distilbert")
    folder.json("config.json", distilbert_config(tokenizer.size))
    tokenizer.write_tokenizer_json(folder)
    folder.sentence_transformer("cls")
    formats.safetensors(folder.file("model.safetensors"), distilbert_names(plain), {"format": "pt"})
    folder.json("expected.json", expected(plain, tokenizer, 1e-12))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "resources", "tiny")
    write_bert(root)
    write_bert_tanh(root)
    write_bert_f16(root)
    write_roberta(root)
    write_distilbert(root)
    formats.small_torch_files(Folder(root, "torch"))


if __name__ == "__main__":
    main()
