namespace Adjoint

open Adjoint.Front

/// In which order an einsum joins its operands, and what that costs.
type EinsumPath = Adjoint.Front.EinsumPath

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

        /// Sum of products by labels: `Tensor.einsum "bij,bjk->bik" [ x; y ]`, "...ij->...ji", "ii->i"; any number of operands, joined two by
        /// two in the order that `einsumPath` tells. ShapeException: the formula doesn't fit the operands.
        let einsum (formula: string) (operands: Tensor<'T> list) : Tensor<'T> =
            Tensor<'T>(Tensors.Einsum(formula, [| for operand in operands -> operand.Expr |]))

        /// The order in which `einsum` joins its operands, and its cost: the cheapest of all for up to 8 operands, greedy beyond.
        let einsumPath (formula: string) (operands: Tensor<'T> list) : EinsumPath =
            Tensors.EinsumPath(formula, [| for operand in operands -> operand.Expr |])

        /// Sum of products of the last axes: x's other axes, then y's.
        let inner (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Inner(x.Expr, y.Expr))

        /// Sum of conj(x) y of all elements: rank 0.
        let vdot (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.VDot(x.Expr, y.Expr))

        /// Sum of conj(x) y along an axis, which goes; x and y broadcast.
        let vecDot (axis: int) (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.VecDot(x.Expr, y.Expr, axis))

        /// Kronecker's product: each element of x times the whole of y, in place of it.
        let kron (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Kron(x.Expr, y.Expr))

        /// The vector product along the last axis, of extent 3; other axes broadcast. Of extent 2 the third component alone.
        let cross (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Cross(x.Expr, y.Expr))

        /// The product of a square matrix with itself so many times; of 0 times the identity. Leading axes are batches.
        let matrixPower (power: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.MatrixPower(x.Expr, power))

        /// The product of several matrices in the order that costs least; vectors may stand at the ends.
        let multiDot (matrices: Tensor<'T> list) : Tensor<'T> =
            Tensor<'T>(Tensors.MultiDot [| for matrix in matrices -> matrix.Expr |])

        /// x with A x = b for the lower (or the upper) triangle A of square matrices [.., n, n] and right-hand sides [.., n, k], by
        /// substitution; what lies outside the triangle is not read. ShapeException: they don't fit.
        let triangularSolve (lower: bool) (matrix: Tensor<'T>) (b: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.TriangularSolve(matrix.Expr, b.Expr, lower))

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
