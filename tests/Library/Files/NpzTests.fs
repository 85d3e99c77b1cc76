/// The format .npz: zip archives of arrays, honest and not.
module Adjoint.LibraryTests.NpzTests

open System
open System.Collections.Generic
open System.IO
open System.IO.Compression
open System.Text
open Expecto
open Adjoint.Core
open Adjoint.Formats
open Adjoint.LibraryTests.FileChecks

let private pairs arrays =
    arrays
    |> Seq.map (fun (name, array) -> KeyValuePair<string, NDArray>(name, array))

let private write compress arrays =
    written (fun stream -> Npz.Write(stream, pairs arrays, compress))

let private read (bytes: byte[]) = Npz.Read(new MemoryStream(bytes))

let private two = [ "a", NDArray.Vector [| 1.5; -0.0 |]; "b", NDArray.Vector [| 1; 2; 3 |] ]

/// An archive with entries of these bytes.
let private archiveOf (entries: (string * byte[]) list) =
    written (fun stream ->
        use archive = new ZipArchive(stream, ZipArchiveMode.Create, true)

        for name, content in entries do
            use entry = archive.CreateEntry(name, CompressionLevel.SmallestSize).Open()
            entry.Write(ReadOnlySpan content))

/// The place of a text in some bytes, from the end.
let private lastPlace (text: byte[]) (bytes: byte[]) =
    (ReadOnlySpan bytes).LastIndexOf(ReadOnlySpan text)

/// The same bytes with others from a place on.
let private patched (place: int) (other: byte[]) (bytes: byte[]) =
    let changed = Array.copy bytes
    other.CopyTo(changed, place)
    changed

let private roundTrips =
    testList
        "round trips"
        [
            testCase "every dtype in every kind of shape, packed or not" (fun () ->
                for compress in [ false; true ] do
                    let named = List.indexed samples |> List.map (fun (i, array) -> $"x[{i}].Weight", array)
                    let back = read (write compress named)
                    Expect.sequenceEqual (Seq.map fst named) back.Keys "names"

                    for name, array in named do
                        sameArray array back[name] name)

            testCase "an entry is a .npy file, and equal arrays give equal archives" (fun () ->
                use archive = new ZipArchive(new MemoryStream(write false two))
                Expect.sequenceEqual (archive.Entries |> Seq.map _.FullName) [ "a.npy"; "b.npy" ] "entries"
                use entry = archive.Entries[0].Open()
                sameArray (snd two[0]) (Npy.Read entry) "an entry"
                Expect.sequenceEqual (write false two) (write false two) "no time, no chance")

            testCase "any names" (fun () ->
                for name in [ "äöü/日本"; "../up"; " "; ""; "a\"b\\c"; String.replicate 300 "long" ] do
                    Expect.sequenceEqual (read (write false [ name, NDArray.Scalar 1 ])).Keys [ name ] name)

            testCase "one array of a file" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "two.npz")
                    Npz.Save(path, pairs two)
                    use archive = Npz.Open path
                    Expect.sequenceEqual archive.Names [ "a"; "b" ] "names"
                    Expect.equal (string (archive.TypeOf "a")) "f64[2]" "type"
                    sameArray (snd two[1]) (archive.Read "b") "an array"
                    sameArray (snd two[1]) (archive.Read "b") "again"
                    broken [ "npz: two.npz"; "no array c"; "a, b" ] (fun () -> archive.Read "c")))

            testCase "a stream without a length" (fun () -> sameArray (snd two[0]) ((Npz.Read(new Trickle(write true two))).["a"]) "read")

            testCase "from many threads" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "many.npz")
                    let named = [ for i in 0..20 -> $"x{i}", arrayOf DType.F32 (Shape.Of(100, 100)) i ]
                    Npz.Save(path, pairs named, true)
                    use archive = Npz.Open path

                    Array.Parallel.iter
                        (fun i ->
                            let name, array = named[i % 21]
                            sameArray array (archive.Read name) name)
                        [| 0..100 |]))

            testCase "two arrays of one name are refused" (fun () ->
                Checks.refuses<StructureException> [ "named a" ] (fun () -> write false [ two[0]; two[0] ] |> ignore)
                Checks.refuses<StructureException> [ "surrogate" ] (fun () -> write false [ string (char 0xD800), snd two[0] ] |> ignore))
        ]

let private hostile =
    testList
        "hostile"
        [
            testCase "every beginning of an archive is refused" (fun () ->
                everyBeginning (Npz.Read >> ignore) (write false two)
                everyBeginning (Npz.Read >> ignore) (write true two))

            testCase "every turned bit is refused or read; in the elements it is refused" (fun () ->
                let file = write false two
                everyFlip (Npz.Read >> ignore) file file.Length
                let place = lastPlace (bytesOf (snd two[1])) file

                for i in place .. place + 11 do
                    let changed = patched i [| file[i] ^^^ 16uy |] file
                    broken [ "b.npy is damaged"; "checksum" ] (fun () -> read changed))

            testCase "an array that is there twice" (fun () ->
                let entry = written (fun stream -> Npy.Write(stream, NDArray.Scalar 1))
                broken [ "npz: the stream: the array a is there twice" ] (fun () -> read (archiveOf [ "a.npy", entry; "a.npy", entry ]))
                broken [ "the array a is there twice" ] (fun () -> read (archiveOf [ "a.npy", entry; "a", entry ])))

            testCase "an entry that is no array" (fun () ->
                broken [ "the stream, notes.txt, byte 0"; "no NumPy array" ] (fun () ->
                    read (archiveOf [ "notes.txt", Encoding.ASCII.GetBytes "not an array" ])))

            testCase "an entry that says more than it has takes no memory" (fun () ->
                let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000,), }"

                let entry =
                    [|
                        yield! "\x93NUMPY\x01\x00" |> Seq.map byte
                        byte header.Length
                        0uy
                        yield! Encoding.ASCII.GetBytes header
                    |]

                let file = archiveOf [ "bomb.npy", Array.append entry (Array.zeroCreate 1_000_000) ]
                Expect.isLessThan file.Length 3_000 "packed well"
                Expect.isLessThan (allocated (fun () -> broken [ "bomb.npy"; "cut short" ] (fun () -> read file))) 30_000_000L "bounded")

            testCase "an entry that says it is more than deflate can pack" (fun () ->
                let entry = written (fun stream -> Npy.Write(stream, NDArray.Vector(Array.zeroCreate<float> 1000)))
                let file = archiveOf [ "bomb.npy", entry ]
                // In the list at the end, the unpacked length stands 24 bytes after the signature of the entry.
                let place = lastPlace [| 0x50uy; 0x4Buy; 1uy; 2uy |] file + 24
                let bomb = patched place (BitConverter.GetBytes 0x7FFFFFFF) file
                broken [ "npz: the stream: bomb.npy says 2147483647 bytes packed into" ] (fun () -> read bomb))

            testCase "entries that overlap" (fun () ->
                let entry = written (fun stream -> Npy.Write(stream, NDArray.Vector(Array.init 1000 float)))
                let file = archiveOf [ "a.npy", entry; "b.npy", entry ]
                // Both entries of the list at the end say that the packed bytes are nearly the whole file.
                let mark = [| 0x50uy; 0x4Buy; 1uy; 2uy |]
                let last = lastPlace mark file
                let first = lastPlace mark file[.. last - 1]
                let size = BitConverter.GetBytes(file.Length - 100)
                broken [ "some overlap" ] (fun () -> read (file |> patched (first + 20) size |> patched (last + 20) size)))

            testCase "a limit for what is unpacked, and a stop" (fun () ->
                let file = write true [ "zeros", NDArray.Vector(Array.zeroCreate<float> 1_000_000) ]

                broken [ "zeros.npy"; "8000000 bytes"; "allows 1000" ] (fun () ->
                    Npz.Read(new MemoryStream(file), ReadOptions(MostBytes = 1000L)))

                let stopped = ReadOptions(Cancellation = Threading.CancellationToken true)
                Checks.refuses<OperationCanceledException> [] (fun () -> Npz.Read(new MemoryStream(file), stopped) |> ignore))

            testCase "no archive" (fun () ->
                broken [ "npz: the stream"; "no zip archive" ] (fun () -> read (Encoding.ASCII.GetBytes "a text"))
                broken [ "npz: the stream" ] (fun () -> read [||]))
        ]

[<Tests>]
let tests = testList "files npz" [ roundTrips; hostile ]
