namespace Adjoint.Examples.Digits

open System.IO
open Adjoint
open Adjoint.Core

/// The four files of MNIST, Fashion-MNIST or the like, in one folder. They are not trusted: what they say is checked.
[<RequireQualifiedAccess>]
module Mnist =

    let private fail (path: string) problem =
        raise (FormatException $"idx: {Path.GetFileName path} {problem}")

    /// The file of this name in a folder, or its packed form.
    let private find folder name =
        let path = Path.Combine(folder, name)

        match [ path; path + ".gz" ] |> List.tryFind File.Exists with
        | Some found -> found
        | None -> raise (FormatException $"idx: there is no {name} or {name}.gz in {folder}.")

    /// The bytes of a file with so many axes.
    let private bytes axes path : Tensor<byte> =
        let array = Formats.Idx.Load path

        if array.Type <> DType.U8 || array.Shape.Rank <> axes then
            fail path $"is {array.Describe()}, where bytes with {axes} axes are wanted."

        Tensor.ofNDArray array

    /// Pictures and their labels: PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte in a folder, or these names with .gz.
    let images folder prefix =
        let path = find folder $"{prefix}-images-idx3-ubyte"
        let ink = bytes 3 path

        if ink.Size = 0 then
            fail path $"has no images: {ink.Shape}."

        let path = find folder $"{prefix}-labels-idx1-ubyte"
        let labels = bytes 1 path |> Tensor.toArray

        if labels.Length <> ink.Shape[0] then
            fail path $"holds {labels.Length} labels for {ink.Shape[0]} images."

        match labels |> Array.tryFind (fun label -> label > 9uy) with
        | Some label -> fail path $"holds the label {label}; there are 0 to 9."
        | None -> ()

        {
            Height = ink.Shape[1]
            Width = ink.Shape[2]
            Pixels = Tensor.toArray ink |> Array.map (fun byte -> float32 byte / 255.0f)
            Labels = labels |> Array.map int
        }

    /// The images to learn from, and those held out.
    let dataSet folder =
        let training, heldOut = images folder "train", images folder "t10k"

        if (training.Height, training.Width) <> (heldOut.Height, heldOut.Width) then
            raise (FormatException $"idx: images to learn from and held out differ in size in {folder}.")

        {
            Name = Path.GetFileName(Path.GetFullPath folder)
            Training = training
            HeldOut = heldOut
        }
