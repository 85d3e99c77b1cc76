namespace Adjoint

open Adjoint.Front
open Adjoint.Formats

/// Models, states and tensors in files. What is written is written whole or not at all; what is read is checked before memory is taken.
/// FormatException: a file is not of its format, or doesn't fit; it names the file and the place, or the leaf.
[<RequireQualifiedAccess>]
module Files =

    /// Writes the leaves of a structure to a file, NAME.npz or NAME.safetensors. A leaf is named by its path: `Layers[2].Weight`
    /// (`value`, if it is the whole structure). Other data in the structure is not written. Pending work runs.
    let save (path: string) (structure: 'P) : unit =
        let flat = Flat.take structure
        ArrayFiles.SaveLeaves(path, flat.Paths, Expr.Values flat.Leaves)

    /// A structure like the given one with the leaves of a file, NAME.npz or NAME.safetensors. Of the given leaves only dtypes and shapes
    /// count; other data is carried along. FormatException: a leaf is missing, too many, or of another type; it names the leaf.
    let load (path: string) (like: 'P) : 'P =
        let flat = Flat.take like
        let types = flat.Leaves |> Array.map _.Type
        flat.With(ArrayFiles.LoadLeaves(path, flat.Paths, types) |> Array.map Expr.Of)

    /// The names of the arrays in a file, NAME.npz or NAME.safetensors.
    let names (path: string) : string list =
        use archive = ArrayFiles.Open path
        List.ofSeq archive.Names

    /// One array of a file, NAME.npz or NAME.safetensors; the others are not read.
    /// DTypeException: its elements are not 'T.
    let loadNamed (name: string) (path: string) : Tensor<'T> =
        use archive = ArrayFiles.Open path
        Tensor.ofNDArray (archive.Read name)

    /// Writes one tensor as NumPy's save does (NAME.npy). Pending work runs.
    let saveNpy (path: string) (x: Tensor<'T>) : unit = Npy.Save(path, x.Expr.Value())

    /// Reads one tensor as NumPy's load does. DTypeException: its elements are not 'T.
    let loadNpy (path: string) : Tensor<'T> = Tensor.ofNDArray (Npy.Load path)
