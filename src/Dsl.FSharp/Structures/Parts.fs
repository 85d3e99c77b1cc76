namespace Adjoint

open System

/// What a structure may have beside its leaves.
type internal TraitKind =
    | Case
    | Length
    | Keys
    | Constant

/// Something that a structure has beside its leaves, at a place. Two structures match if theirs are equal.
[<Sealed>]
type internal Trait(path: Path, kind: TraitKind, content: objnull) =

    member _.Path = path
    member _.Kind = kind
    member _.Content = content

    /// Equal by content; functions and other objects without an equality of their own, by reference.
    member _.Matches(other: Trait) =
        kind = other.Kind
        && LanguagePrimitives.GenericEqualityERComparer.Equals(content, other.Content)

    /// Equal for traits that match.
    member _.Hash =
        match content with
        | null -> 0
        | content -> LanguagePrimitives.GenericEqualityERComparer.GetHashCode content

    /// How messages tell it.
    member _.Described =
        match kind with
        | Case -> $"the case {content}"
        | Length ->
            if string content = "1" then
                "1 element"
            else
                $"{content} elements"
        | Keys -> $"the keys %A{content}"
        | Constant -> $"the constant %A{content}"

/// A structure taken apart, while it is walked.
/// Intrinsic: a value with a tangent space of its own gives its tangent coordinates, zero, instead of its leaves.
[<Sealed>]
type internal Parts(intrinsic: bool) =
    let leaves = ResizeArray<Expr>()
    let paths = ResizeArray<Path>()
    let traits = ResizeArray<Trait>()

    member _.Intrinsic = intrinsic
    member _.Leaves = leaves.ToArray()
    member _.Paths = paths.ToArray()
    member _.Traits = traits.ToArray()

    /// Where a value with a tangent space of its own was met.
    member val Manifold: (Path * Type) option = None with get, set

    member _.Leaf(path, leaf) =
        paths.Add path
        leaves.Add leaf

    member _.Trait(path, kind, content: objnull) = traits.Add(Trait(path, kind, content))

/// New leaves, in the order of the old ones.
[<Sealed>]
type internal LeafReader(leaves: Expr[], intrinsic: bool) =
    let mutable next = 0

    member _.Intrinsic = intrinsic

    member _.Next() =
        next <- next + 1
        leaves[next - 1]

/// How values of one type are taken apart and put together again.
[<AbstractClass>]
type internal Plan() =

    /// Adds the leaves and traits of a value at a path.
    abstract Collect: value: objnull * path: Path * parts: Parts -> unit

    /// The same value with other leaves.
    abstract Rebuild: value: objnull * leaves: LeafReader -> objnull
