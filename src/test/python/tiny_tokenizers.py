"""The tokenizers of the tiny models: their files, and what they make of a text. Letters, digits and some words."""
import json
import re
import unicodedata

WORDS = ["the", "cat", "sat", "on", "mat", "is", "it", "buy", "sell", "now", "price", "of", "dollars", "today",
         "near", "duplicate", "not", "##s", "##ing", "##ed", "and", "said", "man", "##ket"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
PUNCTUATION = ".,!?'\"-:;@#$%&()/_"


class WordPiece:
    """BERT's, lower case. The algorithm of "Google's Neural Machine Translation System" (Wu et al., 2016)."""

    pad = 0

    def __init__(self):
        pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        pieces += list(PUNCTUATION) + list(DIGITS) + list(LETTERS)
        pieces += ["##" + c for c in DIGITS + LETTERS] + WORDS
        self.pieces = list(dict.fromkeys(pieces))
        self.ids = {piece: i for i, piece in enumerate(self.pieces)}
        self.size = len(self.pieces)

    def encode(self, text, longest):
        text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
        ids = []
        for word in re.findall(r"\w+|[^\w\s]", text.replace("_", " _ ")):
            ids += self.word(word)
        return [self.ids["[CLS]"]] + ids[:longest - 2] + [self.ids["[SEP]"]]

    def word(self, word):
        out, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and ("##" if start else "") + word[start:end] not in self.ids:
                end -= 1
            if end == start:
                return [self.ids["[UNK]"]]
            out.append(self.ids[("##" if start else "") + word[start:end]])
            start = end
        return out

    def write_vocabulary(self, folder):
        with open(folder.file("vocab.txt"), "w", encoding="utf-8") as out:
            out.write("".join(piece + "\n" for piece in self.pieces))
        folder.json("tokenizer_config.json", {
            "do_lower_case": True,
            "model_max_length": 40,
            "tokenizer_class": "BertTokenizer",
            "unk_token": "[UNK]",
            "sep_token": "[SEP]",
            "pad_token": "[PAD]",
            "cls_token": "[CLS]",
            "mask_token": "[MASK]",
        })

    def write_tokenizer_json(self, folder):
        """With a fixed truncation and padding, as published models have them and users of the file must undo."""
        folder.json("tokenizer.json", {
            "version": "1.0",
            "truncation": {"direction": "Right", "max_length": 16, "strategy": "LongestFirst", "stride": 0},
            "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                        "pad_type_id": 0, "pad_token": "[PAD]"},
            "added_tokens": [added(i, self.pieces[i]) for i in range(5)],
            "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                           "strip_accents": None, "lowercase": True},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [special("[CLS]"), sequence("A", 0), special("[SEP]")],
                "pair": [special("[CLS]"), sequence("A", 0), special("[SEP]"), sequence("B", 1), special("[SEP]", 1)],
                "special_tokens": {name: {"id": name, "ids": [self.ids[name]], "tokens": [name]}
                                   for name in ("[CLS]", "[SEP]")},
            },
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 100, "vocab": self.ids},
        })
        folder.json("tokenizer_config.json", {
            "do_lower_case": True, "model_max_length": 40, "tokenizer_class": "DistilBertTokenizer"})


class ByteLevel:
    """RoBERTa's byte pairs ("Language Models are Unsupervised Multitask Learners", Radford et al., 2019)."""

    pad = 1
    MERGES = ["t h", "th e", "Ġ the", "Ġ t", "Ġ a", "Ġ o", "i n", "Ġ s", "a t", "Ġ i", "Ġi s", "Ġi t", "Ġo f", "r e",
              "Ġ p", "Ġp r", "i c", "ic e", "Ġpr ice", "a n", "o r", "Ġ d", "o l", "Ġs at", "Ġ c", "Ġc at"]
    SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+", re.ASCII)

    def __init__(self):
        self.byte_to_character = byte_characters()
        self.merges = [merge for merge in self.MERGES]
        known = set(self.byte_to_character.values())
        for merge in self.merges:
            left, right = merge.split(" ")
            if left not in known or right not in known:
                raise ValueError("merge of unknown parts: " + merge)
            known.add(left + right)
        self.pieces = ["<s>", "<pad>", "</s>", "<unk>"] + [self.byte_to_character[b] for b in sorted(self.byte_to_character)]
        self.pieces += [merge.replace(" ", "") for merge in self.merges] + ["<mask>"]
        self.ids = {piece: i for i, piece in enumerate(self.pieces)}
        self.size = len(self.pieces)
        if self.size != len(self.ids):
            raise ValueError("a piece occurs twice")
        self.ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(self.merges)}

    def encode(self, text, longest):
        ids = []
        for word in self.SPLIT.findall(text):
            ids += [self.ids[piece] for piece in self.word(word)]
        return [0] + ids[:longest - 2] + [2]

    def word(self, word):
        parts = [self.byte_to_character[b] for b in word.encode("utf-8")]
        while len(parts) > 1:
            rank, at = min((self.ranks.get((parts[i], parts[i + 1]), len(self.ranks)), i) for i in range(len(parts) - 1))
            if rank == len(self.ranks):
                break
            pair = tuple(parts[at:at + 2])
            merged, i = [], 0
            while i < len(parts):
                if tuple(parts[i:i + 2]) == pair:
                    merged.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    merged.append(parts[i])
                    i += 1
            parts = merged
        return parts

    def write(self, folder):
        folder.json("tokenizer.json", {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [added(self.ids[name], name) | {"lstrip": name == "<mask>"}
                             for name in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")],
            "normalizer": None,
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
            "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
                               "trim_offsets": True, "add_prefix_space": False},
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                      "end_of_word_suffix": "", "fuse_unk": False, "vocab": self.ids, "merges": self.merges},
        })
        folder.json("tokenizer_config.json", {"model_max_length": 40, "tokenizer_class": "RobertaTokenizer"})


def byte_characters():
    """GPT-2's printable character for each byte."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    out = {b: chr(b) for b in printable}
    for b in range(256):
        if b not in out:
            out[b] = chr(256 + len(out) - len(printable))
    return out


def added(number, content):
    return {"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True}


def special(name, kind=0):
    return {"SpecialToken": {"id": name, "type_id": kind}}


def sequence(name, kind):
    return {"Sequence": {"id": name, "type_id": kind}}
