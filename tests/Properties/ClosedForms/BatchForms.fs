/// Batches whose lanes take branches and loops of their own, also through derivatives.
module Adjoint.Properties.BatchForms

open System
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties
open Adjoint.Properties.Building

/// log x where x is positive, otherwise 2 x; the branch not taken is NaN or infinite, and so are its slopes.
let private guarded: Graph =
    let logarithm = graph [ f64 [] ] (fun x -> [ Ops.Log x[0] ])
    let double = graph [ f64 [] ] (fun x -> [ Ops.Add(x[0], x[0]) ])

    graph [ f64 [] ] (fun x -> make (Cond(logarithm, double)) [ Ops.Greater(x[0], Ops.ZerosLike x[0]); x[0] ])

let private guardedJet (x: Jets.Jet) =
    if x.Value > 0.0 then Jets.log x else x + x

/// A weight that only one branch reads, at a point where the other would make NaN of it.
let private weighted: Graph =
    let reads = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Mul(Ops.Sqrt v[0], v[1]) ])
    let ignores = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Sin v[1] ])

    graph [ truth; f64 []; f64 [] ] (fun v -> make (Cond(reads, ignores)) v)

/// y ← y² + x while y is below 5; how often differs from lane to lane.
let private squaring: Graph =
    let condition = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Less(v[1], Ops.Like(v[1], 5.0)) ])

    let step = graph [ f64 []; f64 [] ] (fun v -> [ Ops.Add(Ops.Square v[1], v[0]) ])

    graph [ f64 [] ] (fun x -> make (While(condition, step, 1)) [ x[0]; x[0] ])

let rec private squared (x: Jets.Jet) (y: Jets.Jet) =
    if y.Value < 5.0 then squared x (y * y + x) else y

/// n steps of y ← y sin x, n being an operand.
let private counted: Graph =
    let step = graph [ i64; f64 []; f64 [] ] (fun v -> [ Ops.Mul(v[2], Ops.Sin v[1]) ])

    graph [ i64; f64 [] ] (fun v -> make (Repeat(step, 1, false)) [ v[0]; v[1]; v[1] ])

let private starts = [ 0.6; 6.0; 1.1; 2.5 ]
let private weights = [ 1.0; -2.0; 0.5; 3.0 ]

let private lanes (f: Jets.Jet -> Jets.Jet) = starts |> List.map (Jets.variable >> f)

/// The weight of each lane times what a lane gives.
let private scaled part f =
    List.map2 (fun w jet -> w * part jet) weights (lanes f)

let private ones = starts |> List.map (fun _ -> 1.0)

/// Values and derivatives of all lanes, with vmap inside and outside of each derivative.
let private expectLanes (f: Graph) (jet: Jets.Jet -> Jets.Jet) =
    let size = starts.Length
    let x, w = vector starts, vector weights
    expectClose (run (vmap f size) [ x ]) [ lanes jet |> List.map _.Value ] "vmap f"
    let expected = [ scaled _.First jet ]
    expectClose (run (vmap (slope f (all 1)) size) [ x; w ]) expected "vmap of forward"
    expectClose (run (slope (vmap f size) (all 1)) [ x; w ]) expected "forward of vmap"
    expectClose (run (vmap (pullback f (all 1)) size) [ x; w ]) expected "vmap of reverse"
    expectClose (run (pullback (vmap f size) (all 1)) [ x; w ]) expected "reverse of vmap"
    let first = mask [ true; false ]
    let second = [ scaled _.Second jet ]
    let inside = vmap (slope (pullback f (all 1)) first) size
    expectClose (run inside [ x; w; vector ones ]) second "vmap of forward of reverse"
    let between = slope (vmap (pullback f (all 1)) size) first
    expectClose (run between [ x; w; vector ones ]) second "forward of vmap of reverse"
    let outside = pullback (pullback (vmap f size) (all 1)) first
    expectClose (run outside [ x; w; vector ones ]) second "reverse of reverse of vmap"

let private expectZero (value: float) message =
    Expect.equal (BitConverter.DoubleToInt64Bits(abs value)) 0L $"{message}: exactly zero, not {value}"

[<Tests>]
let tests =
    testList
        "closed forms: batches"
        [
            testCase "cond: each lane has its own branch" (fun () ->
                expectLanes guarded guardedJet
                let mixed = vector [ 2.0; -1.0; 0.0 ]
                let three = vector [ 1.0; 1.0; 1.0 ]
                let expected = [ 0.5; 2.0; 2.0 ]
                expectClose (run (vmap (pullback guarded (all 1)) 3) [ mixed; three ]) [ expected ] "vmap of reverse"
                expectClose (run (pullback (vmap guarded 3) (all 1)) [ mixed; three ]) [ expected ] "reverse of vmap")

            testCase "while: each lane runs as often as it needs" (fun () -> expectLanes squaring (fun x -> squared x x))

            testCase "repeat: each lane counts for itself" (fun () ->
                let counts = [ 0; 1; 2; 3 ]
                let x = 0.8

                let lane count =
                    List.fold (fun y _ -> y * Jets.sin (Jets.variable x)) (Jets.variable x) [ 1..count ]

                let batch = Adjoint.Transforms.Batching.Apply(counted, mask [ true; false ], all 1, Extent 4).Graph

                let n: HostValue = NDArray.Vector(counts |> List.map int64 |> Array.ofList)
                let slopes = counts |> List.map (fun count -> (lane count).First)
                let active = mask [ false; true ]
                expectClose (run batch [ n; number x ]) [ counts |> List.map (fun count -> (lane count).Value) ] "values"
                expectClose (run (slope batch active) [ n; number x; number 1.0 ]) [ slopes ] "forward"
                let total = List.sum (List.map2 (*) weights slopes)
                expectClose (run (pullback batch active) [ n; number x; vector weights ]) [ [ total ] ] "reverse sums over lanes")

            testCase "a lane that does not take a branch adds exactly zero" (fun () ->
                let taken = flags [ true; false; true ]
                let shared, own = number 4.0, vector [ 3.0; 0.5; -1.0 ]

                let batch =
                    Adjoint.Transforms.Batching.Apply(weighted, mask [ true; false; true ], all 1, Extent 3).Graph

                let back =
                    run (pullback batch (mask [ false; true; true ])) [ taken; shared; own; vector [ 1.0; 1.0; 1.0 ] ]

                expectClose back [ [ 0.25 * (3.0 - 1.0) ]; [ 2.0; cos 0.5; 2.0 ] ] "cotangents"

                // At a weight of 0 the branch that reads it has an infinite slope: lanes that ignore it add none of that.
                let ignored = flags [ false; false; false ]

                let zero =
                    run (pullback batch (mask [ false; true; false ])) [ ignored; number 0.0; own; vector [ 1.0; 1.0; 1.0 ] ]

                expectZero (List.item 0 (floats zero[0])) "a shared weight that no lane reads"

                let each = vmap (pullback weighted (mask [ false; true; true ])) 3
                let own0 = run each [ taken; vector [ 4.0; 0.0; 9.0 ]; own; vector [ 1.0; 1.0; 1.0 ] ]
                expectZero (List.item 1 (floats own0[0])) "a weight of the lane's own"
                expectClose own0 [ [ 0.75; 0.0; -1.0 / 6.0 ]; [ 2.0; cos 0.5; 3.0 ] ] "vmap of reverse")

            testCase "the branch not taken stays out without a batch too" (fun () ->
                for x in [ 0.0; -1.0 ] do
                    Jets.expectDerivatives guarded guardedJet x)
        ]
