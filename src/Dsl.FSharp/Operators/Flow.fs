namespace Adjoint

open System
open Adjoint.Front

/// Control flow that is decided where it runs. Bodies take and give structures, and use values from outside freely.
/// Bodies are traced once; they can't look at values.
[<RequireQualifiedAccess>]
module Flow =

    /// A step from a state to a state, which keeps its structure.
    let private keeping operation (state: Flat<'S>) (next: 'S) =
        let flat = Flat.take next
        Flat.identical operation "the state before a step" state.Traits "the state after it" flat.Traits
        flat.Leaves

    let private choose operation (x: 'A) (branches: ('A -> 'B) list) run : 'B =
        let flat = Flat.take x

        let lifted =
            branches
            |> List.map (fun branch -> Lifted<'A, 'B>(operation, flat.Form, branch))

        let bodies =
            lifted
            |> List.mapi (fun i (body: Lifted<'A, 'B>) ->
                Func<Expr[], Expr[]>(fun leaves ->
                    let results = body.Function.Invoke leaves

                    if i > 0 then
                        Flat.identical operation "branch 0" lifted.Head.Form.Traits $"branch {i}" body.Form.Traits

                    results))

        lifted.Head.Result(run flat bodies)

    /// thenF x where the predicate holds, elseF x where not; only that one runs. predicate : bool[].
    /// Both give one structure of the same types; otherwise a StructureException says where they differ.
    /// The branch that isn't taken adds exactly zero to derivatives. For a choice element by element: `Tensor.where`.
    let cond (predicate: Tensor<bool>) (thenF: 'A -> 'B) (elseF: 'A -> 'B) (x: 'A) : 'B =
        choose "cond" x [ thenF; elseF ] (fun flat bodies ->
            Adjoint.Front.Flow.Cond(predicate.Expr, bodies[0], bodies[1], flat.Leaves, flat.Paths))

    /// One of several functions of x, by index, which is clamped to their range; only that one runs. index : i32[].
    /// All give one structure of the same types.
    let switch (index: Tensor<int>) (branches: ('A -> 'B) list) (x: 'A) : 'B =
        if branches.IsEmpty then
            Broken.structure "switch: there are no branches."

        choose "switch" x branches (fun flat bodies -> Adjoint.Front.Flow.Switch(index.Expr, Array.ofList bodies, flat.Leaves, flat.Paths))

    /// Repeats a step while a condition holds. Differentiable in both modes, to any order.
    /// condition : 'S -> bool[]; step : 'S -> 'S, of the same structure and types.
    let whileLoop (condition: 'S -> Tensor<bool>) (step: 'S -> 'S) (state: 'S) : 'S =
        let flat = Flat.take state
        let test (leaves: Expr[]) = (condition (flat.With leaves)).Expr

        let body (leaves: Expr[]) =
            keeping "whileLoop" flat (step (flat.With leaves))

        flat.With(Adjoint.Front.Flow.While(test, body, flat.Leaves, flat.Paths))

    let private counted operation (state: 'S) step run =
        let flat = Flat.take state

        let body =
            Func<Expr, Expr[], Expr[]>(fun i leaves -> keeping operation flat (step (Tensor<int64> i) (flat.With leaves)))

        flat.With(run flat body)

    /// Repeats a step for i from low up to high, which is excluded; i is an i64[].
    let forLoop (low: int) (high: int) (step: Tensor<int64> -> 'S -> 'S) (state: 'S) : 'S =
        counted "forLoop" state step (fun flat body -> Adjoint.Front.Flow.Fori(int64 low, int64 high, body, flat.Leaves, flat.Paths))

    /// Repeats a step n times, where n is known when it runs; i = 0, 1 ... n - 1 is an i64[]. None for a negative n.
    let repeat (n: Tensor<int64>) (step: Tensor<int64> -> 'S -> 'S) (state: 'S) : 'S =
        counted "repeat" state step (fun flat body -> Adjoint.Front.Flow.Repeat(n.Expr, body, flat.Leaves, false, flat.Paths))

    let private scanned operation length reverse (step: 'S -> 'X -> 'S * 'Y) (state: 'S) (xs: 'X) : 'S * 'Y =
        let carried, slices = Flat.take state, Flat.take xs
        let mutable form: Form<'Y> option = None

        let body =
            Func<Expr[], Expr[], _>(fun leaves slice ->
                let next, result = step (carried.With leaves) (slices.With slice)
                let results = Flat.take result
                form <- Some results.Form
                struct (keeping operation carried next, results.Leaves))

        let struct (last, results) =
            Adjoint.Front.Flow.Scan(body, carried.Leaves, slices.Leaves, length, reverse, carried.Paths)

        carried.With last, form.Value.With results

    /// Carries a state along axis 0 of every leaf of xs, and stacks what each step gives on a new axis 0.
    /// step : state -> one slice of each leaf -> next state, result. As `List.mapFold`, with the state first.
    let scan (step: 'S -> 'X -> 'S * 'Y) (state: 'S) (xs: 'X) : 'S * 'Y =
        scanned "scan" (Nullable()) false step state xs

    /// As `scan`, from the last slice to the first; results lie at their slice's place.
    let scanBack (step: 'S -> 'X -> 'S * 'Y) (state: 'S) (xs: 'X) : 'S * 'Y =
        scanned "scanBack" (Nullable()) true step state xs

    /// Carries a state through so many steps, and stacks what each step gives on a new axis 0: a path, for one.
    /// step : state -> next state, result. ShapeException: the count is negative.
    let unfold (count: int) (step: 'S -> 'S * 'Y) (state: 'S) : 'S * 'Y =
        scanned "unfold" (Nullable count) false (fun state () -> step state) state ()

    /// A function of each slice along axis 0 of every leaf, one after the other; results are stacked on axis 0. `vmap` does all at once.
    let map (f: 'X -> 'Y) (xs: 'X) : 'Y =
        snd (scanned "map" (Nullable()) false (fun () x -> (), f x) () xs)

    /// The state after the last step along axis 0 of every leaf of xs, as `List.fold`.
    let fold (step: 'S -> 'X -> 'S) (state: 'S) (xs: 'X) : 'S =
        fst (scanned "fold" (Nullable()) false (fun state x -> step state x, ()) state xs)

    /// The state after each step along axis 0 of every leaf of xs, stacked on a new axis 0: running results of any function, one by one.
    let accumulate (step: 'S -> 'X -> 'S) (state: 'S) (xs: 'X) : 'S =
        let both state x =
            let next = step state x
            next, next

        snd (scanned "accumulate" (Nullable()) false both state xs)

    let private joined operation reverse (combine: 'X -> 'X -> 'X) (xs: 'X) : 'X =
        let flat = Flat.take xs

        let body =
            Func<Expr[], Expr[], Expr[]>(fun left right -> keeping operation flat (combine (flat.With left) (flat.With right)))

        flat.With(Adjoint.Front.Flow.AssociativeScan(body, flat.Leaves, reverse, flat.Paths))

    /// Running results of an associative function along axis 0 of every leaf: x0, x0 o x1, x0 o x1 o x2 ..., in about 2 log2 n calls.
    /// combine : left rows -> right rows -> rows; it is given many pairs at once along axis 0 and must work row by row,
    /// as jax.lax.associative_scan says. A function f of one pair becomes such: `fun a b -> vmap (fun (a, b) -> f a b) (a, b)`.
    let associativeScan (combine: 'X -> 'X -> 'X) (xs: 'X) : 'X =
        joined "associativeScan" false combine xs

    /// As `associativeScan`, from the last row to the first: each row's place holds xn o ... o xi.
    let associativeScanBack (combine: 'X -> 'X -> 'X) (xs: 'X) : 'X =
        joined "associativeScanBack" true combine xs
