/// IDX files, against bytes written by hand after MNIST's description.
module Adjoint.LibraryTests.IdxTests

open System.IO
open System.IO.Compression
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Formats
open Adjoint.LibraryTests.FileChecks

let private write array =
    written (fun stream -> Idx.Write(stream, array))

let private read (bytes: byte[]) = Idx.Read(new MemoryStream(bytes))

/// Two by three numbers of i16: the largest byte comes first.
let private example =
    [|
        yield! [| 0uy; 0uy; 0x0Buy; 2uy |]
        yield! [| 0uy; 0uy; 0uy; 2uy; 0uy; 0uy; 0uy; 3uy |]
        yield! [| 0uy; 1uy; 0uy; 2uy; 1uy; 0uy; 0xFFuy; 0xFFuy; 0x80uy; 0uy; 0x7Fuy; 0xFFuy |]
    |]

let private numbers =
    NDArray.Of(Shape.Of(2, 3), System.ReadOnlySpan [| 1s; 2s; 256s; -1s; -32768s; 32767s |])

let private known =
    samples
    |> List.filter (fun array -> List.contains array.Type [ DType.U8; DType.I8; DType.I16; DType.I32; DType.F32; DType.F64 ])

[<Tests>]
let tests =
    testList
        "files idx"
        [
            testCase "bytes" (fun () ->
                sameArray numbers (read example) "read"
                Expect.sequenceEqual (write numbers) example "written"
                Expect.sequenceEqual (write (NDArray.Vector [| 7uy |])) [| 0uy; 0uy; 8uy; 1uy; 0uy; 0uy; 0uy; 1uy; 7uy |] "bytes"
                Expect.sequenceEqual (write (NDArray.Scalar 1.0f)) [| 0uy; 0uy; 13uy; 0uy; 0x3Fuy; 0x80uy; 0uy; 0uy |] "f32")

            testCase "every dtype of the format, packed or not, whatever the name says" (fun () ->
                inFolder (fun folder ->
                    for array in known do
                        sameArray array (read (write array)) "a stream"

                        for name in [ "x.idx"; "x.idx.gz" ] do
                            let path = Path.Combine(folder, name)
                            Idx.Save(path, array)
                            sameArray array (Idx.Load path) name

                        File.Move(Path.Combine(folder, "x.idx.gz"), Path.Combine(folder, "packed"), true)
                        sameArray array (Idx.Load(Path.Combine(folder, "packed"))) "packed under another name"))

            testCase "tensors" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.gz")
                    Files.saveIdx path (Tensor.vector [ 1; 2; 3 ])
                    Expect.equal (Tensor.toArray (Files.loadIdx path)) [| 1; 2; 3 |] "the same"
                    Checks.refuses<DTypeException> [ "i32[3]" ] (fun () -> (Files.loadIdx path: Tensor<float>) |> ignore)))

            testCase "other dtypes are refused" (fun () ->
                for array in samples do
                    if not (List.exists (fun (found: NDArray) -> found.Type = array.Type) known) then
                        Checks.refuses<DTypeException> [ array.Type.Name(); "Cast it?" ] (fun () -> write array |> ignore))

            testCase "every beginning is refused, every turned bit is refused or read" (fun () ->
                everyBeginning (Idx.Read >> ignore) example
                everyFlip (Idx.Read >> ignore) example 12)

            testCase "files that are none" (fun () ->
                inFolder (fun folder ->
                    let load (name: string) (bytes: byte[]) =
                        let path = Path.Combine(folder, name)
                        File.WriteAllBytes(path, bytes)
                        Idx.Load path

                    broken [ "idx: a.idx, byte 0" ] (fun () -> load "a.idx" [| 1uy; 0uy; 8uy; 1uy; 0uy; 0uy; 0uy; 0uy |])
                    broken [ "byte 0"; "8, 9, 11" ] (fun () -> load "a.idx" [| 0uy; 0uy; 10uy; 1uy; 0uy; 0uy; 0uy; 0uy |])
                    broken [ "byte 3"; "65 axes" ] (fun () -> load "a.idx" [| 0uy; 0uy; 8uy; 65uy; 0uy; 0uy; 0uy; 0uy |])
                    broken [ "byte 4"; "the extent -1" ] (fun () -> load "a.idx" [| 0uy; 0uy; 8uy; 1uy; 255uy; 255uy; 255uy; 255uy |])
                    broken [ "byte 24"; "goes on" ] (fun () -> load "a.idx" (Array.append example [| 0uy |]))
                    broken [ "can't be unpacked" ] (fun () -> load "a.idx.gz" example)

                    // A packed file that says 2 GB and holds nothing.
                    let says = [| 0uy; 0uy; 8uy; 1uy; 0x7Fuy; 0xFFuy; 0uy; 0uy |]

                    let packed =
                        written (fun stream ->
                            use packer = new GZipStream(stream, CompressionLevel.Fastest, true)
                            packer.Write(System.ReadOnlySpan says))

                    let refuse () =
                        broken [ "cut short" ] (fun () -> load "a.gz" packed)

                    Expect.isLessThan (allocated refuse) 4_000_000L "little memory"))
        ]
