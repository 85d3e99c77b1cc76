namespace Adjoint

open Adjoint.Front

/// More activation functions, element by element; `relu`, `sigmoid`, `tanh`, `gelu`, `silu`, `softplus`, `elu` and `leakyRelu` are their neighbours.
[<AutoOpen>]
module TensorActivations =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// min(max(x, 0), 6); derivative 0 at 0 and 6.
        let relu6 (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Relu6 x.Expr)

        /// x above 0, slope times x elsewhere, where the slope is learned and broadcasts (He et al. 2015).
        let pRelu (slope: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.PRelu(x.Expr, slope.Expr))

        /// x above 0, scale (exp(x / scale) - 1) elsewhere: smooth for any scale (Barron 2017).
        let celu (scale: float) (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Celu(x.Expr, scale))

        /// Elu times a factor, with numbers that keep mean 0 and variance 1 (Klambauer et al. 2017).
        let selu (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Selu x.Expr)

        /// x / (1 + |x|).
        let softsign (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Softsign x.Expr)

        /// The approximation of gelu by tanh; off by at most 5e-4.
        let geluTanh (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.GeluTanh x.Expr)

        /// x tanh(softplus x) (Misra 2019).
        let mish (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Mish x.Expr)

        /// x moved into -1 ... 1; derivative 1/2 at either end.
        let hardTanh (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.HardTanh x.Expr)

        /// (x + 3) / 6 moved into 0 ... 1; derivative 0 at -3 and 3.
        let hardSigmoid (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.HardSigmoid x.Expr)

        /// x times its hard sigmoid (Howard et al. 2019).
        let hardSwish (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.HardSwish x.Expr)

        /// The first half of an axis times the sigmoid of the second (Dauphin et al. 2017). ShapeException: the axis is odd.
        let glu (axis: int) (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Glu(x.Expr, axis))
