/// Small random graphs kept as data, so that a failing one shrinks.
module Adjoint.Properties.SmallGraphs

open System
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

/// A step adds one value, of type f64[2, 3]; an operand is any earlier value, by its number.
type Step =
    | Number of float
    | Unary of kind: int * operand: int
    | Binary of kind: int * left: int * right: int
    | Layout of kind: int * operand: int
    | Inside of Holder * body: Step list * left: int * right: int

/// What holds a body.
and Holder =
    | Called
    | Branch of taken: bool
    | Repeated

/// Steps, and which values are results beside the last.
type Program = { Steps: Step list; Results: int list }

let private tensor = TensorType.Of(DType.F64, 2, 3)

/// One of several, whatever the number.
let private pick number (items: System.Collections.Generic.IReadOnlyList<'T>) = items[abs (number % items.Count)]

let private sumAndRepeat (axis: int) (x: Value) =
    Ops.Broadcast(Ops.ReduceSum(x, Axes [| axis |]), Shape.Of(2, 3), Axes [| 1 - axis |])

let private swapped (x: Value) = Ops.Permute(x, Axes [| 1; 0 |])

let private unary: (Value -> Value) list =
    [
        Ops.Exp
        Ops.Neg
        fun x -> Ops.Convert(Ops.Convert(x, DType.F32), DType.F64)
        fun x -> Ops.Add(x, Ops.Like(x, -0.0))
        fun x -> Ops.Add(x, Ops.Like(x, 0.0))
        fun x -> Ops.Sub(x, Ops.Like(x, 0.0))
        fun x -> Ops.Mul(Ops.Like(x, 1.0), x)
        fun x -> Ops.Mul(x, Ops.Like(x, 0.0))
    ]

let private binary: (Value * Value -> Value) list = [ Ops.Add; Ops.Mul; Ops.Sub; Ops.Div ]

let private layouts: (Value -> Value) list =
    [
        sumAndRepeat 0
        sumAndRepeat 1
        swapped >> swapped
        fun x -> Ops.Reshape(Ops.Reshape(Ops.Reshape(x, Shape.Of 6), Shape.Of(3, 2)), Shape.Of(2, 3))
        fun x ->
            let wider = Ops.Broadcast(x, Shape.Of(2, 2, 3), Axes [| 0; 2 |])
            Ops.ReduceSum(Ops.Broadcast(wider, Shape.Of(2, 4, 2, 3), Axes [| 0; 2; 3 |]), Axes [| 1; 2 |])
    ]

/// The value that a body gives, from a primitive that holds it.
let private hold holder (body: Graph) (left: Value) (right: Value) =
    match holder with
    | Called -> Ops.Call(body, [ left; right ])[0]
    | Branch taken ->
        let other = Graph.Of([ tensor :> ValueType; tensor ], fun parameters -> [ parameters[1] ])
        let predicate = Ops.Constant(Scalar.Of taken)
        Node.Make(Cond(body, other), ImmutableArray.Create(predicate, left, right)).Result
    | Repeated ->
        let step =
            Graph.Of(
                [ TensorType.Of DType.I64 :> ValueType; tensor; tensor ],
                fun parameters -> Substitution.Inline(body, [| parameters[2]; parameters[1] |])
            )

        let count = Ops.Constant(Scalar.Of(DType.I64, 2L))
        Node.Make(Repeat(step, 1, false), ImmutableArray.Create(count, left, right)).Result

let rec private run (values: ResizeArray<Value>) step =
    match step with
    | Number number -> Ops.Full(tensor, number)
    | Unary(kind, operand) -> pick kind unary (pick operand values)
    | Binary(kind, left, right) -> pick kind binary (pick left values, pick right values)
    | Layout(kind, operand) -> pick kind layouts (pick operand values)
    | Inside(holder, body, left, right) -> hold holder (graphOfSteps body []) (pick left values) (pick right values)

and private graphOfSteps steps results =
    Graph.Of(
        [ tensor :> ValueType; tensor ],
        fun parameters ->
            let values = ResizeArray parameters

            for step in steps do
                values.Add(run values step)

            Seq.append [ values[values.Count - 1] ] [ for number in results -> pick number values ]
    )

/// The graph of a program; it has two parameters.
let graphOf program =
    graphOfSteps program.Steps program.Results

/// Arguments with edges among them.
let arguments =
    [
        [| 1.5; -0.0; 0.0; nan; infinity; 1e-310 |]
        [| -2.0; 3.0; -infinity; 0.5; 1e300; 7.0 |]
    ]
    |> List.map (fun numbers -> NDArray.Of<float>(Shape.Of(2, 3), ReadOnlySpan numbers) :> HostValue)
