/// What regions do not take runs as kernels or plainly, beside regions, with the same values.
module Adjoint.Properties.Compile.FallbackTests

open System.Collections.Immutable
open Expecto
open Adjoint.Compile.Methods
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Laws

let private tapes =
    let random = System.Random 7
    [ for _ in 1..12 -> Tape.ofList [ for _ in 1..64 -> random.Next(1 <<< 24) ] ]

/// Real numbers, and stacks of them up to two deep.
let private isReal (value: Value) =
    let rec real depth (t: ValueType) =
        match t with
        | :? TensorType as tensor -> not (tensor.DType.IsComplex())
        | stack -> depth < 2 && real (depth + 1) (stack :?> StackType).Element

    real 0 value.Type

/// The primitives of real numbers of which a node was drawn that no region takes, bodies left out.
let private left =
    [
        for subject in Subjects.primitives do
            let nodes =
                tapes
                |> Seq.collect (fun tape -> (fst (Case.draw subject Smooth tape)).Graph.Nodes)
                |> Seq.filter (fun node -> Seq.forall isReal node.Operands && Seq.forall isReal node.Results)

            if
                nodes
                |> Seq.exists (fun node -> not (Retyping.holdsBodies node.Primitive) && not (Lowerable.Takes node))
            then
                subject.Name
    ]

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)

/// A graph whose middle no region takes, between parts that regions take.
let private runs name (kind: DType) (extents: int list) (middle: Value -> Value) =
    testCase name (fun () ->
        let type' = TensorType(kind, Shape.Of(Array.ofList extents)) :> ValueType

        let graph =
            Graph.Of(
                [ type' ],
                fun p ->
                    let before = Ops.Neg(Ops.Add(p[0], p[0]))
                    let y = middle before
                    [ Ops.Add(Ops.Mul(y, y), before) ]
            )

        Expect.exists graph.Nodes (fun node -> not (Lowerable.Takes node)) "a node that regions leave"
        let x = NDArray.New(kind, (type' :?> TensorType).Shape)

        for i in 0 .. x.Size - 1 do
            x.Set(i, Scalar.Of(kind, float (i * 37 % 19 - 9) / 8.0))

        let expected = Point.runWith plainly graph [ x ]

        let found =
            (Executable.Compile graph).RunValues(ImmutableArray.Create<HostValue> x)
            |> List.ofArray

        for e, f in List.zip expected found do
            Expect.isNone (Values.differs (1e-12 * (1.0 + Values.magnitude [ e ])) e f) "the values")

let private deep (x: Value) =
    let first = Ops.Constant(Scalar.Of(DType.I64, 0L))
    let one = StackType x.Type
    let two = StackType one
    let inner = Ops.StackPut(Ops.StackEmpty one, first, x)
    let middle = Ops.StackPut(Ops.StackEmpty two, first, inner)
    let outer = Ops.StackPut(Ops.StackEmpty(StackType two), first, middle)
    Ops.StackGet(Ops.StackGet(Ops.StackGet(outer, first), first), first)

[<Tests>]
let tests =
    testList
        "what regions leave"
        [
            testCase "the operations on real numbers" (fun () ->
                let named =
                    [
                        "attention"
                        "attention_pullback"
                        "attention_tangent"
                        "conv_general"
                        "cum_log_sum_exp"
                        "debug_print"
                        "eigh"
                        "qr"
                        "svd"
                        "window_scatter"
                        "window_select"
                    ]

                Expect.equal left named "as docs/decisions/0011 names them")

            runs "complex numbers" DType.C128 [ 5 ] (fun x -> Ops.Mul(x, Ops.Exp x))
            runs "complex sums" DType.C128 [ 3; 4 ] (fun x -> Ops.Broadcast(Ops.ReduceSum(x, Axes [| 1 |]), x.Tensor.Shape, Axes [| 0 |]))
            runs "running logarithms of sums" DType.F64 [ 3; 4 ] (fun x -> Ops.CumLogSumExp(x, 1))
            runs "a long sort" DType.F64 [ 300 ] (fun x -> Ops.Sort(0, false, x)[0])
            runs "what is printed" DType.F64 [ 4 ] (fun x -> Ops.DebugPrint("x", x))
            runs "stacks of stacks of stacks" DType.F64 [ 4 ] deep
        ]
