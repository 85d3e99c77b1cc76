/// Loops made by hand, against the same loops over numbers with derivatives.
module Adjoint.Properties.LoopForms

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties
open Adjoint.Properties.Building

let private like (x: Value) (number: float) = Ops.Like(x, number)

/// Grows a number until it passes 3: how often depends on where it starts.
let private growing: Graph =
    let condition = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Less(v[1], like v[1] 3.0) ])

    let step = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Add(Ops.Mul(v[1], like v[1] 1.3), Ops.Sin v[0]) ])

    graph [ f64 [] ] (fun x -> make (While(condition, step, 1)) [ x[0]; x[0] ])

let rec private grown (x: Jets.Jet) (y: Jets.Jet) =
    if y.Value < 3.0 then grown x (1.3 * y + Jets.sin x) else y

/// How often a number below 10 can be doubled.
let private doublings: Graph =
    let condition = graph [ f64 []; i64 ] (fun v -> [ Ops.Less(v[0], like v[0] 10.0) ])

    let step = graph [ f64 []; i64 ] (fun v -> [ Ops.Add(v[0], v[0]); Ops.Add(v[1], Ops.Index 1L) ])

    graph [ f64 [] ] (fun x -> make (While(condition, step, 0)) [ x[0]; Ops.Index 0L ])

/// y ← y sin(y + k), k times for k = 0 … n − 1, x times beside.
let private repeated: Graph =
    let step =
        graph [ i64; f64 []; f64 [] ] (fun v ->
            let k = Ops.Convert(v[0], DType.F64)
            [ Ops.Mul(v[1], Ops.Sin(Ops.Add(v[2], k))) ])

    graph [ f64 [] ] (fun x -> make (Repeat(step, 1, false)) [ Ops.Index 4L; x[0]; x[0] ])

let private repeatedJet (x: Jets.Jet) =
    ((x, [ 0.0; 1.0; 2.0; 3.0 ])
     ||> List.fold (fun y k -> x * Jets.sin (y + Jets.constant k)))

/// The nest below: in each of three steps a while doubles the carry (by 1.5 x) as long as it is small, and a slice is added.
let private nested: Graph =
    let condition = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Less(v[1], like v[1] 2.0) ])
    let grow = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Add(Ops.Tanh v[1], Ops.Scale(v[0], 1.5)) ])

    let step =
        graph [ f64 []; f64 []; f64 [] ] (fun v ->
            let inside = make1 (While(condition, grow, 1)) [ v[0]; v[1] ]
            let carry = Ops.Add(Ops.Sin inside, v[2])
            [ carry; Ops.Mul(carry, v[0]) ])

    let looping =
        graph [ f64 []; f64 [ 3 ] ] (fun v ->
            let results = make (Scan(step, 1, 1, 3, true)) [ v[0]; v[0]; v[1] ]
            [ Ops.Add(results[0], Ops.ReduceSum(results[1], Axes [| 0 |])) ])

    let flat = graph [ f64 []; f64 [ 3 ] ] (fun v -> [ Ops.Exp v[0] ])

    graph [ f64 [] ] (fun x ->
        let xs = Ops.Mul(Ops.Iota(DType.F64, Shape.Of 3, 0), Ops.BroadcastScalar(x[0], Shape.Of 3))
        let positive = Ops.Greater(x[0], like x[0] 0.0)
        make (Cond(looping, flat)) [ positive; x[0]; xs ])

let rec private inner (x: Jets.Jet) (y: Jets.Jet) =
    if y.Value < 2.0 then inner x (Jets.tanh y + 1.5 * x) else y

let private nestedJet (x: Jets.Jet) =
    if x.Value > 0.0 then
        let step (carry, sum) k =
            let next = Jets.sin (inner x carry) + k * x
            next, sum + next * x

        let carry, sum = List.fold step (x, Jets.constant 0.0) [ 2.0; 1.0; 0.0 ]
        carry + sum
    else
        Jets.exp x

[<Tests>]
let tests =
    testList
        "closed forms: loops"
        [
            for x in [ 0.4; 1.1; 2.9; 3.5 ] do
                testCase $"while with a trip count by the data, at {x}" (fun () -> Jets.expectDerivatives growing (fun x -> grown x x) x)

            testCase "a counter beside the carry has no tangent" (fun () ->
                let reverse = pullback doublings (all 1)
                Expect.equal (run reverse [ number 0.7; number 1.0 ] |> List.map floats) [ [ 16.0 ] ] "2 to the 4th")

            testCase "repeat" (fun () -> Jets.expectDerivatives repeated repeatedJet 0.8)

            for x in [ 1.4; 1.9; -0.3 ] do
                testCase $"while in scan in cond, at {x}" (fun () -> Jets.expectDerivatives nested nestedJet x)

            testCase "a scan of no steps gives its carry, and ys of no rows" (fun () ->
                let step = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Mul(v[0], v[1]); v[0] ])

                let none = graph [ f64 []; f64 [ 0 ] ] (fun v -> make (Scan(step, 0, 1, 0, false)) v)

                let results = run none [ number 2.0; vector [] ] |> List.map floats
                Expect.equal results [ [ 2.0 ]; [] ] "carry and ys"

                let back = run (pullback none (all 2)) [ number 2.0; vector []; number 3.0; vector [] ]

                Expect.equal (back |> List.map floats) [ [ 3.0 ]; [] ] "cotangents")
        ]
