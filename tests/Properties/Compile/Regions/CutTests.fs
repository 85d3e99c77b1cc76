/// Parts behind each other, and padding, inside a region: a loop for each part, and the same elements.
module Adjoint.Properties.Compile.Regions.CutTests

open System.Collections.Immutable
open Expecto
open Adjoint.Compile.Methods
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties.Compile

let private vector dtype length =
    TensorType(dtype, Shape.Of(length: int)) :> ValueType

let private graph dtype lengths (body: Value list -> Value) =
    Graph.Of([ for length in lengths -> vector dtype length ], (fun x -> ImmutableArray.Create(body (List.ofSeq x))))

let private zero (like: Value) =
    Ops.Full(TensorType(like.Tensor.DType, Shape.Scalar), 0.0)

let private padded low high (x: Value) =
    Ops.Apply(Pad(Ints [ low ], Ints [ high ], Ints [ 0 ]), [| x; zero x |])

let private part start limit (x: Value) = Ops.SliceAxis(x, 0, start, limit)

/// Each of two vectors of 40 elements.
let private bodies =
    [
        "one before the rest", (fun (x: Value) (y: Value) -> Ops.Mul(x, Ops.Concatenate(0, part 0 1 y, part 0 39 x)))
        "three parts", (fun x y -> Ops.Add(x, Ops.Concatenate(0, part 0 15 y, part 3 20 x, part 0 8 x)))
        "padded", (fun x y -> Ops.Sub(y, padded 2 9 (Ops.Mul(part 0 29 x, part 11 40 y))))
        "cut off", (fun x y -> Ops.Sub(part 0 30 y, padded -13 3 x))
        "part of parts", (fun x y -> Ops.Neg(part 5 39 (Ops.Concatenate(0, Ops.Mul(x, x), y))))
        "padded parts", (fun x y -> padded 10 1 (Ops.Concatenate(0, x, Ops.Neg y)))
        "many parts", (fun x y -> Ops.Add(x, Ops.Concatenate(0, [| for i in 0..7 -> part i (i + 5) y |])))
        "nothing and something", (fun x y -> Ops.Add(x, Ops.Concatenate(0, part 4 4 x, y, part 9 9 y)))
    ]

let private numbers dtype seed =
    let array = NDArray.New(dtype, Shape.Of 40)

    for i in 0..39 do
        array.Set(i, Scalar.Of(dtype, int64 ((i * 7 + seed) % 23 - 11)))

    array

let private run (engine: ILoopEngine) (body: Graph) (arguments: HostValue list) =
    let program = RegionLowering.Lower(body, "region")
    let results = ElementLaw.run (LoopKernel(program, engine, ImmutableArray.Empty)) body arguments
    (results.Head :?> NDArray).ToDoubles()

let private choices (body: Graph) =
    let rec count (block: LoopBlock) =
        block.Items
        |> Seq.sumBy (function
            | :? LoopValue as value when
                value.Op = LoopOp.Select
                || value.Op = LoopOp.Minimum
                || value.Op = LoopOp.Maximum
                ->
                1
            | :? ForItem as loop -> count loop.Body
            | _ -> 0)

    RegionLowering.Lower(body, "region").Phases
    |> Seq.sumBy (fun phase -> count phase.Body)

[<Tests>]
let tests =
    testList
        "parts in regions"
        [
            for name, body in bodies do
                for dtype in [ DType.F64; DType.I32 ] do
                    testCase $"{name}, {dtype.Name()}" (fun () ->
                        let graph = graph dtype [ 40; 40 ] (fun x -> body x[0] x[1])
                        let arguments = [ numbers dtype 3 :> HostValue; numbers dtype 8 ]

                        let expected =
                            Interpreter.Run(graph, ImmutableArray.CreateRange arguments, RunOptions(UseKernels = false))

                        let expected = (expected[0] :?> NDArray).ToDoubles()
                        Expect.equal (run PlainEngine.instance graph arguments) expected "by the plain engine"

                        for name, engine in Engines.code [ 64; 32; 0 ] @ Engines.blocks [ 32 ] do
                            Expect.equal (run engine graph arguments) expected $"by {name}")

                if name <> "many parts" then
                    testCase $"{name}: it is known which part an element is from" (fun () ->
                        Expect.equal (choices (graph DType.F64 [ 40; 40 ] (fun x -> body x[0] x[1]))) 0 "no choice is left")
        ]
