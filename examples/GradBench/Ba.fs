/// Bundle adjustment: how far points, seen by cameras, are from where they were observed. The jacobian is sparse: an observation depends on
/// its camera, its point and its weight alone, so it is one small dense jacobian, of many observations at once.
module Adjoint.Examples.GradBench.Ba

open Adjoint

/// Three numbers, of one observation or of all.
type Vector = Tensor<float> * Tensor<float> * Tensor<float>

type Camera =
    {
        /// Axis times angle.
        Rotation: Vector
        Centre: Vector
        Focal: Tensor<float>
        /// Where the axis of sight meets the image.
        Principal: Tensor<float> * Tensor<float>
        /// Coefficients of distortion.
        Radial: Tensor<float> * Tensor<float>
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

/// A matrix of a few elements in each row: two rows for each observation, then one for each weight. Row i lies from Starts[i] up to
/// Starts[i + 1] in the columns and values, those of observations before those of weights.
type Sparse =
    {
        Starts: Tensor<int>
        /// [p, 2, 15].
        Columns: Tensor<int>
        /// [p, 30].
        Values: Tensor<float>
        WeightColumns: Tensor<int>
        WeightValues: Tensor<float>
    }

let private dot ((ax, ay, az): Vector) ((bx, by, bz): Vector) = ax * bx + ay * by + az * bz

let private cross ((ax, ay, az): Vector) ((bx, by, bz): Vector) : Vector =
    ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx

/// A point turned around an axis, by Rodrigues' formula; by its limit where there is no angle.
let private rotate ((rx, ry, rz) as rotation: Vector) ((px, py, pz) as point: Vector) : Vector =
    let square = dot rotation rotation
    let turned = square .> 0.0
    let angle = Tensor.sqrt (Tensor.where turned square (Tensor.onesLike square))
    let (ax, ay, az) as axis: Vector = rx / angle, ry / angle, rz / angle
    let cosine, sine = Tensor.cos angle, Tensor.sin angle
    let along = dot axis point * (1.0 - cosine)
    let cx, cy, cz = cross axis point
    let lx, ly, lz = cross rotation point

    let part (a: Tensor<float>) (p: Tensor<float>) (c: Tensor<float>) (l: Tensor<float>) =
        Tensor.where turned (p * cosine + c * sine + a * along) (p + l)

    part ax px cx lx, part ay py cy ly, part az pz cz lz

/// Where a camera sees a point.
let private project camera ((px, py, pz): Vector) =
    let cx, cy, cz = camera.Centre
    let sx, sy, sz = rotate camera.Rotation (px - cx, py - cy, pz - cz)
    let x, y = sx / sz, sy / sz
    let r = x * x + y * y
    let k1, k2 = camera.Radial
    let scale = (1.0 + k1 * r + k2 * r * r) * camera.Focal
    let px, py = camera.Principal
    x * scale + px, y * scale + py

let private errors (fx: Tensor<float>, fy: Tensor<float>) (camera, point, weight: Tensor<float>) =
    let x, y = project camera point
    weight * (x - fx), weight * (y - fy)

let private weightError (weight: Tensor<float>) = 1.0 - weight * weight

/// Cameras, points, weights and features of all observations.
let private observations problem =
    let camera (i: int) =
        Tensor.take problem.Camera problem.Cameras[*, i]

    let point (i: int) =
        Tensor.take problem.Point problem.Points[*, i]

    {
        Rotation = camera 0, camera 1, camera 2
        Centre = camera 3, camera 4, camera 5
        Focal = camera 6
        Principal = camera 7, camera 8
        Radial = camera 9, camera 10
    },
    (point 0, point 1, point 2),
    problem.Weights,
    (problem.Features[*, 0], problem.Features[*, 1])

/// Errors of the observations [p, 2] and of the weights [p].
let objective problem =
    let both (camera, point, weight, feature) =
        let x, y = errors feature (camera, point, weight)
        Tensor.stack 0 [ x; y ]

    vmap both (observations problem), vmap weightError problem.Weights

/// The derivatives of one observation's two errors, in the order of columns: [30].
let private block (camera, point, weight, feature) =
    let row choose =
        let camera, (px, py, pz), weight = grad (errors feature >> choose) (camera, point, weight)

        let rx, ry, rz = camera.Rotation
        let cx, cy, cz = camera.Centre
        let u, v = camera.Principal
        let k1, k2 = camera.Radial
        [ rx; ry; rz; cx; cy; cz; camera.Focal; u; v; k1; k2; px; py; pz; weight ]

    Tensor.stack 0 (row fst @ row snd)

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

    Tensor.broadcastTo [ 2; 15 ] row

/// Rows: both errors of each observation, then those of the weights. Columns: cameras, points, weights.
let jacobian problem =
    let n, m, p = problem.Cameras.Shape[0], problem.Points.Shape[0], problem.Weights.Size
    let numbers = Tensor.arange<int> p

    {
        Starts = Tensor.concat 0 [ 15 * Tensor.arange (2 * p); 30 * p + Tensor.arange (p + 1) ]
        Columns = vmap (columns n m) (problem.Camera, problem.Point, numbers)
        Values = vmap block (observations problem)
        WeightColumns = 11 * n + 3 * m + numbers
        WeightValues = vmap (grad weightError) problem.Weights
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

/// The answer holds the entries of the first observation and the last one of all.
let private writeSparse matrix =
    let starts = Tensor.toArray matrix.Starts

    let first (entries: Tensor<'T>) =
        Tensor.toArray (Tensor.flatten entries[0..0])

    let last (entries: Tensor<'T>) =
        Tensor.toArray entries[entries.Size - 1 ..]

    Fields
        [
            "rows", Wholes(Array.append starts[..29] [| Array.last starts |])
            "cols", Wholes(Array.append (first matrix.Columns) (last matrix.WeightColumns))
            "vals", Numbers(Array.append (first matrix.Values) (last matrix.WeightValues))
        ]

let functions =
    [
        "objective", Function.define read objective writeErrors
        "jacobian", Function.define read jacobian writeSparse
    ]
