/// Programs with what fused code gets wrong most easily: extents beside the width of vectors, numbers of every dtype, strides,
/// indices out of range, branches and loops in each other. Exact programs compute with small whole numbers, infinities and NaN, so that no order
/// of operations and no contraction changes a bit.
module Adjoint.Properties.Fuzz.Unkind

open System
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Laws

/// How deep bodies are nested.
let private deepest = 2

/// The most elements of a value.
let private largest = 20000

let extents (x: Value) = x.Tensor.Shape.ToArray()
let dtype (x: Value) = x.Tensor.DType

let whole (number: int) =
    Ops.Constant(Scalar.Of(DType.I64, int64 number))

/// The numbers of an array of small whole numbers, by a seed; special ones for floating dtypes where these are wanted.
let numbers (kind: DType) (shape: Shape) seed =
    let random = Random(seed: int)
    let result = NDArray.New(kind, shape)
    let specials = [| nan; infinity; -infinity; -0.0; 0.0 |]
    let rarely = [| 0; 0; 3; 40 |][random.Next 4]

    for i in 0 .. shape.Size - 1 do
        let number = random.Next(-4, 5)

        if kind.IsFloating() && rarely > 0 && random.Next rarely = 0 then
            result.Set(i, Scalar.Of(kind, specials[random.Next specials.Length]))
        elif kind.IsUnsigned() || kind = DType.Bool then
            result.Set(i, Scalar.Of(kind, int64 (if kind = DType.Bool then number &&& 1 else abs number)))
        elif kind.IsInteger() then
            result.Set(i, Scalar.Of(kind, int64 number))
        else
            result.Set(i, Scalar.Of(kind, float number))

    result

/// Kept between −8 and 8, so that sums and products of all that follows are exact. NaN stays.
let tame (x: Value) =
    if (dtype x).IsFloating() then
        Ops.Min(Ops.Max(x, Ops.Like(x, -8.0)), Ops.Like(x, 8.0))
    else
        x

/// Between −1 and 1: powers of it are exact.
let unitary (x: Value) =
    if (dtype x).IsFloating() then
        Ops.Min(Ops.Max(x, Ops.Like(x, -1.0)), Ops.Like(x, 1.0))
    else
        x

let convert (target: DType) (x: Value) =
    if dtype x = target then
        x
    elif (dtype x).IsComplex() && not (target.IsComplex()) then
        tame (Ops.Convert(Ops.Real x, target))
    else
        tame (Ops.Convert(x, target))

/// One element as a scalar.
let element place (x: Value) =
    let size = x.Tensor.Shape.Size
    let flat = Ops.Reshape(x, Shape.Of size)
    let at = place % size
    Ops.Reshape(Ops.SliceAxis(flat, 0, at, at + 1), Shape.Scalar)

/// The axes of the goal where the extents stand in order, if they do.
let private within (have: int[]) (goal: int[]) =
    let rec walk i j (found: int list) =
        if i = have.Length then
            Some(Array.ofList (List.rev found))
        elif j = goal.Length then
            None
        elif have[i] = goal[j] then
            walk (i + 1) (j + 1) (j :: found)
        else
            walk i (j + 1) found

    walk 0 0 []

/// The value made to be of a type: as it is, in another layout, repeated, or one element of it everywhere.
let fit (target: TensorType) (x: Value) =
    let x = convert target.DType x

    if x.Tensor.Shape.Equals target.Shape then
        x
    elif x.Tensor.Shape.Size = target.Shape.Size then
        Ops.Reshape(x, target.Shape)
    elif x.Tensor.Shape.Size = 0 then
        Ops.Full(target, 1.0)
    else
        match within (extents x) (target.Shape.ToArray()) with
        | Some axes -> Ops.Broadcast(x, target.Shape, Axes axes)
        | None -> Ops.BroadcastScalar(element 3 x, target.Shape)

let isTensor (x: Value) = x.Type :? TensorType

let isSmall (x: Value) =
    not (isTensor x) || x.Tensor.Shape.Size <= largest

let private one (source: SampleSource) (items: 'T list) = items[source.Int(0, items.Length - 1)]

let private all = Axes.All

/// A number made of a value, which may be out of any range.
let private index (source: SampleSource) (x: Value) =
    if x.Tensor.Shape.Size = 0 then
        whole 0
    else
        let first = convert DType.I64 (element (source.Int(0, 5)) x)
        Ops.Add(first, whole (source.Int(-2, 6)))

/// Indices made of a value's elements.
let private indices (source: SampleSource) (x: Value) =
    let kind = source.Pick(DType.I64, DType.I32, DType.U8)
    Ops.Add(convert kind x, Ops.Full(TensorType(kind, x.Tensor.Shape), float (source.Int(0, 3))))

let private condition (source: SampleSource) (x: Value) =
    if x.Tensor.Shape.Size = 0 then
        Ops.Constant(Scalar.Of true)
    else
        let first = element (source.Int(0, 4)) (convert DType.I64 x)
        Ops.Greater(first, whole (source.Int(-2, 2)))

/// Functions of one value.
let unary (source: SampleSource) (exact: bool) (x: Value) =
    let kind = dtype x

    if kind = DType.Bool then
        Ops.Not x
    elif kind.IsComplex() then
        match source.Int(0, 2) with
        | 0 -> Ops.Neg x
        | 1 -> Ops.Conj x
        | _ -> Ops.Real x
    elif kind.IsInteger() then
        match source.Int(0, 6) with
        | 0 -> Ops.Neg x
        | 1 -> Ops.Abs x
        | 2 -> Ops.Not x
        | 3 -> Ops.PopCount x
        | 4 -> Ops.Sign x
        | 5 -> Ops.ShiftLeft(x, Ops.Like(x, float (source.Int(0, 9))))
        | _ -> Ops.ShiftRightArithmetic(x, Ops.Like(x, float (source.Int(0, 70))))
    else
        let functions: (Value -> Value) list =
            [
                Ops.Neg
                Ops.Abs
                Ops.Sign
                Ops.Floor
                Ops.Ceil
                Ops.Truncate
                Ops.Round
                fun x -> tame (Ops.Square x)
                Ops.IsFinite
                fun x -> Ops.Scale(x, 2.0) |> tame
                tame
            ]

        let rough: (Value -> Value) list =
            [
                Ops.Exp
                Ops.Log
                Ops.Sin
                Ops.Cos
                Ops.Tan
                Ops.Tanh
                Ops.Sqrt
                Ops.Rsqrt
                Ops.Erf
                Ops.Erfc
                Ops.Lgamma
                Ops.Digamma
                Ops.Log1p
                Ops.Expm1
                Ops.Logistic
                Ops.Atan
                Ops.Cbrt
                Ops.Asinh
                Ops.Sinh
            ]

        (one source (if exact then functions else functions @ rough)) x

/// Functions of two values of one type.
let binary (source: SampleSource) (exact: bool) (x: Value, y: Value) =
    let kind = dtype x

    if kind = DType.Bool then
        (one source [ Ops.And; Ops.Or; Ops.Xor; (fun (x, y) -> Ops.Equal(x, y)) ]) (x, y)
    elif kind.IsComplex() then
        (one source [ Ops.Add; Ops.Sub ]) (x, y)
    elif kind.IsInteger() then
        let guarded f (x, y) =
            let zero = Ops.Equal(y, Ops.ZerosLike y)
            f (x, Ops.Select(zero, Ops.OnesLike y, y))

        let functions: (Value * Value -> Value) list =
            [
                Ops.Add
                Ops.Sub
                Ops.Mul
                Ops.Max
                Ops.Min
                Ops.And
                Ops.Or
                Ops.Xor
                Ops.ShiftLeft
                Ops.ShiftRightLogical
                Ops.ShiftRightArithmetic
                guarded Ops.Div
                guarded Ops.Rem
                Ops.Less
            ]

        if source.Int(0, 30) = 30 then
            Ops.Div(x, y)
        else
            (one source functions) (x, y)
    else
        let functions: (Value * Value -> Value) list =
            [
                fun (x, y) -> tame (Ops.Add(x, y))
                fun (x, y) -> tame (Ops.Sub(x, y))
                fun (x, y) -> tame (Ops.Mul(x, y))
                fun (x, y) -> tame (Ops.Add(Ops.Mul(x, y), x))
                fun (x, y) -> tame (Ops.Fma(x, y, y))
                Ops.Max
                Ops.Min
                Ops.Less
                Ops.Equal
                fun (x, y) -> Ops.Select(Ops.Greater(x, y), x, y)
                fun (x, y) -> Ops.Rem(x, y)
            ]

        let rough: (Value * Value -> Value) list = [ Ops.Div; Ops.Pow; Ops.Atan2; Ops.Mul; Ops.Add ]

        (one source (if exact then functions else functions @ rough)) (x, y)

/// Other layouts of a value of rank 1 at least that has elements.
let layout (source: SampleSource) (x: Value) =
    let rank = x.Tensor.Rank
    let each f = Ints(Array.map f (extents x))
    let axis = source.Int(0, rank - 1)
    let along = (extents x)[axis]

    let at (number: int) =
        Ints(Array.init rank (fun i -> if i = axis then number else 0))

    match source.Int(0, 11) with
    | 0 -> Ops.Permute(x, Axes(Array.rev [| 0 .. rank - 1 |]))
    | 1 -> Ops.Reverse(x, Axes [| axis |])
    | 2 -> Ops.SliceAxis(x, axis, source.Int(0, along / 2), along)
    | 3 ->
        let start = each (fun n -> source.Int(0, n / 3))
        Ops.Slice(x, start, each id, each (fun n -> source.Int(1, max 1 (n / 2))))
    | 4 -> Ops.Concatenate(axis, x, Ops.Reverse(x, Axes [| axis |]), x)
    | 5 -> Ops.Reshape(x, Shape.Of x.Tensor.Shape.Size)
    | 6 ->
        Ops.Broadcast(
            x,
            x.Tensor.Shape.Insert(axis, Extent(source.Int(1, 3))),
            Axes [| for i in 0 .. rank - 1 -> if i < axis then i else i + 1 |]
        )
    | 7 ->
        let number = convert (dtype x) (whole 2)
        Ops.Pad(x, number, at (source.Int(0, 2)), at (source.Int((if along > 0 then -1 else 0), 2)), at (source.Int(0, 2)))
    | 8 ->
        let starts = [ for i in 1..rank -> if i - 1 = axis then index source x else whole 0 ]
        Ops.DynamicSlice(x, starts, each (fun n -> source.Int(min 1 n, n)))
    | 9 ->
        let part = each (fun n -> source.Int(min 1 n, n))
        let update = Ops.Slice(Ops.Reverse(x, all rank), each (fun _ -> 0), part, each (fun _ -> 1))
        Ops.DynamicUpdate(x, update, [ for _ in 1..rank -> index source x ])
    | 10 -> Ops.Reshape(x, x.Tensor.Shape.Insert(axis, Extent 1))
    | _ -> Ops.Permute(x, Axes [| for i in 0 .. rank - 1 -> (i + 1) % rank |])

/// Reductions and what runs along an axis.
let reduction (source: SampleSource) (exact: bool) (x: Value) =
    let rank = x.Tensor.Rank
    let axis = source.Int(0, rank - 1)
    let kind = dtype x
    let along = (extents x)[axis]
    let back = source.Bool()
    let axes = if source.Bool() then Axes [| axis |] else all rank
    let tame = if exact then tame else id

    let some f =
        if along = 0 || x.Tensor.Shape.Size = 0 then x else f ()

    if kind = DType.Bool then
        (one source [ Ops.ReduceAnd; Ops.ReduceOr ]) (x, axes)
    elif kind.IsComplex() then
        Ops.ReduceSum(x, axes)
    else
        match source.Int(0, 11) with
        | 0
        | 1 -> tame (Ops.ReduceSum(x, axes))
        | 2 -> some (fun () -> Ops.ReduceMax(x, axes))
        | 3 -> some (fun () -> Ops.ReduceMin(x, axes))
        | 4 -> Ops.ReduceProd(unitary x, axes)
        | 5 -> tame (Ops.CumSum(x, axis, back))
        | 6 ->
            (if back then
                 Ops.CumMax(x, axis)
             else
                 Ops.CumMin(x, axis, true))
        | 7 -> Ops.CumProd(unitary x, axis, back)
        | 8 -> some (fun () -> Ops.ArgMax(x, axis, source.Pick(DType.I64, DType.I32)))
        | 9 -> some (fun () -> Ops.ArgMin(x, axis))
        | 10 when along <= 300 -> Ops.Sort(axis, back, x)[0]
        | 11 when along > 0 ->
            let ones = Ints(Array.create rank 1)
            let window = Ints(Array.init rank (fun i -> if i = axis then min 3 along else 1))
            let none = Ints(Array.create rank 0)

            if back && not (kind = DType.Bool) then
                Ops.WindowMax(x, window, ones, none, none)
            else
                tame (Ops.WindowSum(x, window, ones, none, none))
        | _ -> x

/// Reads and writes at computed places, some of them out of range.
let places (source: SampleSource) (x: Value) (y: Value) =
    let rank = x.Tensor.Rank
    let axis = source.Int(0, rank - 1)
    let along = (extents x)[axis]
    let mode = source.Pick(OutOfRange.Clamp, OutOfRange.Drop)

    let cut (v: Value) =
        if v.Tensor.Shape.Size > 64 then
            Ops.SliceAxis(Ops.Reshape(v, Shape.Of v.Tensor.Shape.Size), 0, 0, 33)
        else
            v

    if along = 0 || x.Tensor.Shape.Size = 0 || dtype x = DType.Bool then
        x
    else
        match source.Int(0, 3) with
        | 0 -> Ops.Take(x, indices source (cut y), axis, mode)
        | 1 -> Ops.TakeAlong(x, indices source (fit x.Tensor y), axis, mode)
        | 2 ->
            let among = indices source (cut y)
            let shape = x.Tensor.Shape.Remove(axis)
            let rest = shape.ToArray()
            let at = Array.concat [ rest[.. axis - 1]; among.Tensor.Shape.ToArray(); rest[axis..] ]
            let updates = fit (TensorType(dtype x, Shape.Of at)) x

            let how =
                if (dtype x).IsComplex() then
                    ScatterUpdate.Set
                else
                    source.Pick(ScatterUpdate.Set, ScatterUpdate.Add, ScatterUpdate.Min, ScatterUpdate.Max)

            tame (Ops.ScatterAlong(x, among, updates, axis, how, mode))
        | _ ->
            let first = Ops.Index(x, index source y, source.Int(0, 8) = 8)
            fit x.Tensor first

let choose (x: Value) (y: Value) =
    let kind = if (dtype x).IsComplex() then x else y
    let test = if (dtype kind).IsComplex() then Ops.Real kind else kind

    Ops.Select(
        Ops.Greater(
            convert DType.I32 (fit (TensorType(dtype test, x.Tensor.Shape)) test),
            Ops.Full(TensorType(DType.I32, x.Tensor.Shape), 0.0)
        ),
        x,
        fit x.Tensor y
    )

let product (x: Value) (y: Value) =
    let row = fit (TensorType(dtype x, x.Tensor.Shape)) y
    let rank = x.Tensor.Rank

    if rank < 2 || not ((dtype x).IsFloating()) then
        x
    else
        let back =
            Axes
                [|
                    for i in 0 .. rank - 1 ->
                        if i = rank - 1 then rank - 2
                        elif i = rank - 2 then rank - 1
                        else i
                |]

        tame (Ops.MatMul(x, Ops.Permute(row, back)))

let conditionOf source x = condition source x
let indexOf source x = index source x
let pick source items = one source items
let depthLimit = deepest
