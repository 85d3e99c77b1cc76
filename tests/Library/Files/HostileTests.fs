/// Files that chance has damaged: whatever is in them, the error is one of format, and memory stays bounded.
module Adjoint.LibraryTests.HostileTests

open System
open System.Collections.Generic
open System.IO
open System.IO.Compression
open Expecto
open Adjoint.Core
open Adjoint.Formats
open Adjoint.Front
open Adjoint.Ir
open Adjoint.LibraryTests.FileChecks

let private arrays =
    [
        "a", NDArray.Vector [| 1.5; -0.0 |]
        "b", arrayOf DType.F16 (Shape.Of(3, 4)) 1
        "c", NDArray.Scalar true
    ]
    |> List.map KeyValuePair

let private program =
    SavedProgram.Trace([ TensorType.Of(DType.F64, 2) ], (fun x -> [| x[0].Sum() + Expr.Of([| 0.5; 2.0 |]) |]), [| "x" |], [| "y" |])

let private idxOf (array: NDArray) =
    written (fun stream ->
        use packer = new GZipStream(stream, CompressionLevel.Fastest, true)
        Idx.Write(packer, array))

/// A file of each format, and how it is read.
let private formats: (string * byte[] * (byte[] -> unit)) list =
    [
        "npy", written (fun stream -> Npy.Write(stream, arrays[1].Value)), (fun bytes -> Npy.Read(new MemoryStream(bytes)) |> ignore)
        "npy from a network",
        written (fun stream -> Npy.Write(stream, arrays[1].Value)),
        (fun bytes -> Npy.Read(new Trickle(bytes)) |> ignore)
        "npz", written (fun stream -> Npz.Write(stream, arrays)), (fun bytes -> Npz.Read(new MemoryStream(bytes)) |> ignore)
        "npz packed", written (fun stream -> Npz.Write(stream, arrays, true)), (fun bytes -> Npz.Read(new MemoryStream(bytes)) |> ignore)
        "safetensors",
        written (fun stream -> Safetensors.Write(stream, arrays)),
        (fun bytes -> Safetensors.Read(new MemoryStream(bytes)) |> ignore)
        "safetensors from a network",
        written (fun stream -> Safetensors.Write(stream, arrays)),
        (fun bytes -> Safetensors.Read(new Trickle(bytes)) |> ignore)
        "program", written (fun stream -> program.Write stream), (fun bytes -> SavedProgram.Read(new MemoryStream(bytes)) |> ignore)
        "idx",
        written (fun stream -> Idx.Write(stream, NDArray.Vector [| 1; 2 |])),
        (fun bytes -> Idx.Read(new MemoryStream(bytes)) |> ignore)
        "idx packed",
        idxOf (NDArray.Vector [| 1; 2 |]),
        (fun bytes ->
            atPath (fun path ->
                File.WriteAllBytes(path + ".gz", bytes)
                Idx.Load(path + ".gz") |> ignore))
    ]

/// The same bytes, with some cut out, some copied to another place, and some set.
let private damaged (seed: int) (bytes: byte[]) =
    let random = Random seed
    let cut = random.Next bytes.Length
    let length = random.Next(min 40 (bytes.Length - cut))
    let from = random.Next(bytes.Length - length)

    let pasted =
        if random.Next 2 = 0 then
            bytes[from .. from + random.Next 20 |> min (bytes.Length - 1)]
        else
            [||]

    let changed = Array.concat [ bytes[.. cut - 1]; pasted; bytes[cut + length ..] ]

    for _ in 1 .. random.Next 4 do
        if changed.Length > 0 then
            changed[random.Next changed.Length] <- byte (random.Next 256)

    changed

[<Tests>]
let tests =
    testList
        "files hostile"
        [
            for name, file, read in formats do
                testCase $"{name}: the file is read" (fun () -> read file)

                testProperty $"{name}: whatever is damaged" (fun (seed: int) ->
                    let bytes = damaged seed file
                    let taken = allocated (fun () -> brokenOrNot (fun () -> read bytes) $"seed {seed}")

                    // Pieces of a megabyte and the machinery of archives; far below what a damaged header may say.
                    Expect.isLessThan taken 40_000_000L $"memory, seed {seed}")
        ]
