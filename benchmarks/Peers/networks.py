"""Whole networks in PyTorch, on the weights that they are given. Labels are 0; a step of gradient descent has the rate 0.1."""

import torch
import torch.nn.functional as F


def dense(x, weights):
    weight, bias = next(weights), next(weights)
    return x @ weight + bias


def lenet(x, weights):
    for padding in (2, 0):
        weight, bias = next(weights), next(weights)
        x = F.avg_pool2d(F.relu(F.conv2d(x, weight, bias, padding=padding)), 2)
    x = F.relu(dense(x.flatten(1), weights))
    return dense(F.relu(dense(x, weights)), weights)


def layers(x, weights):
    x = F.relu(dense(x, weights))
    return dense(F.relu(dense(x, weights)), weights)


def normed(x, weights, stride):
    # As many zeros behind as before, one more where the stride leaves an odd number.
    if stride == 2:
        y = F.conv2d(F.pad(x, (0, 1, 0, 1)), next(weights), stride=2)
    else:
        y = F.conv2d(x, next(weights), padding=1)
    scale, shift = next(weights), next(weights)
    return F.batch_norm(y, None, None, scale, shift, training=True)


def resnet56(x, weights):
    x = F.relu(normed(x, weights, 1))
    for stage in range(3):
        for block in range(9):
            stride = 2 if stage > 0 and block == 0 else 1
            y = normed(F.relu(normed(x, weights, stride)), weights, 1)
            if stride == 2:
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
            x = F.relu(x + y)
    return dense(x.mean((2, 3)), weights)


def running(x, weights, stride, padding):
    y = F.conv2d(x, next(weights), stride=stride, padding=padding)
    scale, shift, mean, variance = (next(weights) for _ in range(4))
    return F.batch_norm(y, mean, variance.abs() + 1, scale, shift)


def resnet18(x, weights):
    x = F.max_pool2d(F.relu(running(x, weights, 2, 3)), 3, 2, 1)
    for stage in range(4):
        for block in range(2):
            stride = 2 if stage > 0 and block == 0 else 1
            y = running(F.relu(running(x, weights, stride, 1)), weights, 1, 1)
            x = F.relu(y + (x if stride == 1 else running(x, weights, 2, 0)))
    return dense(x.mean((2, 3)), weights)


STEPS = {"network_lenet": lenet, "network_dense": layers, "network_resnet56": resnet56}


def step(network, inputs):
    images, weights = inputs[0], [weight.requires_grad_() for weight in inputs[1:]]
    labels = torch.zeros(images.shape[0], dtype=torch.int64)

    def run():
        loss = F.cross_entropy(network(images, iter(weights)), labels)
        gradients = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            return [loss, *(weight - 0.1 * gradient for weight, gradient in zip(weights, gradients))]

    return run


def forward(inputs):
    def run():
        with torch.no_grad():
            return [resnet18(inputs[0], iter(inputs[1:]))]

    return run


def gru(inputs):
    inputs = [x.requires_grad_() for x in inputs]
    start = torch.zeros(1, inputs[0].shape[1], inputs[2].shape[0])

    def run():
        xs, weight, state, bias, state_bias = inputs
        parameters = [weight.t().contiguous(), state.t().contiguous(), bias, state_bias]
        _, last = torch._VF.gru(xs, start, parameters, True, 1, 0.0, True, False, False)
        mean = last.mean()
        return [mean, *torch.autograd.grad(mean, inputs)]

    return run


def prepared(row, inputs):
    """What runs the row, or None if there is no such row."""
    if row in STEPS:
        return step(STEPS[row], inputs)
    return forward(inputs) if row == "network_resnet18" else gru(inputs) if row == "network_gru" else None
