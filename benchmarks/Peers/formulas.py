"""The functions that rows measure, in terms of a library's names m, and what they are measured on."""

import numpy

DTYPES = {"f32": numpy.float32, "f64": numpy.float64}

COEFFICIENTS = [0.5, -0.25, 1 / 3, -0.125, 0.2, -0.1, 1 / 7, 0.05]


def chain(m, x):
    return m.tanh(x) * m.exp(-(x * x)) + 0.5 * x


def poly(m, x):
    total = COEFFICIENTS[-1] * x + COEFFICIENTS[-2]
    for coefficient in COEFFICIENTS[-3::-1]:
        total = total * x + coefficient
    return total


def rate(p, s):
    return [p[0] * s[0] - p[1] * s[0] * s[1], p[2] * s[0] * s[1] - p[3] * s[1]]


def step(p, s, h=0.01):
    def along(width, k):
        return [s[0] + width * k[0], s[1] + width * k[1]]

    k1 = rate(p, s)
    k2 = rate(p, along(h / 2, k1))
    k3 = rate(p, along(h / 2, k2))
    k4 = rate(p, along(h, k3))
    return [s[i] + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) for i in range(2)]


def lotka(m, *x):
    end = m.repeat(1000, lambda s: step(x[:4], s), list(x[4:]))
    return end[0] + end[1]


def layer_norm(m, x, scale, shift):
    centred = x - m.mean(x, 1)
    return centred / m.sqrt(m.mean(centred * centred, 1) + 1e-5) * scale + shift


VALUES = {
    "chain": chain,
    "poly": poly,
    "select": lambda m, x, y: m.where(x > 0, x * y, 0.01 * x + y),
    "rows": lambda m, x, r, s: x * r + s,
    "columns": lambda m, x, c, d: (x - c) * d,
    "outer": lambda m, c, r: c * r,
    "second_columns": lambda m, x: 0.5 * x[:, ::2] + 1,
    "second_rows": lambda m, x: 0.5 * x[::2] + 1,
    "backwards": lambda m, x: 0.5 * m.flip(x) + 1,
    "transposed": lambda m, x, z: 2 * x.T + z,
    "sum": lambda m, x: x.sum(),
    "distance": lambda m, x, y: ((x - y) ** 2).sum(),
    "sum_rows": lambda m, x: x.sum(1),
    "sum_columns": lambda m, x: x.sum(0),
    "max_rows": lambda m, x: m.max(x),
    "logsumexp_rows": lambda m, x: m.logsumexp(x),
    "softmax": lambda m, x: m.softmax(x),
    "layer_norm": layer_norm,
    "lotka": lotka,
}

# Rows whose last argument is the cotangent of the result; other gradients are of the result's sum.
PULLBACKS = {"softmax_grad", "layer_norm_grad"}


def formula(row):
    """The function of a row, whether it wants gradients, and whether the last argument is a cotangent; None if there is none."""
    is_gradient = row.endswith("_grad")
    function = VALUES.get(row[: -len("_grad")] if is_gradient else row)
    return None if function is None else (function, is_gradient, row in PULLBACKS)


def inputs(request):
    """The arrays that a request names."""
    dtype = DTYPES[request["dtype"]]
    return [numpy.fromfile(one["path"], dtype).reshape(one["shape"]) for one in request["inputs"]]
