/// Complex branch cuts, infinities and gradients, as docs/semantics.md states them.
module Adjoint.Properties.Semantics.ComplexEdges

open System
open System.Numerics
open Expecto
open Adjoint.Core
open Adjoint.Front
open Adjoint.Properties.Semantics.Everywhere

/// arcosh 2 and artanh 1/2, in which the values on the cuts are written.
let private arcosh2 = 1.3169578969248166
let private artanh = 0.54930614433405485
let private quarter = Math.PI / 2.0

/// Each function on its cuts, at z with a positive zero part; with a negative one the value is the conjugate (C99, annex G).
let private onCuts: (string * (Expr -> Expr) * Complex * Complex) list =
    [
        "log", _.Log(), Complex(-1.0, 0.0), Complex(0.0, Math.PI)
        "sqrt", _.Sqrt(), Complex(-4.0, 0.0), Complex(0.0, 2.0)
        "rsqrt", _.Rsqrt(), Complex(-4.0, 0.0), Complex(0.0, -0.5)
        "log1p", _.Log1p(), Complex(-3.0, 0.0), Complex(log 2.0, Math.PI)
        "asin", _.Asin(), Complex(2.0, 0.0), Complex(quarter, arcosh2)
        "asin below", _.Asin(), Complex(-2.0, 0.0), Complex(-quarter, arcosh2)
        "acos", _.Acos(), Complex(2.0, 0.0), Complex(0.0, -arcosh2)
        "acos below", _.Acos(), Complex(-2.0, 0.0), Complex(Math.PI, -arcosh2)
        "atanh", _.Atanh(), Complex(2.0, 0.0), Complex(artanh, quarter)
        "atanh below", _.Atanh(), Complex(-2.0, 0.0), Complex(-artanh, quarter)
        "acosh", _.Acosh(), Complex(-2.0, 0.0), Complex(arcosh2, Math.PI)
        "acosh between", _.Acosh(), Complex(0.5, 0.0), Complex(0.0, Math.PI / 3.0)
        "pow", (fun z -> z.Pow(Expr.Of [| Complex(0.5, 0.0) |])), Complex(-1.0, 0.0), Complex(0.0, 1.0)
    ]

/// Functions whose cuts lie on the imaginary numbers: f(-conj z) = -conj f(z).
let private onImaginaryCuts: (string * (Expr -> Expr) * Complex * Complex) list =
    [
        "atan", _.Atan(), Complex(0.0, 2.0), Complex(quarter, artanh)
        "atan below", _.Atan(), Complex(0.0, -2.0), Complex(quarter, -artanh)
        "asinh", _.Asinh(), Complex(0.0, 2.0), Complex(arcosh2, quarter)
        "asinh below", _.Asinh(), Complex(0.0, -2.0), Complex(arcosh2, -quarter)
    ]

/// A few units in the last place of the larger part.
let private near (expected: Complex) (actual: Complex) message =
    let error = Complex.Abs(expected - actual)
    Expect.isLessThanOrEqual error (4e-15 * (1.0 + Complex.Abs expected)) $"{message}: {actual} for {expected}"

let private value (f: Expr -> Expr) (z: Complex) =
    (f (Expr.Of [| z |])).ToArray<Complex>() |> Array.head

let private finite: (string * (Expr -> Expr) * Complex * Complex) list =
    [
        "exp of what real numbers can hold", _.Exp(), Complex(709.5, 0.0), Complex(exp 709.5, 0.0)
        "exp where only the cosine brings it back",
        _.Exp(),
        Complex(710.0, Math.PI / 4.0),
        exp 700.0 * (exp 10.0 * Complex(cos (Math.PI / 4.0), sin (Math.PI / 4.0)))
        "exp of minus infinity", _.Exp(), Complex(-infinity, infinity), Complex.Zero
        "tanh far out", _.Tanh(), Complex(800.0, 1.0), Complex.One
        "tan far out", _.Tan(), Complex(1.0, 800.0), Complex.ImaginaryOne
        "logistic far out", _.Sigmoid(), Complex(-800.0, 1.0), Complex.Zero
        "log near the unit circle", _.Log(), Complex(1.0, 1e-10), Complex(5e-21, 1e-10)
        "atanh of large numbers", _.Atanh(), Complex(1e200, 1e200), Complex(0.0, quarter)
        "asinh of large numbers", _.Asinh(), Complex(1e200, 0.0), Complex(log 2.0 + 200.0 * log 10.0, 0.0)
        "abs of large numbers", (fun z -> z.Abs().Complex(z.Abs() * 0.0)), Complex(3e200, 4e200), Complex(5e200, 0.0)
    ]

[<Tests>]
let tests =
    let cuts =
        [
            for name, f, z, expected in onCuts do
                testCase $"{name} on its cut, from above and from below" (fun () ->
                    near expected (value f z) "above"
                    near (Complex.Conjugate expected) (value f (Complex(z.Real, -0.0))) "below")

            for name, f, z, expected in onImaginaryCuts do
                testCase $"{name} on its cut, from the right and from the left" (fun () ->
                    near expected (value f z) "right"
                    near (-Complex.Conjugate expected) (value f (Complex(-0.0, z.Imaginary))) "left")

            for name, f, z, expected in finite do
                testCase name (fun () ->
                    let actual = value f z

                    let error = Complex.Abs(expected / (1.0 + Complex.Abs expected) - actual / (1.0 + Complex.Abs expected))
                    Expect.isLessThanOrEqual error 4e-14 $"{actual} for {expected}")
        ]

    let others =
        [
            testCase "an exact zero stays zero beside an infinite factor" (fun () ->
                for f in [ (fun (z: Expr) -> z.Exp()); _.Sinh(); _.Cosh() ] do
                    Expect.equal (value f (Complex(infinity, 0.0))).Imaginary 0.0 "imaginary part at infinity"

                Expect.equal (value _.Sin() (Complex(0.0, 800.0))).Real 0.0 "sin of 800i")

            testCase "powers of zero" (fun () ->
                let power (w: Complex) =
                    value (fun z -> z.Pow(Expr.Of [| w |])) Complex.Zero

                Expect.equal (power Complex.Zero) Complex.One "0 to the 0"
                Expect.equal (power (Complex(2.0, 1.0))) Complex.Zero "0 to the 2 + i"
                Expect.isTrue (Double.IsNaN (power (Complex(-1.0, 0.0))).Real) "0 to the -1")

            forEach complex "comparison is equality of both parts" (fun dtype ->
                let x = vector dtype [ 1.0 ]
                everywhere (fun x -> x[0].Equal(x[1])) [ x; x ] (vector DType.Bool [ 1.0 ]))

            testCase "the gradient of a real loss is the direction of steepest ascent" (fun () ->
                // |z - a|^2 rises fastest along 2 (z - a), not along its conjugate.
                let a = Expr.Of [| Complex(1.0, -2.0) |]
                let loss (z: Expr) = (z - a).Abs().Square().Sum()
                let gradient = Differential.Grad(loss).Invoke(Expr.Of [| Complex(2.0, 1.0) |])
                near (Complex(2.0, 6.0)) (gradient.ToArray<Complex>()[0]) "2 (z - a)")

            testCase "a step along the gradient of a holomorphic loss's real part raises it" (fun () ->
                let loss (z: Expr) = (z * z * z).Real().Sum()
                let z = Complex(0.5, -0.7)
                let gradient = Differential.Grad(loss).Invoke(Expr.Of [| z |]).ToArray<Complex>()[0]
                near (Complex.Conjugate(3.0 * z * z)) gradient "the conjugate of 3 z^2")
        ]

    testList "semantics: complex numbers" (cuts @ others)
