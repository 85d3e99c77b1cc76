namespace Adjoint

open System
open Adjoint.Core
open Adjoint.Front

/// Complaints about structures.
module internal Broken =

    /// Fails, with the user's line.
    let structure message : 'R =
        raise (Located.Here(StructureException message))

    /// A field or element is null.
    let missing (path: Path) kind : 'R =
        structure $"structure: {path.Described} is null, where {TypeName.ofType kind} is wanted."

/// Data that holds no tensors is carried along unchanged.
[<Sealed>]
type internal ConstantPlan(kind: Type) =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? ITensor
        | :? Expr ->
            Broken.structure
                $"structure: {path.Described} holds a tensor, but is declared as {TypeName.ofType kind}. Declare it as a tensor, so that it is a leaf."
        | _ -> parts.Trait(path, Constant, value)

    override _.Rebuild(value, _) = value

/// An expression is a leaf.
[<Sealed>]
type internal ExprPlan() =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? Expr as leaf -> parts.Leaf(path, leaf)
        | _ -> Broken.missing path typeof<Expr>

    override _.Rebuild(_, leaves) = leaves.Next()

/// A tensor is a leaf, of one dtype.
[<Sealed>]
type internal TensorPlan<'T when 'T: struct>() =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? Tensor<'T> as tensor -> parts.Leaf(path, tensor.Expr)
        | _ -> Broken.missing path typeof<Tensor<'T>>

    override _.Rebuild(_, leaves) =
        let leaf = leaves.Next()

        // A structure without its leaves, kept for its form alone, has null in their place.
        if not (isNull (box leaf)) && leaf.DType <> DTypeOf<'T>.Value then
            raise (
                Located.Here(
                    DTypeException
                        $"structure: a leaf of type {TypeName.ofType typeof<Tensor<'T>>} was given {leaf.Type}. Cast it, or make the model of another element type."
                )
            )

        Tensor<'T> leaf

/// A value with a tangent space of its own.
[<Sealed>]
type internal ManifoldPlan<'Self, 'T when 'T: struct>(inner: Plan) =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? IManifold<'Self, 'T> as point when parts.Intrinsic ->
            parts.Leaf(path, Tensors.Zeros(DTypeOf<'T>.Value, Array.ofList point.TangentShape))
        | _ ->
            parts.Manifold <- Some(path, typeof<'Self>)
            inner.Collect(value, path, parts)

    override _.Rebuild(value, leaves) =
        match value with
        | :? IManifold<'Self, 'T> as point when leaves.Intrinsic -> box (point.Move(Tensor<'T>(leaves.Next())))
        | _ -> inner.Rebuild(value, leaves)

/// A tangent's leaves are its own.
[<Sealed>]
type internal TangentPlan<'P>() =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? Tangent<'P> as tangent ->
            Array.iter2 (fun (leafPath: string) leaf -> parts.Leaf(path.Field leafPath, leaf)) tangent.Paths tangent.Leaves
        | _ -> Broken.missing path typeof<Tangent<'P>>

    override _.Rebuild(value, leaves) =
        match value with
        | :? Tangent<'P> as tangent -> tangent.With(tangent.Leaves |> Array.map (fun _ -> leaves.Next()))
        | _ -> null

/// A type through which tensors can't be reached.
[<Sealed>]
type internal UnsupportedPlan(kind: Type) =
    inherit Plan()

    override _.Collect(_, path, _) =
        Broken.structure (
            $"structure: {path.Described} is {TypeName.ofType kind}, which holds tensors but is no record, union, tuple, array, list, map or option, "
            + "so that it can't be put together again. Make it one of these?"
        )

    override _.Rebuild(value, _) = value
