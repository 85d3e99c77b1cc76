/// What the small versions learn from.
[<RequireQualifiedAccess>]
module Adjoint.Examples.Networks.Data

open Adjoint
open Adjoint.Examples

/// Scans of digits: images [n, 1, 8, 8] with ink from 0 to 1, and labels [n].
let digits count : Tensor<float32> * Tensor<int> =
    let scans = Scans.read count
    let ink: Tensor<float32> = Tensor.matrix [ for scan in scans -> scan.Ink ]
    Tensor.reshape [ count; 1; 8; 8 ] ink, Tensor.vector [ for scan in scans -> scan.Digit ]

/// Scans made as large as networks for 28 × 28 want them: every pixel a square of 3 × 3, and paper around.
let enlarged (images: Tensor<float32>) =
    let n = images.Shape[0]

    images
    |> Tensor.upsample ResizeMethod.Nearest [ 3; 3 ]
    |> Tensor.reshape [ n; 1; 24; 24 ]
    |> Tensor.pad [ 0, 0; 0, 0; 2, 2; 2, 2 ] 0.0f

/// Sequences that count on modulo the number of symbols, from any start by any step: [n, length].
let counting symbols n length key : Tensor<int> =
    let first = key |> Random.foldIn 0 |> Random.integers 0 symbols [ n; 1 ]
    let step = key |> Random.foldIn 1 |> Random.integers 1 symbols [ n; 1 ]
    (first + step * Tensor.reshape [ 1; length ] (Tensor.arange length)) % symbols

/// Images [n, 1, size, size] of a disc under noise, and where it is: 1 inside.
let discs size n key : Tensor<float32> * Tensor<float32> =
    let draw number low high =
        key |> Random.foldIn number |> Random.uniformIn low high [ n; 1; 1; 1 ]

    let side = float size

    let place axis =
        Tensor.reshape axis (Tensor.arange<float32> size)

    let x, y, radius =
        draw 0 (0.3 * side) (0.7 * side), draw 1 (0.3 * side) (0.7 * side), draw 2 (0.15 * side) (0.3 * side)

    let inside =
        Tensor.square (place [ 1; 1; 1; size ] - x)
        + Tensor.square (place [ 1; 1; size; 1 ] - y)
        .< Tensor.square radius

    let disc: Tensor<float32> = Tensor.cast inside
    disc + 0.5f * Random.normal disc.Shape (Random.foldIn 3 key), disc
