namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// The way from a structure to one of its parts: `Layers[2].Weight`.
[<Sealed>]
type internal Path private (parent: Path option, key: string, isElement: bool, depth: int) =

    static let deepest = 500

    /// Texts are made when they are asked for: each call of a compiled function goes the way.
    let step () =
        if isElement then $"[{key}]"
        elif depth <= 1 then key
        else "." + key

    /// The structure itself.
    static member val Root = Path(None, "", false, 0)

    /// One step further.
    member private this.Step(key: string, isElement: bool) =
        if depth = deepest then
            let start = this.ToString().Substring(0, 60)
            raise (Located.Here(StructureException $"structure: {start}... is nested more than {deepest} deep; is it cyclic?"))

        Path(Some this, key, isElement, depth + 1)

    /// A field, by its name.
    member this.Field(name: string) = this.Step(name, false)

    /// An element, by its index or key.
    member this.Element(key: string) = this.Step(key, true)

    /// The steps in order; empty for the structure itself.
    override _.ToString() =
        match parent with
        | Some parent -> parent.ToString() + step ()
        | None -> ""

    /// The first step: which part of the structure this lies in.
    member _.Part: string =
        match parent with
        | Some parent when parent.IsRoot -> step ()
        | Some parent -> parent.Part
        | None -> ""

    member private _.IsRoot = depth = 0

    /// How messages call the place.
    member this.Described = if depth = 0 then "the structure" else this.ToString()
