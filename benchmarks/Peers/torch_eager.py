"""PyTorch, operation by operation."""

import torch

import formulas
import networks


class Names:
    """What formulas call."""

    tanh, exp, sqrt, where = torch.tanh, torch.exp, torch.sqrt, torch.where

    @staticmethod
    def flip(x):
        return torch.flip(x, [1])

    @staticmethod
    def max(x):
        return torch.amax(x, 1)

    @staticmethod
    def mean(x, axis):
        return x.mean(axis, keepdim=True)

    @staticmethod
    def logsumexp(x):
        return torch.logsumexp(x, 1)

    @staticmethod
    def softmax(x):
        return torch.softmax(x, 1)

    @staticmethod
    def repeat(count, step, state):
        for _ in range(count):
            state = step(state)
        return state


class Peer:
    name = f"PyTorch {torch.__version__}"

    def __init__(self, threads):
        torch.set_num_threads(threads)

    def prepared(self, function):
        return function

    def row(self, request):
        if request["row"].startswith("network_"):
            return networks.prepared(request["row"], [torch.from_numpy(x) for x in formulas.inputs(request)])
        found = formulas.formula(request["row"])
        if found is None:
            return None
        function, is_gradient, is_pullback = found
        inputs = [torch.from_numpy(x) for x in formulas.inputs(request)]
        value = self.prepared(lambda *x: function(Names, *x))
        if not is_gradient:
            return lambda: [value(*inputs)]
        primals = inputs[:-1] if is_pullback else inputs
        primals = [x.requires_grad_() for x in primals]

        def with_gradient():
            y = value(*primals)
            if is_pullback:
                return [y, *torch.autograd.grad(y, primals, inputs[-1])]
            total = y.sum()
            return [total, *torch.autograd.grad(total, primals)]

        return with_gradient

    def arrays(self, results):
        return [x.detach().contiguous().numpy() for x in results]
