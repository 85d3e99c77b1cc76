namespace Adjoint

open Adjoint.Front

/// Structures: records, unions, tuples, arrays, lists, maps and options of tensors, nested in any way.
/// Their leaves are tensors, met in the order of declaration; other data is carried along unchanged.
/// A union's case, a list's length and a map's keys belong to the structure: two that meet must agree on them.
[<RequireQualifiedAccess>]
module Structure =

    /// The leaves, in order, without their element types.
    /// StructureException: a part is null, or holds tensors in a type that is none of the above; it names path and type.
    let leaves (structure: 'P) : Expr list =
        List.ofArray (Flat.take structure).Leaves

    /// Where the leaves lie, in the same order: `Layers[2].Weight`; `Item1` is a tuple's first.
    let paths (structure: 'P) : string list =
        List.ofArray (Flat.take structure).Paths

    /// The same structure with other leaves, which must be as many and of the same dtypes.
    let withLeaves (leaves: seq<Expr>) (structure: 'P) : 'P =
        let flat = Flat.take structure
        let given = Array.ofSeq leaves

        if given.Length <> flat.Leaves.Length then
            Broken.structure $"withLeaves: {given.Length} leaves are given for a structure of {flat.Leaves.Length}."

        flat.With given

    /// A function of every leaf, integers and bools too. Its results have the leaves' dtypes, in any shape.
    let map (f: Expr -> Expr) (structure: 'P) : 'P =
        let flat = Flat.take structure
        flat.With(Array.map f flat.Leaves)

    /// A function of every floating or complex leaf; the others stay.
    let mapFloating (f: Expr -> Expr) (structure: 'P) : 'P =
        map (fun leaf -> if leaf.Type.HasTangent then f leaf else leaf) structure

    /// A function of every leaf and its path.
    let mapPaths (f: string -> Expr -> Expr) (structure: 'P) : 'P =
        let flat = Flat.take structure
        flat.With(Array.map2 f flat.Paths flat.Leaves)

    /// A function of the leaves of two structures, pair by pair. Other data is the first one's.
    /// StructureException: they differ in a case, a length or keys; it names the path and both sides.
    let map2 (f: Expr -> Expr -> Expr) (first: 'P) (second: 'P) : 'P =
        let x, y = Flat.take first, Flat.take second
        Flat.same "map2" "the first structure" x.Traits "the second" y.Traits
        x.With(Array.map2 f x.Leaves y.Leaves)

    /// A function of the floating and complex leaves of two structures, pair by pair; the others stay as in the first.
    /// A step of descent: `Structure.map2Floating (fun p g -> p - rate * g) model (grad loss model)`.
    let map2Floating (f: Expr -> Expr -> Expr) (first: 'P) (second: 'P) : 'P =
        map2 (fun (x: Expr) y -> if x.Type.HasTangent then f x y else x) first second

    /// A function of the leaves of three structures. Other data is the first one's.
    let map3 (f: Expr -> Expr -> Expr -> Expr) (first: 'P) (second: 'P) (third: 'P) : 'P =
        let x, y, z = Flat.take first, Flat.take second, Flat.take third
        Flat.same "map3" "the first structure" x.Traits "the second" y.Traits
        Flat.same "map3" "the first structure" x.Traits "the third" z.Traits
        x.With(Array.map3 f x.Leaves y.Leaves z.Leaves)

    /// Does something with every leaf and its path.
    let iter (action: string -> Expr -> unit) (structure: 'P) : unit =
        let flat = Flat.take structure
        Array.iter2 action flat.Paths flat.Leaves

    /// Carries a state over the leaves.
    let fold (folder: 'S -> Expr -> 'S) (state: 'S) (structure: 'P) : 'S =
        Array.fold folder state (Flat.take structure).Leaves

    /// The same structure with zeros in place of every leaf.
    let zerosLike (structure: 'P) : 'P = map Tensors.ZerosLike structure

    /// The number of elements of all leaves.
    let size (structure: 'P) : int =
        fold (fun count leaf -> count + leaf.Size) 0 structure

    /// The leaves of a structure, cast to the dtypes of another one that has as many: parameters in f32 as those of a model in bf16.
    /// Of `like` types and what is no leaf are read, never its numbers. Derivatives pass back to the leaves in their own dtypes.
    /// StructureException: the numbers of leaves differ.
    let castAs (like: 'Q) (structure: 'P) : 'Q =
        let wanted, given = Flat.take like, Flat.take structure

        if wanted.Leaves.Length <> given.Leaves.Length then
            Broken.structure $"castAs: a structure of {given.Leaves.Length} leaves as one of {wanted.Leaves.Length}."

        Array.map2 (fun (model: Expr) (leaf: Expr) -> Tensors.Cast(leaf, model.DType)) wanted.Leaves given.Leaves
        |> wanted.With
