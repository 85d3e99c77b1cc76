namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Reductions, windows and orders by functions of one's own. The functions are of single numbers, are traced once, and may use values
/// from outside.
[<AutoOpen>]
module TensorFunctions =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private joining (combine: Tensor<'T> -> Tensor<'T> -> Tensor<'T>) =
            System.Func<Expr, Expr, Expr>(fun x y -> (combine (Tensor<'T> x) (Tensor<'T> y)).Expr)

        /// One number from all elements over axes, which go, by an associative function of two; the start is joined from the left, and
        /// is the result of no elements. Neighbours are joined first, then pairs of them: log n applications to whole tensors.
        let reduceOver (axes: int list) combine (start: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Reduce(x.Expr, start.Expr, joining combine, Array.ofList axes))

        /// One number from all elements along an axis, which goes, by an associative function of two. See `reduceOver`.
        let reduceAlong (axis: int) combine (start: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> = reduceOver [ axis ] combine start x

        /// One number from all elements, in row-major order, by an associative function of two. See `reduceOver`.
        let reduce combine (start: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Reduce(x.Expr, start.Expr, joining combine))

        /// One number from each window, of so many elements along every axis, by an associative function of two; starts stand around.
        let reduceWindow
            (window: int list)
            (strides: int list)
            (padding: Padding)
            combine
            (start: Tensor<'T>)
            (x: Tensor<'T>)
            : Tensor<'T> =
            Tensor<'T>(Tensors.ReduceWindow(x.Expr, start.Expr, joining combine, Array.ofList window, Array.ofList strides, padding))

        /// Elements along an axis in an order of one's own: whether the first of two must stand before the second. Equals keep their
        /// order. Every element is compared with every other of its line.
        let sortBy (axis: int) (precedes: Tensor<'T> -> Tensor<'T> -> Tensor<bool>) (x: Tensor<'T>) : Tensor<'T> =
            let before (x: Expr[]) (y: Expr[]) =
                (precedes (Tensor<'T> x[0]) (Tensor<'T> y[0])).Expr

            Tensor<'T>(Tensors.SortBy([| x.Expr |], before, axis)[0])

        /// The number of zero bits above the highest bit that is 1; the width for 0. Has no derivative.
        let leadingZeros (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.LeadingZeros x.Expr)

        /// The nearest whole number, halves away from zero. The derivative is 0.
        let roundHalfAway (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.RoundHalfAway x.Expr)

        /// Numbers rounded to a format of so many exponent and mantissa bits, and held as before. The derivative is 1.
        let reducePrecision (exponentBits: int) (mantissaBits: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ReducePrecision(x.Expr, exponentBits, mantissaBits))
