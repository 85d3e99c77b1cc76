namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Diagonals and bands of the last two axes, and matrices made of a vector. A diagonal above the main one counts 1, below it -1.
[<AutoOpen>]
module TensorDiagonals =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// Of a vector the matrix with it on the diagonal and zeros elsewhere; of a matrix its diagonal.
        let diag (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Diag x.Expr)

        /// As `diag`, on another diagonal.
        let diagAt (offset: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Diag(x.Expr, offset))

        /// Vectors along the last axis as diagonals of square matrices: [.., n] gives [.., n, n].
        let diagEmbed (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.DiagEmbed x.Expr)

        /// The elements on a diagonal of the last two axes, which become one.
        let diagonalAt (offset: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Diagonal(x.Expr, offset = offset))

        /// The tensor with the diagonal of its last two axes replaced; the new one broadcasts to [.., n].
        let setDiagonal (diagonal: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SetDiagonal(x.Expr, diagonal.Expr))

        /// The tensor with another diagonal of its last two axes replaced.
        let setDiagonalAt (offset: int) (diagonal: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SetDiagonal(x.Expr, diagonal.Expr, offset))

        /// The tensor with one number on the diagonal of its last two axes.
        let fillDiagonal (number: 'T) (x: Tensor<'T>) : Tensor<'T> =
            let scalar = Tensors.Full(Shape.Scalar, Host.scalar number)
            Tensor<'T>(Tensors.SetDiagonal(x.Expr, scalar))

        /// The diagonal of the last two axes with so many below and above it, zeros elsewhere; a negative number means all.
        let bandPart (below: int) (above: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.BandPart(x.Expr, below, above))

        /// Matrices along the diagonal of a larger one, zeros elsewhere.
        let blockDiagonal (blocks: seq<Tensor<'T>>) : Tensor<'T> =
            Tensor<'T>(Tensors.BlockDiagonal [| for block in blocks -> block.Expr |])

        /// The matrix that is constant along diagonals, with this first column and first row, whose first element is not read.
        let toeplitz (column: Tensor<'T>) (row: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Toeplitz(column.Expr, row.Expr))

        /// The matrix that is constant along antidiagonals, with this first column and last row, whose first element is not read.
        let hankel (column: Tensor<'T>) (row: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Hankel(column.Expr, row.Expr))

        /// The square matrix with this first column, each further one moved down by one.
        let circulant (column: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Circulant column.Expr)
