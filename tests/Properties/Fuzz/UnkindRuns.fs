/// Every way to run a program, held against plain evaluation and against each other.
module Adjoint.Properties.Fuzz.UnkindRuns

open System
open System.Collections.Immutable
open Adjoint.Compile
open Adjoint.Compile.Fusion
open Adjoint.Compile.Regions
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Properties.Compile
open Adjoint.Properties.Laws

let private pool = WorkerPool.Create 3
let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)

let private serial = RunOptions(Parallel = Serial.Instance, SpoilFreed = true)

/// The results, or the kind of error that operands cause.
let outcome (run: unit -> HostValue seq) =
    try
        Ok(List.ofSeq (run ()))
    with :? AdjointException as error ->
        Error(error.GetType().Name)

let private runs (executable: Lazy<Executable>) options (at: HostValue list) =
    outcome (fun () -> executable.Value.RunValues(at.ToImmutableArray(), options))

/// Groups of any size.
let private grouped =
    Pipeline(
        [|
            yield! Pipeline.Unfused.Passes
            Pass("fuse_large", (fun graph -> FuseLarge.Apply(graph, -1.0, -1.0)))
        |]
    )

let private plain (graph: Graph) (at: HostValue list) =
    outcome (fun () -> Point.runWith plainly graph at)

/// What a program means. What fails and turns out not to matter, as the condition of branches that are equal, need not be computed.
let private meant (graph: Graph) (at: HostValue list) =
    match plain graph at with
    | Ok results -> Ok results
    | Error _ -> plain (Pipeline.Unfused.Run graph) at

let private compiled pipeline (kernels: KernelSource) graph =
    lazy Executable.Compile(graph, pipeline, kernels)

let private bits (x: NDArray) i =
    let number = x.At i

    if x.Type.IsComplex() then
        let z = number.AsComplex

        BitConverter.DoubleToInt64Bits(z.Real + 0.0),
        BitConverter.DoubleToInt64Bits(z.Imaginary + 0.0),
        Double.IsNaN z.Real || Double.IsNaN z.Imaginary
    elif x.Type.IsFloating() then
        BitConverter.DoubleToInt64Bits number.AsDouble, 0L, Double.IsNaN number.AsDouble
    else
        int64 number.Bits, 0L, false

/// Whether two floating numbers are apart by what a thousand roundings make, beside the largest of their arrays.
let private isRounding (a: NDArray) (b: NDArray) i =
    a.Type.IsFloating()
    && (let scale = 1.0 + Values.magnitude [ a; b ]
        abs ((a.At i).AsDouble - (b.At i).AsDouble) <= 1000.0 * a.Type.Epsilon() * scale)

/// The first place in which two arrays differ in bits; NaN is NaN.
let rec private difference rounds (a: HostValue) (b: HostValue) =
    match a, b with
    | (:? NDArray as a), (:? NDArray as b) when a.Type = b.Type && a.Shape.Equals b.Shape ->
        seq { 0 .. a.Size - 1 }
        |> Seq.tryFind (fun i ->
            let (u, v, isNaN), (s, t, other) = bits a i, bits b i

            not (isNaN && other || u = s && v = t && isNaN = other)
            && not (rounds && isRounding a b i))
        |> Option.map (fun i -> $"element {i} of {a.Type.Name()}{a.Shape}: {a.At i} and {b.At i}")
    | (:? HostStack as a), (:? HostStack as b) -> if Values.sameBits a b then None else Some "stacks"
    | _ -> Some "types"

/// Where outcomes differ, if they do: in more than rounding, where that is allowed.
let compare rounds (names: string) expected found =
    match expected, found with
    | Error _, Error _ -> None
    | Ok expected, Ok found ->
        List.zip expected found
        |> List.indexed
        |> List.tryPick (fun (i, (e, f)) -> difference rounds e f |> Option.map (fun text -> $"{names}: result {i}, {text}"))
    | Ok _, Error kind -> Some $"{names}: {kind} where there is none"
    | Error kind, Ok _ -> Some $"{names}: no {kind} where there is one"

let private donating (at: HostValue list) =
    let copies =
        at
        |> List.map (fun x ->
            let x = x :?> NDArray
            NDArray(x.Type, x.Shape, x.Storage.Clone() :?> Array, x.Start) :> HostValue)

    copies, RunOptions(Parallel = pool, Donated = [ 0 .. at.Length - 1 ].ToImmutableArray())

/// What is wrong with how a program is run, if anything is. Where programs are exact but divide by numbers of ties, orders may round apart.
let complaint (exact: bool) (divides: bool) (graph: Graph) (at: HostValue list) =
    let machine, blocks = KernelSource.Default, KernelSource.Blocks
    let whole = compiled Pipeline.Default machine graph
    let code = runs whole (RunOptions(Parallel = pool)) at

    let against name expected found =
        fun () -> compare false name expected (found ())

    let near name expected found =
        fun () -> compare divides name expected (found ())

    let checks =
        [
            if exact then
                near "plain, compiled" (meant graph at) (fun () -> code)
            against "compiled, on one thread" code (fun () -> runs whole serial at)
            against "compiled, blocks" code (fun () -> runs (compiled Pipeline.Default blocks graph) serial at)
            if at |> List.forall (fun x -> x :? NDArray) then
                against "compiled, donated" code (fun () ->
                    let copies, options = donating at
                    runs whole options copies)
            let groups () = compiled grouped machine graph

            if exact then
                near "compiled, in groups" code (fun () -> runs (groups ()) serial at)

                if RegionLaw.takes graph then
                    near "plain, as one region" (plain graph at) (fun () -> runs (lazy RegionLaw.inOne graph) serial at)

            against "groups, blocks" (runs (groups ()) serial at) (fun () -> runs (compiled grouped blocks graph) serial at)
        ]

    checks |> List.tryPick (fun check -> check ())
