namespace Adjoint

open System
open Adjoint.Front

/// Jacobians and second derivatives.
[<AutoOpen>]
module Jacobians =

    let private at (jacobian: Func<Expr[], Expr[]> -> Flat<'P> -> Expr[][]) (f: 'P -> Tensor<'R>) (x: 'P) : 'P =
        let flat = Flat.euclidean "jacobian" x
        let lifted = Lifted<'P, Tensor<'R>>("jacobian", flat.Form, f)
        let blocks = jacobian lifted.Function flat
        flat.With blocks[0]

    /// The jacobian by forward mode, for few elements in x: a structure as x, where each leaf has the result's axes, then its own.
    /// f : 'P -> a tensor of any shape, of the dtype of x's leaves.
    /// DerivativeException: a leaf of x has no tangent.
    let jacfwd (f: 'P -> Tensor<'R>) (x: 'P) : 'P =
        at (fun body flat -> Differential.JacFwdAt(body, flat.Leaves, flat.Paths)) f x

    /// The jacobian by reverse mode, for few elements in the result: a structure as x, where each leaf has the result's axes, then its own.
    /// f : 'P -> a tensor of any shape, of the dtype of x's leaves.
    /// DerivativeException: a leaf of x has no tangent.
    let jacrev (f: 'P -> Tensor<'R>) (x: 'P) : 'P =
        at (fun body flat -> Differential.JacRevAt(body, flat.Leaves, flat.Paths)) f x

    /// The jacobian by whichever mode has fewer directions to go: a structure as x, where each leaf has the result's axes, then its own.
    /// f : 'P -> a tensor of any shape, of the dtype of x's leaves.
    /// DerivativeException: a leaf of x has no tangent.
    let jacobian (f: 'P -> Tensor<'R>) (x: 'P) : 'P =
        at (fun body flat -> Differential.JacobianAt(body, flat.Leaves, flat.Paths)) f x

    /// The matrix of second derivatives of a function of one tensor, [axes of x, axes of x]. Forward over reverse.
    /// f : a floating tensor -> a floating tensor of rank 0. See `hessianBlocks` for structures, `hvp` where x is large.
    let hessian (f: Tensor<'T> -> Tensor<'R>) (x: Tensor<'T>) : Tensor<'T> = jacfwd (grad f) x

    /// The second derivatives of a function of a structure in each pair of its leaves, by their paths: [axes of one, axes of the other].
    /// f : 'P -> a floating tensor of rank 0.
    let hessianBlocks (f: 'P -> Tensor<'R>) (x: 'P) : Map<string * string, Tensor<'R>> =
        let flat = Flat.euclidean "hessian" x
        let lifted = Lifted<'P, Tensor<'R>>("hessian", flat.Form, f)
        let blocks = (Differential.Hessian(fun leaves -> (lifted.Function.Invoke leaves)[0])).Invoke flat.Leaves

        Map
            [
                for i, first in Seq.indexed flat.Paths do
                    for j, second in Seq.indexed flat.Paths -> (first, second), (Tensor.ofExpr (blocks[i][j]): Tensor<'R>)
            ]

    /// The second derivative in a direction v, the product of the matrix of second derivatives with v: a structure as x.
    /// f : 'P -> a floating tensor of rank 0; v is of x's structure and types. Costs a few times f, whatever the size of x.
    let hvp (f: 'P -> Tensor<'R>) (x: 'P) (v: 'P) : 'P = snd (jvp (grad f) x v)
