namespace Adjoint

open Adjoint.Front

/// Batches.
[<AutoOpen>]
module Batches =

    /// One axis for each leaf, from one for all, one for each part or one for each leaf.
    let private spread (axes: int option list) (x: Flat<'A>) =
        let parts = Array.distinct x.Parts
        let given = axes |> List.map Option.toNullable |> Array.ofList

        if given.Length = 1 then
            Array.create x.Leaves.Length given[0]
        elif given.Length = parts.Length then
            x.Parts |> Array.map (fun part -> given[Array.findIndex ((=) part) parts])
        elif given.Length = x.Leaves.Length then
            given
        else
            Broken.structure
                $"vmap: {given.Length} axes are given for an argument of {parts.Length} parts and {x.Leaves.Length} leaves. Give one for all, for each part or for each leaf."

    let private batch axes (f: 'A -> 'B) (x: 'A) =
        let flat = Flat.take x
        let lifted = Lifted<'A, 'B>("vmap", flat.Form, f)
        lifted, Differential.VmapAt(lifted.Function, flat.Leaves, spread axes flat, null, System.Nullable(), flat.Paths)

    /// A function of one element applied to all elements of a batch at once: axis 0 of every leaf of x, and of every leaf of the result.
    /// What the function uses from outside is the same for all elements: `vmap (predict model) images`. Several arguments are a tuple.
    /// The function can't look at values (`value`, printing): choices are made by `where`, `Flow.cond` and `Flow.whileLoop`.
    /// ShapeException: the leaves differ in the extent of axis 0, or one has no axes.
    let vmap (f: 'A -> 'B) (x: 'A) : 'B =
        let lifted, leaves = batch [ Some 0 ] f x
        lifted.Result leaves

    /// As `vmap`, along other axes. inAxes: one for all, for each part (a tuple's items, a record's fields) or for each leaf of x;
    /// None for what is the same for all elements; negative axes count from the end. outAxis: where the batch lies in every leaf of the result.
    /// `vmapWith [ Some 1; None ] 0 (fun (x, y) -> ...) (xs, y)`.
    let vmapWith (inAxes: int option list) (outAxis: int) (f: 'A -> 'B) (x: 'A) : 'B =
        let lifted, leaves = batch inAxes f x

        lifted.Result(
            leaves
            |> Array.map (fun leaf ->
                if outAxis = 0 then
                    leaf
                else
                    Tensors.MoveAxis(leaf, 0, outAxis))
        )
