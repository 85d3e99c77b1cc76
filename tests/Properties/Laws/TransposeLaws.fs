/// Transposes by themselves: also of primitives that no JVP puts into a linear graph, but a user's linear function may.
module Adjoint.Properties.Laws.TransposeLaws

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Transforms
open Adjoint.Properties.Laws.TangentLaws

/// Each active operand alone, and all of them.
let private masks (case: Case) =
    let single i =
        ParameterMask [ for j in 0 .. case.Active.Count - 1 -> i = j ]

    case.Active :: [ for i in case.Active.Indices -> single i ] |> List.distinct

/// The transposes in some operands that the function has: it refuses those in which it is not linear.
let accepted (case: Case) =
    masks case
    |> List.choose (fun mask ->
        try
            let transposed = Transformed.transpose case.Graph mask
            Verifier.Check transposed.Graph
            Some(mask, transposed.Graph)
        with :? DerivativeException ->
            None)

/// The transpose's results for cotangents of the results that have tangents.
let pull (case: Case) (mask: ParameterMask, transposed: Graph) cotangents =
    let others = ParameterMask(mask |> Seq.map not)
    Point.runGraph transposed (Point.choose others case.Operands @ cotangents)

/// (u, f(x) - f(0)) = (f' u, x) in the operands x that the function is linear in; the difference takes away what the
/// others add.
let adjoint =
    {
        Name = "a transpose is the adjoint"
        Mode = Choosy
        Differential = true
        Check =
            fun case source ->
                let values = Point.slopes case.Point (Point.run case.Point)
                let u = directions source values
                let accepted = accepted case

                if accepted.IsEmpty then
                    Says.nothing ()

                for mask, transposed in accepted do
                    let zeros =
                        case.Operands
                        |> List.mapi (fun i x -> if mask[i] then Values.map (fun _ -> 0.0) x else x)

                    let start = Point.slopes case.Point (Point.runGraph case.Graph zeros)
                    let x = Point.choose mask case.Operands
                    let pulled = pull case (mask, transposed) u
                    let left, right = Values.dots u values - Values.dots u start, Values.dots pulled x

                    let size =
                        Values.magnitude values
                        + Values.magnitude start
                        + Values.magnitude pulled * Values.magnitude x

                    let allowed = Tolerance.rounding (Point.work transposed) size

                    if not (abs (left - right) <= allowed) then
                        failtest $"in {mask}: (u, f x - f 0) = {left:R}, (f' u, x) = {right:R}; {allowed:E1} is allowed"
    }

let all = [ adjoint ]
