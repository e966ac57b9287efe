"""Writes a GGUF model as safetensors with its tokeniser, which is what vLLM reads: convert_gguf.py FILE FOLDER."""

import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig


def main(source: pathlib.Path, target: pathlib.Path) -> None:
    """Convert into a folder beside the target, then rename, so that half a model is never taken for one."""
    half = target.with_name(target.name + ".half")
    unpacked = GgufConfig(gguf_file=source.name, dequantize=True)
    model = AutoModelForCausalLM.from_pretrained(
        source.parent, gguf_file=source.name, quantization_config=unpacked, dtype=torch.float32
    )
    model.save_pretrained(half)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(half)
    half.rename(target)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
