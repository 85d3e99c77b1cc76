namespace Adjoint

open Adjoint.Front

/// Functions element by element: each gives a tensor of the operand's shape, and computes nothing before it is looked at.
[<AutoOpen>]
module TensorElementwise =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private unary (f: Expr -> Expr) (x: Tensor<'T>) = Tensor<'T>(f x.Expr)

        /// Exponential, element by element.
        let exp (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Exp x

        /// exp x - 1, accurate near 0.
        let expm1 (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Expm1 x

        /// Natural logarithm; NaN below 0, -infinity at 0.
        let log (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Log x

        /// ln(1 + x), accurate near 0; NaN below -1.
        let log1p (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Log1p x

        /// Square root; NaN below 0. The derivative at 0 is infinite.
        let sqrt (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Sqrt x

        /// One over the square root.
        let rsqrt (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Rsqrt x

        /// Cube root, of any sign.
        let cbrt (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Cbrt x

        /// x times x.
        let square (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Square x

        /// Sine.
        let sin (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Sin x

        /// Cosine.
        let cos (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Cos x

        /// Tangent.
        let tan (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Tan x

        /// Inverse sine, on -1 to 1; NaN outside.
        let asin (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Asin x

        /// Inverse cosine, on -1 to 1; NaN outside.
        let acos (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Acos x

        /// Inverse tangent.
        let atan (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Atan x

        /// Hyperbolic sine.
        let sinh (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Sinh x

        /// Hyperbolic cosine.
        let cosh (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Cosh x

        /// Hyperbolic tangent.
        let tanh (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Tanh x

        /// Inverse hyperbolic sine.
        let asinh (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Asinh x

        /// Inverse hyperbolic cosine, from 1; NaN below.
        let acosh (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Acosh x

        /// Inverse hyperbolic tangent, on -1 to 1; NaN outside.
        let atanh (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Atanh x

        /// Error function.
        let erf (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Erf x

        /// 1 - erf x, accurate for large x.
        let erfc (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Erfc x

        /// Inverse of the error function, on -1 to 1.
        let erfInv (x: Tensor<'T>) : Tensor<'T> = unary Tensors.ErfInv x

        /// ln |gamma(x)|.
        let lgamma (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Lgamma x

        /// Derivative of ln gamma(x).
        let digamma (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Digamma x

        /// Largest whole number that is not above; derivative 0.
        let floor (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Floor x

        /// Smallest whole number that is not below; derivative 0.
        let ceil (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Ceil x

        /// Nearest whole number, ties to even; derivative 0.
        let round (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Round x

        /// Cut towards zero; derivative 0.
        let truncate (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Truncate x

        /// -1, 0 or 1; derivative 0. Of complex numbers z / |z|.
        let sign (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Sign x

        /// Absolute value; derivative 0 at 0. DTypeException: of complex numbers; see `magnitude`.
        let abs (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("abs", Tensors.Abs x.Expr)

        /// 1 / (1 + exp(-x)), without overflow.
        let sigmoid (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Sigmoid x

        /// ln of the sigmoid, without overflow.
        let logSigmoid (x: Tensor<'T>) : Tensor<'T> = unary Tensors.LogSigmoid x

        /// max(x, 0); derivative 0 at 0.
        let relu (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Relu x

        /// ln(1 + exp x), without overflow.
        let softplus (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Softplus x

        /// x times the normal distribution's function of x, by the error function.
        let gelu (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Gelu x

        /// x times its sigmoid.
        let silu (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Silu x

        /// Complex conjugate; a real tensor is its own.
        let conj (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Conj x

        /// The number of bits that are 1, of integers.
        let popCount (x: Tensor<'T>) : Tensor<'T> = unary Tensors.PopCount x

        /// x above 0, slope times x elsewhere; derivative slope at 0.
        let leakyRelu (slope: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.LeakyRelu(x.Expr, slope))

        /// x above 0, scale (exp x - 1) elsewhere.
        let elu (scale: float) (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Elu(x.Expr, scale))

        /// Which numbers are neither infinite nor NaN.
        let isFinite (x: Tensor<'T>) : Tensor<bool> = Tensor<bool>(Tensors.IsFinite x.Expr)
