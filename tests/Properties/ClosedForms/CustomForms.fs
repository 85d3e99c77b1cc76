/// Functions with rules of their own: which rule is used where.
module Adjoint.Properties.CustomForms

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building

let private vectorType = f64 [ 3 ]
let private xs = vector [ 0.5; -1.0; 2.0 ]
let private exponential = graph [ vectorType ] (fun x -> [ Ops.Exp x[0] ])

/// A JVP rule that differs from the derivative, so that it shows where it was used: dy = 3 x dx.
let private tripled =
    graph [ vectorType; vectorType ] (fun v -> [ Ops.Exp v[0]; Ops.Scale(Ops.Mul(v[0], v[1]), 3.0) ])

/// A pullback that differs from both: x̄ = 5 x ȳ.
let private fivefold =
    [
        graph [ vectorType ] (fun v -> [ Ops.Exp v[0]; v[0] ])
        graph [ vectorType; vectorType ] (fun v -> [ Ops.Scale(Ops.Mul(v[0], v[1]), 5.0) ])
    ]

/// A pullback that is not linear: it clips its cotangent.
let private clipped =
    [
        graph [ vectorType ] (fun v -> [ Ops.Exp v[0]; v[0] ])
        graph [ vectorType; vectorType ] (fun v -> [ Ops.Clamp(Ops.Like(v[1], -1.0), v[1], Ops.Like(v[1], 1.0)) ])
    ]

let private bodies (graphs: Graph list) = Bodies(graphs |> List.map Body)

let private custom jvp vjp =
    graph [ vectorType ] (fun x -> make (CustomFunction(exponential, bodies jvp, bodies vjp, Bodies())) x)

let private along = vector [ 1.0; 2.0; -0.5 ]

/// Expects dy for the direction, and x̄ for the cotangent of the same numbers.
let private expectRules (f: Graph) forward reverse =
    expectClose (run (slope f (all 1)) [ xs; along ]) [ forward ] "forward"
    expectClose (run (pullback f (all 1)) [ xs; along ]) [ reverse ] "reverse"

let private times factor =
    [ 0.5 * factor; -2.0 * factor; -1.0 * factor ]

/// Rows of a batch of two: the same vector, then its double.
let private twoRows (value: HostValue) =
    matrix [ floats value; floats value |> List.map (fun x -> 2.0 * x) ]

[<Tests>]
let tests =
    testList
        "closed forms: custom functions"
        [
            testCase "a JVP rule alone serves both modes" (fun () -> expectRules (custom [ tripled ] []) (times 3.0) (times 3.0))

            testCase "a VJP rule alone serves both modes, transposed for forward" (fun () ->
                expectRules (custom [] fivefold) (times 5.0) (times 5.0))

            testCase "with both rules, each mode has its own" (fun () -> expectRules (custom [ tripled ] fivefold) (times 3.0) (times 5.0))

            testCase "without rules the function is differentiated" (fun () ->
                let slopes = List.map2 (fun x dx -> exp x * dx) (floats xs) (floats along)
                expectRules (custom [] []) slopes slopes)

            testCase "a JVP rule that recomputes is linear, though it holds values and tangents in one checkpoint" (fun () ->
                let recomputed = graph [ vectorType ] (fun x -> make (Checkpoint exponential) x)

                let rule = Adjoint.Transforms.Forward.Apply(recomputed, all 1, all 1).Graph

                let slopes = List.map2 (fun x dx -> exp x * dx) (floats xs) (floats along)
                expectRules (custom [ rule ] []) slopes slopes)

            testCase "a pullback that is not linear clips in reverse" (fun () ->
                let back = run (pullback (custom [] clipped) (all 1)) [ xs; along ]
                Expect.equal (back |> List.map floats) [ [ 1.0; 1.0; -0.5 ] ] "clipped")

            testCase "and has no forward mode: the error says what to give" (fun () ->
                Expect.throwsC (fun () -> run (slope (custom [] clipped) (all 1)) [ xs; along ] |> ignore) (fun error ->
                    Expect.stringContains error.Message "not linear in the cotangent" "the reason"
                    Expect.stringContains error.Message "JVP rule" "the cure"))

            testCase "with a JVP rule beside it, forward uses that" (fun () ->
                Expect.equal
                    (run (slope (custom [ tripled ] clipped) (all 1)) [ xs; along ]
                     |> List.map floats)
                    [ times 3.0 ]
                    "the JVP rule")

            testCase "under vmap a pullback that is not linear clips in each lane" (fun () ->
                let back = run (vmap (pullback (custom [] clipped) (all 1)) 2) [ twoRows xs; twoRows along ]
                Expect.equal (back |> List.map floats) [ [ 1.0; 1.0; -0.5; 1.0; 1.0; -1.0 ] ] "clipped")

            testCase "of a batched function too" (fun () ->
                let back = run (pullback (vmap (custom [] clipped) 2) (all 1)) [ twoRows xs; twoRows along ]
                Expect.equal (back |> List.map floats) [ [ 1.0; 1.0; -0.5; 1.0; 1.0; -1.0 ] ] "clipped")

            testCase "a rule is differentiated again" (fun () ->
                // The pullback is 5 x ȳ, so its own derivative in x along dx is 5 ȳ dx.
                let second = slope (pullback (custom [] fivefold) (all 1)) (mask [ true; false ])
                let ones = vector [ 1.0; 1.0; 1.0 ]
                Expect.equal (run second [ xs; ones; along ] |> List.map floats) [ [ 5.0; 10.0; -2.5 ] ] "5 dx"
                let back = pullback (pullback (custom [] fivefold) (all 1)) (mask [ true; false ])
                Expect.equal (run back [ xs; ones; along ] |> List.map floats) [ [ 5.0; 10.0; -2.5 ] ] "the same in reverse")

            testCase "a batching rule serves the size that it is for" (fun () ->
                let rule = graph [ f64 [ 2; 3 ] ] (fun x -> [ Ops.Scale(x[0], 7.0) ])

                let f =
                    graph [ vectorType ] (fun x -> make (CustomFunction(exponential, Bodies(), Bodies(), bodies [ rule ])) x)

                let rows = twoRows xs
                Expect.equal (run (vmap f 2) [ rows ] |> List.map floats) [ floats rows |> List.map (fun x -> 7.0 * x) ] "two lanes"
                let one = matrix [ floats xs ]
                expectClose (run (vmap f 1) [ one ]) [ floats xs |> List.map exp ] "one lane: the function batched")
        ]
