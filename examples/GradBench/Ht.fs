/// Hand tracking: how far measured points are from a hand's skin, by the hand's 26 angles and, where points lie inside of triangles of the
/// skin, by two coordinates of each in its triangle.
module Adjoint.Examples.GradBench.Ht

open Adjoint
open Adjoint.Examples.GradBench.Hand

/// n measured points.
type Problem =
    {
        Model: Model
        /// [n, 3].
        Points: Tensor<float>
        /// The vertex that each is compared with, [n, 1], or the corners of a triangle, [n, 3].
        Vertices: Tensor<int>
    }

/// The features of each point's vertex, or of its corners: [n, 1 or 3, 4 b].
let private corners problem =
    let n, count = problem.Points.Shape[0], problem.Vertices.Shape[1]

    features problem.Model (Tensor.flatten problem.Vertices)
    |> Tensor.reshape [ n; count; -1 ]

/// Errors of the points by the angles, given the features of what they are compared with: [n, 3].
let private errors problem features theta =
    problem.Points
    - place problem.Model theta (Tensor.matMul features (transforms problem.Model theta))

/// Errors of points compared with vertices: [n, 3].
let simple problem theta =
    errors problem (Tensor.squeezeAxis 1 (corners problem)) theta

/// Weights of a triangle's corners: [3].
let private barycentric (u: Tensor<float>) =
    Tensor.stack 0 [ u[0]; u[1]; 1.0 - u[0] - u[1] ]

let private mixed problem u =
    Tensor.einsum "nc,ncf->nf" [ vmap barycentric u; corners problem ]

/// Errors of points compared with places in triangles: [n, 3]. u : [n, 2]
let inTriangles problem (theta, u) = errors problem (mixed problem u) theta

/// A column for each angle: [3 n, 26].
let jacobian problem (theta: Tensor<float>) =
    jacfwd (simple problem) theta |> Tensor.reshape [ -1; theta.Size ]

/// Two columns for the coordinates, of which a point depends on its own alone, and one for each angle: [3 n, 2 + 26].
let jacobianInTriangles problem (theta: Tensor<float>, u) =
    let byAngles = jacfwd (errors problem (mixed problem u)) theta
    let moved = Tensor.matMul (corners problem) (transforms problem.Model theta)

    let error (point: Tensor<float>) corners u =
        point
        - Tensor.squeezeAxis 0 (place problem.Model theta (Tensor.matMul (Tensor.expandDims 0 (barycentric u)) corners))

    let byCoordinates =
        vmap (fun (point, corners, u) -> jacfwd (error point corners) u) (problem.Points, moved, u)

    Tensor.concat 2 [ byCoordinates; byAngles ]
    |> Tensor.reshape [ -1; 2 + theta.Size ]

/// A model, as the messages hold it.
let readModel input =
    let parents = List.ofArray (Input.wholes "parents" input)

    parents
    |> List.iteri (fun i parent ->
        if parent < -1 || parent >= i then
            raise (BadInput $"bone {i} hangs on bone {parent}, which is not an earlier one"))

    {
        Parents = parents
        BaseRelatives = Input.tensor 3 "base_relatives" input
        InverseBaseAbsolutes = Input.tensor 3 "inverse_base_absolutes" input
        BasePositions = Input.matrix "base_positions" input
        Weights = Input.matrix "weights" input
        Mirrored = Input.flag "is_mirrored" input
    }

/// The problem, the angles, and the coordinates where there are any.
let private read input =
    let data = Input.field "data" input
    let model = Input.field "model" data
    let chosen = Input.wholes "correspondences" data
    let hasTriangles = (Input.field "us" input).GetArrayLength() > 0

    let vertices =
        if hasTriangles then
            let triangles = (Input.matrix "triangles" model |> Tensor.toInt)
            Tensor.take (Tensor.vector chosen) triangles
        else
            Tensor.expandDims 1 (Tensor.vector chosen)

    {
        Model = readModel model
        Points = Input.matrix "points" data
        Vertices = vertices
    },
    Input.vector "theta" input,
    (if hasTriangles then Some(Input.matrix "us" input) else None)

/// The errors, point by point.
let objective (problem, theta, u) =
    match u with
    | Some u -> inTriangles problem (theta, u)
    | None -> simple problem theta
    |> Tensor.flatten

let private derivatives (problem, theta, u) =
    match u with
    | Some u -> jacobianInTriangles problem (theta, u)
    | None -> jacobian problem theta

let functions =
    [
        "objective", Function.define read objective Function.numbers
        "jacobian", Function.define read derivatives Function.rows
    ]
