/// The format .npy, against bytes written by hand after numpy.lib.format.
module Adjoint.LibraryTests.NpyTests

open System
open System.IO
open System.Numerics
open System.Text
open Expecto
open Adjoint.Core
open Adjoint.Formats
open Adjoint.LibraryTests.FileChecks

let private write array =
    written (fun stream -> Npy.Write(stream, array))

let private read (bytes: byte[]) = Npy.Read(new MemoryStream(bytes))

/// A file of version 1.0 with this header, padded as NumPy pads it.
let private fileWith (version: byte) (header: string) (elements: byte[]) =
    let sizeBytes = if version = 1uy then 2 else 4
    let text = Encoding.UTF8.GetBytes header
    let length = 6 + 2 + sizeBytes + text.Length + 1
    let padded = text.Length + 1 + (64 - length % 64) % 64

    [|
        yield! [| 0x93uy; byte 'N'; byte 'U'; byte 'M'; byte 'P'; byte 'Y'; version; 0uy |]
        yield! (BitConverter.GetBytes padded)[.. sizeBytes - 1]
        yield! text
        yield! Array.create (padded - text.Length - 1) (byte ' ')
        byte '\n'
        yield! elements
    |]

let private file header elements = fileWith 1uy header elements

/// np.save(f, np.array([[1.5, -0.0], [2.5, nan]])), as NumPy 2 writes it.
let private example =
    file
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }"
        [|
            for number in [ 1.5; -0.0; 2.5; nan ] do
                yield! BitConverter.GetBytes number
        |]

let private exact =
    testList
        "bytes"
        [
            testCase "a matrix is written as NumPy writes it" (fun () ->
                let array = NDArray.Matrix(array2D [ [ 1.5; -0.0 ]; [ 2.5; nan ] ])
                Expect.sequenceEqual (write array) example "the same file"
                Expect.equal (example.Length - 32) 128 "a header of two times 64 bytes")

            testCase "a vector's shape has a comma, a number's is empty, a byte has no order" (fun () ->
                let header array =
                    Encoding.Latin1.GetString((write array)[10..])

                Expect.stringStarts (header (NDArray.Vector [| 1; 2 |])) "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }" "i32"
                Expect.stringStarts (header (NDArray.Scalar 1.0f)) "{'descr': '<f4', 'fortran_order': False, 'shape': (), }" "f32"
                Expect.stringStarts (header (NDArray.Vector [| true |])) "{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }" "bool"
                Expect.stringStarts (header (NDArray.Vector [| 1y |])) "{'descr': '|i1', 'fortran_order': False, 'shape': (1,), }" "i8"
                Expect.stringStarts (header (NDArray.Vector [| Complex.One |])) "{'descr': '<c16'" "c128")

            testCase "bf16 is written as ml_dtypes writes it, and read under both its names" (fun () ->
                let array = NDArray.Vector [| BFloat16.FromSingle 1.0f |]
                Expect.stringStarts (Encoding.Latin1.GetString((write array)[10..])) "{'descr': '<V2'" "raw"
                sameArray array (read (file "{'descr': '|V2', 'fortran_order': False, 'shape': (1,), }" [| 0x80uy; 0x3Fuy |])) "raw"
                sameArray array (read (file "{'descr': 'bfloat16', 'fortran_order': False, 'shape': (1,), }" [| 0x80uy; 0x3Fuy |])) "named")

            testCase "largest byte first" (fun () ->
                let numbers = [| 0x01uy; 0x02uy; 0x03uy; 0x04uy |]
                let big = read (file "{'descr': '>u4', 'fortran_order': False, 'shape': (1,), }" numbers)
                sameArray (NDArray.Vector [| 0x01020304u |]) big "u32"
                let pairs = read (file "{'descr': '>u2', 'fortran_order': False, 'shape': (2,), }" numbers)
                sameArray (NDArray.Vector [| 0x0102us; 0x0304us |]) pairs "u16"
                // A complex number is two numbers, each turned by itself: 1 - 2i.
                let complex = [| 0x3Fuy; 0x80uy; 0uy; 0uy; 0xC0uy; 0uy; 0uy; 0uy |]
                let read = read (file "{'descr': '>c8', 'fortran_order': False, 'shape': (), }" complex)
                sameArray (NDArray.Scalar(Complex64(1.0f, -2.0f))) read "c64")

            testCase "the first index running fastest" (fun () ->
                let fortran =
                    read (file "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }" [| 1uy; 4uy; 2uy; 5uy; 3uy; 6uy |])

                sameArray (NDArray.Of(Shape.Of(2, 3), ReadOnlySpan [| 1uy; 2uy; 3uy; 4uy; 5uy; 6uy |])) fortran "a matrix"

                // Element (i, j, k) of shape (2, 3, 4) is at i + 2j + 6k.
                let numbers = [| for n in 0uy .. 23uy -> n |]
                let cube = read (file "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }" numbers)

                let expected =
                    [|
                        for i in 0..1 do
                            for j in 0..2 do
                                for k in 0..3 -> byte (i + 2 * j + 6 * k)
                    |]

                sameArray (NDArray.Of(Shape.Of(2, 3, 4), ReadOnlySpan expected)) cube "three axes")

            testCase "versions 2.0 and 3.0, other spacing, quotes and order of keys, and Python 2's long integers" (fun () ->
                let elements = [| 7uy |]
                let one = NDArray.Of(Shape.Of(1, 1), ReadOnlySpan elements)

                for version in [ 1uy; 2uy; 3uy ] do
                    for header in
                        [
                            "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), }"
                            "{\"shape\":(1,1,),\"fortran_order\":False,\"descr\":\"u1\"}"
                            "{'fortran_order': False, 'shape': (1L, 1L), 'descr': '|u1'}"
                            " { 'shape' : ( 1 , 1 ) , 'descr' : '<u1' , 'fortran_order' : True } "
                        ] do
                        sameArray one (read (fileWith version header elements)) $"version {version}: {header}")
        ]

let private roundTrips =
    testList
        "round trips"
        [
            testCase "every dtype in every kind of shape, from files and streams" (fun () ->
                for array in samples @ edges do
                    let bytes = write array
                    Expect.equal ((bytes.Length - int (ArrayBytes.Count array)) % 64) 0 "aligned"
                    sameArray array (read bytes) "a stream"
                    sameArray array (Npy.Read(new Trickle(bytes))) "a stream without a length")

            testProperty "any numbers in any shape" (fun (rows: byte) (columns: byte) (kind: byte) (seed: int) ->
                let dtype = DTypes.All[int kind % DTypes.All.Count]
                let array = arrayOf dtype (Shape.Of(int rows % 20, int columns % 20)) seed
                sameArray array (read (write array)) "the same")

            testCase "arrays one after the other in one stream" (fun () ->
                let arrays = [ NDArray.Vector [| 1; 2; 3 |]; NDArray.Scalar 2.5; NDArray.Vector [| true |] ]
                use stream = new MemoryStream()
                arrays |> List.iter (fun array -> Npy.Write(stream, array))
                stream.Position <- 0L
                arrays |> List.iter (fun array -> sameArray array (Npy.Read stream) "the next"))

            testCase "a large array from a stream without a length" (fun () ->
                let array = arrayOf DType.F64 (Shape.Of(3_000_001)) 1
                sameArray array (Npy.Read(new Trickle(write array))) "24 MB")

            testCase "files, their types and some of their rows" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.npy")
                    let array = NDArray.Of(Shape.Of(5, 2), ReadOnlySpan [| for i in 0..9 -> float i |])
                    Npy.Save(path, array)
                    sameArray array (Npy.Load path) "whole"
                    Expect.equal (string (Npy.TypeOf path)) "f64[5, 2]" "type"
                    let rows = NDArray.Of(Shape.Of(2, 2), ReadOnlySpan [| 6.0; 7.0; 8.0; 9.0 |])
                    sameArray rows (Npy.LoadRows(path, 3, 2)) "rows"
                    Expect.equal ((Npy.LoadRows(path, 5, 0)).Describe()) "f64[0, 2]" "no rows"

                    for first, count in [ 4, 2; -1, 1; 0, -1; 6, 0; Int32.MaxValue, Int32.MaxValue ] do
                        Checks.refuses<ShapeException> [ "f64[5, 2]" ] (fun () -> Npy.LoadRows(path, first, count) |> ignore)))

            testCase "rows of a file of 4 GB that is all holes" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "holes.npy")

                    do
                        use stream = File.Create path
                        stream.Write(ReadOnlySpan(file "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1024), }" [||]))
                        stream.SetLength(stream.Length + 1_000_000L * 4096L)

                    let taken =
                        allocated (fun () -> Expect.equal ((Npy.LoadRows(path, 999_999, 1)).Describe()) "f32[1, 1024]" "the last row")

                    Expect.isLessThan taken 100_000L "only a row is taken"))
        ]

/// A header, and a word of the error.
let private faults =
    [
        "", "'{'"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } x", "the header's end"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'descr': '<f8'}", "twice"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'extra': 1}", "the key extra"
        "{'descr': '<f8', 'fortran_order': False}", "no shape"
        "{'descr': '<f8', 'shape': (1,)}", "no fortran_order"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1)}", "','"
        "{'descr': '<f8', 'fortran_order': False, 'shape': [1]}", "'('"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,,)}", "an extent"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "the extent -1"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2147483648,)}", "the extent 2147483648"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", "the extent 99999999999999999999"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (65536, 65536)}", "more than 2147483591 elements"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647, 2147483647)}", "more than 2147483591"
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1.0,)}", "','"
        "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "True or False"
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "Python objects"
        "{'descr': '<U5', 'fortran_order': False, 'shape': (1,)}", "'<U5' is not read"
        "{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", "'<f16' is not read"
        "{'descr': '|f8', 'fortran_order': False, 'shape': (1,)}", "'|f8' is not read"
        "{'descr': '', 'fortran_order': False, 'shape': (1,)}", "'' is not read"
        "{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,)}", "named fields"
        "{'descr': '<f\\x38', 'fortran_order': False, 'shape': (1,)}", "without backslashes"
        "{'descr': '<f8, 'fortran_order': False, 'shape': (1,)}", "'}'"
        "{'descr': '<f8", "a string that ends"
        "__import__('os').system('true')", "'{'"
        "{'descr': '<f8', 'fortran_order': False, 'shape': ("
        + String.replicate 70 "1, "
        + ")}",
        "70 axes"
        "{'descr': '<f8', 'fortran_order': False, 'shape': " + String.replicate 1000 "(", "an extent"
    ]

let private hostile =
    testList
        "hostile"
        [
            for i, (header, word) in List.indexed faults do
                testCase $"header {i}: {word}" (fun () ->
                    broken [ "npy: the stream, byte "; word ] (fun () -> read (file header (Array.zeroCreate 8))))

            testCase "every beginning of a file is refused" (fun () -> everyBeginning (Npy.Read >> ignore) example)

            testCase "every turned bit is refused or read" (fun () -> everyFlip (Npy.Read >> ignore) example example.Length)

            testCase "another magic, another version, a header that is too long" (fun () ->
                broken [ "byte 0"; "NumPy" ] (fun () -> read (Encoding.ASCII.GetBytes "PK and more than enough"))
                broken [ "byte 6"; "version 4.0" ] (fun () -> read (fileWith 4uy "{}" [||]))

                broken [ "byte 8"; "4294967295 bytes" ] (fun () ->
                    read (Array.append example[..5] [| 2uy; 0uy; 255uy; 255uy; 255uy; 255uy |])))

            testCase "a bool is 0 or 1" (fun () ->
                let bytes = file "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }" [| 0uy; 1uy; 2uy |]
                broken [ "byte 130"; "neither 0 nor 1" ] (fun () -> read bytes))

            testCase "a huge shape takes no memory" (fun () ->
                let bytes =
                    file "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000,), }" (Array.zeroCreate 8)

                let known () =
                    broken [ "16000000000 bytes"; "there are 8" ] (fun () -> read bytes)

                Expect.isLessThan (allocated known) 1_000_000L "a stream with a length"

                let unknown () =
                    broken [ "cut short" ] (fun () -> Npy.Read(new Trickle(bytes)))

                Expect.isLessThan (allocated unknown) 4_000_000L "a stream without")

            testCase "a file that goes on, one that isn't there, and the limits of the reader" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "long.npy")
                    File.WriteAllBytes(path, Array.append example [| 0uy |])
                    broken [ "npy: long.npy, byte 160"; "goes on" ] (fun () -> Npy.Load path)
                    Checks.refuses<FileNotFoundException> [ "none.npy" ] (fun () -> Npy.Load(Path.Combine(folder, "none.npy")) |> ignore))

                let limit = ReadOptions(MostBytes = 31L)
                broken [ "f64[2, 2], 32 bytes"; "allows 31" ] (fun () -> Npy.Read(new MemoryStream(example), limit))
                let stopped = ReadOptions(Cancellation = Threading.CancellationToken true)
                Checks.refuses<OperationCanceledException> [] (fun () -> Npy.Read(new MemoryStream(example), stopped) |> ignore))
        ]

[<Tests>]
let tests = testList "files npy" [ exact; roundTrips; hostile ]
