/// How do noble gas atoms arrange themselves when it gets cold? Clusters of least energy, found by rolling downhill from many
/// random places at once: the forces are the gradient of the energy, and `vmap` moves all starts together.
module Adjoint.Examples.LennardJones.Cluster

open Adjoint

/// The energy of each pair of atoms, 4 (r⁻¹² - r⁻⁶), in units in which a pair's well is 1 deep. atoms : [n, 3], gives [n, n].
let pairs (atoms: Tensor<float>) =
    let between = Tensor.expandDims 1 atoms - Tensor.expandDims 0 atoms
    let squared = between |> Tensor.square |> Tensor.sumAlong 2
    let itself = Tensor.eye atoms.Shape.Head
    // An atom is at distance 1 from itself, to keep 1/r⁶ smooth; at this distance the energy is 0.
    let r6 = 1.0 / (squared + itself) ** 3.0
    4.0 * (r6 * r6 - r6)

/// The energy of a cluster; each pair counts once.
let energy atoms = pairs atoms |> Tensor.sum |> (*) 0.5

/// Where atoms are, and where they are going.
type Motion =
    {
        Atoms: Tensor<float>
        Velocity: Tensor<float>
    }

/// One step of a motion with friction. Forces are held within bounds: two atoms may start nearly in one place.
let step motion =
    let force = -(grad energy motion.Atoms) |> Tensor.clip -50.0 50.0
    let velocity = 0.9 * motion.Velocity + 0.002 * force

    {
        Atoms = motion.Atoms + velocity
        Velocity = velocity
    }

/// Atoms that have come to rest.
let relax steps (atoms: Tensor<float>) =
    let start =
        {
            Atoms = atoms
            Velocity = Tensor.zerosLike atoms
        }

    (Flow.forLoop 0 steps (fun _ -> step) start).Atoms

/// The best cluster of n atoms from many starts, random in a box; its energy and the largest force that is left.
let search starts steps n =
    let side = 0.7 * float n ** (1.0 / 3.0)
    let boxes = Random.key n |> Random.uniformIn -side side [ starts; n; 3 ]
    let relaxed = compile (vmap (relax steps)) boxes
    let best = vmap energy relaxed |> Tensor.argMin 0 |> value
    let atoms = relaxed[int best]
    atoms, value (energy atoms), value (grad energy atoms |> Tensor.abs |> Tensor.max)
