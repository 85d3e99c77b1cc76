namespace Adjoint

open Adjoint.Front

/// Derivatives: they take and give plain functions of structures, and nest to any order.
/// On concrete arguments they run at once, and F# control flow on observed values works inside, for that call.
/// Leaves that are neither floating nor complex are constants without tangent. What a function uses from outside is a
/// constant to the operator around it, and a variable to operators further out.
[<AutoOpen>]
module Derivatives =

    let private lift operation (x: Flat<'P>) f = Lifted<'P, 'R>(operation, x.Form, f)

    let private gradient (f: 'P -> 'R) (x: 'P) =
        let flat = Flat.euclidean "grad" x
        let lifted = lift "grad" flat f
        let struct (values, gradients) = Differential.GradAt(lifted.Function, flat.Leaves, flat.Paths)
        lifted.Result values, flat.With gradients

    /// The value of a function of one real number as its result, and its gradient: of the same structure as x.
    /// f : 'P -> a floating tensor of rank 0. Leaves of x without tangent come back as they are.
    /// Where |x|, max or relu have a kink, the derivative is the one that each states: 0 for |x| and relu at 0.
    /// DerivativeException: the result is no single real number, or nothing in x has a tangent.
    let valueAndGrad (f: 'P -> Tensor<'R>) (x: 'P) : Tensor<'R> * 'P = gradient f x

    /// As `valueAndGrad`, of a function that gives more beside its loss, which is carried along.
    let valueAndGradWith (f: 'P -> Tensor<'R> * 'More) (x: 'P) : (Tensor<'R> * 'More) * 'P = gradient f x

    /// The gradient of a function with one real number as its result: of the same structure as x.
    /// f : 'P -> a floating tensor of rank 0. Leaves of x without tangent come back as they are.
    /// Of a complex leaf: the direction of steepest ascent.
    /// DerivativeException: the result is no single real number, or nothing in x has a tangent.
    let grad (f: 'P -> Tensor<'R>) (x: 'P) : 'P = snd (gradient f x)

    /// The value of a function, and its pullback: from a cotangent of the value to that of x. Complex ones without conjugation.
    /// The pullback may be called any number of times.
    let valueAndPullback (f: 'P -> 'R) (x: 'P) : 'R * ('R -> 'P) =
        let flat = Flat.euclidean "pullback" x
        let lifted = lift "pullback" flat f
        let struct (values, pull) = Differential.ValueAndPullback(lifted.Function, flat.Leaves, flat.Paths)

        let pullback (cotangent: 'R) =
            let given = Flat.take cotangent
            Flat.same "pullback" "the value" lifted.Form.Traits "the cotangent" given.Traits
            flat.With(pull.Invoke given.Leaves)

        lifted.Result values, pullback

    /// The value of a function at x, and its derivative in the direction dx, in one forward pass.
    /// dx is of x's structure and types; its leaves without tangent aren't read. Of a result without tangent, the value stands in its place.
    let jvp (f: 'P -> 'R) (x: 'P) (dx: 'P) : 'R * 'R =
        let flat, direction = Flat.euclidean "jvp" x, Flat.take dx
        Flat.same "jvp" "the argument" flat.Traits "the tangent" direction.Traits
        let lifted = lift "jvp" flat f

        let struct (values, tangents) =
            Differential.Jvp(lifted.Function, flat.Leaves, direction.Leaves, flat.Paths)

        lifted.Result values, lifted.Result tangents

    /// The value of a function at x, and its derivative there as a linear function of tangents, to be called any number of times.
    let linearize (f: 'P -> 'R) (x: 'P) : 'R * ('P -> 'R) =
        let flat = Flat.euclidean "linearize" x
        let lifted = lift "linearize" flat f
        let struct (values, push) = Differential.Linearize(lifted.Function, flat.Leaves, flat.Paths)

        let linear (dx: 'P) =
            let direction = Flat.take dx
            Flat.same "linearize" "the argument" flat.Traits "the tangent" direction.Traits
            lifted.Result(push.Invoke direction.Leaves)

        lifted.Result values, linear

    /// The derivative of a function of one number: f : a tensor of rank 0 -> a tensor of any shape, which is the result's.
    /// `diff (diff f)` is the second one. For many points at once: `vmap (diff f)`.
    /// DerivativeException: x has axes.
    let diff (f: Tensor<'T> -> Tensor<'R>) (x: Tensor<'T>) : Tensor<'R> =
        if x.Rank <> 0 then
            raise (
                Located.Here(
                    Adjoint.Core.DerivativeException
                        $"diff: the argument is {x.Header}, not one number. Use vmap (diff f), grad or jacobian."
                )
            )

        snd (jvp f x (Tensor<'T>(Tensors.OnesLike x.Expr)))

    /// The same structure, as a constant to derivatives around it.
    let stopGradient (x: 'P) : 'P =
        x
        |> Structure.map (fun leaf ->
            if leaf.Type.HasTangent then
                Tensors.StopGradient leaf
            else
                leaf)
