/// Runs that fail on the way, by their operands or for want of memory: the next ones give what they would have given, in no more memory.
module Adjoint.Properties.Execute.FailureTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Laws
open Adjoint.Properties.TestPrimitives

let private vector length =
    TensorType(DType.F64, Shape.Of(length: int))

let private graph (types: TensorType list) (body: Value list -> Value) =
    Graph.Of(Seq.cast<ValueType> types, (fun x -> ImmutableArray.Create(body (List.ofSeq x))))

let private full length number =
    NDArray.Full(Shape.Of(length: int), Scalar.Of(DType.F64, (number: float)))

let private total (x: Value) =
    Ops.ReduceSum(x, Axes.All x.Tensor.Rank)

/// The numbers, if the sum of their squares is not more than a million.
let private checkedNumbers (x: Value) =
    let isSmall = Ops.Less(total (Ops.Mul(x, x)), Ops.Constant(Scalar.Of(DType.F64, 1e6)))

    Ops.Check("too large", isSmall, Ops.Exp x)

/// Reads an element at an index that is computed.
let private read (x: Value) =
    let place = Ops.Convert(total x, DType.I64)
    Ops.Mul(x, Ops.Broadcast(Ops.Reshape(Ops.DynamicSlice(x, [ place ], Ints [ 1 ], true), Shape.Scalar), x.Tensor.Shape, Axes.None))

let private both f g x = Ops.Add(f x, Ops.Tanh(g x))

/// Programs with numbers on which they fail, and on which not.
let private failing: (string * (Value -> Value) * float * float) list =
    [
        "a check", checkedNumbers, 1e4, 0.5
        "an index out of range", read, 1e4, 1e-9
        "a check behind another kernel", (fun x -> checkedNumbers (Ops.Mul(x, Ops.Tanh(Ops.Add(x, x))))), 1e4, 0.5
        "two that may fail", both checkedNumbers read, 1e4, 1e-9
    ]

let private runsOn (executable: Executable) length bad good =
    use pool = WorkerPool.Create 3

    for options in [ RunOptions(Parallel = Serial.Instance); RunOptions(Parallel = pool) ] do
        let run number =
            executable.Run([| full length number |], options)[0]

        let expected = run good
        let kept = executable.Kept

        for _ in 1..20 do
            Expect.throwsT<AdjointException> (fun () -> run bad |> ignore) "it fails"
            Expect.isTrue (Values.sameBits (run good) expected) "the bits from before"

        Expect.isLessThanOrEqual executable.Kept (max kept (2L * kept)) "no more memory is kept"

/// A kernel of tiles on all threads, of which one finds no memory while it is told so.
let private starving (isStarving: bool ref) =
    let run (operands: NDArray[]) (result: NDArray) (tiles: IParallel) =
        let from, target = elements operands[0], elements result

        tiles.For(
            target.Count,
            fun i ->
                if isStarving.Value && i = target.Count / 2 then
                    raise (OutOfMemoryException "no memory for an array")

                target[i] <- 2.0 * from[i]
        )

    TestPrimitive("starving", 1, TestKernel(false, run), (fun _ _ -> invalidOp "it has a kernel"))

let private withoutMemory =
    testCase "a kernel that finds no memory" (fun () ->
        let isStarving = ref false

        let executable =
            Executable.Compile(graph [ vector 300 ] (fun x -> Ops.Exp(apply (starving isStarving) [ Ops.Sin(Ops.Mul(x[0], x[0])) ])))

        use pool = WorkerPool.Create 3

        let run () =
            executable.Run([| full 300 0.5 |], RunOptions(Parallel = pool))[0]

        let expected = run ()

        for _ in 1..20 do
            isStarving.Value <- true
            Expect.throwsT<AdjointException> (fun () -> run () |> ignore) "it fails"
            isStarving.Value <- false
            Expect.isTrue (Values.sameBits (run ()) expected) "the bits from before")

[<Tests>]
let tests =
    testList
        "runs that fail"
        [
            for name, body, bad, good in failing do
                for length in [ 4; 300; 70_000 ] do
                    testCase $"{name}, {length} numbers" (fun () ->
                        // Squares of that many numbers stay below a million, and the index in range.
                        let good = good / sqrt (float length)
                        runsOn (Executable.Compile(graph [ vector length ] (fun x -> body x[0]))) length bad good
                        runsOn (Executable.CompileInTiers(graph [ vector length ] (fun x -> body x[0]))) length bad good)

            withoutMemory
        ]
