/// What the tests of files ask again and again.
module Adjoint.LibraryTests.FileChecks

open System
open System.IO
open Expecto
open Adjoint.Core
open Adjoint.Formats

/// Runs a test in a folder of its own, which is removed afterwards.
let inFolder (test: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "adjoint-files-"

    try
        test folder.FullName
    finally
        folder.Delete true

/// Runs a test with a path of its own.
let atPath (test: string -> 'R) : 'R =
    let folder = Directory.CreateTempSubdirectory "adjoint-files-"

    try
        test (Path.Combine(folder.FullName, "file"))
    finally
        folder.Delete true

/// What an action writes to a stream.
let written (write: Stream -> unit) =
    use stream = new MemoryStream()
    write stream
    stream.ToArray()

/// A stream that doesn't know its length and gives its bytes in small pieces, as a network does.
type Trickle(bytes: byte[]) =
    inherit MemoryStream(bytes)
    override _.CanSeek = false
    override _.Length = raise (NotSupportedException())

    override _.Position
        with get () = raise (NotSupportedException())
        and set _ = raise (NotSupportedException())

    override this.Read(buffer: Span<byte>) =
        base.Read(buffer.Slice(0, min 1000 buffer.Length))

/// The bytes of an array's elements.
let bytesOf (array: NDArray) =
    written (fun stream -> ArrayBytes.Write(stream, array, Threading.CancellationToken.None))

/// Same dtype and shape, same bits.
let sameArray (expected: NDArray) (actual: NDArray) message =
    Expect.equal (actual.Describe()) (expected.Describe()) $"{message}: type"
    Expect.sequenceEqual (bytesOf actual) (bytesOf expected) $"{message}: bits"

/// Elements of any bits for a dtype and a shape: NaN with payloads, infinities, -0 and subnormal numbers are among them.
let arrayOf (dtype: DType) (shape: Shape) (seed: int) =
    let array = NDArray.New(dtype, shape)
    let bytes = ArrayBytes.Of(array, 0L, int (ArrayBytes.Count array))
    Random(seed).NextBytes bytes

    if dtype = DType.Bool then
        for i in 0 .. bytes.Length - 1 do
            bytes[i] <- bytes[i] &&& 1uy

    array

/// Shapes with none, one and many elements.
let shapes = [ [||]; [| 0 |]; [| 1 |]; [| 3; 2 |]; [| 2; 0; 3 |]; [| 2; 3; 4 |] ]

/// An array of each dtype and each shape.
let samples =
    [
        for dtype in DTypes.All do
            for i, shape in List.indexed shapes do
                arrayOf dtype (Shape.Of shape) (100 * int dtype + i)
    ]

/// Numbers at the edges of f32 and f64, whose bits must stay.
let edges =
    [
        NDArray.Vector
            [|
                nan
                -0.0
                infinity
                -infinity
                Double.Epsilon
                BitConverter.Int64BitsToDouble 0x7FF0000000000001L
            |]
        NDArray.Vector [| nanf; -0.0f; Single.Epsilon; BitConverter.Int32BitsToSingle 0xFFC12345 |]
    ]

/// The action fails with the error of a broken file, and nothing else.
let broken (texts: string list) (action: unit -> 'R) =
    Checks.refuses<FormatException> texts (action >> ignore)

/// The action fails with the error of a broken file, or gives something.
let brokenOrNot (action: unit -> unit) message =
    try
        action ()
    with
    | :? FormatException as error -> Expect.isNonEmpty error.Message message
    | other -> failtest $"{message}: {other.GetType().Name}: {other.Message}"

/// Reads every beginning of a file: each must be refused.
let everyBeginning (read: Stream -> unit) (file: byte[]) =
    for length in 0 .. file.Length - 1 do
        for stream in
            [
                new MemoryStream(file, 0, length) :> Stream
                new Trickle(file[.. length - 1])
            ] do
            use stream = stream

            try
                read stream
                failtest $"the first {length} bytes were taken for a file."
            with :? FormatException as error ->
                Expect.isNonEmpty error.Message "a message"

/// Reads a file with each bit of some of its bytes turned: each is refused or read, and nothing else happens.
let everyFlip (read: Stream -> unit) (file: byte[]) (count: int) =
    for place in 0 .. count - 1 do
        for bit in 0..7 do
            let changed = Array.copy file
            changed[place] <- changed[place] ^^^ (1uy <<< bit)
            brokenOrNot (fun () -> read (new MemoryStream(changed))) $"bit {bit} of byte {place}"

/// How many bytes of memory an action takes from the heap.
let allocated (action: unit -> unit) =
    let before = GC.GetAllocatedBytesForCurrentThread()
    action ()
    GC.GetAllocatedBytesForCurrentThread() - before
