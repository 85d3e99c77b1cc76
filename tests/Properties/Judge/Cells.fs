namespace Adjoint.Properties.Judge

open System
open System.Numerics
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Properties.Laws

/// One element: integers and bools as whole numbers, the others with their derivatives.
type Cell =
    | Whole of bigint
    | Float of HyperDual<float>
    | Pair of HyperDual<Complex>

/// An array of elements in row-major order.
type Grid =
    {
        DType: DType
        Shape: int[]
        Cells: Cell[]
    }

/// What a value of a graph is: an array, or entries by index, zero where there is none.
type Judged =
    | Tensor of Grid
    | Entries of ValueType * Map<int, Judged>

[<RequireQualifiedAccess>]
module Cell =

    let ofNumber (dtype: DType) (x: float) =
        if dtype.IsComplex() then
            Pair(HyperDual.complex (Complex(x, 0.0)))
        elif dtype.IsFloating() then
            Float(HyperDual.real x)
        else
            Whole(bigint x)

    let zero dtype = ofNumber dtype 0.0
    let truth (x: bool) = Whole(if x then 1I else 0I)

    let private rounded (dtype: DType) (x: float) = Scalar.Of(dtype.RealPart(), x).AsDouble

    /// Cut to the bits of an integer dtype, or rounded to a floating one.
    let settle (dtype: DType) cell =
        match cell with
        | Whole n -> Whole(Wholes.wrap dtype n)
        | Float x when dtype <> DType.F64 -> Float { x with V = rounded dtype x.V }
        | Pair z when dtype <> DType.C128 ->
            Pair
                { z with
                    V = Complex(rounded dtype z.V.Real, rounded dtype z.V.Imaginary)
                }
        | _ -> cell

    let whole cell =
        match cell with
        | Whole n -> n
        | _ -> failwith "A number where a whole one is meant."

    let add x y =
        match x, y with
        | Whole x, Whole y -> Whole(x + y)
        | Float x, Float y -> Float(HyperDual.add x y)
        | Pair x, Pair y -> Pair(HyperDual.add x y)
        | _ -> failwith "Two kinds of number."

    let sub x y =
        match x, y with
        | Whole x, Whole y -> Whole(x - y)
        | Float x, Float y -> Float(HyperDual.sub x y)
        | Pair x, Pair y -> Pair(HyperDual.sub x y)
        | _ -> failwith "Two kinds of number."

    let mul x y =
        match x, y with
        | Whole x, Whole y -> Whole(x * y)
        | Float x, Float y -> Float(HyperDual.mul x y)
        | Pair x, Pair y -> Pair(HyperDual.mul x y)
        | _ -> failwith "Two kinds of number."

    let isNaN cell =
        match cell with
        | Float x -> Double.IsNaN x.V
        | _ -> false

    /// The order of numbers, without NaN; 0 and -0 are equal.
    let compare x y =
        match x, y with
        | Whole x, Whole y -> compare x y
        | Float x, Float y -> compare x.V y.V
        | _ -> failwith "Complex numbers have no order."

    /// As compare, but -0 is below 0.
    let compareSigned x y =
        let rank (v: float) = if Double.IsNegative v then 0 else 1

        match x, y with
        | Float a, Float b when a.V = 0.0 && b.V = 0.0 -> rank a.V - rank b.V
        | _ -> compare x y

    let private half x y =
        match x, y with
        | Float x, Float y -> Float(HyperDual.map (fun v -> v / 2.0) (HyperDual.add x y))
        | x, _ -> x

    /// The larger by a sign of 1, the smaller by -1: NaN if either is, the mean of derivatives at ties.
    let extreme sign x y =
        if isNaN x then
            x
        elif isNaN y then
            y
        else
            match sign * compareSigned x y with
            | 0 -> half x y
            | order ->
                let chosen = if order > 0 then x else y

                // 0 and -0 are a tie to derivatives.
                match chosen, compare x y with
                | Float z, 0 ->
                    match half x y with
                    | Float mean -> Float { mean with V = z.V }
                    | other -> other
                | chosen, _ -> chosen

[<RequireQualifiedAccess>]
module Grid =

    /// All places of a shape in row-major order.
    let places (shape: int[]) =
        let size = Array.fold (*) 1 shape

        seq {
            for flat in 0 .. size - 1 do
                let place = Array.zeroCreate shape.Length
                let mutable rest = flat

                for axis in shape.Length - 1 .. -1 .. 0 do
                    place[axis] <- rest % shape[axis]
                    rest <- rest / shape[axis]

                place
        }

    let flat (shape: int[]) (place: int[]) =
        Array.fold2 (fun sum extent i -> sum * extent + i) 0 shape place

    /// An array by its elements' places.
    let make dtype (shape: int[]) (cell: int[] -> Cell) =
        {
            DType = dtype
            Shape = shape
            Cells = [| for place in places shape -> cell place |> Cell.settle dtype |]
        }

    let at (grid: Grid) (place: int[]) = grid.Cells[flat grid.Shape place]

    let map dtype f (grid: Grid) =
        {
            DType = dtype
            Shape = grid.Shape
            Cells = grid.Cells |> Array.map (f >> Cell.settle dtype)
        }

    let map2 dtype f (x: Grid) (y: Grid) =
        {
            DType = dtype
            Shape = x.Shape
            Cells = Array.map2 (fun a b -> f a b |> Cell.settle dtype) x.Cells y.Cells
        }

    /// The place inside a shape, or None.
    let inside (shape: int[]) (place: int[]) =
        if Array.forall2 (fun i extent -> i >= 0 && i < extent) place shape then
            Some place
        else
            None

/// From run-time values, with directions, and back.
[<RequireQualifiedAccess>]
module Judged =

    let private cell (x: Scalar) (a: Scalar option) (b: Scalar option) =
        let part (scalar: Scalar option) =
            scalar |> Option.map _.AsDouble |> Option.defaultValue 0.0

        let pair (scalar: Scalar option) =
            scalar |> Option.map _.AsComplex |> Option.defaultValue Complex.Zero

        if x.Type.IsComplex() then
            Pair
                {
                    V = x.AsComplex
                    A = pair a
                    B = pair b
                    AB = Complex.Zero
                }
        elif x.Type.IsFloating() then
            Float
                {
                    V = x.AsDouble
                    A = part a
                    B = part b
                    AB = 0.0
                }
        else
            Whole(Wholes.number x)

    let private element (kind: ValueType) =
        match kind with
        | :? StackType as stack -> stack.Element
        | _ -> failwith "A stack's type."

    let rec zero (kind: ValueType) =
        match kind with
        | :? TensorType as tensor -> Tensor(Grid.make tensor.DType (tensor.Shape.ToArray()) (fun _ -> Cell.zero tensor.DType))
        | stack -> Entries(stack, Map.empty)

    let entry kind (entries: Map<int, Judged>) k =
        Map.tryFind k entries |> Option.defaultWith (fun () -> zero (element kind))

    /// A value with its directions, each None where it does not move.
    let rec ofValue (x: HostValue) (a: HostValue option) (b: HostValue option) =
        match x with
        | :? NDArray as x ->
            let at (y: HostValue option) i =
                y |> Option.map (fun y -> (y :?> NDArray).At i)

            Tensor
                {
                    DType = x.Type
                    Shape = x.Shape.ToArray()
                    Cells = [| for i in 0 .. x.Size - 1 -> cell (x.At i) (at a i) (at b i) |]
                }
        | :? HostStack as x ->
            let at (y: HostValue option) i =
                y |> Option.map (fun y -> Values.entry (y :?> HostStack) i)

            Entries(ValueTypes.Of x, Map [ for i in 0 .. x.Count - 1 -> i, ofValue (Values.entry x i) (at a i) (at b i) ])
        | _ -> failwith "A value is an array or a stack."

    /// One part of each element as a run-time value.
    let rec toValue (real: HyperDual<float> -> float) (complex: HyperDual<Complex> -> Complex) judged : HostValue =
        match judged with
        | Tensor grid ->
            let result = NDArray.New(grid.DType, Shape.Of grid.Shape)

            grid.Cells
            |> Array.iteri (fun i cell ->
                match cell with
                | Whole n -> result.Set(i, Wholes.scalar grid.DType n)
                | Float x -> result.Set(i, Scalar.Of(grid.DType, real x))
                | Pair z -> result.Set(i, Scalar.Of(grid.DType, complex z)))

            result
        | Entries(kind, entries) ->
            let result = Values.emptyStack kind

            for pair in entries do
                result.Put(pair.Key, toValue real complex pair.Value)

            result

    let value judged = toValue _.V _.V judged
    let alongA judged = toValue _.A _.A judged
    let alongB judged = toValue _.B _.B judged
    let alongBoth judged = toValue _.AB _.AB judged
