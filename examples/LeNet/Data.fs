/// Scans of handwritten digits (../Digits/data), made as large as LeNet-5 wants them.
module Adjoint.Examples.LeNet.Data

open System
open System.IO
open System.IO.Compression
open System.Reflection
open Adjoint

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
    use packed = Assembly.GetExecutingAssembly().GetManifestResourceStream "digits.csv.gz"
    use text = new StreamReader(new GZipStream(packed, CompressionMode.Decompress))
    let rows = [ for _ in 1..count -> text.ReadLine().Split ',' |> Array.map int ]
    let scans = Tensor.matrix [ for row in rows -> row[..63] |> Array.map (fun ink -> float32 ink / 16.0f) ]
    enlarge scans, Tensor.vector [ for row in rows -> int64 row[64] ]
