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

    /// Writes one tensor as an IDX file, packed if the name ends in .gz. DTypeException: the format has u8, i8, i16, i32, f32 and f64.
    let saveIdx (path: string) (x: Tensor<'T>) : unit = Idx.Save(path, x.Expr.Value())

    /// Reads an IDX file, packed or not, as MNIST's are. DTypeException: its elements are not 'T.
    let loadIdx (path: string) : Tensor<'T> = Tensor.ofNDArray (Idx.Load path)

    /// Writes a table as text: a name for each column (none: no header), and numbers [rows, columns].
    let saveCsv (path: string) (names: string list) (x: Tensor<'T>) : unit =
        let names = if names.IsEmpty then null else Array.ofList names
        Csv.Save(path, x.Expr.Value(), names)

    /// Reads a table of numbers: the columns' names, and [rows, columns] of float, float32 or int64. A missing number is NaN.
    let loadCsv (path: string) : string list * Tensor<'T> =
        let table = Csv.Load(path, CsvOptions(Type = DTypeOf<'T>.Value))
        List.ofSeq table.Names, Tensor.ofNDArray table.Values

    /// Reads some columns of a table, in this order: [rows, columns] of float, float32 or int64. A missing number is NaN.
    let loadCsvColumns (columns: string list) (path: string) : Tensor<'T> =
        let options = CsvOptions(Type = DTypeOf<'T>.Value, Columns = Array.ofList columns)
        Tensor.ofNDArray (Csv.Load(path, options)).Values
