namespace Adjoint

open System
open Microsoft.FSharp.Reflection

/// A structure without its leaves.
[<Sealed>]
type internal Form<'P>(value: 'P, plan: Plan, traits: Trait[], intrinsic: bool) =

    /// What the structure has beside its leaves.
    member _.Traits = traits

    /// The structure with these leaves.
    member _.With(leaves: Expr[]) : 'P =
        unbox<'P>(plan.Rebuild(value, LeafReader(leaves, intrinsic)))

/// A structure taken apart: its leaves in order, their paths, and all else that it has.
[<Sealed>]
type internal Flat<'P>(value: 'P, plan: Plan, parts: Parts) =
    let leaves = parts.Leaves
    let paths = lazy (Array.map string parts.Paths)
    let traits = parts.Traits

    member _.Leaves = leaves
    member _.Paths = paths.Value

    /// For each leaf, the part of the structure that it lies in.
    member _.Parts = parts.Paths |> Array.map _.Part

    member _.Traits = traits
    member _.Manifold = parts.Manifold

    /// The same structure with other leaves.
    member _.With(leaves: Expr[]) : 'P =
        unbox<'P>(plan.Rebuild(value, LeafReader(leaves, parts.Intrinsic)))

    /// The structure alone, which keeps no leaf alive.
    member this.Form =
        let empty =
            if parts.Intrinsic then
                value
            else
                this.With(Array.zeroCreate leaves.Length)

        Form<'P>(empty, plan, traits, parts.Intrinsic)

/// Takes structures apart and compares them.
module internal Flat =

    let private collect intrinsic (value: 'P) =
        let plan = Plans.ofType typeof<'P>
        let parts = Parts intrinsic
        plan.Collect(value, Path.Root, parts)
        Flat<'P>(value, plan, parts)

    /// The leaves of a structure.
    let take (value: 'P) = collect false value

    /// The leaves of a structure; a value with a tangent space of its own gives its tangent coordinates.
    let intrinsic (value: 'P) = collect true value

    /// The leaves of a structure that is its own tangent space.
    let euclidean operation (value: 'P) =
        let flat = take value

        match flat.Manifold with
        | None -> flat
        | Some(path, kind) ->
            Broken.structure (
                $"{operation}: {path.Described} is of type {TypeName.ofType kind}, which has a tangent space of its own; "
                + "a derivative in it is no such value. Use Manifold.grad, or one of its neighbours."
            )

    let private demand constants operation (firstName: string) (x: Trait[]) (secondName: string) (y: Trait[]) =
        let differ (a: Trait, b: Trait) =
            (constants || a.Kind <> Constant) && not (a.Matches b)

        match Seq.zip x y |> Seq.tryFind differ with
        | None -> ()
        | Some(a, b) ->
            Broken.structure
                $"{operation}: {a.Path.Described} has {a.Described} in {firstName}, but {b.Described} in {secondName}; both must have one structure."

    /// Fails unless two structures have the same cases, lengths and keys.
    let same operation firstName x secondName y =
        demand false operation firstName x secondName y

    /// Fails unless two structures have the same cases, lengths, keys and constants.
    let identical operation firstName x secondName y =
        demand true operation firstName x secondName y

/// A function of structures as a function of leaves, which remembers the structure of its result.
[<Sealed>]
type internal Lifted<'A, 'R>(operation: string, argument: Form<'A>, f: 'A -> 'R) =

    do
        if FSharpType.IsFunction typeof<'R> then
            Broken.structure
                $"{operation}: the function gives a function, {TypeName.ofType typeof<'R>}. Let it take its arguments as one tuple."

    let mutable form: Form<'R> option = None

    /// The function of leaves.
    member val Function =
        Func<Expr[], Expr[]>(fun leaves ->
            let flat = Flat.take (f (argument.With leaves))
            form <- Some flat.Form
            flat.Leaves)

    /// The structure of the result of the last call.
    member _.Form =
        match form with
        | Some form -> form
        | None -> invalidOp $"{operation}: the function hasn't been called."

    /// A result with these leaves.
    member this.Result(leaves: Expr[]) : 'R = this.Form.With leaves
