namespace Adjoint.Examples.Digits

open System
open Adjoint
open Adjoint.Core
open Adjoint.Front

/// Whether the gradient of a function of any structure agrees with differences of the function's own values.
[<RequireQualifiedAccess>]
module GradientCheck =

    /// The derivative of f at 0 from central differences with steps 10⁻³, a quarter of it, and so on, which are extrapolated to
    /// step 0 (Richardson; Ridders 1982). Of all extrapolations it takes the one that differs least from those it was made
    /// from, rounding added: large steps suffer from curvature and from kinks of the function, small ones from rounding.
    let derivative (f: float -> float) =
        let row coarser level =
            let step = 1e-3 / float (1 <<< 2 * level)
            let ahead, behind = f step, f -step
            let rounding = 2.2e-16 * abs ahead / step

            // Each entry is free of one more power of the step's square than the one before.
            let refine (fine, _) (power, (coarse, _)) =
                let entry = fine + (fine - coarse) / float ((1L <<< 4 * power) - 1L)
                entry, rounding + max (abs (entry - fine)) (abs (entry - coarse))

            List.indexed coarser
            |> List.map (fun (i, entry) -> i + 1, entry)
            |> List.scan refine ((ahead - behind) / (2.0 * step), infinity)

        List.scan row (row [] 0) [ 1..8 ] |> List.concat |> List.minBy snd |> fst

    let private dot (x: 'P) (y: 'P) =
        Structure.map2 (fun x y -> Tensors.Sum(x * y)) x y
        |> Structure.fold (fun sum leaf -> sum + leaf.Item<float>()) 0.0

    /// A direction with every number between -1 and 1.
    let private anyDirection (random: Random) (at: 'P) =
        at
        |> Structure.map (fun leaf ->
            let numbers = Array.init leaf.Size (fun _ -> 2.0 * random.NextDouble() - 1.0)
            Expr.Of(NDArray.Of<float>(leaf.Shape, ReadOnlySpan numbers)))

    /// The direction of one number of one leaf.
    let private oneParameter (random: Random) (at: 'P) =
        let paths = Structure.paths at
        let chosen = paths[random.Next paths.Length]

        at
        |> Structure.mapPaths (fun path leaf ->
            let place = if path = chosen then random.Next leaf.Size else -1
            let numbers = Array.init leaf.Size (fun i -> if i = place then 1.0 else 0.0)
            Expr.Of(NDArray.Of<float>(leaf.Shape, ReadOnlySpan numbers)))

    /// The largest difference between derivatives by the gradient and by differences, along random directions and by random
    /// single numbers of the argument, relative to the derivative, or to 10⁻⁴ where that is smaller.
    let largestError (random: Random) directions parameters (f: 'P -> Tensor<float>) (at: 'P) =
        let gradient = compile (grad f) at

        let along =
            compile (fun (direction: 'P, h: Tensor<float>) -> f (Structure.map2 (fun x d -> x + h.Expr * d) at direction))

        [
            for _ in 1..directions -> anyDirection random at
            for _ in 1..parameters -> oneParameter random at
        ]
        |> List.map (fun direction ->
            let exact = dot gradient direction
            let measured = derivative (fun h -> value (along (direction, Tensor.scalar h)))
            abs (exact - measured) / List.max [ abs exact; abs measured; 1e-4 ])
        |> List.max
