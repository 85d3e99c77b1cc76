namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Grids of numbers.
[<AutoOpen>]
module TensorGrids =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private typed (parts: Expr[]) : Tensor<'T> list =
            [ for part in parts -> Tensor<'T> part ]

        /// start, start + step ... up to stop, which is excluded. ShapeException: the step leads nowhere.
        let arangeBy (start: 'T) (stop: 'T) (step: 'T) : Tensor<'T> =
            let number (x: 'T) = (Host.scalar x).AsDouble
            Tensor<'T>(Tensors.Arange(DTypeOf<'T>.Value, number start, number stop, number step))

        /// n evenly spaced numbers from start on, without stop. 'T is floating.
        let linspaceOpen<'T when 'T: struct> (start: float) (stop: float) (n: int) : Tensor<'T> =
            Tensor<'T>(Tensors.Linspace(DTypeOf<'T>.Value, start, stop, n, false))

        /// n evenly spaced numbers from one tensor to another, both included, on a new axis 0; derivatives pass to both.
        let linspaceBetween (start: Tensor<'T>) (stop: Tensor<'T>) (n: int) : Tensor<'T> =
            Tensor<'T>(Tensors.Linspace(start.Expr, stop.Expr, n))

        /// 10 to the power of n evenly spaced exponents from start to stop, both included.
        let logspace<'T when 'T: struct> (start: float) (stop: float) (n: int) : Tensor<'T> =
            Tensor<'T>(Tensors.Logspace(DTypeOf<'T>.Value, start, stop, n))

        /// n numbers from start to stop, both included, each the same multiple of the one before. DomainException: they differ in sign.
        let geomspace<'T when 'T: struct> (start: float) (stop: float) (n: int) : Tensor<'T> =
            Tensor<'T>(Tensors.Geomspace(DTypeOf<'T>.Value, start, stop, n))

        /// Ones on a diagonal of [rows, columns], zeros elsewhere; the diagonal above the main one counts 1.
        let eyeOf<'T when 'T: struct> (rows: int) (columns: int) (diagonal: int) : Tensor<'T> =
            Tensor<'T>(Tensors.Eye(DTypeOf<'T>.Value, rows, columns, diagonal))

        /// Ones on and below a diagonal of [rows, columns], zeros above.
        let tri<'T when 'T: struct> (rows: int) (columns: int) (diagonal: int) : Tensor<'T> =
            Tensor<'T>(Tensors.Tri(DTypeOf<'T>.Value, rows, columns, diagonal))

        /// Ones on the diagonal of the last two axes of a tensor's shape, zeros elsewhere.
        let identityLike (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.IdentityLike x.Expr)

        /// Vectors, each repeated along the others' axes: vector i lies along axis i (NumPy's indexing="ij").
        let meshgrid (vectors: Tensor<'T> list) : Tensor<'T> list =
            typed (Tensors.Meshgrid([| for vector in vectors -> vector.Expr |], true))

        /// As `meshgrid` with the first two axes exchanged: the first vector lies along columns (NumPy's indexing="xy").
        let meshgridXY (vectors: Tensor<'T> list) : Tensor<'T> list =
            typed (Tensors.Meshgrid([| for vector in vectors -> vector.Expr |]))

        /// The index of each place along each axis of a shape: [rank; ..shape].
        let indices<'T when 'T: struct> (shape: int list) : Tensor<'T> =
            Tensor<'T>(Tensors.Indices(DTypeOf<'T>.Value, Array.ofList shape))

        /// Powers of a vector's elements as so many columns, the highest first. `flip [ 1 ]` for increasing ones.
        let vander (columns: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Vander(x.Expr, columns))

        /// The indices along each axis of a shape of places in row-major order.
        let unravelIndex (shape: int list) (places: Tensor<'I>) : Tensor<'I> list =
            typed (Tensors.UnravelIndex(places.Expr, Array.ofList shape))

        /// Places in row-major order from the indices along each axis of a shape.
        let ravelIndex (shape: int list) (indices: Tensor<'I> list) : Tensor<'I> =
            Tensor<'I>(Tensors.RavelIndex([| for index in indices -> index.Expr |], Array.ofList shape))
