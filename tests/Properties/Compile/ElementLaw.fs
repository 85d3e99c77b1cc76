/// Element rules give what primitives mean, in every dtype.
module Adjoint.Properties.Compile.ElementLaw

open System.Collections.Immutable
open Expecto
open Adjoint.Compile.Regions
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties.Laws

/// The elements of a graph's results, one after another.
let program (graph: Graph) =
    let builder = LoopBuilder "elements"
    let elements = GraphElements builder

    let buffer kind (value: Value) =
        builder.Buffer(kind, value.Tensor.DType, int64 value.Tensor.Shape.Size)

    for parameter in graph.Parameters do
        let input = buffer LoopBufferKind.Input parameter
        elements.Define(parameter, fun index -> builder.Load(input, LoopIndices.Flat(builder, index, parameter.Tensor.Shape)))

    let outputs = [ for result in graph.Results -> result, buffer LoopBufferKind.Output result ]

    for result, output in outputs do
        let shape = result.Tensor.Shape

        if shape.Size > 0 then
            builder.Phase(
                1L,
                fun _ ->
                    builder.Serial(
                        builder.Index shape.Size,
                        ImmutableArray.Empty,
                        fun place _ ->
                            builder.Store(output, place, elements.At(result, LoopIndices.Split(builder, place, shape)))
                            ImmutableArray.Empty
                    )
                    |> ignore
            )

    builder.Build()

/// One thread, and nobody who listens.
let private alone =
    { new KernelContext() with
        member _.Parallel = Serial.Instance
        member _.Cancellation = System.Threading.CancellationToken.None
        member _.Report _ = ()
    }

/// Runs a kernel on one thread.
let run (kernel: Kernel) (graph: Graph) (operands: HostValue list) =
    let results =
        [|
            for result in graph.Results -> NDArray.New(result.Tensor.DType, result.Tensor.Shape)
        |]

    let arrays = [| for x in operands -> x :?> NDArray |]
    kernel.Run(arrays, results, alone)
    [ for result in results -> result :> HostValue ]

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)

/// Whether a node's elements have a rule.
let hasRule (node: Node) =
    let types = ValueTypes.Of(node.Operands)

    Seq.forall (fun (x: ValueType) -> x :? TensorType) types
    && not (isNull (node.Primitive.LowerElement types))

let private outcome (run: unit -> HostValue list) =
    try
        Ok(run ())
    with :? AdjointException as error ->
        Error(error.GetType())

/// Holds a way to run a graph against plain evaluation of it.
let holds (case: Case) (run: unit -> HostValue list) =
    match ValueLaws.outcome plainly case.Graph case.Operands, outcome run with
    | Error expected, Error found -> Expect.equal found expected "the same error"
    | Ok expected, Ok found ->
        let factor, sizes = ValueLaws.accuracy case expected

        List.zip3 expected found sizes
        |> List.iteri (fun i (e, f, sizes) -> ValueLaws.close case.Graph factor i e f sizes)
    | expected, found -> failtest $"plainly {expected}, by elements {found}"

let law =
    {
        Name = "elements by rule"
        Mode = Edges
        Differential = false
        Check =
            fun case _ ->
                let ruled =
                    [
                        for _, variant in Retyping.variants case do
                            if Seq.forall hasRule variant.Graph.Nodes then
                                variant
                    ]

                if ruled.IsEmpty then
                    Says.nothing ()

                for variant in ruled do
                    holds variant (fun () ->
                        run (LoopKernel(program variant.Graph, PlainEngine.instance, ImmutableArray.Empty)) variant.Graph variant.Operands)
    }
