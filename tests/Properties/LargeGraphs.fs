/// A million nodes, and a chain a million deep: built, differentiated, printed and run without a walk that recurses or comes twice.
module Adjoint.Properties.LargeGraphs

open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Transforms
open Adjoint.Properties.Building

/// y ← y + x, with a sine in between now and then.
let private chain length =
    graph [ f64 [] ] (fun x ->
        let mutable y = x[0]

        for i in 1..length do
            y <- if i % 1000 = 0 then Ops.Sin y else Ops.Add(y, x[0])

        [ y ])

/// y ← a y + y: each value is used twice, so a walk that forgets where it was never ends.
let private shared length =
    graph [ f64 [] ] (fun x ->
        let small = Ops.Constant(Scalar.Of(DType.F64, 1e-6))
        let mutable y = x[0]

        for _ in 1..length do
            y <- Ops.Fma(y, small, y)

        [ y ])

/// The chain's value and slope.
let private chainAt length x =
    let mutable y, dy = x, 1.0

    for i in 1..length do
        if i % 1000 = 0 then
            dy <- dy * cos y
            y <- sin y
        else
            dy <- dy + 1.0
            y <- y + x

    y, dy

/// Operations that round alike everywhere, each of which reads what was made shortly or long before.
let private woven length =
    graph [ f64 [ 5000 ]; f64 [ 5000 ] ] (fun x ->
        let random = System.Random 5
        let made = ResizeArray x

        for _ in 1..length do
            let before most =
                made[max 0 (made.Count - 1 - random.Next most)]

            let a, b = before 50, before 1000

            made.Add(
                match random.Next 4 with
                | 0 -> Ops.Sub(a, b)
                | 1 -> Ops.Max(a, b)
                | 2 -> Ops.Abs a
                | _ -> Ops.Min(a, b)
            )

        [ made[made.Count - 1] ])

/// Errors of as many additions, each at most half of eps.
let private accuracy length =
    {
        absolute = 0.0
        relative = float length * DType.F64.Epsilon()
    }

let private one, half = number 1.0, number 0.5

[<Tests>]
let tests =
    testSequencedGroup
        "large graphs"
        (testList
            "large graphs"
            [
                testCase "a chain a million deep" (fun () ->
                    let length = 1_000_000
                    let f = chain length
                    let y, dy = chainAt length 0.5
                    Expect.floatClose (accuracy length) (result f [ half ]) y "run"
                    Expect.floatClose (accuracy length) (result (slope f (all 1)) [ half; one ]) dy "forward"
                    Expect.floatClose (accuracy length) (result (pullback f (all 1)) [ half; one ]) dy "reverse")

                testCase "a chain a million deep is printed" (fun () ->
                    let text = GraphText.Write(chain 1_000_000)
                    Expect.equal (text.Split("= add(").Length - 1) 999_000 "additions")

                testCase "a value shared twice at each of 50000 steps" (fun () ->
                    let length = 50_000
                    let f = shared length
                    let factor = (1.0 + 1e-6) ** float length
                    Expect.floatClose (accuracy length) (result f [ half ]) (0.5 * factor) "run"
                    Expect.floatClose (accuracy length) (result (slope f (all 1)) [ half; one ]) factor "forward"
                    Expect.floatClose (accuracy length) (result (pullback f (all 1)) [ half; one ]) factor "reverse"
                    let lanes = vmap f 2
                    expectClose (run lanes [ vector [ 0.5; 1.0 ] ]) [ [ result f [ half ]; result f [ one ] ] ] "vmap")

                testCase "second derivatives of a long chain" (fun () ->
                    let f = chain 30_000
                    let twice = slope (pullback f (all 1)) (mask [ true; false ])
                    let other = pullback (slope f (all 1)) (mask [ true; false ])
                    let arguments = [ half; one; one ]
                    Expect.floatClose (accuracy 30_000) (result twice arguments) (result other arguments) "two orders")

                testCase "a chain of hundreds of thousands is compiled" (fun () ->
                    let length = 300_000
                    let y, _ = chainAt length 0.5
                    let found = (Executable.Compile(chain length)).RunValues [| half |]
                    Expect.floatClose (accuracy length) ((found[0] :?> NDArray).ToDoubles()[0]) y "run")

                testCase "tens of thousands of nodes on large arrays, read near and far" (fun () ->
                    let f = woven 20_000

                    let given =
                        [
                            vector (List.init 5000 (fun i -> cos (float i)))
                            vector (List.init 5000 float)
                        ]

                    let found = (Executable.Compile f).RunValues(Array.ofList given)
                    let expected = run f given
                    Expect.isTrue (Laws.Values.sameBits found[0] expected.Head) "the same bits")

                testCase "nests that hold one body twice are compared once a level" (fun () ->
                    let nest () =
                        let mutable body = graph [ f64 [] ] (fun x -> [ Ops.Sin x[0] ])

                        for _ in 1..60 do
                            let below = body

                            body <-
                                graph [ f64 [] ] (fun x ->
                                    make (Switch(Bodies [| Body below; Body below |])) (Ops.Constant(Scalar.Of(DType.I64, 0L)) :: x))

                        body

                    Expect.isTrue (Body(nest ()).Equals(Body(nest ()))) "equal")

                testCase "bodies are transformed once, however often they are used" (fun () ->
                    // Fourteen calls deep: each level calls the one below twice.
                    let mutable body = graph [ f64 [] ] (fun x -> [ Ops.Sin x[0] ])

                    for _ in 1..14 do
                        let below = body
                        body <- graph [ f64 [] ] (fun x -> make (Call below) (make (Call below) x))

                    let f = body
                    let mutable y, dy = 0.5, 1.0

                    for _ in 1 .. 1 <<< 14 do
                        dy <- dy * cos y
                        y <- sin y

                    Expect.floatClose (accuracy 40_000) (result (pullback f (all 1)) [ half; one ]) dy "reverse")
            ])
