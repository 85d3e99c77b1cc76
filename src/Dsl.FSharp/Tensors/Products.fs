namespace Adjoint

open Adjoint.Front

/// Products that sum over axes, and matrices' parts.
[<AutoOpen>]
module TensorProducts =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// Matrix product as NumPy's matmul: [.. n, k] by [.. k, m] gives [.. n, m]; leading axes are batches and broadcast.
        /// A vector on the left is a row, on the right a column; its axis goes from the result. ShapeException: inner extents differ.
        let matMul (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.MatMul(x.Expr, y.Expr))

        /// Sum of products of the last axis of x with the last but one of y; of two vectors rank 0.
        let dot (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Dot(x.Expr, y.Expr))

        /// Sum of products over pairs of axes, (of x, of y): x's other axes, then y's.
        let tensorDot (pairs: (int * int) list) (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            let left, right = List.unzip pairs
            Tensor<'T>(Tensors.TensorDot(x.Expr, y.Expr, Array.ofList left, Array.ofList right))

        /// Sum of products by labels: `Tensor.einsum "bij,bjk->bik" [ x; y ]`, "...ij->...ji", "ii->i"; any number of operands, the cheapest
        /// pair first. ShapeException: the formula doesn't fit the operands.
        let einsum (formula: string) (operands: Tensor<'T> list) : Tensor<'T> =
            Tensor<'T>(Tensors.Einsum(formula, [| for operand in operands -> operand.Expr |]))

        /// Products of each element of one vector with each of another: [n, m].
        let outer (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Outer(x.Expr, y.Expr))

        /// The elements with equal indices along the last two axes, which become one.
        let diagonal (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Diagonal x.Expr)

        /// The sum of the diagonal of the last two axes, which go.
        let trace (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Trace x.Expr)

        /// Elements on and below a diagonal of the last two axes, zeros above; the diagonal above the main one counts 1.
        let tril (diagonal: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Tril(x.Expr, diagonal))

        /// Elements on and above a diagonal of the last two axes, zeros below; the diagonal above the main one counts 1.
        let triu (diagonal: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Triu(x.Expr, diagonal))
