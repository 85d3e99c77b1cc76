namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// The way from a structure to one of its parts: `Layers[2].Weight`.
[<Sealed>]
type internal Path private (parent: Path option, step: string, depth: int) =

    static let deepest = 500

    /// The structure itself.
    static member val Root = Path(None, "", 0)

    /// One step further.
    member private this.Step step =
        if depth = deepest then
            let start = this.ToString().Substring(0, 60)
            raise (Located.Here(StructureException $"structure: {start}... is nested more than {deepest} deep; is it cyclic?"))

        Path(Some this, step, depth + 1)

    /// A field, by its name.
    member this.Field(name: string) =
        this.Step(if depth = 0 then name else "." + name)

    /// An element, by its index or key.
    member this.Element(key: string) = this.Step $"[{key}]"

    /// The steps in order; empty for the structure itself.
    override _.ToString() =
        match parent with
        | Some parent -> parent.ToString() + step
        | None -> step

    /// The first step: which part of the structure this lies in.
    member _.Part: string =
        match parent with
        | Some parent when parent.IsRoot -> step
        | Some parent -> parent.Part
        | None -> ""

    member private _.IsRoot = depth = 0

    /// How messages call the place.
    member this.Described = if depth = 0 then "the structure" else this.ToString()
