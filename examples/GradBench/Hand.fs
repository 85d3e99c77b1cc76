/// A model of a hand: bones that hang together, and vertices of its skin that follow them.
module Adjoint.Examples.GradBench.Hand

open Adjoint

/// Of b bones and v vertices.
type Model =
    {
        /// The bone that each hangs on, an earlier one; -1 for none.
        Parents: int list
        /// [b, 4, 4].
        BaseRelatives: Tensor<float>
        /// [b, 4, 4].
        InverseBaseAbsolutes: Tensor<float>
        /// Homogeneous: [v, 4].
        BasePositions: Tensor<float>
        /// How much each vertex follows each bone: [v, b].
        Weights: Tensor<float>
        Mirrored: bool
    }

/// The turn by an axis times an angle: [3, 3]. The identity where the angle is less than 1e-4, without a derivative there, as ADBench has it.
let turn (rotation: Tensor<float>) =
    let square = Tensor.sum (Tensor.square rotation)
    let turned = square .>= 1e-8
    let angle = Tensor.sqrt (Tensor.where turned square (Tensor.onesLike square))
    let axis = rotation / angle
    let zero = Tensor.scalar 0.0

    let cross =
        Tensor.stack 0 [ zero; -axis[2]; axis[1]; axis[2]; zero; -axis[0]; -axis[1]; axis[0]; zero ]
        |> Tensor.reshape [ 3; 3 ]

    let identity = Tensor.eye 3
    let outer = Tensor.outer axis axis
    Tensor.where turned (outer + (identity - outer) * Tensor.cos angle + cross * Tensor.sin angle) identity

/// The angles around the first and the third axis of all bones, [b] each: a finger's first bone is stiff, its second turns both ways, its
/// third and fourth bend; wrist and forearm are stiff. Six numbers of θ come before those of the fingers, of which each has four.
let private angles bones (theta: Tensor<float>) =
    let finger i = 6 + 4 * ((i - 1) / 4)

    let at chosen =
        [
            for i in 0 .. bones - 1 ->
                match (i - 1) % 4 with
                | part when i > 0 && i < 21 -> chosen (finger i) part
                | _ -> 0
        ]

    // Place 0 of θ behind a zero is the zero.
    let padded = Tensor.concat 0 [ Tensor.zeros [ 1 ]; theta ]

    let bend =
        at (fun first part ->
            match part with
            | 0 -> 0
            | 1 -> first + 1
            | _ -> first + part + 1)

    let spread = at (fun first part -> if part = 1 then first + 2 else 0)
    Tensor.take (Tensor.vector bend) padded, Tensor.take (Tensor.vector spread) padded

/// Turns around the first axis and then around the third: [b, 4, 4].
let private turns (x: Tensor<float>) (z: Tensor<float>) =
    let zero, one = Tensor.zerosLike x, Tensor.onesLike x
    let cx, sx, cz, sz = Tensor.cos x, Tensor.sin x, Tensor.cos z, Tensor.sin z

    [
        [ cz; -sz * cx; sz * sx; zero ]
        [ sz; cz * cx; -cz * sx; zero ]
        [ zero; sx; cx; zero ]
        [ zero; zero; zero; one ]
    ]
    |> List.map (Tensor.stack 1)
    |> Tensor.stack 1

/// Bones by how many hang between them and the root, those of one level together.
let private levels (parents: int list) =
    let depths = Array.zeroCreate parents.Length

    for i, parent in List.indexed parents do
        depths[i] <- if parent < 0 then 0 else depths[parent] + 1

    [ 0 .. parents.Length - 1 ]
    |> List.groupBy (fun i -> depths[i])
    |> List.sortBy fst
    |> List.map snd

/// From places relative to parents to absolute ones, level by level: [b, 4, 4].
let private absolutes (parents: int list) relatives =
    let pick (bones: int list) = Tensor.take (Tensor.vector bones)

    let hang (above: int list, placed) bones =
        let place = bones |> List.map (fun bone -> List.findIndex ((=) parents[bone]) above)
        bones, Tensor.matMul (pick place placed) (pick bones relatives)

    match levels parents with
    | roots :: rest ->
        let all = List.scan hang (roots, pick roots relatives) rest
        let order = List.collect fst all
        let back = [ for bone in 0 .. parents.Length - 1 -> List.findIndex ((=) bone) order ]
        all |> List.map snd |> Tensor.concat 0 |> pick back
    | [] -> relatives

/// How the bones move what follows them, as one matrix of homogeneous places by bones, [4 b, 3].
let transforms model theta =
    let bones = model.Parents.Length
    let x, z = angles bones theta
    let placed = absolutes model.Parents (Tensor.matMul model.BaseRelatives (turns x z))
    let moved = Tensor.matMul placed model.InverseBaseAbsolutes

    moved[*, ..2, *]
    |> Tensor.permute [ 0; 2; 1 ]
    |> Tensor.reshape [ 4 * bones; 3 ]

/// What the transforms are multiplied with to give vertices: each bone's weight times the vertex, [n, 4 b].
let features model (vertices: Tensor<int>) =
    let weights = Tensor.take vertices model.Weights
    let positions = Tensor.take vertices model.BasePositions

    Tensor.expandDims 2 weights * Tensor.expandDims 1 positions
    |> Tensor.reshape [ vertices.Size; 4 * model.Parents.Length ]

/// Vertices moved with the hand as a whole, which is turned and shifted by the first six numbers of θ: [n, 3].
let place model (theta: Tensor<float>) (positions: Tensor<float>) =
    let positions =
        if model.Mirrored then
            positions * Tensor.vector [ -1.0; 1.0; 1.0 ]
        else
            positions

    Tensor.matMul positions (Tensor.transpose (turn theta[0..2])) + theta[3..5]
