namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// More functions of numbers, element by element: division that is cut down, whole powers, distances, questions and logic.
/// Operands of functions of two broadcast.
[<AutoOpen>]
module TensorNumbers =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private unary (f: Expr -> Expr) (x: Tensor<'T>) = Tensor<'T>(f x.Expr)
        let private binary (f: Expr * Expr -> Expr) (x: Tensor<'T>) (y: Tensor<'T>) = Tensor<'T>(f (x.Expr, y.Expr))
        let private bools (f: Expr -> Expr) (x: Tensor<'T>) = Tensor<bool>(f x.Expr)

        /// 1 / x; integers are cut towards zero.
        let reciprocal (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Reciprocal x

        /// Radians in degrees.
        let degrees (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Degrees x

        /// Degrees in radians.
        let radians (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Radians x

        /// sin(pi x) / (pi x), as NumPy's; 1 at 0, with derivatives of any order there.
        let sinc (x: Tensor<'T>) : Tensor<'T> = unary Tensors.Sinc x

        /// Square root of x x + y y, without overflow; the derivative at (0, 0) is 0.
        let hypot (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Hypot x y

        /// Square root of x x + width width: |x| rounded off at 0, smooth; at least |x|, by at most the width.
        let smoothAbs (width: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SmoothAbs(x.Expr, width))

        /// 0 below 0, 1 above, the given number at 0; derivative 0.
        let heaviside (atZero: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Heaviside(x.Expr, atZero))

        /// The first's absolute value with the second's sign, that of -0 too.
        let copySign (x: Tensor<'T>) (sign: Tensor<'T>) : Tensor<'T> = binary Tensors.CopySign x sign

        /// The next number of the dtype after x towards y; has no derivative.
        let nextAfter (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.NextAfter x y

        /// Rounded to so many decimals, ties to even; derivative 0.
        let roundTo (decimals: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Round(x.Expr, decimals))

        /// x - y floor(x / y), as NumPy's mod and Python's %: its sign is the divisor's. F#'s `%` is `remainder`.
        /// Derivative: 1 in x, -floor(x / y) in y.
        let modulo (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Mod x y

        /// Remainder of the division cut towards zero, as C's fmod and F#'s `%`: its sign is the dividend's.
        let remainder (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Remainder x y

        /// floor(x / y); derivative 0. Integers: division by zero is an error.
        let floorDivide (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.FloorDivide x y

        /// `floorDivide` and `modulo`.
        let divMod (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> * Tensor<'T> =
            let struct (quotient, rest) = Tensors.DivMod(x.Expr, y.Expr)
            Tensor<'T> quotient, Tensor<'T> rest

        /// x to a whole power by repeated squaring; integers wrap. A negative exponent gives the power of 1 / x.
        let integerPow (exponent: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.IntegerPow(x.Expr, exponent))

        /// The greatest common divisor of integers, at least 0; of 0 and 0 it is 0.
        let gcd (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Gcd x y

        /// The least common multiple of integers, at least 0; 0 if either is.
        let lcm (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Lcm x y

        /// The larger of two, and the other one beside NaN.
        let fmax (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Fmax x y

        /// The smaller of two, and the other one beside NaN.
        let fmin (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = binary Tensors.Fmin x y

        /// Which elements are NaN; false of integers.
        let isNan (x: Tensor<'T>) : Tensor<bool> = bools Tensors.IsNan x

        /// Which elements are infinite; false of integers.
        let isInf (x: Tensor<'T>) : Tensor<bool> = bools Tensors.IsInf x

        /// Which elements have the sign bit: -0 and negative NaN have it.
        let signBit (x: Tensor<'T>) : Tensor<bool> = bools Tensors.SignBit x

        /// NaN as 0, infinities as the largest and least number of the dtype; derivative 0 where an element is replaced.
        let nanToNum (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanToNum x.Expr)

        /// NaN and infinities replaced by numbers; derivative 0 where an element is replaced.
        let nanToNumOf (nan: float) (posInf: float) (negInf: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanToNum(x.Expr, nan, posInf, negInf))

        /// Which elements differ by at most absolute + relative |y|; equal infinities are close, NaN is close to nothing.
        let isClose (relative: float) (absolute: float) (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<bool> =
            Tensor<bool>(Tensors.IsClose(x.Expr, y.Expr, relative, absolute))

        /// Whether all elements differ by at most 1e-8 + 1e-5 |y|: rank 0.
        let allClose (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<bool> =
            Tensor<bool>(Tensors.AllClose(x.Expr, y.Expr))

        /// Whether two tensors have one shape and equal elements: rank 0.
        let arrayEqual (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<bool> =
            Tensor<bool>(Tensors.ArrayEqual(x.Expr, y.Expr))

        /// Which are both true; numbers are where they are not 0. Of bools `x &&& y`.
        let logicalAnd (x: Tensor<'T>) (y: Tensor<'U>) : Tensor<bool> =
            Tensor<bool>(Tensors.LogicalAnd(x.Expr, y.Expr))

        /// Where one at least is true; numbers are where they are not 0. Of bools `x ||| y`.
        let logicalOr (x: Tensor<'T>) (y: Tensor<'U>) : Tensor<bool> =
            Tensor<bool>(Tensors.LogicalOr(x.Expr, y.Expr))

        /// Where exactly one is true; numbers are where they are not 0. Of bools `x ^^^ y`.
        let logicalXor (x: Tensor<'T>) (y: Tensor<'U>) : Tensor<bool> =
            Tensor<bool>(Tensors.LogicalXor(x.Expr, y.Expr))

        /// Which are false; numbers are where they are 0. Of bools `~~~x`.
        let logicalNot (x: Tensor<'T>) : Tensor<bool> = bools Tensors.LogicalNot x
