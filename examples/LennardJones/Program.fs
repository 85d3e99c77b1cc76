/// The clusters of least energy of 5, 7 and 13 atoms, beside the published energies.
module Adjoint.Examples.LennardJones.Program

open Adjoint
open Adjoint.Examples

/// The least energies known (Hoare and Pal 1971; the Cambridge Cluster Database has these digits).
let published = [ 5, -9.103852; 7, -16.505384; 13, -44.326801 ]

/// Of each size the atoms, the energy and the largest force left.
let figures () =
    [ for n, _ in published -> n, Cluster.search (8 * n) 1000 n ]

let picture found =
    Pictures.clusters
        [
            for n, (atoms, energy: float, _) in found -> $"{n} atoms, energy −%.4f{-energy}", atoms
        ]

[<EntryPoint>]
let main _ =
    let found = figures ()

    for (n, (_, energy, force)), (_, known) in List.zip found published do
        printfn $"%2d{n} atoms: energy %.6f{energy}, published %.6f{known}, largest force left %.1e{force}"

    Svg.save "out/lennard-jones/lennard-jones.svg" (picture found)
    0
