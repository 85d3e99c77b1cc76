/// What a step of a random program may do beside holding a body. Values and slopes stay of moderate size.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Laws.Operations

open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

let private whole (number: int) =
    Ops.Constant(Scalar.Of(DType.I64, int64 number))

let private extents (x: Value) = x.Tensor.Shape.ToArray()
let private each (x: Value) number = Ints(extents x |> Array.map number)

/// By way of complex numbers, where the dtype has them.
let private byComplex (x: Value) =
    match x.Tensor.DType with
    | DType.F32
    | DType.F64 -> Ops.Real(Ops.Mul(Ops.Complex(x, Ops.Sin x), Ops.Complex(Ops.Cos x, Ops.Scale(x, 0.5))))
    | _ -> Ops.Cos x

/// Each row added at half its place.
let private gathered (x: Value) =
    if x.Tensor.Shape[0].Value = 0 then
        x
    else
        let places = Ops.Iota(DType.I64, Shape.Of x.Tensor.Shape[0].Value, 0)
        let halves = Ops.Div(places, Ops.Full(places.Tensor, 2.0))
        Ops.Scale(Ops.ScatterAlong(Ops.Sin x, halves, x, 0, ScatterUpdate.Add), 0.5)

/// Functions of one value, smooth everywhere.
let unary: (Value -> Value) list =
    [
        Ops.Tanh
        Ops.Sin
        Ops.Cos
        Ops.Logistic
        Ops.Atan
        Ops.Neg
        fun x -> Ops.Exp(Ops.Tanh x)
        fun x -> Ops.Sqrt(Ops.Add(Ops.OnesLike x, Ops.Square(Ops.Sin x)))
        fun x -> Ops.Log1p(Ops.Square(Ops.Cos x))
        fun x -> Ops.Scale(x, 0.5)
        Ops.Erf
        Ops.Asinh
        byComplex
        fun x -> Ops.Pow(Ops.Add(Ops.OnesLike x, Ops.Square(Ops.Sin x)), Ops.Tanh x)
    ]

/// The first operand at the first place of the first axis, the other elsewhere.
let private mixed (x: Value, y: Value) =
    let places = Ops.Iota(DType.I64, x.Tensor.Shape.Insert(0, Extent 1), 0)
    let places = Ops.Reshape(places, x.Tensor.Shape)
    Ops.Select(Ops.Equal(places, Ops.ZerosLike places), x, y)

/// Functions of two values of one type, smooth everywhere.
let binary: (Value * Value -> Value) list =
    [
        fun (x, y) -> Ops.Scale(Ops.Add(x, y), 0.5)
        fun (x, y) -> Ops.Sub(x, Ops.Scale(y, 0.5))
        fun (x, y) -> Ops.Mul(Ops.Sin x, y)
        fun (x, y) -> Ops.Div(x, Ops.Add(Ops.OnesLike y, Ops.Square y))
        fun (x, y) -> Ops.Fma(Ops.Tanh x, y, x)
        mixed
        fun (x, y) -> Ops.Scale(Ops.Atan2(Ops.Sin x, Ops.Add(Ops.Full(y.Tensor, 2.0), Ops.Cos y)), 0.5)
    ]

/// Whole numbers made of a value's, from 0 to 7.
let private wholes (dtype: DType) (x: Value) =
    let cut = Ops.Convert(Ops.Scale(Ops.Add(Ops.Tanh x, Ops.OnesLike x), 3.9), dtype)
    Ops.Max(Ops.ZerosLike cut, cut)

/// Functions of two values that choose by their numbers: their derivatives have jumps.
let choosing: (Value * Value -> Value) list =
    [
        Ops.Max
        Ops.Min
        fun (x, y) -> Ops.Select(Ops.Greater(x, y), Ops.Sin x, y)
        fun (x, y) ->
            let both = Ops.And(Ops.Greater(x, y), Ops.Greater(x, Ops.ZerosLike x))
            Ops.Select(both, x, Ops.Scale(y, 0.5))
        fun (x, y) ->
            let bits = Ops.Xor(wholes DType.I32 x, wholes DType.I32 y)
            Ops.Mul(Ops.Scale(Ops.Convert(Ops.PopCount bits, x.Tensor.DType), 0.3), y)
        fun (x, y) ->
            let number = Ops.Rem(wholes DType.U8 x, Ops.Add(wholes DType.U8 y, Ops.OnesLike(wholes DType.U8 y)))
            Ops.Add(Ops.Scale(Ops.Convert(number, x.Tensor.DType), 0.1), x)
        // Sums of short decimals are whole numbers more often than not, but never this far from one.
        fun (x, y) -> Ops.Add(Ops.Abs x, Ops.Scale(Ops.Floor(Ops.Add(y, Ops.Full(y.Tensor, 0.31830988618))), 0.2))
    ]

/// The value twice in lanes, through a batched function.
let private lanes (x: Value) =
    let f =
        Graph.Of(
            [ x.Type ],
            fun p ->
                [
                    Ops.Scale(Ops.ReduceSum(Ops.Mul(Ops.Sin p[0], p[0]), Axes.All p[0].Tensor.Rank), 0.5)
                ]
        )

    let both =
        Ops.Concatenate(0, Ops.Reshape(x, x.Tensor.Shape.Insert(0, Extent 1)), Ops.Reshape(Ops.Cos x, x.Tensor.Shape.Insert(0, Extent 1)))

    let batched = Adjoint.Transforms.Batching.Apply(f, ParameterMask.All 1, null, Extent 2)
    Substitution.Inline(batched.Graph, [| both |])[0]

/// Other layouts of a value of rank 1 at least, and sums along its axes.
let layouts: (Value -> Value) list =
    [
        fun x -> Ops.Permute(x, Axes(Array.rev [| 0 .. x.Tensor.Rank - 1 |]))
        fun x -> Ops.Reverse(x, Axes [| 0 |])
        fun x -> Ops.SliceAxis(x, 0, min 1 x.Tensor.Shape[0].Value, x.Tensor.Shape[0].Value)
        fun x -> Ops.Concatenate(0, x, Ops.Sin x)
        fun x -> Ops.Scale(Ops.ReduceSum(x, Axes [| 0 |]), 0.5)
        fun x -> Ops.Broadcast(x, x.Tensor.Shape.Insert(0, Extent 2), Axes [| 1 .. x.Tensor.Rank |])
        fun x -> Ops.Reshape(x, Shape.Of x.Tensor.Shape.Size)
        fun x -> Ops.Scale(Ops.CumSum(x, 0), 0.5)
        fun x -> Ops.DynamicSlice(x, [ for _ in 1 .. x.Tensor.Rank -> whole 1 ], each x (min 1))
        fun x ->
            if x.Tensor.Shape[0].Value = 0 then
                x
            else
                Ops.Take(x, Ops.Iota(DType.I64, Shape.Of 2, 0), 0)
        fun x ->
            let flat = Ops.Reshape(x, Shape.Of(x.Tensor.Shape.Size, 1))
            Ops.Scale(Ops.MatMul(flat, Ops.Permute(flat, Axes [| 1; 0 |])), 0.25)
        fun x -> Ops.CumProd(Ops.Tanh x, 0, true)
        fun x -> Ops.Scale(Ops.CumLogSumExp(Ops.Tanh x, 0), 0.5)
        fun x -> Ops.ReduceProd(Ops.Tanh x, Axes [| 0 |])
        fun x -> Ops.Scale(Ops.WindowSum(x, each x (fun _ -> 2), each x (fun _ -> 1), each x (fun _ -> 1), each x (fun _ -> 0)), 0.4)
        fun x ->
            Ops.Pad(
                x,
                Ops.Full(TensorType(x.Tensor.DType, Shape.Scalar), 0.3),
                each x (fun _ -> 1),
                each x (fun _ -> -1),
                each x (fun _ -> 1)
            )
        fun x ->
            Ops.DynamicUpdate(
                x,
                Ops.Full(TensorType(x.Tensor.DType, Shape.Of(extents x |> Array.map (min 1))), 0.7),
                [ for _ in 1 .. x.Tensor.Rank -> whole 1 ]
            )
        gathered
        lanes
        fun x ->
            let index = whole 1
            let stack = Ops.StackPut(Ops.StackEmpty(StackType x.Type), index, Ops.Sin x)
            Ops.Add(Ops.StackGet(stack, index), Ops.StackGet(stack, whole 0))
    ]

/// Layouts and reductions that choose by the numbers.
let ordering: (Value -> Value) list =
    [
        fun x -> Ops.Sort(0, false, x)[0]
        fun x -> Ops.Sort(0, true, Ops.Sin x, x)[1]
        fun x ->
            if x.Tensor.Shape[0].Value = 0 then
                x
            else
                Ops.ReduceMax(x, Axes [| 0 |])
        fun x -> Ops.CumMax(x, 0)
        fun x -> Ops.WindowMax(x, each x (fun _ -> 2), each x (fun _ -> 1), each x (fun _ -> 0), each x (fun _ -> 1))
        fun x ->
            if x.Tensor.Shape[0].Value = 0 then
                x
            else
                Ops.TakeAlong(x, Ops.Reshape(Ops.ArgMax(x, 0), x.Tensor.Shape.With(0, Extent 1)), 0)
    ]
