/// What loops remember for the loops behind them, and what is computed again.
module Adjoint.Properties.Compile.ResidualTests

open Expecto
open Adjoint.Compile
open Adjoint.Compile.Residuals
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Transforms
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private x: ValueType = f64 [ 2 ]
let private xs: ValueType = f64 [ 3; 2 ]
let private a, b = vector [ 0.5; -0.25 ], vector [ 2.0; 1.5 ]
let private rows = matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ]; [ 5.0; -6.0 ] ]

/// A forward scan of (constant, carry, slice) → (carry, kept …), and a backward one that sums what it reads of that.
let private pair (step: Value list -> Value list) (read: Value list -> Value) =
    graph [ x; x; xs ] (fun v ->
        let body = graph [ x; x; x ] step
        let kept = body.Results.Length - 1
        let forward = scan 1 1 3 false body v

        let back = graph [ for _ in 0..kept -> x ] (fun p -> [ Ops.Add(p[0], read p.Tail) ])

        scan 0 1 3 true back (v[0] :: forward.Tail))

let private minimised f =
    let after = passed "recompute_residuals" f [ a; b; rows ]
    (pass "remove_unread").Apply.Invoke after

let private becomes f expected =
    Expect.equal (names (minimised f)) expected "recomputed"

/// The step of the first loop gives so many values beside its carries.
let private remembers count (graph: Graph) =
    let scan =
        graph.Nodes
        |> Seq.pick (fun node ->
            match node.Primitive with
            | :? Scan as scan -> Some scan
            | _ -> None)

    Expect.equal (scan.Step.Graph.Results.Length - scan.Carries) count "remembered"

let private scans =
    testList
        "of scans"
        [
            testCase "x and a cheap function of it: x alone" (fun () ->
                let f =
                    pair (fun v -> [ Ops.Sin(Ops.Add(v[1], v[2])); v[1]; Ops.Mul(v[1], v[1]) ]) (fun kept -> Ops.Mul(kept[0], kept[1]))

                becomes f "scan[add sin] scan[mul mul add]"
                remembers 1 (minimised f))

            testCase "what constants and inputs give is not kept" (fun () ->
                let f =
                    pair (fun v -> [ Ops.Sin(Ops.Add(v[1], v[2])); Ops.Mul(v[0], v[2]); Ops.Neg v[2] ]) (fun kept ->
                        Ops.Mul(kept[0], kept[1]))

                becomes f "scan[mul neg mul add]")

            testCase "a function that costs more than a place to keep it is kept" (fun () ->
                let f = pair (fun v -> [ Ops.Sin(Ops.Add(v[1], v[2])); Ops.Exp(Ops.Tanh v[1]) ]) (fun kept -> kept[0])

                let same = passed "recompute_residuals" f [ a; b; rows ]
                Expect.isTrue (obj.ReferenceEquals(same, f)) "as it stood")

            testCase "several cheap functions of one value that is not kept yet: that value" (fun () ->
                let f =
                    pair
                        (fun v ->
                            let u = Ops.Sin(Ops.Add(v[1], v[2]))
                            [ u; Ops.Neg u; Ops.Add(u, u); Ops.Mul(u, v[0]) ])
                        (fun kept -> Ops.Mul(kept[0], Ops.Mul(kept[1], kept[2])))

                becomes f "scan[add sin] scan[neg add mul mul mul add]"
                remembers 1 (minimised f))

            testCase "products are kept, however many" (fun () ->
                let square: ValueType = f64 [ 2; 2 ]

                let f =
                    graph [ square; square; f64 [ 3; 2; 2 ] ] (fun v ->
                        let step (v: Value list) =
                            let y = Ops.MatMul(v[1], v[0])
                            [ Ops.Add(y, v[2]); y ]

                        let forward = scan 1 1 3 false (graph [ square; square; square ] step) v

                        scan 0 1 3 true (graph [ square; square ] (fun p -> [ Ops.MatMul(p[0], p[1]) ])) (v[0] :: forward.Tail))

                Expect.isTrue (obj.ReferenceEquals((pass "recompute_residuals").Apply.Invoke f, f)) "as it stood")

            testCase "what is read otherwise stays, and is read from there" (fun () ->
                let f =
                    graph [ x; x; xs ] (fun v ->
                        let step = graph [ x; x; x ] (fun v -> let y = Ops.Sin(Ops.Add(v[1], v[2])) in [ y; y; Ops.Neg y ])
                        let forward = scan 1 1 3 false step v
                        let back = graph [ x; x ] (fun p -> [ Ops.Mul(p[0], p[1]) ])
                        forward[1] :: scan 0 1 3 true back [ v[0]; forward[2] ])

                becomes f "scan[add sin] scan[neg mul]")

            testCase "two loops behind one" (fun () ->
                let f =
                    graph [ x; x; xs ] (fun v ->
                        let step = graph [ x; x; x ] (fun v -> [ Ops.Sin(Ops.Add(v[1], v[2])); v[1]; Ops.Neg v[1] ])
                        let forward = scan 1 1 3 false step v
                        let back = graph [ x; x; x ] (fun p -> [ Ops.Mul(p[0], Ops.Add(p[1], p[2])) ])

                        scan 0 1 3 true back [ v[0]; forward[1]; forward[2] ]
                        @ scan 0 1 3 false back [ v[1]; forward[2]; forward[1] ])

                becomes f "scan[add sin] scan[neg add mul] scan[neg add mul]")
        ]

/// The steps of a derivative by stacks.
let private step (v: Value list) =
    Ops.Mul(Ops.Mul(v[0], v[0]), Ops.Add(v[0], Ops.Mul(v[0], v[1])))

let private stacksOf (f: Graph) =
    f.Nodes
    |> Seq.collect _.Results
    |> Seq.filter (fun value -> value.Type :? StackType)
    |> Seq.length

let private stacks =
    testList
        "of stacks"
        [
            testCase "of a repeat" (fun () ->
                let body = graph [ i64; x; x ] (fun v -> [ step [ v[2]; v[1] ] ])
                let f = graph [ i64; x; x ] (fun v -> repeat 1 body v)
                let back = Backward.Apply(f, mask [ false; false; true ], all 1).Graph
                let at = [ whole 4; a; b; a ]
                let after = passed "recompute_residuals" back at
                let left = (pass "remove_unread").Apply.Invoke after
                Expect.equal (run left at |> List.map floats) (run back at |> List.map floats) "the same"
                Expect.isLessThan (stacksOf left) (stacksOf back) "fewer stacks"

                Expect.equal
                    (run left [ whole 0; a; b; a ] |> List.map floats)
                    (run back [ whole 0; a; b; a ] |> List.map floats)
                    "of no step")

            testCase "of a while" (fun () ->
                let condition = graph [ x; i64; x ] (fun v -> [ Ops.Greater(v[1], index 0) ])
                let body = graph [ x; i64; x ] (fun v -> [ Ops.Sub(v[1], index 1); step [ v[2]; v[0] ] ])

                let f =
                    graph [ i64; x; x ] (fun v -> (make (While(Body condition, Body body, 1)) [ v[1]; v[0]; v[2] ]).Tail)

                let back = Backward.Apply(f, mask [ false; false; true ], all 1).Graph
                let at = [ whole 4; a; b; a ]
                let left = (pass "remove_unread").Apply.Invoke(passed "recompute_residuals" back at)
                Expect.isLessThan (stacksOf left) (stacksOf back) "fewer stacks"
                Expect.equal (run left at |> List.map floats) (run back at |> List.map floats) "the same")
        ]

/// The cheapest cut by trying all.
let private cheapest places (edges: (int * int * int64) list) =
    seq {
        for chosen in 0 .. (1 <<< places) - 1 do
            let behind place = (chosen >>> place) &&& 1 = 1

            if not (behind 0) && behind 1 then
                edges
                |> List.sumBy (fun (from, ``to``, capacity) -> if not (behind from) && behind ``to`` then capacity else 0L)
    }
    |> Seq.min

let private cuts =
    testProperty "a cut is as cheap as the cheapest of all" (fun (drawn: (byte * byte * byte) list) ->
        let places = 7

        let edges =
            [
                for from, ``to``, capacity in drawn do
                    int from % places, int ``to`` % places, int64 (capacity % 9uy)
            ]

        let network = MinimumCut()

        for _ in 1..places do
            network.Place() |> ignore

        for from, ``to``, capacity in edges do
            network.Connect(from, ``to``, capacity)

        let behind = network.Run(0, 1)

        let cost =
            edges
            |> List.sumBy (fun (from, ``to``, capacity) -> if not behind[from] && behind[``to``] then capacity else 0L)

        not behind[0] && behind[1] && cost = cheapest places edges)

[<Tests>]
let tests = testList "residuals" [ scans; stacks; cuts ]
