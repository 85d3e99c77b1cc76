/// The format safetensors, against the file that its own documentation shows.
module Adjoint.LibraryTests.SafetensorsTests

open System
open System.Collections.Generic
open System.IO
open System.Text
open Expecto
open Adjoint.Core
open Adjoint.Formats
open Adjoint.LibraryTests.FileChecks

let private pairs arrays =
    arrays
    |> Seq.map (fun (name, array) -> KeyValuePair<string, NDArray>(name, array))

let private write arrays =
    written (fun stream -> Safetensors.Write(stream, pairs arrays))

let private read (bytes: byte[]) =
    Safetensors.Read(new MemoryStream(bytes))

/// A file with this header, not padded, and these bytes.
let private file (header: string) (elements: byte[]) =
    let text = Encoding.UTF8.GetBytes header
    Array.concat [ BitConverter.GetBytes(int64 text.Length); text; elements ]

/// The file in the documentation of safetensors' function deserialize: a header of '<' = 60 bytes, and four i32.
let private published =
    Array.append
        (Encoding.ASCII.GetBytes "<\000\000\000\000\000\000\000{\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}")
        (Array.zeroCreate 16)

/// A file that has all: texts, two dtypes, a number, an empty tensor.
let private example =
    written (fun stream ->
        Safetensors.Write(
            stream,
            pairs
                [
                    "weight", NDArray.Vector [| 1.5f; -0.0f |]
                    "step", NDArray.Scalar 7L
                    "none", NDArray.New(DType.F32, Shape.Of(0, 3))
                ],
            Dictionary(dict [ "format", "pt"; "about", "a \"quoted\" text" ])
        ))

let private floating = samples |> List.filter (fun array -> array.Type <> DType.C128)

let private exact =
    testList
        "bytes"
        [
            testCase "the published file is read, and written the same but for the spaces" (fun () ->
                let array = NDArray.New(DType.I32, Shape.Of(2, 2))
                sameArray array ((read published).["test"]) "read"
                Expect.equal published[0] 60uy "a header of 60 bytes"
                let own = write [ "test", array ]
                Expect.equal own[0] 64uy "a header of 64 bytes"
                Expect.sequenceEqual (own[8..67]) (published[8..67]) "the same header"
                Expect.sequenceEqual own[68..71] "    "B "spaces")

            testCase "larger elements come first, then by name; texts before all" (fun () ->
                let text = Encoding.UTF8.GetString example[8..]

                let expected =
                    """{"__metadata__":{"about":"a \"quoted\" text","format":"pt"},"""
                    + """"step":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"""
                    + """"none":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]},"""
                    + """"weight":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"""

                Expect.stringStarts text expected "the header"
                Expect.equal (BitConverter.ToInt64(example, 0) % 8L) 0L "aligned"

                Expect.sequenceEqual
                    example[example.Length - 16 ..]
                    (Array.append (BitConverter.GetBytes 7L) (bytesOf (NDArray.Vector [| 1.5f; -0.0f |])))
                    "bytes")

            testCase "spaces inside and behind the header, and other orders of keys" (fun () ->
                let header =
                    """{ "x" : { "data_offsets" : [ 1 , 2 ] , "shape" : [ 1 ] , "dtype" : "U8" },
                    "y": {"dtype": "I8", "shape": [1], "data_offsets": [0, 1]} }   """

                let arrays = read (file header [| 1uy; 2uy |])
                sameArray (NDArray.Vector [| 2uy |]) arrays["x"] "x"
                sameArray (NDArray.Vector [| 1y |]) arrays["y"] "y")
        ]

let private roundTrips =
    testList
        "round trips"
        [
            testCase "every dtype but c128 in every kind of shape" (fun () ->
                let named =
                    List.indexed (floating @ edges)
                    |> List.map (fun (i, array) -> $"x[{i}].Weight", array)

                let bytes = write named

                for back in [ read bytes; Safetensors.Read(new Trickle(bytes)) ] do
                    Expect.equal back.Count named.Length "as many"

                    for name, array in named do
                        sameArray array back[name] name)

            testProperty "any numbers, shapes and names" (fun (name: string) (rows: byte) (kind: byte) (seed: int) ->
                let array = arrayOf floating[int kind % floating.Length].Type (Shape.Of(int rows % 20, 3)) seed

                let valid =
                    not (isNull name)
                    && name <> "__metadata__"
                    && name |> Seq.forall (fun letter -> not (Char.IsSurrogate letter))

                if valid then
                    sameArray array ((read (write [ name, array ])).[name]) "the same")

            testCase "one tensor of a file, its rows, and the texts" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "model.safetensors")
                    File.WriteAllBytes(path, example)
                    use archive = Safetensors.Open path
                    Expect.sequenceEqual archive.Names [ "step"; "none"; "weight" ] "names"
                    Expect.equal (string (archive.TypeOf "none")) "f32[0, 3]" "type"
                    Expect.equal archive.Metadata["about"] "a \"quoted\" text" "text"
                    sameArray (NDArray.Vector [| 1.5f; -0.0f |]) (archive.Read "weight") "a tensor"
                    sameArray (NDArray.Vector [| -0.0f |]) (archive.ReadRows("weight", 1, 1)) "a row"
                    Checks.refuses<ShapeException> [ "i64[]" ] (fun () -> archive.ReadRows("step", 0, 1) |> ignore)
                    broken [ "model.safetensors has no array bias" ] (fun () -> archive.Read "bias")))

            testCase "one tensor of a file of 4 GB that is all holes" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "holes.safetensors")

                    do
                        use stream = File.Create path

                        let header =
                            """{"big":{"dtype":"F32","shape":[1000000,1024],"data_offsets":[0,4096000000]},"""
                            + """"small":{"dtype":"F32","shape":[3],"data_offsets":[4096000000,4096000012]}}"""

                        stream.Write(ReadOnlySpan(file header [||]))
                        stream.SetLength(stream.Length + 4096000012L)

                    let taken =
                        allocated (fun () ->
                            use archive = Safetensors.Open path
                            sameArray (NDArray.Vector [| 0.0f; 0.0f; 0.0f |]) (archive.Read "small") "small"
                            Expect.equal ((archive.ReadRows("big", 999_999, 1)).Describe()) "f32[1, 1024]" "a row")

                    Expect.isLessThan taken 1_000_000L "only what is asked for is taken"))

            testCase "elements that the library doesn't have don't hide the others" (fun () ->
                inFolder (fun folder ->
                    let header =
                        """{"half":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]},"""
                        + """"quarter":{"dtype":"F4","shape":[4],"data_offsets":[2,4]},"""
                        + """"x":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}"""

                    let path = Path.Combine(folder, "eight.safetensors")
                    File.WriteAllBytes(path, file header [| 1uy; 2uy; 3uy; 4uy; 5uy |])
                    use archive = Safetensors.Open path
                    sameArray (NDArray.Vector [| 5uy |]) (archive.Read "x") "x"
                    broken [ "half has the dtype F8_E4M3" ] (fun () -> archive.Read "half")
                    broken [ "quarter has the dtype F4" ] (fun () -> archive.TypeOf "quarter")))

            testCase "what can't be written" (fun () ->
                Checks.refuses<DTypeException> [ "z is c128"; "real and imaginary" ] (fun () ->
                    write [ "z", NDArray.Scalar Numerics.Complex.One ] |> ignore)

                Checks.refuses<StructureException> [ "__metadata__" ] (fun () -> write [ "__metadata__", NDArray.Scalar 1 ] |> ignore)

                Checks.refuses<StructureException> [ "two arrays are named x" ] (fun () ->
                    write [ "x", NDArray.Scalar 1; "x", NDArray.Scalar 2 ] |> ignore))
        ]

/// A header over eight bytes, and a word of the error.
let private faults =
    [
        "", "'{'"
        "[]", "'{'"
        """ {"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "'{'"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}} {}""", "no JSON"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},}""", "no JSON"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "key x twice"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"\u0078":{}}""", "key x twice"
        """{"x":{"dtype":"U8","dtype":"I8","shape":[8],"data_offsets":[0,8]}}""", "key dtype twice"
        """{"__metadata__":{"a":"b","a":"c"},"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "key a twice"
        """{"__metadata__":{"a":1},"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "a string for a"
        """{"__metadata__":[],"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "an object for __metadata__"
        """{"x":{"dtype":"U8","shape":[8]}}""", "it has 2 of them"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"extra":0}}""", "the key extra"
        """{"x":{"dtype":"U9","shape":[8],"data_offsets":[0,8]}}""", "dtype U9"
        """{"x":{"dtype":8,"shape":[8],"data_offsets":[0,8]}}""", "a string for the dtype of x"
        """{"x":{"dtype":"U8","shape":8,"data_offsets":[0,8]}}""", "a list for the shape of x"
        """{"x":{"dtype":"U8","shape":[8.0],"data_offsets":[0,8]}}""", "a whole number"
        """{"x":{"dtype":"U8","shape":[[8]],"data_offsets":[0,8]}}""", "a whole number"
        """{"x":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}}""", "the extent -8"
        """{"x":{"dtype":"U8","shape":[4294967296],"data_offsets":[0,8]}}""", "the extent 4294967296"
        """{"x":{"dtype":"U8","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "more than 2147483591 elements"
        """{"x":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "below 2^63"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8,16]}}""", "a start and an end"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}}""", "a start and an end"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[-8,0]}}""", "a start and an end"
        """{"x":{"dtype":"U8","shape":[7],"data_offsets":[0,8]}}""", "takes 7 bytes"
        """{"x":{"dtype":"F4","shape":[15],"data_offsets":[0,8]}}""", "takes 8 bytes"
        """{"x":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}""", "goes on after the last tensor"
        """{"x":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}""", "cut short"
        """{"x":{"dtype":"U8","shape":[7],"data_offsets":[1,8]}}""", "x starts at 1, not at the end of the header"
        """{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}}""",
        "y starts at 5, not at the end of x"
        """{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"y":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""",
        "y starts at 4, inside x"
        """{"x":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}""", "neither 0 nor 1"
        """{}""", "goes on after the last tensor"
        """{"x":""" + String.replicate 1000 "[" + "}", "an object for x"
        """{"x":{"shape":""" + String.replicate 1000 "[", "a whole number"
        """{"x":{"dtype":"U8","shape":["""
        + String.replicate 70 "1,"
        + """8],"data_offsets":[0,8]}}""",
        "more than 64 numbers"
    ]

let private hostile =
    testList
        "hostile"
        [
            for i, (header, word) in List.indexed faults do
                testCase $"header {i}: {word}" (fun () ->
                    let bytes = file header [| 0uy; 1uy; 2uy; 3uy; 4uy; 5uy; 6uy; 7uy |]
                    broken [ "safetensors: the stream, byte "; word ] (fun () -> read bytes))

            testCase "every beginning of a file is refused" (fun () -> everyBeginning (Safetensors.Read >> ignore) example)

            testCase "every turned bit is refused or read" (fun () -> everyFlip (Safetensors.Read >> ignore) example example.Length)

            testCase "a file that goes on, from a stream with and without a length" (fun () ->
                let long = Array.append example [| 0uy |]
                broken [ "goes on after the last tensor" ] (fun () -> read long)
                broken [ "goes on after the last tensor" ] (fun () -> Safetensors.Read(new Trickle(long))))

            testCase "a header that is said to be longer than 100 MB, or than the file" (fun () ->
                let longer (length: uint64) =
                    Array.append (BitConverter.GetBytes length) example[8..]

                broken [ "byte 0"; "18446744073709551615 bytes"; "100000000" ] (fun () -> read (longer UInt64.MaxValue))
                broken [ "byte 0"; "100000001 bytes" ] (fun () -> read (longer 100_000_001UL))

                let refuse () =
                    broken [ "cut short"; "100000000 bytes" ] (fun () -> read (longer 100_000_000UL))

                Expect.isLessThan (allocated refuse) 1_000_000L "no memory is taken"

                let trickle () =
                    broken [ "cut short" ] (fun () -> Safetensors.Read(new Trickle(longer 100_000_000UL)))

                Expect.isLessThan (allocated trickle) 4_000_000L "little memory is taken")

            testCase "a name that is no text" (fun () ->
                let header = """{"x?":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"""
                let bytes = file header [||]
                bytes[8 + 3] <- 0xFFuy
                broken [ "no JSON" ] (fun () -> read bytes)
                let half = file """{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""" [||]
                broken [ "no JSON" ] (fun () -> read half))
        ]

[<Tests>]
let tests = testList "files safetensors" [ exact; roundTrips; hostile ]
