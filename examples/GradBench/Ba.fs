/// Bundle adjustment: how far points, seen by cameras, are from where they were observed. The jacobian is sparse: an observation depends on
/// its camera, its point and its weight alone, so it is one small dense jacobian, of many observations at once.
module Adjoint.Examples.GradBench.Ba

open Adjoint

/// Cameras: each leaf has their number as its first axis, or none of one camera.
type Camera =
    {
        /// Axis times angle: [3].
        Rotation: Tensor<float>
        /// [3].
        Centre: Tensor<float>
        Focal: Tensor<float>
        /// Where the axis of sight meets the image: [2].
        Principal: Tensor<float>
        /// Coefficients of distortion: [2].
        Radial: Tensor<float>
    }

type Problem =
    {
        /// [n, 11]: rotation, centre, focal length, principal point, distortion.
        Cameras: Tensor<float>
        /// [m, 3].
        Points: Tensor<float>
        /// [p].
        Weights: Tensor<float>
        /// What was seen: [p, 2].
        Features: Tensor<float>
        /// The camera and the point of each observation: [p].
        Camera: Tensor<int>
        Point: Tensor<int>
    }

/// A matrix of rows and columns by rows: row i lies from Starts[i] up to Starts[i + 1] in Columns and Values.
type Sparse =
    {
        Starts: Tensor<int>
        Columns: Tensor<int>
        Values: Tensor<float>
    }

let private dot (x: Tensor<float>) y = Tensor.sum (x * y)

/// A point turned around an axis, by Rodrigues' formula; by its limit where there is no angle.
let private rotate (rotation: Tensor<float>) point =
    let square = dot rotation rotation
    let turned = square .> 0.0
    let angle = Tensor.sqrt (Tensor.where turned square (Tensor.onesLike square))
    let axis = rotation / angle
    let cosine, sine = Tensor.cos angle, Tensor.sin angle

    Tensor.where
        turned
        (point * cosine
         + Tensor.cross axis point * sine
         + axis * (dot axis point * (1.0 - cosine)))
        (point + Tensor.cross rotation point)

/// Where a camera sees a point: [2].
let private project camera (point: Tensor<float>) =
    let seen = rotate camera.Rotation (point - camera.Centre)
    let plane = seen[..1] / seen[2]
    let r = dot plane plane
    let distortion = 1.0 + camera.Radial[0] * r + camera.Radial[1] * r * r
    plane * distortion * camera.Focal + camera.Principal

let private error feature (camera, point, weight: Tensor<float>) =
    weight * (project camera point - feature)

let private weightError (weight: Tensor<float>) = 1.0 - weight * weight

/// Cameras, points, weights and features of all observations.
let private observations problem =
    let rows = Tensor.take problem.Camera problem.Cameras

    {
        Rotation = rows[*, 0..2]
        Centre = rows[*, 3..5]
        Focal = rows[*, 6]
        Principal = rows[*, 7..8]
        Radial = rows[*, 9..10]
    },
    Tensor.take problem.Point problem.Points,
    problem.Weights,
    problem.Features

/// Errors of the observations [p, 2] and of the weights [p].
let objective problem =
    observations problem
    |> vmap (fun (camera, point, weight, feature) -> error feature (camera, point, weight)),
    vmap weightError problem.Weights

/// The derivatives of one observation's two errors, in the order of columns: [2, 15].
let private block (camera, point, weight, feature) =
    let camera, point, weight = jacrev (error feature) (camera, point, weight)
    let column = Tensor.expandDims 1

    Tensor.concat
        1
        [
            camera.Rotation
            camera.Centre
            column camera.Focal
            camera.Principal
            camera.Radial
            point
            column weight
        ]

/// The columns of one observation's derivatives, the same for both of its errors: [2, 15].
let private columns (n: int) m (camera: Tensor<int>, point: Tensor<int>, observation: Tensor<int>) =
    let row =
        Tensor.concat
            0
            [
                11 * camera + Tensor.arange 11
                11 * n + 3 * point + Tensor.arange 3
                11 * n + 3 * m + Tensor.expandDims 0 observation
            ]

    Tensor.stack 0 [ row; row ]

/// Rows: both errors of each observation, then those of the weights. Columns: cameras, points, weights.
let jacobian problem =
    let n, m, p = problem.Cameras.Shape[0], problem.Points.Shape[0], problem.Weights.Size
    let numbers = Tensor.arange<int> p

    {
        Starts = Tensor.concat 0 [ 15 * Tensor.arange (2 * p); 30 * p + Tensor.arange (p + 1) ]
        Columns =
            Tensor.concat
                0
                [
                    vmap (columns n m) (problem.Camera, problem.Point, numbers) |> Tensor.flatten
                    11 * n + 3 * m + numbers
                ]
        Values =
            Tensor.concat
                0
                [
                    vmap block (observations problem) |> Tensor.flatten
                    vmap (grad weightError) problem.Weights
                ]
    }

/// The messages hold one camera, one point, one weight and one feature, to be repeated.
let private read input =
    let n, m, p = Input.whole "n" input, Input.whole "m" input, Input.whole "p" input

    if n < 1 || m < 1 || p < 1 then
        raise (BadInput $"there are {n} cameras, {m} points and {p} observations; it takes one of each at least")

    let repeated count name extent =
        let row = Input.vector name input

        if row.Size <> extent then
            raise (BadInput $"{name} has {row.Size} numbers, not {extent}")

        Tensor.tile [ count; 1 ] row

    {
        Cameras = repeated n "cam" 11
        Points = repeated m "x" 3
        Weights = Tensor.full [ p ] (Input.number "w" input)
        Features = repeated p "feat" 2
        Camera = Tensor.vector [| for i in 0 .. p - 1 -> i % n |]
        Point = Tensor.vector [| for i in 0 .. p - 1 -> i % m |]
    }

/// All observations being the same, the answer holds the first errors and how often they are repeated.
let private writeErrors (errors: Tensor<float>, weightErrors: Tensor<float>) =
    let p = Whole weightErrors.Size

    Fields
        [
            "reproj_error", Fields [ "elements", Function.numbers errors[0]; "repeated", p ]
            "w_err", Fields [ "element", Function.number weightErrors[0]; "repeated", p ]
        ]

/// The first thirty entries and the last one.
let private ends (items: 'T[]) =
    Array.append items[..29] [| Array.last items |]

let private writeSparse matrix =
    Fields
        [
            "rows", Wholes(ends (Tensor.toArray matrix.Starts))
            "cols", Wholes(ends (Tensor.toArray matrix.Columns))
            "vals", Numbers(ends (Tensor.toArray matrix.Values))
        ]

let functions =
    [
        "objective", Function.define read objective writeErrors
        "jacobian", Function.define read jacobian writeSparse
    ]
