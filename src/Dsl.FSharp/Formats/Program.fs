namespace Adjoint

open System
open System.Collections.Generic
open Adjoint.Core
open Adjoint.Front
open Adjoint.Formats

/// Functions of structures in files: what `compile` makes, kept as text with a checksum (Adjoint.Formats.SavedProgram).
/// The file holds no code: what is read is checked node by node. A function that was read can be differentiated, batched and compiled.
[<RequireQualifiedAccess>]
module Program =

    /// What a structure has beside its leaves, as the file tells it.
    let private traitsOf (side: string) (traits: Trait[]) =
        let notes = Dictionary<string, string>()

        for item in traits do
            notes[$"{side} {item.Path.Described}"] <- item.Described

        notes

    /// Fails unless a structure has what the program was saved for: the same cases, lengths, keys and other data.
    let private sameTraits (side: string) (program: SavedProgram) (traits: Trait[]) =
        for KeyValue(key, found) in traitsOf side traits do
            match program.Notes.TryGetValue key with
            | true, saved when saved = found -> ()
            | true, saved -> Broken.structure $"program: it was saved for {key} with {saved}, not {found}."
            | _ -> Broken.structure $"program: {key} has {found}; it was saved for another structure."

    /// Fails unless a structure has the leaves that the program has, by their paths.
    let private samePaths (side: string) (saved: IReadOnlyList<string>) (found: string[]) =
        if not (Seq.toArray saved = found) then
            let text (paths: string seq) =
                paths
                |> Seq.map (fun path -> if path = "" then "one tensor" else path)
                |> String.concat ", "

            Broken.structure $"program: its {side} has the leaves {text saved}; here they are {text found}."

    /// Fails unless leaves have the dtypes that the program has.
    let private sameDTypes (side: string) (types: IReadOnlyList<Ir.ValueType>) (flat: Flat<'P>) =
        for i in 0 .. flat.Leaves.Length - 1 do
            let leaf = flat.Leaves[i]

            match types[i] with
            | :? Ir.TensorType as saved when saved.DType = leaf.DType -> ()
            | saved ->
                let path = LeafPath.Of(flat.Paths, i, side)
                Broken.structure $"program: {path} is {saved}; here its elements are {leaf.DType.Name()}."

    /// Writes a function to a file, traced for arguments of this structure and these types; their numbers don't count.
    /// Concrete tensors that it uses from outside are written along. TraceException: the function looks at values.
    let save (path: string) (f: 'A -> 'B) (like: 'A) : unit =
        let flat = Flat.take like
        let mutable result: Flat<'B> option = None

        let body =
            Func<Expr[], Expr[]>(fun leaves ->
                let found = Flat.take (f (flat.With leaves))
                result <- Some found
                found.Leaves)

        let struct (graph, captured) = GraphBuilder.BuildOpen(flat.Leaves |> Array.map _.Type, body, flat.Paths)

        let found = result.Value
        let notes = traitsOf "argument" flat.Traits

        for KeyValue(key, value) in traitsOf "result" found.Traits do
            notes[key] <- value

        SavedProgram(graph, flat.Paths, found.Paths, Expr.Values(Seq.toArray captured), notes).Save path

    /// The function of a file, whose results are like the given one: the same cases, lengths and keys; other data is carried along.
    /// FormatException: the file is no program, or damaged. StructureException: arguments (when it is called) or results are not those
    /// that it was saved for; it names the leaf.
    let loadLike (path: string) (result: 'B) : 'A -> 'B =
        let program = SavedProgram.Load path
        let form = Flat.take result
        samePaths "result" program.ResultNames form.Paths
        sameDTypes "result" program.ResultTypes form
        sameTraits "result" program form.Traits

        match Blank.ofType<'A> with
        | Some argument ->
            let flat = Flat.take argument
            samePaths "argument" program.ParameterNames flat.Paths
            sameDTypes "argument" program.ParameterTypes flat
        | None -> ()

        fun x ->
            let flat = Flat.take x
            samePaths "argument" program.ParameterNames flat.Paths
            sameTraits "argument" program flat.Traits
            form.With(program.Call flat.Leaves)

    /// The function of a file. Its type is checked: `let predict: Model * Tensor<float> -> Tensor<float> = Program.load "predict.adjoint"`.
    /// Its results are tensors, or tuples and records of them; for others, see `loadLike`.
    /// FormatException: the file is no program, or damaged. StructureException: arguments or results are not those that it was saved for.
    let load (path: string) : 'A -> 'B =
        match Blank.ofType<'B> with
        | Some result -> loadLike path result
        | None ->
            Broken.structure
                $"Program.load: results of type {TypeName.ofType typeof<'B>} are not determined by their type alone. Use Program.loadLike."
