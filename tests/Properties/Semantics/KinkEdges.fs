/// Derivatives at kinks, row by row of the table in docs/semantics.md, in forward and reverse mode.
module Adjoint.Properties.Semantics.KinkEdges

open Expecto
open Adjoint.Core
open Adjoint.Front
open Adjoint.Properties.Semantics.Everywhere

let private at name f x expected =
    testCase name (fun () -> slopes f x expected)

let private exponents (exponent: float) (x: Expr) =
    x.Pow(Tensors.Full(DType.F64, x.Shape, exponent))

[<Tests>]
let tests =
    testList
        "semantics: derivatives at kinks"
        [
            at "abs, relu and sign at 0: 0" (fun x -> x.Abs() + x.Relu() + x.Sign()) [ 0.0; 1.0 ] [ 0.0; 2.0 ]
            at
                "floor, ceil, round, truncate: 0, at the jumps too"
                (fun x -> x.Floor() + x.Ceil() + x.Round() + x.Truncate())
                [ 0.3; 1.0; 0.5 ]
                [ 0.0; 0.0; 0.0 ]
            at "roundHalfAway: 0" _.RoundHalfAway() [ 0.5; 0.3 ] [ 0.0; 0.0 ]
            at "max(x, x): half to each, so 1 in all" (fun x -> x.Maximum x) [ 2.0 ] [ 1.0 ]
            at "max(x, c) at x = c: half" (fun x -> x.Maximum 2.0) [ 2.0; 3.0 ] [ 0.5; 1.0 ]
            at "min(x, c) at x = c: half" (fun x -> x.Minimum 2.0) [ 2.0; 3.0 ] [ 0.5; 0.0 ]
            at "clip at its ends: half" _.Clip(0.0, 1.0) [ 0.0; 0.5; 1.0; 2.0 ] [ 0.5; 1.0; 0.5; 0.0 ]
            at "reduceMax at ties: split evenly" _.Max() [ 1.0; 3.0; 3.0 ] [ 0.0; 0.5; 0.5 ]
            at "reduceMin at ties: split evenly" _.Min() [ 1.0; 1.0; 3.0 ] [ 0.5; 0.5; 0.0 ]
            at "max pooling at ties: to the first" (fun x -> x.MaxPool([ 3 ], [ 3 ])) [ 3.0; 3.0; 1.0 ] [ 1.0; 0.0; 0.0 ]
            at "min pooling at ties: to the first" (fun x -> x.MinPool([ 3 ], [ 3 ])) [ 3.0; 1.0; 1.0 ] [ 0.0; 1.0; 0.0 ]
            at "cummax at ties: to the first" _.CumMax() [ 3.0; 3.0; 1.0 ] [ 3.0; 0.0; 0.0 ]
            at "cummin at ties: to the first" _.CumMin() [ 1.0; 1.0; 3.0 ] [ 3.0; 0.0; 0.0 ]
            at
                "sort at ties: that of the stable order"
                (fun x -> x.Sort() * Expr.Of [| 1.0; 10.0; 100.0 |])
                [ 2.0; 1.0; 1.0 ]
                [ 100.0; 1.0; 10.0 ]
            at "sqrt at 0: infinite" _.Sqrt() [ 0.0 ] [ infinity ]
            at "x^0 in x: 0, at 0 too" (exponents 0.0) [ 0.0; 2.0 ] [ 0.0; 0.0 ]
            at "x^1 and x^2 at 0: exact" (fun x -> exponents 1.0 x + exponents 2.0 x) [ 0.0 ] [ 1.0 ]
            at "0^y in y, for y at least 0: 0" (fun y -> Tensors.ZerosLike(y).Pow y) [ 0.0; 2.0 ] [ 0.0; 0.0 ]
            at "prod with one zero and with two: exact" _.Prod() [ 0.0; 2.0; 3.0 ] [ 6.0; 0.0; 0.0 ]
            at "cumprod with a zero: exact" _.CumProd() [ 0.0; 2.0 ] [ 3.0; 0.0 ]
            at "a comparison has derivative 0" (fun x -> x.Greater(1.0).Cast(DType.F64)) [ 1.0; 2.0 ] [ 0.0; 0.0 ]
            at "where takes from each side where it was chosen" (fun x -> x.Greater(0.0).Where(x * 3.0, x * 5.0)) [ 0.0; 1.0 ] [ 5.0; 3.0 ]
            at
                "cond runs one branch, so the other adds nothing"
                (fun x -> Flow.Cond(x.Sum().Greater(0.0), (fun (x: Expr) -> x * 2.0), (fun (x: Expr) -> x.Log()), x))
                [ 1.0 ]
                [ 2.0 ]

            testCase "where: an infinite slope on the side that is not chosen gives NaN, as in JAX" (fun () ->
                // 0 times infinity inside the rule of sqrt: choose by cond, or make the argument safe first.
                let unsafe (x: Expr) = x.Greater(0.0).Where(x.Sqrt(), 0.0)
                let gradient = Differential.Grad((fun (x: Expr) -> (unsafe x).Sum())).Invoke(Expr.Of [| 0.0 |])
                Expect.isTrue (System.Double.IsNaN(gradient.Item<float>())) "the sharp edge"

                let safe (x: Expr) =
                    let chosen = x.Greater 0.0
                    chosen.Where(chosen.Where(x, 1.0).Sqrt(), 0.0)

                slopes safe [ 0.0; 4.0 ] [ 0.0; 0.25 ])

            testCase "integers and bools have no tangent; their gradient is an error that says so" (fun () ->
                Expect.throws
                    (fun () ->
                        Differential.Grad((fun (x: Expr) -> x.Sum())).Invoke(Expr.Of [| 1L; 2L |])
                        |> ignore)
                    "an integer's gradient")
        ]
