/// Elementwise functions: values against .NET's own, NumPy's documented meanings at edges, integers, errors.
module Adjoint.LibraryTests.Arrays.NumberTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) = Tensor.vector items
let private ints (x: Tensor<int>) = List.ofArray (Tensor.toArray x)
let private bools (x: Tensor<bool>) = List.ofArray (Tensor.toArray x)
let private inf, nan = infinity, nan

let private between low high =
    Gen.choose (0, 1000000)
    |> Gen.map (fun i -> low + (high - low) * float i / 1e6)
    |> Arb.fromGen

/// A function of numbers against the same of .NET, over numbers between two bounds.
let private agrees name tolerance low high (f: Tensor<float> -> Tensor<float>) (expected: float -> float) =
    testProperty name
    <| Prop.forAll (between low high) (fun x -> near tolerance (expected x) (value (f (Tensor.scalar x))) name)

let private pairs name tolerance low high (f: Tensor<float> -> Tensor<float> -> Tensor<float>) (expected: float -> float -> float) =
    testProperty name
    <| Prop.forAll (between low high) (fun x ->
        Prop.forAll (between low high) (fun y -> near tolerance (expected x y) (value (f (Tensor.scalar x) (Tensor.scalar y))) name))

let private grain (x: float) = int64 (Math.Round(x * 1048576.0))

let private coarse (x: Tensor<float>) =
    Tensor.round (x * 1048576.0) / 1048576.0

let private values =
    testList
        "values"
        [
            agrees "exp2" 1e-14 -1000.0 1000.0 Tensor.exp2 (fun x -> Math.Pow(2.0, x))
            agrees "log2" 1e-15 1e-3 1e9 Tensor.log2 Math.Log2
            agrees "log10" 1e-15 1e-3 1e9 Tensor.log10 Math.Log10
            agrees "degrees" rounding -10.0 10.0 Tensor.degrees (fun x -> x * 180.0 / Math.PI)
            agrees "radians" rounding -700.0 700.0 Tensor.radians (fun x -> x / 180.0 * Math.PI)
            agrees "sinc" 1e-13 -5.0 5.0 Tensor.sinc (fun x -> if x = 0.0 then 1.0 else sin (Math.PI * x) / (Math.PI * x))
            agrees "reciprocal" rounding 0.1 100.0 Tensor.reciprocal (fun x -> 1.0 / x)
            agrees "integerPow" 1e-13 -10.0 10.0 (Tensor.integerPow 7) (fun x -> Math.Pow(x, 7.0))
            agrees "logit" 1e-13 0.001 0.999 Tensor.logit (fun x -> Math.Log(x / (1.0 - x)))
            pairs "hypot" 1e-15 -100.0 100.0 Tensor.hypot (fun x y -> Double.Hypot(x, y))
            pairs "copySign" 0.0 -1.0 1.0 Tensor.copySign (fun x y -> Math.CopySign(x, y))
            pairs "logAddExp" 1e-14 -700.0 700.0 Tensor.logAddExp (fun x y -> max x y + Double.LogP1(exp -(abs (x - y))))
            // The exact remainder of fractions of 2^-20.
            pairs "modulo" 0.0 -8.0 8.125 (fun x y -> Tensor.modulo (coarse x) (coarse y)) (fun x y ->
                let a, b = grain x, grain y

                if b = 0L then
                    nan
                else
                    float (((a % b) + b) % b) / 1048576.0)
            pairs "floorDivide" 0.0 -8.0 8.125 (fun x y -> Tensor.floorDivide (coarse x) (coarse y)) (fun x y ->
                let a, b = grain x, grain y
                if b = 0L then nan else float ((a - ((a % b) + b) % b) / b))
            pairs "xlogy" rounding 0.01 10.0 Tensor.xlogy (fun x y -> x * log y)
            pairs "relEntr" 1e-12 0.01 10.0 Tensor.relEntr (fun x y -> x * log (x / y))
            testCase "powers of 2 and 10 are exact" (fun () ->
                holds
                    0.0
                    [ 9 ]
                    [ for k in -4 .. 4 -> float (9 * k) ]
                    (Tensor.log2 (vector [ for k in -4 .. 4 -> Math.Pow(2.0, float (9 * k)) ]))
                    "2"

                holds 0.0 [ 23 ] [ for k in 0..22 -> float k ] (Tensor.log10 (vector [ for k in 0..22 -> Double.Parse $"1e{k}" ])) "10")
            // Abramowitz and Stegun, table 26.1 and 26.2.
            testCase "the normal distribution" (fun () ->
                holds 1e-14 [ 3 ] [ 0.5; 0.841344746068543; 0.977249868051821 ] (Tensor.ndtr (vector [ 0.0; 1.0; 2.0 ])) "ndtr"
                near 1e-14 1.959963984540054 (value (Tensor.ndtri (Tensor.scalar 0.975))) "ndtri"
                holds 1e-14 [ 2 ] [ log 0.5; log 0.841344746068543 ] (Tensor.logNdtr (vector [ 0.0; 1.0 ])) "logNdtr"
                near 1e-14 (log 7.619853024160527e-24) (value (Tensor.logNdtr (Tensor.scalar -10.0))) "at -10"
                let below, above = Tensor.scalar -20.0000001, Tensor.scalar -19.9999999
                near 1e-12 (value (Tensor.logNdtr above) - 2e-7 * 20.049753) (value (Tensor.logNdtr below)) "both sides of -20"
                let far = -5e5 - log (1000.0 * sqrt (2.0 * Math.PI)) + Double.LogP1(-1e-6 + 3e-12)
                near 1e-14 far (value (Tensor.logNdtr (Tensor.scalar -1000.0))) "far")
            testCase "combinatorics" (fun () ->
                near 1e-13 (log 2598960.0) (value (Tensor.logComb (Tensor.scalar 52.0) (Tensor.scalar 5.0))) "52 over 5"
                near 1e-14 (log (1.0 / 12.0)) (value (Tensor.betaLn (Tensor.scalar 2.0) (Tensor.scalar 3.0))) "beta(2, 3) = 1/12")
        ]

let private edges =
    testList
        "edges"
        [
            testCase "infinities and NaN" (fun () ->
                holds
                    0.0
                    [ 4 ]
                    [ inf; -inf; inf; nan ]
                    (Tensor.logAddExp (vector [ inf; -inf; inf; nan ]) (vector [ inf; -inf; 0.0; 0.0 ]))
                    "logAddExp"

                holds 0.0 [ 3 ] [ inf; -inf; nan ] (Tensor.log2 (vector [ inf; 0.0; -1.0 ])) "log2"
                holds 0.0 [ 3 ] [ inf; inf; 0.0 ] (Tensor.hypot (vector [ inf; nan; 0.0 ]) (vector [ nan; -inf; 0.0 ])) "hypot"
                holds 1e-15 [ 1 ] [ sqrt 2.0 * 1e300 ] (Tensor.hypot (vector [ 1e300 ]) (vector [ 1e300 ])) "hypot without overflow"

                holds
                    0.0
                    [ 4 ]
                    [ 0.0; 0.0; nan; -inf ]
                    (Tensor.xlogy (vector [ 0.0; 0.0; 0.0; 1.0 ]) (vector [ 0.0; inf; nan; 0.0 ]))
                    "xlogy"

                holds 0.0 [ 3 ] [ 0.0; -inf; nan ] (Tensor.entr (vector [ 0.0; -1.0; nan ])) "entr"

                holds
                    0.0
                    [ 4 ]
                    [ 0.0; inf; inf; 0.0 ]
                    (Tensor.relEntr (vector [ 0.0; -1.0; 1.0; 0.0 ]) (vector [ 1.0; 1.0; 0.0; 0.0 ]))
                    "relEntr"

                holds 0.0 [ 4 ] [ 0.0; 0.5; 1.0; nan ] (Tensor.heaviside 0.5 (vector [ -2.0; 0.0; 3.0; nan ])) "heaviside"
                holds 0.0 [ 4 ] [ 2.0; 1.0; 3.0; nan ] (Tensor.fmax (vector [ nan; 1.0; 3.0; nan ]) (vector [ 2.0; nan; 2.0; nan ])) "fmax"
                holds 0.0 [ 3 ] [ Double.MaxValue; -Double.MaxValue; 0.0 ] (Tensor.nanToNum (vector [ inf; -inf; nan ])) "nanToNum"
                holds 0.0 [ 3 ] [ 1.0; 2.0; 3.0 ] (Tensor.nanToNumOf 3.0 1.0 2.0 (vector [ inf; -inf; nan ])) "nanToNumOf"
                Expect.equal (bools (Tensor.isNan (vector [ nan; inf; 1.0 ]))) [ true; false; false ] "isNan"
                Expect.equal (bools (Tensor.isInf (vector [ nan; -inf; 1.0 ]))) [ false; true; false ] "isInf"
                Expect.equal (bools (Tensor.signBit (vector [ -0.0; 0.0; -inf ]))) [ true; false; true ] "signBit"

                Expect.equal
                    (bools (Tensor.isClose 1e-5 1e-8 (vector [ inf; 1.0; nan; 1.1 ]) (vector [ inf; 1.000001; nan; 1.0 ])))
                    [ true; true; false; false ]
                    "isClose")

            testCase "nextAfter steps through the numbers" (fun () ->
                let from, towards = [ 1.0; 1.0; 0.0; 0.0; 5.0; -1.0 ], [ 2.0; 0.0; 1.0; -1.0; 5.0; -2.0 ]

                let expected =
                    [
                        Math.BitIncrement 1.0
                        Math.BitDecrement 1.0
                        Double.Epsilon
                        -Double.Epsilon
                        5.0
                        Math.BitDecrement -1.0
                    ]

                holds 0.0 [ 6 ] expected (Tensor.nextAfter (vector from) (vector towards)) "nextAfter")

            testCase "derivatives at kinks" (fun () ->
                let slope f x =
                    value (grad (fun x -> Tensor.sum (f x)) (Tensor.scalar x))

                near 0.0 0.0 (slope (fun x -> Tensor.hypot x (Tensor.scalar 0.0)) 0.0) "hypot at 0"
                near 0.0 0.0 (slope (fun x -> Tensor.xlogy x (Tensor.scalar 0.0)) 0.0) "xlogy at (0, 0)"
                near 1e-15 (log 3.0) (slope (fun x -> Tensor.xlogy x (Tensor.scalar 3.0)) 0.0) "xlogy at (0, 3)"
                near 0.0 inf (slope Tensor.entr 0.0) "entr at 0"
                near 0.0 0.5 (slope (fun x -> Tensor.logAddExp x (Tensor.scalar 1.0)) 1.0) "logAddExp at a tie"
                near 1e-15 0.25 (slope (grad (fun x -> Tensor.logAddExp x (Tensor.scalar 1.0))) 1.0) "and its second derivative"
                near 0.0 1.0 (slope (fun x -> Tensor.logAddExp x (Tensor.scalar 0.0)) inf) "logAddExp at infinity"
                near 1e-15 (-Math.PI * Math.PI / 3.0) (slope (grad Tensor.sinc) 0.0) "second derivative of sinc at 0"
                near 0.0 0.0 (slope (fun x -> Tensor.nanToNum x) nan) "nanToNum"
                near 0.0 7.0 (slope (fun x -> Tensor.integerPow 7 x) 1.0) "x^7"
                near 0.0 0.0 (slope (fun x -> Tensor.integerPow 2 x) 0.0) "x^2 at 0")
        ]

let private integers =
    testList
        "integers"
        [
            testProperty "floor division and mod as Python's" (fun (x: int) (NonZeroInt y) ->
                let quotient, rest = Tensor.divMod (Tensor.scalar x) (Tensor.scalar y)
                let floor = int (Math.Floor(float x / float y))
                value quotient = floor && value rest = x - y * floor)

            testProperty "gcd and lcm" (fun (x: int16) (y: int16) ->
                let expected =
                    Numerics.BigInteger.GreatestCommonDivisor(bigint (int x), bigint (int y))
                    |> int64

                let a, b = Tensor.scalar (int64 x), Tensor.scalar (int64 y)

                let least =
                    if expected = 0L then
                        0L
                    else
                        abs (int64 x / expected * int64 y)

                value (Tensor.gcd a b) = expected && value (Tensor.lcm a b) = least)

            testCase "gcd of a table, under vmap" (fun () ->
                let x = Tensor.vector [ 12; 18; 0; 7 ]
                Expect.equal (ints (Tensor.gcd x (Tensor.scalar 6))) [ 6; 6; 6; 1 ] "broadcast"
                Expect.equal (ints (vmap (fun x -> Tensor.gcd x (Tensor.scalar 6)) x)) [ 6; 6; 6; 1 ] "vmap")

            testCase "logic of numbers" (fun () ->
                let x, y = Tensor.vector [ 0; 1; 2; 0 ], vector [ 0.0; 0.0; 1.5; nan ]
                Expect.equal (bools (Tensor.logicalAnd x y)) [ false; false; true; false ] "and"
                Expect.equal (bools (Tensor.logicalOr x y)) [ false; true; true; true ] "or"
                Expect.equal (bools (Tensor.logicalXor x y)) [ false; true; false; true ] "xor"
                Expect.equal (bools (Tensor.logicalNot y)) [ true; true; false; false ] "not"
                Expect.equal (bools (Tensor.isNan x)) [ false; false; false; false ] "isNan")

            testCase "integer powers wrap" (fun () ->
                Expect.equal (ints (Tensor.integerPow 5 (Tensor.vector [ 2; -3; 100 ]))) [ 32; -243; 1410065408 ] "fifth")
        ]

let private errors =
    testCase "errors name the operation, the type and a cure" (fun () ->
        let whole = Tensor.vector [ 1; 2 ]
        refuses<DTypeException> [ "log2"; "i32[2]"; "Cast" ] (fun () -> Tensor.log2 whole |> ignore)
        refuses<DTypeException> [ "hypot"; "i32[2]" ] (fun () -> Tensor.hypot whole whole |> ignore)
        refuses<DTypeException> [ "gcd"; "f64[1]" ] (fun () -> Tensor.gcd (vector [ 1.0 ]) (vector [ 2.0 ]) |> ignore)
        refuses<ShapeException> [ "mod"; "[2]"; "[3]" ] (fun () -> Tensor.modulo whole (Tensor.vector [ 1; 2; 3 ]) |> ignore)
        refuses<DomainException> [ "division" ] (fun () -> Tensor.modulo whole (Tensor.scalar 0) |> Tensor.toArray |> ignore))

let cases =
    let two f (x: Tensor<float>) = f x[0] x[1]

    [
        case "exp2" -2.0 2.0 [ 5 ] Tensor.exp2
        case "log2" 0.3 4.0 [ 5 ] Tensor.log2
        case "log10" 0.3 4.0 [ 5 ] Tensor.log10
        case "logAddExp" -2.0 2.0 [ 2; 4 ] (two Tensor.logAddExp)
        case "logAddExp2" -2.0 2.0 [ 2; 4 ] (two Tensor.logAddExp2)
        case "xlogy" 0.2 2.0 [ 2; 4 ] (two Tensor.xlogy)
        case "xlog1py" 0.2 2.0 [ 2; 4 ] (two Tensor.xlog1py)
        case "entr" 0.2 2.0 [ 4 ] Tensor.entr
        case "relEntr" 0.2 2.0 [ 2; 4 ] (two Tensor.relEntr)
        case "logit" 0.1 0.9 [ 4 ] Tensor.logit
        case "ndtr" -2.0 2.0 [ 4 ] Tensor.ndtr
        case "ndtri" 0.1 0.9 [ 4 ] Tensor.ndtri
        caseAt
            "logNdtr"
            [
                vector [ -25.0; -19.0; -3.0; 0.5; 6.0 ]
                vector [ -21.0; -2.0; 4.0; 5.5; 1.0 ]
            ]
            Tensor.logNdtr
        case "betaLn" 0.5 3.0 [ 2; 4 ] (two Tensor.betaLn)
        case "logComb" 0.5 3.0 [ 4 ] (fun x -> Tensor.logComb (x + 4.0) x)
        case "reciprocal" 0.5 2.0 [ 4 ] Tensor.reciprocal
        case "degrees" 0.5 2.0 [ 4 ] (fun x -> Tensor.degrees x * 0.01)
        case "radians" 0.5 2.0 [ 4 ] Tensor.radians
        case "hypot" 0.5 2.0 [ 2; 4 ] (two Tensor.hypot)
        case "smoothAbs" -1.0 1.0 [ 4 ] (Tensor.smoothAbs 0.3)
        caseAt "sinc" [ vector [ 0.0; 0.1; 0.3; -1.4 ]; vector [ 1.0; -0.05; 0.2; 2.6 ] ] Tensor.sinc
        case "copySign" 0.5 2.0 [ 4 ] (fun x -> Tensor.copySign x -x)
        case "integerPow" -1.5 1.5 [ 4 ] (Tensor.integerPow 5)
        case "integerPow of a negative exponent" 0.5 1.5 [ 4 ] (Tensor.integerPow -3)
        case "modulo" 0.6 0.9 [ 2; 4 ] (fun x -> Tensor.modulo (x[0] * 3.0) -x[1] |> fun r -> r * r)
        case "fmax" -1.0 1.0 [ 2; 4 ] (fun x -> two Tensor.fmax x |> Tensor.square)
        case "fmin" -1.0 1.0 [ 2; 4 ] (fun x -> two Tensor.fmin x |> Tensor.square)
        case "nanToNum" -1.0 1.0 [ 4 ] (fun x -> Tensor.nanToNum (x * x))
    ]

[<Tests>]
let tests =
    testList "arrays: numbers" [ values; edges; integers; errors; testList "laws" (List.map laws cases) ]
