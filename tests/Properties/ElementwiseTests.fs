/// Elementwise operations at the edges of their domains and at kinks, as docs/semantics.md states them.
module Adjoint.Properties.ElementwiseTests

open System
open System.Numerics
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.ElementwiseRuns

let private notANumber =
    testList
        "NaN, infinities and signed zeros"
        [
            testCase "max and min propagate NaN and order the zeros" (fun () ->
                let x, y = numbers [ nan; 1.0; 0.0; -0.0 ], numbers [ 1.0; nan; -0.0; 0.0 ]
                two Ops.Max |> gives (numbers [ nan; nan; 0.0; 0.0 ]) [ x; y ]
                two Ops.Min |> gives (numbers [ nan; nan; -0.0; -0.0 ]) [ x; y ]

                three Ops.Clamp
                |> gives (numbers [ nan; 1.0 ]) [ numbers [ 0.0; 0.0 ]; numbers [ nan; 2.0 ]; numbers [ 1.0; 1.0 ] ])

            testCase "with NaN every comparison is false but not-equal" (fun () ->
                for direction in Enum.GetValues<Direction>() do
                    two (fun (x, y) -> Ops.Compare(direction, x, y))
                    |> gives (NDArray.Vector((direction = Direction.Ne))) [ numbers [ nan ]; numbers [ nan ] ])

            testCase "complex numbers have no order" (fun () ->
                let z = NDArray.Vector(Complex.One)
                two Ops.Equal |> gives (NDArray.Vector(true)) [ z; z ]
                throwsNaming<TypeRuleException, _> "compare" (fun () -> graphOf [ z; z ] (two Ops.Less)))

            testCase "rounding goes to even at ties and keeps the sign of zero" (fun () ->
                let x = numbers [ 0.5; 1.5; 2.5; -0.5; -2.5; infinity ]
                one Ops.Round |> gives (numbers [ 0.0; 2.0; 2.0; -0.0; -2.0; infinity ]) [ x ]

                one Ops.Truncate
                |> gives (numbers [ 0.0; 1.0; 2.0; -0.0; -2.0; infinity ]) [ x ])

            testCase "the sign of NaN is NaN, that of zero is zero" (fun () ->
                one Ops.Sign
                |> gives (numbers [ nan; 0.0; -0.0; 1.0; -1.0 ]) [ numbers [ nan; 0.0; -0.0; infinity; -1e-300 ] ])

            testCase "finite is neither infinite nor NaN" (fun () ->
                one Ops.IsFinite
                |> gives (NDArray.Vector(true, false, false)) [ numbers [ 1e308; infinity; nan ] ])

            testCase "the remainder has the dividend's sign, and is NaN by zero" (fun () ->
                two Ops.Rem
                |> gives (numbers [ -1.0; 1.0; nan ]) [ numbers [ -7.0; 7.0; 1.0 ]; numbers [ 2.0; -2.0; 0.0 ] ])

            testCase "a fused product and sum rounds once" (fun () ->
                let small = Math.ScaleB(1.0, -27)
                let operands = [ numbers [ 1.0 + small ]; numbers [ 1.0 - small ]; numbers [ -1.0 ] ]
                three Ops.Fma |> gives (numbers [ -small * small ]) operands)
        ]

let private kinks =
    testList
        "kinks"
        [
            testCase "the derivative of |x| at 0 is 0" (fun () -> one Ops.Abs |> hasSlope [ 0.0; -1.0 ] [ numbers [ 0.0; -3.0 ] ])

            testCase "the derivative of max and min splits evenly at ties" (fun () ->
                let operands = [ numbers [ 2.0; 1.0 ]; numbers [ 2.0; 3.0 ] ]

                let both f =
                    slopes operands (two f) |> List.map elements

                Expect.equal (both Ops.Max) [ elements (numbers [ 0.5; 0.0 ]); elements (numbers [ 0.5; 1.0 ]) ] "max"
                Expect.equal (both Ops.Min) [ elements (numbers [ 0.5; 1.0 ]); elements (numbers [ 0.5; 0.0 ]) ] "min")

            testCase "the derivative of relu at 0 is 0" (fun () ->
                let relu x =
                    Ops.Select(Ops.Greater(x, Ops.ZerosLike x), x, Ops.ZerosLike x)

                one relu |> hasSlope [ 0.0; 1.0; 0.0 ] [ numbers [ 0.0; 2.0; -2.0 ] ])

            testCase "steps have derivative 0 everywhere" (fun () ->
                for f in [ Ops.Floor; Ops.Ceil; Ops.Round; Ops.Truncate; Ops.Sign; Ops.StopGradient ] do
                    one f |> hasSlope [ 0.0; 0.0 ] [ numbers [ 0.0; 1.5 ] ])

            testCase "a choice lets no NaN through from the operand that is not chosen" (fun () ->
                let safeLog x =
                    Ops.Select(Ops.Greater(x, Ops.ZerosLike x), Ops.Log x, x)

                one safeLog |> hasSlope [ 1.0; 0.5 ] [ numbers [ -1.0; 2.0 ] ])

            testCase "whole powers have every derivative at 0" (fun () ->
                let power exponent (x: Value list) = Ops.Pow(x[0], Ops.Like(x[0], exponent))

                let at order exponent =
                    (slopeOfOrder order [ numbers [ 0.0 ] ] (power exponent)).Item<float>()

                Expect.equal [ for order in 1..4 -> at order 2.0 ] [ 0.0; 2.0; 0.0; 0.0 ] "x²"
                Expect.equal [ for order in 1..4 -> at order 3.0 ] [ 0.0; 0.0; 6.0; 0.0 ] "x³"
                Expect.equal [ at 1 0.0; at 2 0.0; at 1 1.0; at 2 1.0 ] [ 0.0; 0.0; 1.0; 0.0 ] "x⁰ and x")

            testCase "the derivative of a power in the exponent is 0 at base 0" (fun () ->
                let power (y: Value list) = Ops.Pow(Ops.ZerosLike y[0], y[0])
                power |> hasSlope [ 0.0; 0.0 ] [ numbers [ 2.0; 0.5 ] ])

            testCase "roots have infinite derivatives at 0" (fun () ->
                one Ops.Sqrt |> hasSlope [ infinity ] [ numbers [ 0.0 ] ]
                one Ops.Cbrt |> hasSlope [ infinity ] [ numbers [ 0.0 ] ])
        ]

let private effects =
    testList
        "checks and prints"
        [
            testCase "a check that holds gives its operand and passes tangents" (fun () ->
                let f (x: Value list) =
                    Ops.Check("positive", Ops.Greater(x[0], Ops.ZerosLike x[0]), x[0])

                f |> gives (numbers [ 1.0; 2.0 ]) [ numbers [ 1.0; 2.0 ] ]
                f |> hasSlope [ 1.0; 1.0 ] [ numbers [ 1.0; 2.0 ] ])

            testCase "a check that fails throws its message, under vmap in any lane" (fun () ->
                let f (x: Value list) =
                    Ops.Check("positive", Ops.Greater(x[0], Ops.ZerosLike x[0]), x[0])

                let lane = graphOf [ NDArray.Scalar 1.0 ] f
                let mask = ParameterMask.All 1
                let batched = Adjoint.Transforms.Batching.Apply(lane, mask, mask, Extent 3)
                throwsNaming<DomainException, _> "positive" (fun () -> run batched.Graph [ numbers [ 1.0; -1.0; 2.0 ] ])
                Expect.equal (run batched.Graph [ numbers [ 1.0; 3.0; 2.0 ] ]).Head.Size 3 "all lanes hold")

            testCase "a printed value is reported once and given back" (fun () ->
                let lines = ResizeArray<string>()
                let x = numbers [ 1.0; 2.0 ]
                let graph = graphOf [ x ] (one (fun x -> Ops.DebugPrint("x", x)))
                let options = Adjoint.Execute.RunOptions(Diagnostics = Action<string>(lines.Add))
                let result = Adjoint.Execute.Interpreter.Run(graph, [| x :> HostValue |], options)
                Expect.equal (List.ofSeq lines) [ $"x: {x}" ] "lines"
                Expect.equal (elements (result[0] :?> NDArray)) (elements x) "value")
        ]

let private complex =
    let numbers (z: (float * float) list) =
        NDArray.Vector([| for re, im in z -> Complex(re, im) |])

    testList
        "complex numbers"
        [
            testCase "parts and conjugates transpose without conjugation" (fun () ->
                let z = numbers [ 3.0, 4.0 ]
                Expect.equal (elements (slopes [ z ] (one Ops.Real)).Head) (elements (numbers [ 1.0, 0.0 ])) "real"
                Expect.equal (elements (slopes [ z ] (one Ops.Imag)).Head) (elements (numbers [ 0.0, -1.0 ])) "imag")

            testCase "the modulus is real, and its derivative at 0 is 0" (fun () ->
                let z = numbers [ 3.0, 4.0; 0.0, 0.0 ]
                one Ops.Abs |> gives (NDArray.Vector(5.0, 0.0)) [ z ]
                let slope = (slopes [ z ] (one Ops.Abs)).Head.Span<Complex>().ToArray()
                Expect.isLessThan (Complex.Abs(slope[0] - Complex(0.6, -0.8))) 1e-15 "the conjugate of the sign"
                Expect.equal slope[1] Complex.Zero "at 0")

            testCase "a number from its parts has them" (fun () ->
                two Ops.Complex
                |> gives (numbers [ 1.0, -2.0 ]) [ NDArray.Vector(1.0); NDArray.Vector(-2.0) ]

                one Ops.Conj |> gives (numbers [ 1.0, 2.0 ]) [ numbers [ 1.0, -2.0 ] ])

            testCase "principal branches" (fun () ->
                let near (expected: Complex) f z =
                    let actual = (run (graphOf [ numbers [ z ] ] (one f)) [ numbers [ z ] ]).Head.Item<Complex>()
                    Expect.isLessThan (Complex.Abs(actual - expected)) 1e-14 $"at {z}: {actual}"

                near (Complex(0.0, Math.PI)) Ops.Log (-1.0, 0.0)
                near (Complex(0.0, 1.0)) Ops.Sqrt (-1.0, 0.0)
                near (Complex(-2.0, 0.0)) Ops.Expm1 (0.0, Math.PI)
                near (Complex(1e-9, 1e-9)) Ops.Log1p (1e-9, 1e-9)
                near Complex.Zero Ops.Logistic (-1000.0, 0.0)
                near Complex.One Ops.Logistic (1000.0, 0.0)
                near (Complex(0.0, Math.PI / 2.0)) Ops.Asinh (0.0, 1.0)
                near (Complex(0.0, Math.PI)) Ops.Acosh (-1.0, 0.0)
                near (Complex(0.0, Math.PI / 4.0)) Ops.Atanh (0.0, 1.0))
        ]

[<Tests>]
let tests = testList "elementwise" [ notANumber; kinks; effects; complex ]
