namespace Adjoint.Examples.Digits

open System.Collections.Generic
open Adjoint
open Adjoint.Core
open Adjoint.Formats

/// The tensors of a model in a file of named arrays, as NumPy's `load` reads it. An array's name is its path in the model: Conv1.Weight.
[<RequireQualifiedAccess>]
module Parameters =

    let save (path: string) (model: 'P) =
        let arrays = Structure.leaves model |> List.map (fun leaf -> leaf.Value())
        Npz.Save(path, List.map2 (fun name array -> KeyValuePair(name, array)) (Structure.paths model) arrays)

    /// A model like the given one with the numbers of a file. FormatException: an array is missing or has another type.
    let load (path: string) (like: 'P) : 'P =
        let arrays = Npz.Load path

        like
        |> Structure.mapPaths (fun name leaf ->
            match arrays.TryGetValue name with
            | true, array when array.Type = leaf.DType && array.Shape.Equals leaf.Shape -> Expr.Of array
            | true, array -> raise (FormatException $"parameters: {name} is {array.Describe()} in the file, {leaf.Type} in the model.")
            | _ -> raise (FormatException $"parameters: the file has no {name}."))
