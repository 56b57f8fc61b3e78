"""Builds the ONNX graph of the stored backbone and runs it: eight-bit convolutions on a CPU.

The graph is made in memory from verified tensors, so that no file other than safetensors is ever loaded. Convolutions
are written as dequantise, convolve, quantise; ONNX Runtime fuses the three. A grid from 0 to 6 is the ReLU6 itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from torch.nn import functional

from inference.models.backbone import Backbone, BackboneConfig
from inference.models.efficientnet import (
    HEAD_WIDTH,
    LAST_WIDTH,
    MIDDLE,
    MIDDLE_WIDTH,
    ConvUnit,
    InvertedResidual,
    fold_norms,
)
from inference.models.eight_bits import Grid, QuantisedConv

OPSET: Final = 17
IR_VERSION: Final = 8
INPUT: Final = "pictures"
OUTPUTS: Final = ("features", "templates")
INNER: Final = ("pooled", "cells")
INPUT_GRID: Final = Grid.over(-1.0, 1.0)

Tensors = Mapping[str, torch.Tensor]


class GraphRunner:
    """An ONNX Runtime session over the graph, using `threads` threads."""

    def __init__(self, tensors: Tensors, config: BackboneConfig, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, threads)
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = build_graph(tensors, config).SerializeToString()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def __call__(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features, templates = self._run(OUTPUTS, pictures)
        return features, functional.normalize(templates, dim=1)

    def look(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the small layers read, for their training: pooled (N, 1280) and cells (N, 432, S/32, S/32)."""
        pooled, cells = self._run(INNER, pictures)
        return pooled, cells

    def _run(self, outputs: tuple[str, ...], pictures: torch.Tensor) -> list[torch.Tensor]:
        """Copies: what the session returns would keep the memory of a whole run alive for as long as it is kept."""
        found = self._session.run(list(outputs), {INPUT: np.ascontiguousarray(pictures.numpy())})
        return [torch.from_numpy(one).clone() for one in found]


def build_graph(tensors: Tensors, config: BackboneConfig) -> ModelProto:
    """`pictures` float32 (N, 3, S, S) in -1..1 to `features` (N, D) and `templates` (N, K), these of any length."""
    plan = Backbone(config)
    fold_norms(plan)
    nodes = _Nodes(tensors)
    maps = nodes.round(INPUT, INPUT_GRID)
    maps = nodes.convolve(maps, plan.trunk.stem, "trunk.stem", INPUT_GRID)
    middle = maps
    for number, stage in enumerate(plan.trunk.stages):
        middle = maps if number == MIDDLE else middle
        for place, block in enumerate(stage.children()):
            assert isinstance(block, InvertedResidual)  # noqa: S101
            maps = nodes.block(maps, block, f"trunk.stages.{number}.{place}")
    nodes.heads(middle, maps, plan)
    inputs = [_described(INPUT, (3, config.input_side, config.input_side))]
    outputs = [
        _described(OUTPUTS[0], (config.feature_width,)),
        _described(OUTPUTS[1], (config.template_width,)),
        _described(INNER[0], (HEAD_WIDTH,)),
        _described(INNER[1], (MIDDLE_WIDTH + LAST_WIDTH, config.cells, config.cells)),
    ]
    graph = helper.make_graph(nodes.nodes, "backbone", inputs, outputs, nodes.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def _described(name: str, shape: tuple[int, ...]) -> Any:
    """A float32 value with a first dimension of any length."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])


class _Nodes:
    """The graph under construction; every value in `grids` has been rounded to that grid."""

    def __init__(self, tensors: Tensors) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._tensors = tensors
        self._grids: dict[str, Grid] = {}

    def round(self, value: str, grid: Grid) -> str:
        """Quantise and dequantise."""
        numbers = [self._constant(np.float32(grid.scale)), self._constant(np.uint8(grid.zero))]
        steps = self._add("QuantizeLinear", [value, *numbers])
        rounded = self._add("DequantizeLinear", [steps, *numbers])
        self._grids[rounded] = grid
        return rounded

    def convolve(self, maps: str, unit: ConvUnit, name: str, grid: Grid | None = None) -> str:
        layer = QuantisedConv.read(self._tensors, name)
        scales = layer.scales * (grid or self._grids[maps]).scale
        weight = self._dequantised(layer.weight, layer.scales)
        bias = self._dequantised(np.round(layer.bias / scales).astype(np.int32), scales)
        before, after = unit.padding
        output = self._add(
            "Conv",
            [maps, weight, bias],
            kernel_shape=list(unit.conv.kernel_size),
            strides=list(unit.conv.stride),
            pads=[before, before, after, after],
            group=unit.conv.groups,
        )
        return self.round(output, layer.output)

    def block(self, maps: str, block: InvertedResidual, name: str) -> str:
        output = maps
        for number, unit in enumerate(block.units):
            assert isinstance(unit, ConvUnit)  # noqa: S101
            output = self.convolve(output, unit, f"{name}.units.{number}")
        if not block.adds:
            return output
        low, high = self._tensors[f"{name}.range"].tolist()
        return self.round(self._add("Add", [output, maps]), Grid.over(low, high))

    def heads(self, middle: str, last: str, plan: Backbone) -> None:
        """The small layers in float: they cost little and decide much."""
        seen = self._add("GlobalAveragePool", [self.convolve(last, plan.head, "head")])
        self._linear(self._add("Flatten", [seen], INNER[0]), "features", OUTPUTS[0])
        halved = self._add("AveragePool", [middle], kernel_shape=[2, 2], strides=[2, 2])
        joined = self._add("Concat", [halved, last], INNER[1], axis=1)
        layout = self._add("Conv", [joined, *self._layer("layout")], kernel_shape=[1, 1])
        cells = self._add("Relu", [layout])
        self._linear(self._add("Flatten", [cells]), "template", OUTPUTS[1])

    def _linear(self, value: str, name: str, output: str) -> None:
        self._add("Gemm", [value, *self._layer(name)], output, transB=1)

    def _layer(self, name: str) -> list[str]:
        return [self._constant(self._tensors[f"{name}.{part}"].numpy()) for part in ("weight", "bias")]

    def _dequantised(self, steps: NDArray[Any], scales: NDArray[np.float32]) -> str:
        zeros = np.zeros(len(scales), steps.dtype)
        numbers = [self._constant(steps), self._constant(scales.astype(np.float32)), self._constant(zeros)]
        return self._add("DequantizeLinear", numbers, axis=0)

    def _add(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def _constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name
