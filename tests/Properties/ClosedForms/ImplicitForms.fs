/// Implicit derivatives to second order, against explicit formulas.
module Adjoint.Properties.ImplicitForms

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties
open Adjoint.Properties.Building

let private matrixType = f64 [ 2; 2 ]
let private vectorType = f64 [ 2 ]

let private product (a: Value) (x: Value) =
    Ops.Dot(a, x, Axes.None, Axes.None, Axes [| 1 |], Axes [| 0 |])

let private transposed (a: Value) = Ops.Permute(a, Axes [| 1; 0 |])

/// Cramer's rule, which is never differentiated.
let private cramer (a: Value) (b: Value) =
    let at row column =
        Ops.Reshape(Ops.Slice(a, Ints [| row; column |], Ints [| row + 1; column + 1 |], Ints [| 1; 1 |]), Shape.Scalar)

    let right row = Ops.Index(b, Ops.Index(int64 row))
    let cross p q r s = Ops.Sub(Ops.Mul(p, q), Ops.Mul(r, s))
    let determinant = cross (at 0 0) (at 1 1) (at 0 1) (at 1 0)

    let entry top =
        Ops.Reshape(Ops.Div(top, determinant), Shape.Of 1)

    Ops.Concatenate(0, entry (cross (right 0) (at 1 1) (at 0 1) (right 1)), entry (cross (at 0 0) (right 1) (right 0) (at 1 0)))

let private linear: Graph =
    let body f =
        graph [ matrixType; vectorType ] (fun v -> [ f v[0] v[1] ])

    let apply = body product
    let solve = body cramer
    let transposeSolve = body (fun a b -> cramer (transposed a) b)
    graph [ matrixType; vectorType ] (fun v -> make (CustomLinearSolve(apply, solve, transposeSolve, 1)) v)

// The same in plain numbers.

let private times (a: float list list) (x: float list) =
    a |> List.map (fun row -> List.sum (List.map2 (*) row x))

let private solved (a: float list list) (b: float list) =
    let determinant = a[0][0] * a[1][1] - a[0][1] * a[1][0]

    [
        (b[0] * a[1][1] - a[0][1] * b[1]) / determinant
        (a[0][0] * b[1] - b[0] * a[1][0]) / determinant
    ]

let private a = [ [ 2.0; 0.5 ]; [ -1.0; 1.5 ] ]
let private b = [ 0.7; -1.2 ]
let private da = [ [ 0.3; -0.2 ]; [ 0.5; 0.1 ] ]
let private db = [ -0.4; 0.9 ]
let private minus = List.map2 (fun (x: float) y -> x - y)

/// A x = b along a line: A x′ = b′ − A′ x.
let private first =
    let x = solved a b
    solved a (minus db (times da x))

/// And A x″ = −2 A′ x′, since A and b move evenly.
let private second = solved a (times da first |> List.map (fun y -> -2.0 * y))

let private point = [ matrix a; vector b ]
let private direction = [ matrix da; vector db ]

/// b̄ solves Aᵀ b̄ = x̄, and Ā = −b̄ xᵀ.
let private cotangents (xbar: float list) =
    let x = solved a b
    let bbar = solved (List.transpose a) xbar

    [
        [
            for u in bbar do
                for v in x -> -u * v
        ]
        bbar
    ]

let private linearSolves =
    testList
        "linear solve"
        [
            testCase "value" (fun () -> expectClose (run linear point) [ solved a b ] "x")

            testCase "forward" (fun () -> expectClose (run (slope linear (all 2)) (point @ direction)) [ first ] "x'")

            testCase "reverse" (fun () ->
                expectClose (run (pullback linear (all 2)) (point @ [ vector [ 1.0; -2.0 ] ])) (cotangents [ 1.0; -2.0 ]) "cotangents")

            testCase "forward of forward" (fun () ->
                let twice = slope (slope linear (all 2)) (mask [ true; true; false; false ])
                expectClose (run twice (point @ direction @ direction)) [ second ] "x''")

            testCase "reverse of forward, and forward of reverse" (fun () ->
                let xbar = [ 1.0; -2.0 ]
                let expected = List.sum (List.map2 (*) xbar second)
                let moving = mask [ true; true; false ]
                let forward = slope (pullback linear (all 2)) moving

                // ⟨direction, d/dt Jᵀ x̄⟩ = x̄ · x″, and so is ⟨x̄, x″⟩ pulled back along the direction.
                let paired (values: HostValue list) =
                    List.map2 (fun u v -> List.sum (List.map2 (*) (floats u) (floats v))) values direction
                    |> List.sum

                let first = paired (run forward (point @ [ vector xbar ] @ direction))
                Expect.floatClose Jets.accuracy first expected "forward of reverse"
                let backward = pullback (slope linear (all 2)) (mask [ true; true; false; false ])
                let next = paired (run backward (point @ direction @ [ vector xbar ]))
                Expect.floatClose Jets.accuracy next expected "reverse of forward"
                let both = pullback (pullback linear (all 2)) moving
                let last = paired (run both (point @ [ vector xbar ] @ direction))
                Expect.floatClose Jets.accuracy last expected "reverse of reverse")
        ]

/// x³ + c x = 1, by Newton's steps from a guess.
let private root: Graph =
    let residual (c: Value) (x: Value) =
        Ops.Sub(Ops.Add(Ops.Mul(Ops.Square x, x), Ops.Mul(c, x)), Ops.OnesLike x)

    let slopeAt (c: Value) (x: Value) =
        Ops.Add(Ops.Scale(Ops.Square x, 3.0), c)

    let f = graph [ f64 []; f64 [] ] (fun v -> [ residual v[0] v[1] ])

    let newton =
        graph [ i64; f64 []; f64 [] ] (fun v -> [ Ops.Sub(v[2], Ops.Div(residual v[1] v[2], slopeAt v[1] v[2])) ])

    let solve =
        graph [ f64 []; f64 [] ] (fun v -> make (Repeat(newton, 1, false)) [ Ops.Index 40L; v[0]; v[1] ])

    let tangent = graph [ f64 []; f64 []; f64 [] ] (fun v -> [ Ops.Div(v[2], slopeAt v[0] v[1]) ])

    graph [ f64 [] ] (fun c -> make (CustomRoot(f, solve, tangent, 1)) [ c[0]; Ops.OnesLike c[0] ])

/// With s = 3x² + c: x′ = −x / s, and s x″ = −2 x′ − 6 x x′².
let private rootJet (c: Jets.Jet) : Jets.Jet =
    let rec newton x count =
        if count = 0 then
            x
        else
            newton (x - (x * x * x + c.Value * x - 1.0) / (3.0 * x * x + c.Value)) (count - 1)

    let x = newton 1.0 40
    let s = 3.0 * x * x + c.Value
    let first = -x / s

    {
        Value = x
        First = first
        Second = (-2.0 * first - 6.0 * x * first * first) / s
    }

let private roots =
    testList
        "root"
        [
            for c in [ 0.5; 2.0 ] do
                testCase $"to second order at {c}" (fun () -> Jets.expectDerivatives root rootJet c)

            testCase "the guess has no derivative" (fun () ->
                let guessed = root.Nodes |> Seq.find (fun node -> node.Primitive :? CustomRoot)

                let f = graph [ f64 []; f64 [] ] (fun v -> make guessed.Primitive v)

                let back = run (pullback f (all 2)) [ number 2.0; number 0.9; number 1.0 ]
                Expect.equal (floats back[1]) [ 0.0 ] "zero")

            testCase "each lane of a batch has its own root" (fun () ->
                let lanes = run (vmap (slope root (all 1)) 2) [ vector [ 0.5; 2.0 ]; vector [ 1.0; -3.0 ] ]

                let expected =
                    [
                        (rootJet (Jets.variable 0.5)).First
                        -3.0 * (rootJet (Jets.variable 2.0)).First
                    ]

                expectClose lanes [ expected ] "x' of each lane")
        ]

/// A checkpoint recomputes: what its linear part keeps are its arguments alone.
let private checkpoints =
    let deep = graph [ f64 [] ] (fun x -> [ Ops.Sin(Ops.Exp(Ops.Tanh x[0])) ])
    let jet = Jets.tanh >> Jets.exp >> Jets.sin

    let kept holder =
        let f = graph [ f64 [] ] (fun x -> make holder x)
        let split = Adjoint.Transforms.Linearization.Apply(f, all 1)
        split.Residuals.Length, split.Forwarded.Ones

    testList
        "checkpoint"
        [
            testCase "to second order" (fun () -> Jets.expectDerivatives (graph [ f64 [] ] (fun x -> make (Checkpoint deep) x)) jet 0.6)

            testCase "keeps its argument alone, where a call keeps residuals" (fun () ->
                Expect.equal (kept (Checkpoint deep)) (0, 1) "residuals and arguments of a checkpoint"
                Expect.isGreaterThan (fst (kept (Call deep))) 0 "residuals of a call")
        ]

[<Tests>]
let tests = testList "closed forms: implicit functions" [ linearSolves; roots; checkpoints ]
