namespace Adjoint

open System
open Adjoint.Front

/// What a rule is told of the function that it belongs to: how its arguments and results are put together.
[<Sealed>]
type internal RuleContext<'A, 'B>(argument: Form<'A>, result: unit -> Form<'B>) =
    member _.Argument leaves = argument.With leaves
    member _.Result leaves = result().With leaves

    /// The leaves of an argument, or of something of its structure.
    member _.ArgumentLeaves(what: string, x: 'A) =
        let flat = Flat.take x
        Flat.same "custom function" "the argument" argument.Traits what flat.Traits
        flat.Leaves

    /// The leaves of a result, or of something of its structure.
    member _.ResultLeaves(what: string, y: 'B) =
        let flat = Flat.take y
        Flat.same "custom function" "the result" (result ()).Traits what flat.Traits
        flat.Leaves

/// The rules of a function, while they are gathered.
[<Sealed; AllowNullLiteral>]
type internal RuleSet() =
    member val Jvp: Func<Expr[], Expr[], Paired> | null = null with get, set
    member val Forward: Func<Expr[], Paired> | null = null with get, set
    member val Backward: Func<Expr[], Expr[], Expr[]> | null = null with get, set
    member val Batch: Func<Expr[], Expr[]> | null = null with get, set

    member this.Rules =
        CustomRules(Jvp = this.Jvp, Forward = this.Forward, Backward = this.Backward, Batch = this.Batch)

/// A rule of a function's own. Rules are traced when the function is called, so they batch, save and differentiate again.
[<Sealed>]
type CustomRule<'A, 'B> internal (add: RuleContext<'A, 'B> -> RuleSet -> unit) =
    member internal _.AddTo(set, context) = add context set

/// Rules for `customRule`.
[<RequireQualifiedAccess>]
module CustomRule =

    /// The derivative: x -> dx -> y, dy, linear in dx. Of a leaf without tangent dx is the leaf itself.
    let jvp (rule: 'A -> 'A -> 'B * 'B) : CustomRule<'A, 'B> =
        CustomRule(fun context set ->
            set.Jvp <-
                Func<_, _, _>(fun x dx ->
                    let y, dy = rule (context.Argument x) (context.Argument dx)
                    Paired(context.ResultLeaves("the jvp rule's result", y), context.ResultLeaves("the jvp rule's tangent", dy))))

    /// The pullback in two parts: forward x gives the result and what the way back needs; backward takes that and a cotangent of
    /// the result, and gives a cotangent of x, linear in the result's. Cotangents of leaves without tangent aren't read.
    let vjp (forward: 'A -> 'B * 'S) (backward: 'S -> 'B -> 'A) : CustomRule<'A, 'B> =
        CustomRule(fun context set ->
            let mutable kept: Form<'S> option = None

            set.Forward <-
                Func<_, _>(fun x ->
                    let y, residuals = forward (context.Argument x)
                    let flat = Flat.take residuals
                    kept <- Some flat.Form
                    Paired(context.ResultLeaves("the forward rule's result", y), flat.Leaves))

            set.Backward <-
                Func<_, _, _>(fun residuals cotangent ->
                    let given = backward (kept.Value.With residuals) (context.Result cotangent)
                    context.ArgumentLeaves("the backward rule's cotangent", given)))

    /// The function for a batch: every leaf of its argument and its result has a leading axis of lanes.
    let batch (rule: 'A -> 'B) : CustomRule<'A, 'B> =
        CustomRule(fun context set ->
            set.Batch <- Func<_, _>(fun x -> context.ResultLeaves("the batching rule's result", rule (context.Argument x))))

/// Functions with derivatives of their own.
[<AutoOpen>]
module Custom =

    let private gather (f: 'A -> 'B) (rules: CustomRule<'A, 'B> list) (x: 'A) =
        let flat = Flat.take x
        let lifted = Lifted<'A, 'B>("custom function", flat.Form, f)
        let context = RuleContext<'A, 'B>(flat.Form, fun () -> lifted.Form)
        let set = RuleSet()

        for rule in rules do
            rule.AddTo(set, context)

        flat, lifted, set.Rules

    /// A function with rules of its own, any of them or several: `customRule f [ CustomRule.jvp ...; CustomRule.vjp ... ]`.
    /// Without a jvp rule, forward mode is the transpose of the pullback, checked to be linear; rules that stand beside each other
    /// must agree, which `checkRules` tests. What the function varies with must be its argument: a value of an outer trace is an
    /// error, unless its gradient is stopped.
    let customRule (f: 'A -> 'B) (rules: CustomRule<'A, 'B> list) (x: 'A) : 'B =
        let flat, lifted, set = gather f rules x
        lifted.Result((Differential.Custom(lifted.Function, set)).Invoke flat.Leaves)

    /// Compares rules at a concrete point, in random directions, with the function's own derivative, and so with each other.
    /// DerivativeException: one disagrees; it tells which, and both numbers.
    let checkRules (f: 'A -> 'B) (rules: CustomRule<'A, 'B> list) (x: 'A) : unit =
        let flat, lifted, set = gather f rules x
        CustomCheck.Run(lifted.Function, set, flat.Leaves)

    /// A function whose derivative is given: rule x dx = y, dy, linear in dx.
    let customJvp (f: 'A -> 'B) (rule: 'A -> 'A -> 'B * 'B) : 'A -> 'B = customRule f [ CustomRule.jvp rule ]

    /// A function whose pullback is given: forward x = y, residuals; backward residuals cotangent = the cotangent of x, linear in the result's.
    let customVjp (f: 'A -> 'B) (forward: 'A -> 'B * 'S) (backward: 'S -> 'B -> 'A) : 'A -> 'B =
        customRule f [ CustomRule.vjp forward backward ]

    let private keeping operation (flat: Flat<'X>) (f: 'X -> 'X) =
        Func<Expr[], Expr[]>(fun leaves ->
            let result = Flat.take (f (flat.With leaves))
            Flat.same operation "the argument" flat.Traits "the result" result.Traits
            result.Leaves)

    /// x with A x = b, where the linear map A and its solvers are functions; the solvers are not differentiated.
    /// apply : x -> A x; solve : b -> x; transposeSolve : the solver of the transposed map, the same function where A is symmetric.
    let customLinearSolve (apply: 'X -> 'X) (solve: 'X -> 'X) (transposeSolve: 'X -> 'X) (b: 'X) : 'X =
        let flat = Flat.take b
        let body f = keeping "customLinearSolve" flat f
        flat.With(Differential.CustomLinearSolve(body apply, body solve, body transposeSolve, flat.Leaves))

    /// x with f x = 0. Its derivative is the implicit function theorem's, so the solver is not differentiated.
    /// f : x -> residual, of x's structure and types; solve : guess -> x; tangentSolve A y = v with A v = y, where A is the derivative
    /// of f at the root, linear in y. The guess has no influence on the derivative.
    let customRoot (f: 'X -> 'X) (solve: 'X -> 'X) (tangentSolve: ('X -> 'X) -> 'X -> 'X) (guess: 'X) : 'X =
        let flat = Flat.take guess
        let body f = keeping "customRoot" flat f

        let tangent =
            Func<Func<Expr[], Expr[]>, Expr[], Expr[]>(fun linear y ->
                let apply (v: 'X) =
                    flat.With(linear.Invoke (Flat.take v).Leaves)

                (body (tangentSolve apply)).Invoke y)

        flat.With(Differential.CustomRoot(body f, flat.Leaves, body solve, tangent))

    /// x with f x = 0 by Newton's method, from a guess; differentiable in what f uses from outside, to any order.
    /// f : x -> residual, of x's shape; its jacobian at the root must be regular. For systems of moderate size: they are dense.
    let newtonRoot (f: Tensor<'T> -> Tensor<'T>) (guess: Tensor<'T>) : Tensor<'T> =
        Tensor<'T>(Differential.NewtonRoot((fun x -> (f (Tensor<'T> x)).Expr), guess.Expr))
