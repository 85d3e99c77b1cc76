namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// A tangent at a point of structure 'P: tangent coordinates of the values that have a tangent space of their own,
/// and a tensor of the same type for each other leaf. `Manifold.move` goes along it.
/// Scaling by a number takes each leaf's dtype.
[<Sealed; NoEquality; NoComparison; StructuredFormatDisplay("{Display}")>]
type Tangent<'P> internal (traits: Trait[], paths: string[], leaves: Expr[]) =

    member internal _.Traits = traits
    member internal _.Paths = paths
    member internal _.Leaves = leaves

    member internal _.Display =
        [
            for path, leaf in Array.zip paths leaves do
                let label = if path = "" then "" else $"{path}: "
                Row($"{label}{leaf}".Replace("\n", ""))
        ]

    /// The same tangent with other leaves.
    member internal _.With(leaves: Expr[]) = Tangent<'P>(traits, paths, leaves)

    /// A function of every leaf that has a tangent; the others are constants, and stay.
    member internal this.Map(f: Expr -> Expr) =
        this.With(leaves |> Array.map (fun leaf -> if leaf.Type.HasTangent then f leaf else leaf))

    member internal this.Map2(f: Expr -> Expr -> Expr, other: Tangent<'P>) =
        if paths <> other.Paths then
            raise (Located.Here(StructureException "tangent: the two belong to points of different structure."))

        this.With(Array.map2 (fun (x: Expr) y -> if x.Type.HasTangent then f x y else x) leaves other.Leaves)

    /// The leaf at a path: `Pose.Rotation`, `Layers[2].Weight`. StructureException: there is none; it tells which there are.
    member _.Item
        with get (path: string): Expr =
            match System.Array.IndexOf(paths, path) with
            | -1 ->
                let known = String.concat ", " paths
                raise (Located.Here(StructureException $"tangent: there is no leaf '{path}'; there are {known}."))
            | i -> leaves[i]

    /// Sum of two tangents at one point.
    static member (+)(x: Tangent<'P>, y: Tangent<'P>) : Tangent<'P> = x.Map2((fun a b -> Expr.Add(a, b)), y)

    /// Difference of two tangents at one point.
    static member (-)(x: Tangent<'P>, y: Tangent<'P>) : Tangent<'P> =
        x.Map2((fun a b -> Expr.Subtract(a, b)), y)

    /// The opposite direction.
    static member (~-)(x: Tangent<'P>) : Tangent<'P> = x.Map Expr.Negate

    /// Scaled by a number.
    static member (*)(x: Tangent<'P>, scale: float) : Tangent<'P> = x.Map(fun leaf -> leaf * scale)

    /// Scaled by a number.
    static member (*)(scale: float, x: Tangent<'P>) : Tangent<'P> = x.Map(fun leaf -> scale * leaf)

    /// The leaves by their paths.
    override this.ToString() = $"%A{this.Display}"
