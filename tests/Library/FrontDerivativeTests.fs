/// The differential operators and control flow: nesting, rules of one's own, loops, structure of results.
module Adjoint.LibraryTests.FrontDerivativeTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Front

let private scalar (x: float) = Expr.Scalar x
let private number (x: Expr) = x.Item<float>()
let private array (x: Expr) = x.ToArray<float>()
let private grad (f: Expr -> Expr) (x: Expr) = Differential.Grad(f).Invoke x

let private close expected actual message =
    Array.iter2 (fun (a: float) e -> Expect.floatClose Accuracy.high a e message) actual expected

let private smooth (x: Expr) = (x.Sin() * x.Exp() + x * x * x).Sum()
let private point = Expr.Of [| 0.3; -0.7; 1.1 |]

let private nesting =
    testList
        "nesting"
        [
            testCase "perturbations are not confused" (fun () ->
                let f (x: Expr) = x * grad (fun y -> x + y) (scalar 1.0)
                Expect.equal (number (grad f (scalar 3.0))) 1.0 "d/dx (x d/dy (x + y))"
                let g (x: Expr) = x * grad (fun y -> x * y) (scalar 2.0)
                Expect.equal (number (grad g (scalar 3.0))) 6.0 "d/dx (x d/dy (x y))"

                let forward (f: Expr -> Expr) (x: Expr) =
                    (Differential.Jvp(f, x, scalar 1.0).ToTuple() |> snd)

                Expect.equal (number (forward (fun x -> x * forward (fun y -> x * y) (scalar 2.0)) (scalar 3.0))) 6.0 "forward twice"
                Expect.equal (number (forward (fun x -> x * grad (fun y -> x * y) (scalar 2.0)) (scalar 3.0))) 6.0 "forward over reverse"
                Expect.equal (number (grad (fun x -> x * forward (fun y -> x * y) (scalar 2.0)) (scalar 3.0))) 6.0 "reverse over forward")

            testCase "five derivatives of x⁵" (fun () ->
                let mutable f = fun (x: Expr) -> x * x * x * x * x

                for expected in [ 80.0; 160.0; 240.0; 240.0; 120.0 ] do
                    f <- grad f
                    Expect.equal (number (f (scalar 2.0))) expected "derivative")

            testCase "hessians agree in all four orders, and with hvp" (fun () ->
                let expected = Array.map (fun x -> 2.0 * exp x * cos x + 6.0 * x) (array point)

                let diagonal =
                    [|
                        for i in 0..2 do
                            for j in 0..2 -> if i = j then expected[i] else 0.0
                    |]

                let by (outer: (Expr -> Expr) -> Expr -> Expr) (inner: (Expr -> Expr) -> Expr -> Expr) = outer (inner smooth) point
                let rev (f: Expr -> Expr) (x: Expr) = Differential.JacRev(f).Invoke x
                let fwd (f: Expr -> Expr) (x: Expr) = Differential.JacFwd(f).Invoke x

                for name, hessian in
                    [
                        "forward over reverse", Differential.Hessian(smooth).Invoke point
                        "reverse over reverse", by rev rev
                        "forward over forward", by fwd fwd
                        "reverse over forward", by rev fwd
                    ] do
                    close diagonal (array hessian) name

                close expected (array (Differential.Hvp(smooth, point, Expr.Of [| 1.0; 1.0; 1.0 |]))) "hvp")

            testCase "vmap and grad commute" (fun () ->
                let batch = Expr.Of(Array2D.init 4 3 (fun i j -> 0.3 * float i - 0.2 * float j))
                let lanes = Differential.Vmap(grad smooth).Invoke batch
                let whole = grad (fun x -> Differential.Vmap(smooth).Invoke(x).Sum()) batch
                close (array whole) (array lanes) "gradients")

            testCase "vmap follows axes and captured values" (fun () ->
                let w = Expr.Of [| 1.0; 10.0; 100.0 |]
                let x = Expr.Of(Array2D.init 3 2 (fun i j -> float (2 * i + j)))
                let columns = Differential.Vmap((fun (c: Expr) -> c * w), 1, -1).Invoke x
                Expect.equal (columns.Shape.ToArray()) [| 3; 2 |] "shape"
                Expect.equal (array columns) [| 0.0; 1.0; 20.0; 30.0; 400.0; 500.0 |] "columns"
                let f (x: Expr[]) = [| x[0] * x[1]; x[1] |]

                let mixed =
                    Differential.Vmap(f, [| Nullable 0; Nullable() |], [| Nullable 0; Nullable() |]).Invoke [| w; scalar 2.0 |]

                Expect.equal (array mixed[0]) [| 2.0; 20.0; 200.0 |] "one argument for all"
                Expect.equal (number mixed[1]) 2.0 "a result without lanes"

                let nested =
                    Differential.Vmap(fun (a: Expr) -> Differential.Vmap(fun (b: Expr) -> a * b).Invoke w).Invoke w

                Expect.equal (nested.Shape.ToArray()) [| 3; 3 |] "nested")

            testCase "one gradient an example" (fun () ->
                let loss (x: Expr[]) = (x[0] * x[1]).Sum().Square()
                let examples = Expr.Of(array2D [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ])
                let slopes = Differential.PerExampleGrad(loss, 1).Invoke [| Expr.Of [| 1.0; 1.0 |]; examples |]
                Expect.equal (array slopes[0]) [| 6.0; 12.0; 42.0; 56.0 |] "gradients")
        ]

let private operators =
    testList
        "operators"
        [
            testCase "linearize and pullback serve many times, also inside other frames" (fun () ->
                let struct (value, push) = Differential.Linearize((fun (x: Expr) -> x.Exp()), point)
                close (Array.map exp (array point)) (array value) "value"
                close (Array.map (fun x -> 2.0 * exp x) (array point)) (array (push.Invoke(point.OnesLike() * 2.0))) "push"
                let struct (_, pull) = Differential.ValueAndPullback((fun (x: Expr) -> x * x), point)
                let back = grad (fun w -> pull.Invoke(w * w).Sum()) point
                close (Array.map (fun x -> 4.0 * x * x) (array point)) (array back) "derivative of a pullback")

            testCase "arguments without tangent come back as they are" (fun () ->
                let count = Expr.Scalar 3

                let slopes =
                    Differential.Grad(fun (x: Expr[]) -> (x[0] * x[1].Cast DType.F64).Sum()).Invoke [| Expr.Of [| 1.0; 2.0 |]; count |]

                Expect.equal (array slopes[0]) [| 3.0; 3.0 |] "gradient"
                Expect.isTrue (obj.ReferenceEquals(slopes[1], count)) "the integer")

            testCase "the gradient of a complex argument is the direction of steepest ascent" (fun () ->
                let z = Expr.Scalar(Numerics.Complex(3.0, 4.0))
                let slope = Differential.Grad(fun (z: Expr) -> (z * z.Conj()).Real()).Invoke z
                Expect.equal (slope.Item<Numerics.Complex>()) (Numerics.Complex(6.0, 8.0)) "2 z"
                let imaginary = Differential.Grad(fun (z: Expr) -> z.Imag()).Invoke z
                Expect.equal (imaginary.Item<Numerics.Complex>()) Numerics.Complex.ImaginaryOne "upwards")

            testCase "checkpoint and compile change no derivative" (fun () ->
                let expected = array (grad smooth point)
                close expected (array (grad (fun x -> Differential.Checkpoint(smooth).Invoke x) point)) "checkpoint"
                let compiled = Differential.Compile(smooth)
                close expected (array (grad compiled.Invoke point)) "grad of compile"
                close expected (array (Differential.Compile(grad smooth).Invoke point)) "compile of grad")

            testCase "compile is traced for each list of types, and keeps what it captured" (fun () ->
                let w = scalar 2.0
                let f = Differential.Compile((fun (x: Expr[]) -> [| x[0] * w |]), null)
                Expect.equal (array (f.Call(Expr.Of [| 1.0 |])[0])) [| 2.0 |] "one"
                Expect.equal (array (f.Call(Expr.Of [| 1.0; 2.0 |])[0])) [| 2.0; 4.0 |] "two"
                Expect.equal f.Count 2 "traces"

                let g (x: Expr) =
                    Differential.Compile(fun (y: Expr) -> x * y).Invoke x

                Expect.equal (number (grad g (scalar 3.0))) 6.0 "captured from an open frame")
        ]

let private rules =
    testList
        "rules of one's own"
        [
            testCase "a custom jvp is used in both modes and under vmap" (fun () ->
                let f = Differential.CustomJvp((fun x -> x * x), (fun x dx -> struct (x * x, 10.0 * dx)))
                Expect.equal (number (grad f.Invoke (scalar 3.0))) 10.0 "reverse"
                let struct (_, tangent) = Differential.Jvp(f, scalar 3.0, scalar 2.0)
                Expect.equal (number tangent) 20.0 "forward"
                Expect.equal (array (Differential.Vmap(grad f.Invoke).Invoke(Expr.Of [| 1.0; 2.0 |]))) [| 10.0; 10.0 |] "vmap")

            testCase "a custom vjp is used in both modes" (fun () ->
                let f =
                    Differential.CustomVjp((fun x -> x.Exp()), (fun x -> struct (x.Exp(), x)), (fun x y -> 3.0 * x * y))

                Expect.equal (number (grad f.Invoke (scalar 2.0))) 6.0 "reverse"
                let struct (_, tangent) = Differential.Jvp(f, scalar 2.0, scalar 1.0)
                Expect.equal (number tangent) 6.0 "forward")

            testCase "rules may use concrete values from outside, but none that varies" (fun () ->
                let w = scalar 5.0
                let f = Differential.CustomJvp((fun x -> w * x), (fun x dx -> struct (w * x, w * dx)))
                Expect.equal (number (grad f.Invoke (scalar 2.0))) 5.0 "concrete"

                let wrong (v: Expr) =
                    Differential.CustomJvp((fun x -> v * x), (fun x dx -> struct (v * x, v * dx))).Invoke(scalar 2.0)

                Expect.throwsT<TraceException> (fun () -> grad wrong (scalar 1.0) |> ignore) "varies")

            testCase "a batching rule serves its vmap" (fun () ->
                let mutable batches = 0
                let w = scalar 2.0

                let f =
                    Differential.Custom(
                        (fun x -> [| x[0] * w |]),
                        CustomRules(
                            Batch =
                                fun x ->
                                    batches <- batches + 1
                                    [| x[0] * w |]
                        )
                    )

                let lanes = Differential.Vmap(fun (x: Expr) -> f.Invoke([| x |])[0]).Invoke(Expr.Of [| 1.0; 2.0 |])
                Expect.equal (array lanes) [| 2.0; 4.0 |] "lanes"
                Expect.equal batches 1 "traced")

            testCase "rules are checked against the function" (fun () ->
                let f (x: Expr[]) = [| x[0].Sin() |]
                let right = CustomRules(Jvp = fun x dx -> Paired([| x[0].Sin() |], [| x[0].Cos() * dx[0] |]))
                CustomCheck.Run(f, right, [| point |])

                let wrong =
                    CustomRules(
                        Forward = (fun x -> Paired([| x[0].Sin() |], [| x[0] |])),
                        Backward = fun kept cotangents -> [| -kept[0].Cos() * cotangents[0] |]
                    )

                Expect.throwsT<DerivativeException> (fun () -> CustomCheck.Run(f, wrong, [| point |])) "a wrong sign")

            testCase "implicit derivatives: a root and a linear solve" (fun () ->
                let root (a: Expr) =
                    Differential.CustomRoot(
                        (fun x -> x * x - a),
                        scalar 1.0,
                        (fun guess -> Flow.Fori(0L, 30L, (fun (_: Expr) (x: Expr) -> 0.5 * (x + a / x)), guess)),
                        (fun linear y -> y / linear.Invoke(y.OnesLike()))
                    )

                Expect.floatClose Accuracy.high (number (root (scalar 2.0))) (sqrt 2.0) "root"
                Expect.floatClose Accuracy.high (number (grad root (scalar 2.0))) (0.5 / sqrt 2.0) "derivative"
                Expect.floatClose Accuracy.high (number (grad (grad root) (scalar 2.0))) (-0.25 / (2.0 * sqrt 2.0)) "second"

                let solve (a: Expr) =
                    Differential.CustomLinearSolve((fun x -> a * x), (fun b -> b / a), null, Expr.Of [| 6.0; 8.0 |]).Sum()

                close [| -6.0 / 4.0; -8.0 / 16.0 |] (array (grad solve (Expr.Of [| 2.0; 4.0 |]))) "linear solve")

            testCase "newton's method solves systems, with derivatives" (fun () ->
                let f (a: Expr) (x: Expr) =
                    Tensors.Stack([| x[Slice.At 0] * x[Slice.At 1] - a; x[Slice.At 0] - 2.0 * x[Slice.At 1] |])

                let root (a: Expr) =
                    Differential.NewtonRoot(f a, Expr.Of [| 1.0; 1.0 |])

                close [| 4.0; 2.0 |] (array (root (scalar 8.0))) "root"
                // x₁ = √(2 a), so dx₁/da = 1 / √(2 a).
                Expect.floatClose Accuracy.high (number (grad (fun a -> (root a)[Slice.At 0]) (scalar 8.0))) 0.25 "derivative")
        ]

let private flow =
    testList
        "control flow"
        [
            testCase "branches close over values, and only one runs" (fun () ->
                let f (x: Expr) =
                    Flow.Cond(x.Greater 0.0, (fun y -> x * y), (fun y -> -y), x * 2.0)

                Expect.equal (number (grad f (scalar 3.0))) 12.0 "then"
                Expect.equal (number (grad f (scalar -3.0))) -2.0 "else"

                let branches =
                    [|
                        Func<Expr, Expr>(fun x -> x)
                        Func<Expr, Expr>(fun x -> x * x)
                        Func<Expr, Expr>(fun x -> x.Exp())
                    |]

                Expect.equal (number (Flow.Switch(Expr.Scalar 1L, branches, scalar 3.0))) 9.0 "switch"
                Expect.equal (number (Flow.Switch(Expr.Scalar -7L, branches, scalar 3.0))) 3.0 "clamped"
                let lanes = Differential.Vmap(grad f).Invoke(Expr.Of [| 3.0; -3.0 |])
                Expect.equal (array lanes) [| 12.0; -2.0 |] "lanes")

            testCase "loops of unknown length differentiate in both modes" (fun () ->
                let f (x: Expr) =
                    Flow.While((fun (s: Expr) -> s.Less 100.0), (fun s -> s * x), x)

                Expect.equal (number (f (scalar 3.0))) 243.0 "value"
                Expect.equal (number (grad f (scalar 3.0))) 405.0 "reverse"
                let struct (_, tangent) = Differential.Jvp(f, scalar 3.0, scalar 1.0)
                Expect.equal (number tangent) 405.0 "forward"
                Expect.equal (number (grad (grad f) (scalar 3.0))) 540.0 "second"
                Expect.equal (array (Differential.Vmap(grad f).Invoke(Expr.Of [| 3.0; 10.0 |]))) [| 405.0; 20.0 |] "lanes")

            testCase "counted loops" (fun () ->
                let power (n: Expr) (x: Expr) =
                    Flow.Repeat(n, (fun (_: Expr) (s: Expr) -> s * x), x.OnesLike())

                Expect.equal (number (grad (power (Expr.Scalar 4L)) (scalar 2.0))) 32.0 "repeat"
                let sum = Flow.Fori(2L, 5L, (fun (i: Expr) (s: Expr) -> s + i), Expr.Scalar 0L)
                Expect.equal (sum.Item<int64>()) 9L "fori"

                let dynamic =
                    Flow.Fori(Expr.Scalar 2L, Expr.Scalar 5L, (fun (i: Expr) (s: Expr) -> s + i), Expr.Scalar 0L)

                Expect.equal (dynamic.Item<int64>()) 9L "fori with dynamic bounds")

            testCase "scans carry, stack and close over values" (fun () ->
                let f (w: Expr) =
                    let struct (last, all) =
                        Flow.Scan((fun s x -> struct (s * w + x, s)), scalar 0.0, Expr.Of [| 1.0; 2.0; 3.0 |])

                    last + all.Sum()

                // Last is w² + 2 w + 3, the states before are 0, 1, w + 2.
                Expect.equal (number (f (scalar 2.0))) 16.0 "value"
                Expect.equal (number (grad f (scalar 2.0))) 7.0 "gradient"

                let reversed =
                    Flow.Scan((fun s x -> struct (s + x, s + x)), scalar 0.0, Expr.Of [| 1.0; 2.0; 3.0 |], true)

                Expect.equal (array (snd (reversed.ToTuple()))) [| 6.0; 5.0; 3.0 |] "reverse"
                let mapped = Flow.Map((fun (x: Expr) -> x * x), Expr.Of [| 1.0; 2.0; 3.0 |])
                Expect.equal (array mapped) [| 1.0; 4.0; 9.0 |] "map")
        ]

[<Tests>]
let tests = testList "front derivatives" [ nesting; operators; rules; flow ]
