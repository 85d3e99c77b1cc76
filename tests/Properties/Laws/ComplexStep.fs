/// The complex step: an analytic function continues to complex numbers, and the imaginary part of f(x + i h dx) / h is its
/// derivative along dx, without a difference to lose digits in (Squire and Trapp 1998).
module Adjoint.Properties.Laws.ComplexStep

open System.Numerics
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Laws.TangentLaws

/// So small that the step's own error, of the order of its square, is nothing beside rounding.
[<Literal>]
let private Step = 1e-20

/// Defined for complex numbers, but not analytic there.
let private isAnalytic (primitive: Primitive) =
    match primitive with
    | :? Sign
    | :? Conj
    | :? Cholesky
    | :? BodyPrimitive -> false
    | :? TriangularSolve as solve -> not solve.Conjugated
    | _ -> true

let private isReal (value: HostValue) =
    match value with
    | :? NDArray as array -> array.Type = DType.F64
    | _ -> false

let private continued (x: NDArray) (dx: NDArray option) : HostValue =
    let result = NDArray.New(DType.C128, x.Shape)

    for i in 0 .. x.Size - 1 do
        let along =
            match dx with
            | Some dx -> Step * dx.At(i).AsDouble
            | None -> 0.0

        result.Set(i, Scalar.Of(DType.C128, Complex(x.At(i).AsDouble, along)))

    result

/// The same node on complex operands, where its typing rule takes them and gives complex numbers for real ones.
let private complexGraph (case: Case) =
    let primitive = (Seq.exactlyOne case.Graph.Nodes).Primitive

    let types: ValueType list =
        [
            for operand in case.Operands ->
                (if isReal operand then
                     TensorType(DType.C128, (operand :?> NDArray).Shape) :> ValueType
                 else
                     ValueTypes.Of operand)
        ]

    try
        let graph =
            Graph.Of(types, fun x -> Node.Make(primitive, System.Collections.Immutable.ImmutableArray.CreateRange x).Results)

        let kept =
            Seq.forall2
                (fun (real: ValueType) (result: ValueType) ->
                    not real.HasTangent
                    || result.Equals(TensorType(DType.C128, (real :?> TensorType).Shape)))
                case.Graph.ResultTypes
                graph.ResultTypes

        if kept then Some graph else None
    with :? TypeRuleException ->
        None

let private slopeOf (value: HostValue) : HostValue =
    let array = value :?> NDArray
    let result = NDArray.New(DType.F64, array.Shape)

    for i in 0 .. array.Size - 1 do
        result.Set(i, Scalar.Of(DType.F64, array.At(i).AsComplex.Imaginary / Step))

    result

let private isCase (case: Case) =
    case.Graph.Nodes.Length = 1
    && Seq.forall2 (fun a b -> obj.ReferenceEquals(a, b)) case.Graph.Results case.Graph.Nodes[0].Results
    && case.Graph.Results.Length = case.Graph.Nodes[0].Results.Length
    && isAnalytic case.Graph.Nodes[0].Primitive
    && Point.actives case.Point |> List.forall isReal
    && case.Graph.ResultTypes
       |> Seq.forall (fun y -> not y.HasTangent || y.Equals(TensorType(DType.F64, (y :?> TensorType).Shape)))

let law =
    {
        Name = "jvp against the complex step"
        Mode = Smooth
        Differential = true
        Check =
            fun case source ->
                let point = case.Point
                let dx = directions source (Point.actives point)

                match (if isCase case then complexGraph case else None) with
                | None -> Says.nothing ()
                | Some graph ->
                    let spread = case.Active.Spread dx

                    let operands =
                        case.Operands
                        |> List.mapi (fun i x ->
                            if isReal x then
                                continued (x :?> NDArray) (spread[i] |> Option.ofObj |> Option.map (fun d -> d :?> NDArray))
                            else
                                x)

                    let slopes = Point.runGraph graph operands |> Point.slopes point |> List.map slopeOf

                    near "the complex step" point (Point.run (Point.jvp point dx)) slopes
    }

let all = [ law ]
