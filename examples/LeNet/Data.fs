/// Scans of handwritten digits (../Digits/data), made as large as LeNet-5 wants them.
module Adjoint.Examples.LeNet.Data

open Adjoint
open Adjoint.Examples

/// Every pixel becomes a square of 3 × 3, and two pixels of paper go around: from [n, 64] to [n, 1, 28, 28].
let enlarge (scans: Tensor<float32>) =
    let count = scans.Shape.Head

    scans
    |> Tensor.reshape [ count; 1; 8; 1; 8; 1 ]
    |> Tensor.broadcastTo [ count; 1; 8; 3; 8; 3 ]
    |> Tensor.reshape [ count; 1; 24; 24 ]
    |> Tensor.pad [ 0, 0; 0, 0; 2, 2; 2, 2 ] 0.0f

/// So many images with ink from 0 to 1, and the digits that they show.
let images count =
    let scans = Scans.read count
    enlarge (Tensor.matrix [ for scan in scans -> scan.Ink ]), Tensor.vector [ for scan in scans -> int64 scan.Digit ]
