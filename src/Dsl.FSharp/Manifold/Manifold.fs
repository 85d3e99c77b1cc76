namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Derivatives of functions of structures that hold values with a tangent space of their own (`IManifold`).
/// They are derivatives of tangent -> f (move tangent x) at zero, so they need no rule of their own.
[<RequireQualifiedAccess>]
module Manifold =

    let private tangentOf (flat: Flat<'P>) leaves =
        Tangent<'P>(flat.Traits, flat.Paths, leaves)

    /// The coordinates that move a point along a tangent.
    let private moved operation (flat: Flat<'P>) (tangent: Tangent<'P>) =
        Flat.same operation "the point" flat.Traits "the tangent" tangent.Traits

        Array.map2 (fun (x: Expr) (t: Expr) -> if x.Type.HasTangent then x + t else x) flat.Leaves tangent.Leaves

    /// The point reached from x along a tangent: values with a tangent space of their own by their `Move`, other leaves by adding.
    /// Leaves without tangent stay.
    let move (tangent: Tangent<'P>) (x: 'P) : 'P =
        let flat = Flat.intrinsic x
        flat.With(moved "move" flat tangent)

    /// The zero tangent at x.
    let zero (x: 'P) : Tangent<'P> =
        let flat = Flat.intrinsic x
        (tangentOf flat flat.Leaves).Map Tensors.ZerosLike

    /// The value of a function of one real number as its result, and its gradient in tangent coordinates.
    /// f : 'P -> a floating tensor of rank 0.
    let valueAndGrad (f: 'P -> Tensor<'R>) (x: 'P) : Tensor<'R> * Tangent<'P> =
        let flat = Flat.intrinsic x
        let lifted = Lifted<'P, Tensor<'R>>("grad", flat.Form, f)
        let struct (values, gradients) = Differential.GradAt(lifted.Function, flat.Leaves, flat.Paths)
        lifted.Result values, tangentOf flat gradients

    /// The gradient of a function with one real number as its result, in tangent coordinates. `x |> Manifold.move (-0.1 * Manifold.grad f x)`
    /// is a step of steepest descent.
    let grad (f: 'P -> Tensor<'R>) (x: 'P) : Tangent<'P> = snd (valueAndGrad f x)

    /// The value of a function at x, and its derivative along a tangent.
    let jvp (f: 'P -> 'R) (x: 'P) (tangent: Tangent<'P>) : 'R * 'R =
        let flat = Flat.intrinsic x
        Flat.same "jvp" "the point" flat.Traits "the tangent" tangent.Traits
        let lifted = Lifted<'P, 'R>("jvp", flat.Form, f)

        let struct (values, tangents) =
            Differential.Jvp(lifted.Function, flat.Leaves, tangent.Leaves, flat.Paths)

        lifted.Result values, lifted.Result tangents
