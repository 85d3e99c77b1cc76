namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Tensors from numbers and arrays, and back.
[<AutoOpen>]
module TensorCreation =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private dtype<'T> = DTypeOf<'T>.Value

        let private make (expr: Expr) = Tensor<'T> expr

        /// A tensor of an expression of Adjoint.Front. DTypeException: its elements are not 'T.
        let ofExpr (expr: Expr) : Tensor<'T> =
            if expr.DType <> dtype<'T> then
                raise (
                    Located.Here(
                        DTypeException
                            $"ofExpr: {expr.Type} is no {TypeName.ofType typeof<Tensor<'T>>}, whose elements are {dtype<'T>.Name()}. Cast it?"
                    )
                )

            make expr

        /// A tensor of a host array. DTypeException: its elements are not 'T.
        let ofNDArray (array: NDArray) : Tensor<'T> = ofExpr (Expr.Of array)

        /// A single number: rank 0.
        let scalar (number: 'T) : Tensor<'T> =
            make (Expr.Of(Host.array Shape.Scalar [| number |]))

        /// Rank 1: [n].
        let vector (items: seq<'T>) : Tensor<'T> =
            let items = Seq.toArray items |> Array.copy
            make (Expr.Of(Host.array (Shape.Of items.Length) items))

        /// Rank 2 from rows of one length: [rows, columns]. ShapeException: the rows differ in length.
        let matrix (rows: seq<#seq<'T>>) : Tensor<'T> =
            let rows = rows |> Seq.map Seq.toArray |> Seq.toArray
            let width = if rows.Length = 0 then 0 else rows[0].Length

            match rows |> Array.tryFindIndex (fun row -> row.Length <> width) with
            | Some i -> raise (Located.Here(ShapeException $"matrix: row {i} has {rows[i].Length} elements, row 0 has {width}."))
            | None -> make (Expr.Of(Host.array (Shape.Of(rows.Length, width)) (Array.concat rows)))

        /// Rank 2 from a .NET array of two axes.
        let ofArray2D (items: 'T[,]) : Tensor<'T> =
            make (Expr.Of(Host.array (Shape.Of(Array2D.length1 items, Array2D.length2 items)) (Seq.toArray (Seq.cast<'T> items))))

        /// Any shape, from elements in row-major order. ShapeException: their number is not the shape's.
        let ofSeq (shape: int list) (items: seq<'T>) : Tensor<'T> =
            make (Expr.Of(Host.array (Shape.Of(Array.ofList shape)) (Seq.toArray items |> Array.copy)))

        /// Zeros (false of bool).
        let zeros<'T when 'T: struct> (shape: int list) : Tensor<'T> =
            make (Tensors.Zeros(dtype<'T>, Array.ofList shape))

        /// Ones (true of bool).
        let ones<'T when 'T: struct> (shape: int list) : Tensor<'T> =
            make (Tensors.Ones(dtype<'T>, Array.ofList shape))

        /// One number everywhere.
        let full (shape: int list) (number: 'T) : Tensor<'T> =
            make (Tensors.Full(Shape.Of(Array.ofList shape), Host.scalar number))

        /// Zeros of a tensor's shape.
        let zerosLike (x: Tensor<'T>) : Tensor<'T> = make (Tensors.ZerosLike x.Expr)

        /// Ones of a tensor's shape.
        let onesLike (x: Tensor<'T>) : Tensor<'T> = make (Tensors.OnesLike x.Expr)

        /// One number everywhere, in a tensor's shape.
        let fullLike (number: 'T) (x: Tensor<'T>) : Tensor<'T> = x.Like number

        /// The identity matrix: [n, n].
        let eye<'T when 'T: struct> (n: int) : Tensor<'T> = make (Tensors.Eye(dtype<'T>, n))

        /// 0, 1 ... n - 1.
        let arange<'T when 'T: struct> (n: int) : Tensor<'T> = make (Tensors.Iota(dtype<'T>, n))

        /// n evenly spaced numbers from start to stop, both included. 'T is floating.
        let linspace<'T when 'T: struct> (start: float) (stop: float) (n: int) : Tensor<'T> =
            make (Tensors.Linspace(dtype<'T>, start, stop, n))

        /// The value as a host array; pending work runs. TraceException: inside `compile` or `vmap`.
        let toNDArray (x: Tensor<'T>) : NDArray = x.Expr.Value()

        /// A copy of the elements in row-major order; pending work runs.
        let toArray (x: Tensor<'T>) : 'T[] =
            Array.copy (Host.storage<'T>(x.Expr.Value()))

        /// A copy of the elements of a matrix; pending work runs. ShapeException: the rank is not 2.
        let toArray2D (x: Tensor<'T>) : 'T[,] =
            match x.Shape with
            | [ rows; columns ] ->
                let items = Host.storage<'T>(x.Expr.Value())
                Array2D.init rows columns (fun i j -> items[i * columns + j])
            | _ -> raise (Located.Here(ShapeException $"toArray2D: {x.Header} has {x.Rank} axes, not 2."))

        /// The same numbers as another element type. Floats to integers are cut towards zero and saturate, NaN gives 0;
        /// complex to real is an error: see `Tensor.real`. From a floating to another floating type derivatives pass.
        let cast (x: Tensor<'T>) : Tensor<'U> = make (Tensors.Cast(x.Expr, dtype<'U>))

        /// The same bits as another element type of the same width. Has no derivative.
        let bitcast (x: Tensor<'T>) : Tensor<'U> =
            make (Tensors.Bitcast(x.Expr, dtype<'U>))
