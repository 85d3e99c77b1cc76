/// Which rotation turns these vectors onto those? A unit quaternion has four numbers but three degrees of freedom, so it brings
/// a tangent space of its own: gradients have three coordinates, and moving along them keeps the length at one.
module Adjoint.Examples.Rotation

open Adjoint

/// The product of two quaternions [w, x, y, z].
let multiply (p: Tensor<float>) (q: Tensor<float>) =
    Tensor.stack
        0
        [
            p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3]
            p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2]
            p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1]
            p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0]
        ]

/// A rotation of space: the quaternion (cos θ/2, sin θ/2 · axis).
type Rotation =
    {
        Quaternion: Tensor<float>
    }

    // Tangents are rotation vectors, axis times angle, in R³. For a small one the quaternion (1, v/2), made one long,
    // is the rotation by v up to terms of third order.
    interface IManifold<Rotation, float> with
        member _.TangentShape = [ 3 ]

        member this.Move v =
            let turn = Tensor.concat 0 [ Tensor.ones [ 1 ]; 0.5 * v ]

            {
                Quaternion = multiply this.Quaternion (turn / Tensor.norm turn)
            }

/// The rotation about an axis of length one by an angle.
let about axis angle =
    {
        Quaternion = Tensor.vector (cos (angle / 2.0) :: [ for part in axis -> sin (angle / 2.0) * part ])
    }

/// A vector turned: q v q*, with the vector as the quaternion (0, v).
let turn rotation (v: Tensor<float>) =
    let q = rotation.Quaternion
    let conjugate = q * Tensor.vector [ 1.0; -1.0; -1.0; -1.0 ]
    let imaginary = Tensor.pad [ (1, 0) ] 0.0 v
    (multiply (multiply q imaginary) conjugate)[1..3]

/// The mean squared distance between the vectors turned and the measured ones.
let loss vectors measured rotation =
    vmap (turn rotation) vectors - measured
    |> Tensor.square
    |> Tensor.sumAlong 1
    |> Tensor.mean

/// Gradient descent along the manifold.
let fit vectors measured steps =
    let start =
        {
            Quaternion = Tensor.vector [ 1.0; 0.0; 0.0; 0.0 ]
        }

    let step =
        compile (fun rotation ->
            let slope = Manifold.grad (loss vectors measured) rotation
            Manifold.move (-0.2 * slope) rotation)

    Seq.fold (fun rotation _ -> step rotation) start (seq { 1..steps })

/// The angle between two rotations: twice the angle between their quaternions, of which q and -q are the same rotation.
let angleBetween p q =
    let chord =
        min (value (Tensor.norm (p.Quaternion - q.Quaternion))) (value (Tensor.norm (p.Quaternion + q.Quaternion)))

    4.0 * asin (chord / 2.0)

let truth = about [ 2.0 / 3.0; -1.0 / 3.0; 2.0 / 3.0 ] 2.0

/// The rotation found, its distance from the true one as an angle, how far its length is from one, and the loss.
let figures () =
    let vectors = Random.key 1 |> Random.uniformIn -1.0 1.0 [ 20; 3 ]
    let measured = vmap (turn truth) vectors
    let found = fit vectors measured 100
    let length = found.Quaternion |> Tensor.norm |> value
    found, angleBetween found truth, abs (length - 1.0), value (loss vectors measured found)

[<EntryPoint>]
let main _ =
    let found, angle, excess, loss = figures ()
    printfn $"found {found.Quaternion}"
    printfn $"true  {truth.Quaternion}"
    printfn $"angle between them %.1e{angle}, length off by %.1e{excess}, loss %.1e{loss}"
    0
