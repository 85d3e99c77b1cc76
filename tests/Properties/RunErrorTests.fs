/// What goes wrong in a run: what the error says, and that nothing of its cause is lost.
module Adjoint.Properties.RunErrorTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.TestPrimitives

let private vector = TensorType.Of(DType.F64, 3)

let private full value =
    NDArray.Full(Shape.Of 3, Scalar.Of(DType.F64, (value: float)))

/// As it stands, without passes.
let private compile graph = Executable.Compile(graph, Pipeline())

let private graph (types: TensorType list) (body: Value list -> Value list) =
    Graph.Of(Seq.cast<ValueType> types, fun inputs -> Seq.ofList (body (List.ofSeq inputs)))

let private messageOf run =
    try
        run () |> ignore
        failtest "an error is expected"
    with :? AdjointException as error ->
        error.Message, error

[<Tests>]
let tests =
    let origin = Origin("encoder/layer1", "/home/me/model.fs", 12)

    let failing (error: exn) =
        let primitive = TestPrimitive("failing", 1, null, (fun _ _ -> raise error))
        graph [ vector ] (fun inputs -> [ Node.Make(primitive, ImmutableArray.Create inputs[0], origin).Result ])

    let two = graph [ vector; vector ] (fun inputs -> [ Ops.Add(inputs[0], inputs[1]) ])

    let sayings: (string * (unit -> obj) * string) list =
        let compiled = Executable.Compile two
        let named = Value.Parameter(vector, "w")

        let single =
            Executable.Compile(Graph(ImmutableArray.Create named, ImmutableArray.Create(apply bump [ named ])))

        [
            "too few", (fun () -> compiled.Run(full 1.0)), "run: 1 argument for 2 parameters (f64[3], f64[3])."
            "dtype",
            (fun () -> single.Run(NDArray.Vector(1.0f, 2.0f, 3.0f))),
            "run: argument 0 'w' is f32[3], its parameter is f64[3] (f32 against f64). Cast it?"
            "shape",
            (fun () -> compiled.Run(full 1.0, NDArray.Vector 1.0)),
            "run: argument 1 is f64[1], its parameter is f64[3] ([1] against [3])."
            "null", (fun () -> compiled.Run(full 1.0, null)), "run: argument 1 is null; its parameter is f64[3]."
            "no target",
            (fun () ->
                compiled.Run([| full 1.0; full 1.0 |], Span Array.empty)
                null),
            "run: 0 arrays to write into for 1 result (f64[3])."
            "one target twice",
            (fun () ->
                let target = full 0.0
                compile(graph [ vector ] (fun inputs -> [ inputs[0]; inputs[0] ])).Run([| full 1.0 |], Span [| target; target |])
                null),
            "run: result 1 is to be written into the memory of an earlier result. Give each its own array."
        ]

    testList
        "errors of runs"
        [
            for name, run, expected in sayings do
                testCase $"arguments: {name}" (fun () -> Expect.equal (fst (messageOf run)) expected "message")

            testCase "an error on the way says where, and keeps its type" (fun () ->
                let message, error =
                    messageOf (fun () -> compile(failing (DomainException "division by zero.")).Run(full 1.0))

                Expect.equal message "failing: division by zero. In encoder/layer1, model.fs:12." "message"
                Expect.isTrue (error :? DomainException) "type")

            testCase "an error inside a body says where, once" (fun () ->
                let outer = failing (DomainException "division by zero.")
                let calling = graph [ vector ] (fun inputs -> List.ofSeq (Ops.Call(outer, inputs)))
                let message, _ = messageOf (fun () -> compile(calling).Run(full 1.0))
                Expect.equal message "failing: division by zero. In encoder/layer1, model.fs:12." "message")

            testCase "an internal error keeps its cause" (fun () ->
                let cause = InvalidCastException "a fault"
                let message, error = messageOf (fun () -> compile(failing cause).Run(full 1.0))

                Expect.equal
                    message
                    "failing: an internal error, InvalidCastException: a fault Operands: f64[3]. In encoder/layer1, model.fs:12."
                    "message"

                Expect.isTrue (Object.ReferenceEquals(error.InnerException, cause)) "cause")

            testCase "an executable runs on after an error" (fun () ->
                let moody =
                    let evaluate (operands: Held[]) _ =
                        if operands[0].Array.At(0).AsDouble < 0.0 then
                            raise (DomainException "negative.")
                        else
                            operands

                    TestPrimitive("moody", 1, null, evaluate)

                let executable = compile (graph [ vector ] (fun inputs -> [ apply moody [ apply kernelFlip inputs ] ]))
                messageOf (fun () -> executable.Run(full 10.0)) |> ignore
                let results = executable.Run(full 1.0)
                Expect.equal (results[0].ToDoubles()) [| 0.5; 0.5; 0.5 |] "value")
        ]
