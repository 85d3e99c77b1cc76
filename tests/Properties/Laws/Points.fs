namespace Adjoint.Properties.Laws

open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Transforms

/// A function at a point, and the parameters in which its derivatives are meant.
type Point =
    {
        Graph: Graph
        At: HostValue list
        Active: ParameterMask
    }

/// Derivatives of a function at a point are functions at a point again, so orders compose.
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Point =

    let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)

    let private typed (graph: Graph) (results: HostValue list) =
        for value, result in List.zip results (List.ofSeq graph.Results) do
            if not (ValueTypes.Of(value).Equals result.Type) then
                failwith $"A result has the type {ValueTypes.Of value}, inferred was {result.Type}:\n{graph}"

        results

    let runWith options (graph: Graph) (at: HostValue list) =
        Interpreter.Run(graph, List.toArray at, options) |> List.ofArray |> typed graph

    /// The results, evaluated plainly, each of the inferred type.
    let runGraph graph at = runWith plainly graph at

    let run point = runGraph point.Graph point.At

    let graph (parameters: Value seq) (results: Value seq) =
        let graph = Graph(ImmutableArray.CreateRange parameters, ImmutableArray.CreateRange results)
        Verifier.Check graph
        graph

    let withTangents (results: Value seq) =
        ParameterMask(results |> Seq.map _.Type.HasTangent)

    /// The values at the places that a mask means.
    let choose (mask: ParameterMask) (items: 'T list) = mask.Choose items |> List.ofSeq

    /// The point's values in its active parameters.
    let actives point = choose point.Active point.At

    /// The results that have tangents.
    let slopes point (results: HostValue list) =
        choose (withTangents point.Graph.Results) results

    let private extended point (added: HostValue list) graph =
        {
            Graph = graph
            At = point.At @ added
            Active = point.Active.Concat(ParameterMask.None added.Length)
        }

    /// J dx, of the results that have tangents, as a function of x at x.
    let jvp point (dx: HostValue list) =
        let body = (Transformed.forward point.Graph point.Active (withTangents point.Graph.Results)).Graph
        let count = point.Graph.Results.Length
        Verifier.Check body
        extended point dx (graph body.Parameters (body.Results.RemoveRange(0, count)))

    /// Jᵀ ȳ in the active parameters, as a function of x at x.
    let vjp point (cotangents: HostValue list) =
        let body = (Transformed.reverse point.Graph point.Active).Graph
        let count = point.Graph.Results.Length
        Verifier.Check body
        extended point cotangents (graph body.Parameters (body.Results.RemoveRange(0, count)))

    let private leaves (value: HostValue) (result: Value) =
        let rec walk (value: HostValue) (result: Value) =
            match value with
            | :? HostStack as stack ->
                [ 0 .. stack.Count - 1 ]
                |> List.collect (fun k -> walk (Values.entry stack k) (Ops.StackGet(result, Ops.Constant(Scalar.Of(DType.I64, int64 k)))))
            | _ -> [ (value, result) ]

        walk value result

    /// The sum of w (y + y²/2) over the results y that have tangents, with drawn weights: a function of one real result
    /// whose second derivatives meet those of f and products of its first.
    let project (source: SampleSource) point =
        let parts =
            List.zip (run point) (List.ofSeq point.Graph.Results)
            |> List.filter (fun (_, result) -> result.Type.HasTangent)
            |> List.collect (fun (value, result) -> leaves value result)

        let weights = parts |> List.map (fst >> Values.randomLike source)
        let parameters = parts |> List.map (fun (_, y) -> Value.Parameter y.Type)

        let term (w: Value) (y: Value) =
            let bent = Ops.Add(y, Ops.Scale(Ops.Square y, 0.5))
            Ops.ReduceSum(Ops.Real(Ops.Mul(w, bent)), Axes.All y.Tensor.Rank)

        let sum =
            List.map2 term parameters (List.map snd parts)
            |> List.map (fun part -> Ops.Convert(part, DType.F64))
            |> List.fold (fun x y -> Ops.Add(x, y)) (Ops.Zeros(TensorType.Of DType.F64))

        extended point weights (graph (Seq.append point.Graph.Parameters parameters) [ sum ])

    /// The result of a function of one number.
    let number point =
        Values.dot (List.exactlyOne (run point)) (NDArray.Scalar 1.0)

    /// A bound on the operations of one run, loops counted a few times.
    let rec work (graph: Graph) : float =
        let size (value: Value) =
            match value.Type with
            | :? TensorType as tensor -> float tensor.Shape.Size
            | _ -> 8.0

        graph.Nodes
        |> Seq.sumBy (fun node ->
            let mutable inside = 0.0

            node.Primitive.MapBodies(fun body ->
                inside <- inside + 3.0 * work body.Graph
                body)
            |> ignore

            inside + Seq.sumBy size node.Operands + Seq.sumBy size node.Results)
        |> (+) 16.0

    /// Epsilon and smallest normal number of the coarsest floating dtype on the way; f64's where there is none.
    let rec coarsest (graph: Graph) : float * float =
        let ofType (t: ValueType) =
            let rec dtype (t: ValueType) =
                match t with
                | :? TensorType as tensor -> tensor.DType
                | stack -> dtype (stack :?> StackType).Element

            if not t.HasTangent then
                0.0, 0.0
            elif (dtype t).RealPart() = DType.F64 then
                DType.F64.Epsilon(), 2.3e-308
            else
                (dtype t).Epsilon(), 1.2e-38

        let types =
            [
                yield! graph.ParameterTypes
                for node in graph.Nodes do
                    for y in node.Results do
                        y.Type
            ]

        let mutable found = types |> List.map ofType

        for node in graph.Nodes do
            node.Primitive.MapBodies(fun body ->
                found <- coarsest body.Graph :: found
                body)
            |> ignore

        (DType.F64.Epsilon(), 2.3e-308) :: found |> List.max
