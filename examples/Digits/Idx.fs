namespace Adjoint.Examples.Digits

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open Adjoint.Core

/// The files of MNIST and Fashion-MNIST: two zero bytes, the type of element (8: bytes), the number of axes, an extent for each
/// axis as four bytes, largest first, and the elements (http://yann.lecun.com/exdb/mnist). A file is not trusted: what it says
/// is checked before memory is taken for it.
[<RequireQualifiedAccess>]
module Idx =

    let private fail (path: string) problem =
        raise (FormatException $"idx: {Path.GetFileName path} {problem}")

    /// The bytes of a file, unpacked if its name ends in .gz. Of a longer file, one byte more than the limit.
    let private bytes (path: string) (limit: int64) =
        use file = File.OpenRead path

        use stream =
            if path.EndsWith(".gz", StringComparison.Ordinal) then
                new GZipStream(file, CompressionMode.Decompress) :> Stream
            else
                file

        let all, block = new MemoryStream(), Array.zeroCreate 65536

        let rec copy () =
            match stream.Read(block, 0, int (min (int64 block.Length) (limit + 1L - all.Length))) with
            | 0 -> all.ToArray()
            | count ->
                all.Write(block, 0, count)
                copy ()

        try
            copy ()
        with :? InvalidDataException ->
            fail path "is damaged: it can't be unpacked."

    /// Extents and elements of a file of bytes with so many axes. FormatException: it is none, is cut short, or goes on.
    let read (axes: int) (path: string) : int[] * byte[] =
        let header = 4 + 4 * axes
        let start = bytes path (int64 header)

        if
            start.Length < header
            || start[0] <> 0uy
            || start[1] <> 0uy
            || start[2] <> 8uy
            || int start[3] <> axes
        then
            fail path $"does not begin as a file of bytes with {axes} axes does (0 0 8 {axes}, extents)."

        let extents =
            [|
                for axis in 1..axes -> BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(start, 4 * axis, 4))
            |]

        let text = extents |> Array.map string |> String.concat " × "

        if extents |> Array.exists (fun extent -> extent < 1) then
            fail path $"says {text} elements: extents must be positive."

        let size = extents |> Array.fold (fun size extent -> size * bigint extent) 1I

        if size > bigint (1 <<< 30) then
            fail path $"says {text} elements: more than fit in memory."

        let all = bytes path (int64 header + int64 size)

        match all.Length - header with
        | found when found < int size -> fail path $"is cut short: it says {text} elements and holds {found}."
        | found when found > int size -> fail path $"goes on after the {text} elements that it says."
        | _ -> extents, all[header..]

    /// The file of this name in a folder, or its packed form.
    let private find folder name =
        let path = Path.Combine(folder, name)

        match [ path; path + ".gz" ] |> List.tryFind File.Exists with
        | Some found -> found
        | None -> raise (FormatException $"idx: there is no {name} or {name}.gz in {folder}.")

    /// Pictures and their labels: PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte in a folder, or these names with .gz.
    let images folder prefix =
        let extents, ink = read 3 (find folder $"{prefix}-images-idx3-ubyte")
        let path = find folder $"{prefix}-labels-idx1-ubyte"
        let _, labels = read 1 path

        if labels.Length <> extents[0] then
            fail path $"holds {labels.Length} labels for {extents[0]} images."

        match labels |> Array.tryFind (fun label -> label > 9uy) with
        | Some label -> fail path $"holds the label {label}; there are 0 to 9."
        | None -> ()

        {
            Height = extents[1]
            Width = extents[2]
            Pixels = ink |> Array.map (fun byte -> float32 byte / 255.0f)
            Labels = labels |> Array.map int
        }

    /// The four files of MNIST, Fashion-MNIST or the like.
    let dataSet folder =
        let training, heldOut = images folder "train", images folder "t10k"

        if (training.Height, training.Width) <> (heldOut.Height, heldOut.Width) then
            raise (FormatException $"idx: images to learn from and held out differ in size in {folder}.")

        {
            Name = Path.GetFileName(Path.GetFullPath folder)
            Training = training
            HeldOut = heldOut
        }
