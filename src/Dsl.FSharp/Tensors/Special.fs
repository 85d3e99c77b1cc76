namespace Adjoint

open Adjoint.Front

/// Logarithms of other bases, products with logarithms, and functions of statistics and combinatorics, element by element.
[<AutoOpen>]
module TensorSpecial =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private unary (f: Expr -> Expr) (x: Tensor<'T>) = Tensor<'T>(f x.Expr)
        let private binary (f: Expr * Expr -> Expr) (x: Tensor<'T>) (y: Tensor<'T>) = Tensor<'T>(f (x.Expr, y.Expr))

        /// 2 to the power x.
        let exp2 (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Exp2 x

        /// Logarithm to base 2; exact at powers of 2. NaN below 0.
        let log2 (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Log2 x

        /// Logarithm to base 10; exact at whole powers of 10. NaN below 0.
        let log10 (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Log10 x

        /// ln(exp x + exp y), without overflow; smooth everywhere, also at x = y.
        let logAddExp (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.LogAddExp x y

        /// Base-2 logarithm of 2^x + 2^y, without overflow.
        let logAddExp2 (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.LogAddExp2 x y

        /// x ln y, and 0 where x is 0. Derivative: ln y and x / y; 0 where x = 0 and y is not positive and finite.
        let xlogy (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Xlogy x y

        /// x ln(1 + y), accurate for small y, and 0 where x is 0.
        let xlog1py (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Xlog1py x y

        /// -x ln x; 0 at 0, where the derivative is infinite; -infinity below.
        let entr (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Entr x

        /// x ln(x / y); 0 where x is 0 and y at least 0, infinite outside the domain. Derivative: ln(x / y) + 1 and -x / y.
        let relEntr (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.RelEntr x y

        /// ln(x / (1 - x)), the inverse of the sigmoid.
        let logit (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Logit x

        /// The chance that a standard normal number is below x.
        let ndtr (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Ndtr x

        /// The quantile of the normal distribution, on 0 to 1.
        let ndtri (p: Tensor<'T>) : Tensor<'T> = unary Tensors.Ndtri p

        /// ln of `ndtr`, accurate in both tails.
        let logNdtr (x: Tensor<'T>) : Tensor<'T> = unary Tensors.LogNdtr x

        /// ln of Euler's beta function.
        let betaLn (a: Tensor<'T>) (b: Tensor<'T>) : Tensor<'T> = binary Tensors.BetaLn a b

        /// ln of the number of ways to choose k of n, for real numbers too.
        let logComb (n: Tensor<'T>) (k: Tensor<'T>) : Tensor<'T> = binary Tensors.LogComb n k
