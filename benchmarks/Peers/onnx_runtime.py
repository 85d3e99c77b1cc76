"""ONNX Runtime; values alone, as it gives no gradients, and without loops."""

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, shape_inference

import formulas

OPSET = 13
LEAST = numpy.iinfo(numpy.int64).min
MOST = numpy.iinfo(numpy.int64).max


class Model:
    """A model while it is built: its nodes and constants."""

    def __init__(self, dtype):
        self.dtype = dtype
        self.nodes = []
        self.constants = []

    def name(self):
        return f"v{len(self.nodes) + len(self.constants)}"

    def constant(self, value, dtype=None):
        array = numpy.asarray(value, dtype or self.dtype)
        self.constants.append(numpy_helper.from_array(array, self.name()))
        return Value(self, self.constants[-1].name)

    def add(self, operation, *operands, **attributes):
        values = [x if isinstance(x, Value) else self.constant(x) for x in operands]
        result = Value(self, self.name())
        self.nodes.append(helper.make_node(operation, [x.name for x in values], [result.name], **attributes))
        return result


class Value:
    """A value of a model, which is computed with as with an array."""

    def __init__(self, model, name):
        self.model = model
        self.name = name

    def __add__(self, other):
        return self.model.add("Add", self, other)

    def __radd__(self, other):
        return self.model.add("Add", other, self)

    def __sub__(self, other):
        return self.model.add("Sub", self, other)

    def __rsub__(self, other):
        return self.model.add("Sub", other, self)

    def __mul__(self, other):
        return self.model.add("Mul", self, other)

    def __rmul__(self, other):
        return self.model.add("Mul", other, self)

    def __truediv__(self, other):
        return self.model.add("Div", self, other)

    def __pow__(self, other):
        return self.model.add("Pow", self, other)

    def __neg__(self):
        return self.model.add("Neg", self)

    def __gt__(self, other):
        return self.model.add("Greater", self, other)

    def __getitem__(self, slices):
        parts = slices if isinstance(slices, tuple) else (slices,)
        return self.part([(axis, part) for axis, part in enumerate(parts) if part.step not in (None, 1)])

    def part(self, slices):
        """Every so many elements along some axes, backwards where the step is negative."""
        backwards = [part.step < 0 for _, part in slices]
        starts = [-1 if back else 0 for back in backwards]
        ends = [LEAST if back else MOST for back in backwards]
        lists = [starts, ends, [axis for axis, _ in slices], [part.step for _, part in slices]]
        return self.model.add("Slice", self, *[self.model.constant(x, numpy.int64) for x in lists])

    def sum(self, axis=None):
        axes = [] if axis is None else [self.model.constant([axis], numpy.int64)]
        return self.model.add("ReduceSum", self, *axes, keepdims=0)

    @property
    def T(self):
        return self.model.add("Transpose", self, perm=[1, 0])


class Names:
    """What formulas call."""

    @staticmethod
    def tanh(x):
        return x.model.add("Tanh", x)

    @staticmethod
    def exp(x):
        return x.model.add("Exp", x)

    @staticmethod
    def sqrt(x):
        return x.model.add("Sqrt", x)

    @staticmethod
    def where(condition, x, y):
        return condition.model.add("Where", condition, x, y)

    @staticmethod
    def flip(x):
        return x.part([(1, slice(None, None, -1))])

    @staticmethod
    def max(x):
        return x.model.add("ReduceMax", x, axes=[1], keepdims=0)

    @staticmethod
    def mean(x, axis):
        return x.model.add("ReduceMean", x, axes=[axis], keepdims=1)

    @staticmethod
    def logsumexp(x):
        return x.model.add("ReduceLogSumExp", x, axes=[1], keepdims=0)

    @staticmethod
    def softmax(x):
        return x.model.add("Softmax", x, axis=1)


def modelled(function, inputs):
    """The model of a function of arrays like these."""
    built = Model(inputs[0].dtype)
    kind = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}[built.dtype.name]
    names = [f"x{i}" for i in range(len(inputs))]
    result = function(Names, *[Value(built, name) for name in names])
    graph = helper.make_graph(
        built.nodes,
        "row",
        [helper.make_tensor_value_info(name, kind, x.shape) for name, x in zip(names, inputs)],
        [helper.make_tensor_value_info(result.name, kind, None)],
        built.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    return shape_inference.infer_shapes(model)


class Peer:
    name = f"ONNX Runtime {onnxruntime.__version__}"

    def __init__(self, threads):
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.inter_op_num_threads = 1

    def row(self, request):
        found = formulas.formula(request["row"])
        if found is None or found[1] or request["row"].startswith("lotka"):
            return None
        inputs = formulas.inputs(request)
        model = modelled(found[0], inputs)
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), self.options, providers=["CPUExecutionProvider"]
        )
        feeds = {f"x{i}": x for i, x in enumerate(inputs)}
        return lambda: session.run(None, feeds)

    def arrays(self, results):
        return results
