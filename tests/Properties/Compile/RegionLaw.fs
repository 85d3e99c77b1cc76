/// Regions as one program of loops give what the interpreter gives: functions, and what the transforms make of them.
module Adjoint.Properties.Compile.RegionLaw

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Compile.Methods
open Adjoint.Compile.Regions
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Laws

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)
let private byKernels = RunOptions(Parallel = Serial.Instance)

/// Whether a graph can run as one program.
let takes (graph: Graph) =
    let tensors (values: Value seq) =
        values |> Seq.forall (fun value -> value.Type :? TensorType)

    tensors graph.Parameters
    && tensors graph.Results
    && graph.Nodes.Length > 0
    && Lowerable.Takes graph

/// The whole graph as one node.
let wrapped (graph: Graph) =
    let parameters =
        graph.Parameters
        |> Seq.map (fun x -> Value.Parameter x.Type)
        |> ImmutableArray.CreateRange

    Graph(parameters, Node.Make(Fused(Body graph), parameters).Results)

let private prepared kernels (change: Graph -> Graph) (graph: Graph) =
    let pipeline = Pipeline [| Adjoint.Compile.Pass("regions", fun graph -> change graph) |]
    Executable.Compile(graph, pipeline, kernels)

/// A graph as one region.
let inOne (graph: Graph) =
    prepared KernelSource.Default wrapped graph

/// A graph with its small nodes in regions.
let inRegions (graph: Graph) =
    prepared KernelSource.Default FuseSmall.Apply graph

/// The same, run by the reference of the loop language.
let inRegionsPlainly (graph: Graph) =
    prepared (RegionKernels PlainEngine.instance) FuseSmall.Apply graph

let private outcome (run: unit -> HostValue list) =
    try
        Ok(run ())
    with :? AdjointException as error ->
        Error(error.GetType())

let private ran (executable: Executable) (at: HostValue list) () =
    executable.RunValues(at.ToImmutableArray(), byKernels) |> List.ofArray

/// Sums in another order differ by some roundings for each operation of the program; numbers are of moderate size.
let private close (graph: Graph) (expected: HostValue list) (found: HostValue list) =
    let eps, _ = Point.coarsest graph

    let allowed = 64.0 * eps * (10.0 + Point.work graph) * (1.0 + Values.magnitude expected)

    List.zip expected found
    |> List.iteri (fun i (e, f) ->
        let isExact = not (ValueTypes.Of(e: HostValue).HasTangent)

        for x, y in Values.pairs e f do
            let same = x = y || Double.IsNaN x && Double.IsNaN y

            if not (same || not isExact && abs (x - y) <= allowed) then
                failtest $"result {i}: {y:R} compiled, {x:R} plainly; {allowed:E1} is allowed")

/// Throws where a graph made ready gives anything else than plain evaluation.
let keeps prepare (point: Point) =
    let expected = outcome (fun () -> Point.runWith plainly point.Graph point.At)

    match expected, outcome (ran (prepare point.Graph) point.At) with
    | Ok expected, Ok found when Double.IsFinite(Values.magnitude expected) -> close point.Graph expected found
    | Ok _, Ok _ -> ()
    | Error expected, Error found -> Expect.equal found expected "the same error"
    | expected, found -> failtest $"plainly {expected}, compiled {found}"

let private silentIfNone (items: 'T list) =
    if items.IsEmpty then
        Says.nothing ()

let private values =
    {
        Name = "regions as one program keep values"
        Mode = Edges
        Differential = false
        Check =
            fun case _ ->
                let taken =
                    case :: List.map snd (Retyping.variants case)
                    |> List.filter (fun case -> takes case.Graph)

                silentIfNone taken

                for case in taken do
                    match ValueLaws.outcome plainly case.Graph case.Operands, outcome (ran (inOne case.Graph) case.Operands) with
                    | Ok expected, Ok found ->
                        let factor, sizes = ValueLaws.accuracy case expected

                        List.zip3 expected found sizes
                        |> List.iteri (fun i (e, f, sizes) -> ValueLaws.close case.Graph factor i e f sizes)
                    | Error expected, Error found -> Expect.equal found expected "the same error"
                    | expected, found -> failtest $"plainly {expected}, compiled {found}"
    }

let private derivatives =
    {
        Name = "regions as one program keep derivatives"
        Mode = Smooth
        Differential = true
        Check =
            fun case source ->
                let taken = PassLaws.derived case source |> List.filter (fun point -> takes point.Graph)

                silentIfNone taken
                List.iter (keeps inOne) taken
    }

let private regions =
    {
        Name = "small nodes in regions keep derivatives"
        Mode = Smooth
        Differential = true
        Check =
            fun case source ->
                // One node of a primitive is no region: programs are.
                silentIfNone (List.ofSeq (Seq.skip (min 1 case.Graph.Nodes.Length) case.Graph.Nodes))
                PassLaws.derived case source |> List.iter (keeps inRegions)
    }

let all = [ values; derivatives; regions ]
