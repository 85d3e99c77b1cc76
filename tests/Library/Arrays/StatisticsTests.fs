/// Reductions that leave NaN out, quantiles, statistics and norms against plain loops.
module Adjoint.LibraryTests.Arrays.StatisticsTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items

/// Rows of one length, with NaN here and there.
let private holed =
    gen {
        let! rows = Gen.choose (1, 3)
        let! columns = Gen.choose (1, 5)
        let! seed = Gen.choose (0, 1000)
        let source = Random(seed)

        return
            [
                for _ in 1..rows ->
                    [
                        for _ in 1..columns ->
                            if source.Next 3 = 0 then
                                nan
                            else
                                Math.Round(source.NextDouble() * 4.0, 1) - 2.0
                    ]
            ]
    }
    |> Arb.fromGen

let private whole =
    Gen.choose (0, 1000)
    |> Gen.map (fun seed ->
        let source = Random(seed)
        [ for _ in 0 .. source.Next 7 -> source.NextDouble() * 4.0 - 2.0 ])
    |> Arb.fromGen

let private seen row =
    row |> List.filter (Double.IsNaN >> not)

let private orNan f row =
    match seen row with
    | [] -> nan
    | items -> f items

let private variance correction (items: float list) =
    let mean = List.average items
    let freedom = float items.Length - correction

    if freedom <= 0.0 then
        nan
    else
        (items |> List.sumBy (fun x -> (x - mean) * (x - mean))) / freedom

/// numpy.quantile by its definition: the place q (n - 1) in the ordered elements.
let private quantile how q (items: float list) =
    let sorted = List.sort items
    let place = q * float (items.Length - 1)
    let low, high = sorted[int (floor place)], sorted[int (ceil place)]

    match how with
    | QuantileMethod.Lower -> low
    | QuantileMethod.Higher -> high
    | QuantileMethod.Midpoint -> (low + high) / 2.0
    | QuantileMethod.Nearest -> sorted[int (Math.Round place)]
    | _ -> low + (high - low) * (place - floor place)

let private nanReductions =
    testList
        "without NaN"
        [
            testProperty "reductions of rows"
            <| Prop.forAll holed (fun rows ->
                let x = Tensor.matrix rows

                let check f expected message =
                    holds 1e-14 [ rows.Length ] (List.map expected rows) (f 1 x) message

                check Tensor.nanSumAlong (seen >> List.sum) "sum"
                check Tensor.nanProdAlong (seen >> List.fold (*) 1.0) "prod"
                check Tensor.nanMaxAlong (orNan List.max) "max"
                check Tensor.nanMinAlong (orNan List.min) "min"
                check Tensor.nanMeanAlong (orNan List.average) "mean"
                check Tensor.nanVarianceAlong (orNan (variance 0.0)) "variance"
                check Tensor.nanStdAlong (orNan (variance 0.0 >> sqrt)) "standard deviation"
                check Tensor.nanMedianAlong (orNan (quantile QuantileMethod.Linear 0.5)) "median"
                check (fun axis -> Tensor.nanQuantileAlong axis 0.3) (orNan (quantile QuantileMethod.Linear 0.3)) "quantile"
                near 1e-14 (rows |> List.collect seen |> List.sum) (value (Tensor.nanSum x)) "of all elements")

            testProperty "no NaN in a gradient unless a row has nothing else"
            <| Prop.forAll holed (fun rows ->
                let some =
                    rows
                    |> List.map (fun row -> if List.isEmpty (seen row) then 1.0 :: row.Tail else row)

                let x = Tensor.matrix some

                for name, f in
                    [
                        "sum", Tensor.nanSumAlong
                        "prod", Tensor.nanProdAlong
                        "max", Tensor.nanMaxAlong
                        "mean", Tensor.nanMeanAlong
                        "variance", Tensor.nanVarianceAlong
                        "std", Tensor.nanStdAlong
                        "median", Tensor.nanMedianAlong
                    ] do
                    let gradient = Tensor.toArray (grad (fun x -> Tensor.sum (f 1 x)) x)

                    List.iteri
                        (fun i item ->
                            Expect.isTrue (Double.IsFinite gradient[i]) $"{name}: {gradient[i]} at {i}"

                            if Double.IsNaN item then
                                Expect.equal gradient[i] 0.0 $"{name}: where NaN stands")
                        (List.concat some))

            testCase "edges" (fun () ->
                holds 0.0 [] [ nan ] (Tensor.nanMean (vector [])) "mean of nothing"
                holds 0.0 [] [ 0.0 ] (Tensor.nanSum (vector [ nan ])) "sum of NaN"
                holds 0.0 [] [ 0.0 ] (Tensor.nanStd (vector [ 1.0; nan ])) "spread of one number"
                holds 0.0 [ 2 ] [ 3.0; 0.0 ] (grad (fun x -> Tensor.nanMax x * 3.0) (vector [ 1.0; nan ])) "gradient"
                Expect.equal (Tensor.toArray (Tensor.nanArgMax 0 (vector [ nan; 1.0; 2.0; nan ]))) [| 2L |] "argmax"
                Expect.equal (Tensor.toArray (Tensor.nanArgMin 0 (vector [ nan; 1.0; 2.0; nan ]))) [| 1L |] "argmin"
                holds 0.0 [ 3 ] [ 1.0; 1.0; 3.0 ] (Tensor.nanCumSum 0 (vector [ 1.0; nan; 2.0 ])) "cumsum"
                holds 0.0 [ 3 ] [ 2.0; 2.0; 6.0 ] (Tensor.nanCumProd 0 (vector [ 2.0; nan; 3.0 ])) "cumprod"
                Expect.equal (value (Tensor.nanMax (Tensor.vector [ 1; 3 ]))) 3 "integers"
                refuses<DTypeException> [ "nanmean"; "i32[2]" ] (fun () -> Tensor.nanMean (Tensor.vector [ 1; 3 ]) |> ignore))
        ]

let private quantiles =
    testList
        "quantiles"
        [
            testProperty "by every method"
            <| Prop.forAll whole (fun items ->
                Prop.forAll (Gen.choose (0, 12) |> Arb.fromGen) (fun twelfths ->
                    let q = float twelfths / 12.0

                    for how in Enum.GetValues<QuantileMethod>() do
                        near 1e-14 (quantile how q items) (value (Tensor.quantileBy how 0 q (vector items))) $"{how} at {q}"))

            // https://numpy.org/doc/stable/reference/generated/numpy.percentile.html and .../numpy.median.html
            testCase "NumPy's examples" (fun () ->
                let a = Tensor.matrix [ [ 10.0; 7.0; 4.0 ]; [ 3.0; 2.0; 1.0 ] ]
                near 0.0 3.5 (value (Tensor.percentile 50.0 a)) "percentile of all"
                holds 0.0 [ 3 ] [ 6.5; 4.5; 2.5 ] (Tensor.quantileAlong 0 0.5 a) "along 0"
                holds 0.0 [ 2 ] [ 7.0; 2.0 ] (Tensor.medianAlong 1 a) "along 1"
                holds 0.0 [ 2; 2 ] [ 4.0; 1.0; 10.0; 3.0 ] (Tensor.quantilesAlong 1 (vector [ 0.0; 1.0 ]) a) "two at once"

                Expect.equal
                    (a.Expr
                     |> fun x -> Adjoint.Front.Tensors.Median(x, [| 0; 1 |], true).Shape.ToArray())
                    [| 1; 1 |]
                    "kept axes")

            testCase "edges" (fun () ->
                near 0.0 nan (value (Tensor.median (vector [ 1.0; nan; 2.0 ]))) "NaN propagates"
                near 0.0 nan (value (Tensor.median (vector []))) "nothing"
                near 0.0 infinity (value (Tensor.quantile 1.0 (vector [ 1.0; infinity ]))) "infinity"
                near 0.0 1.0 (value (Tensor.quantile 0.0 (vector [ 1.0; infinity ]))) "beside infinity"
                near 0.0 nan (value (Tensor.median (vector [ -infinity; infinity ]))) "between infinities"
                Expect.equal (value (Tensor.quantileBy QuantileMethod.Lower 0 0.5 (Tensor.vector [ 4; 1; 3; 2 ]))) 2 "integers"
                holds 0.0 [ 2 ] [ 0.5; 0.5 ] (grad Tensor.median (vector [ 1.0; 1.0 ])) "the gradient of a tie"
                refuses<DomainException> [ "quantile"; "50"; "percent" ] (fun () -> Tensor.quantile 50.0 (vector [ 1.0 ]) |> ignore)
                refuses<DTypeException> [ "quantile"; "i32[1]" ] (fun () -> Tensor.quantile 0.5 (Tensor.vector [ 1 ]) |> ignore))
        ]

let private statistics =
    testList
        "statistics"
        [
            testCase "averages" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.average.html
                let data: Tensor<float> = Tensor.reshape [ 3; 2 ] (Tensor.arange 6)
                holds 1e-15 [ 3 ] [ 0.75; 2.75; 4.75 ] (Tensor.averageAlong 1 (vector [ 0.25; 0.75 ]) data) "along an axis"
                near 1e-15 4.0 (value (Tensor.average (vector [ 10.0 .. -1.0 .. 1.0 ]) (vector [ 1.0 .. 10.0 ]))) "of all"
                refuses<ShapeException> [ "average"; "f64[2]"; "axis" ] (fun () -> Tensor.average (vector [ 1.0; 2.0 ]) data |> ignore))

            testCase "counts and spreads" (fun () ->
                let x = Tensor.matrix [ [ 0.0; 2.0; nan ]; [ 3.0; 0.0; 0.0 ] ]
                Expect.equal (Tensor.toArray (Tensor.countNonzeroAlong 1 x)) [| 2L; 1L |] "countNonzero"
                Expect.equal (value (Tensor.countNonzero (Tensor.vector [ true; false; true ]))) 2L "of bools"
                holds 0.0 [ 2 ] [ nan; 3.0 ] (Tensor.ptpAlong 1 x) "ptp"
                near 1e-15 2.5 (value (Tensor.varianceWith 1 0 (vector [ 1.0 .. 5.0 ]))) "variance"
                near 1e-15 (sqrt 2.5) (value (Tensor.standardDeviationWith 1 0 (vector [ 1.0 .. 5.0 ]))) "standard deviation")

            testCase "weighted logSumExp" (fun () ->
                let x = vector [ 1000.0; 1000.0; infinity ]
                near 1e-15 (1000.0 + log 5.0) (value (Tensor.logSumExpWeighted 0 (vector [ 2.0; 3.0; 0.0 ]) x)) "weights"
                near 0.0 -infinity (value (Tensor.logSumExpWeighted 0 (vector [ 0.0; 0.0; 0.0 ]) x)) "none"
                holds 1e-15 [ 3 ] [ 0.4; 0.6; 0.0 ] (grad (Tensor.logSumExpWeighted 0 (vector [ 2.0; 3.0; 0.0 ])) x) "gradient")

            testCase "covariances" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.cov.html
                let x = Tensor.matrix [ [ -2.1; -1.0; 4.3 ]; [ 3.0; 1.1; 0.12 ] ]
                let expected = [ 11.71; -4.286; -4.286; 2.144133 ]
                holds 1e-6 [ 2; 2 ] expected (Tensor.cov x) "cov"
                near 1e-7 11.71 (value (Tensor.cov x[0])) "of a vector"
                let r = -4.286 / sqrt (11.71 * 2.14413333)
                holds 1e-6 [ 2; 2 ] [ 1.0; r; r; 1.0 ] (Tensor.corrCoef x) "corrCoef"
                refuses<ShapeException> [ "cov"; "f64[1, 2, 3]" ] (fun () -> Tensor.cov (Tensor.expandDims 0 x) |> ignore))
        ]

let private norms =
    testList
        "norms"
        [
            // https://numpy.org/doc/stable/reference/generated/numpy.linalg.norm.html
            testCase "NumPy's examples" (fun () ->
                let a = vector [ -4.0 .. 4.0 ]
                let b = Tensor.reshape [ 3; 3 ] a
                near 1e-15 7.745966692414834 (value (Tensor.norm a)) "2"
                near 0.0 4.0 (value (Tensor.normP infinity a)) "inf"
                near 0.0 0.0 (value (Tensor.normP -infinity a)) "-inf"
                near 0.0 20.0 (value (Tensor.normP 1.0 a)) "1"
                near 0.0 8.0 (value (Tensor.normP 0.0 a)) "0"
                near 1e-14 5.848035476425731 (value (Tensor.normP 3.0 a)) "3"
                near 0.0 0.0 (value (Tensor.normP -2.0 a)) "-2"
                near 1e-15 7.745966692414834 (value (Tensor.matrixNorm MatrixNormKind.Frobenius b)) "Frobenius"
                near 0.0 7.0 (value (Tensor.matrixNorm MatrixNormKind.One b)) "columns"
                near 0.0 6.0 (value (Tensor.matrixNorm MatrixNormKind.MinusOne b)) "least column"
                near 0.0 9.0 (value (Tensor.matrixNorm MatrixNormKind.Infinity b)) "rows"
                near 0.0 2.0 (value (Tensor.matrixNorm MatrixNormKind.MinusInfinity b)) "least row")

            testCase "derivatives at 0 are 0" (fun () ->
                for p in [ 0.5; 1.0; 1.5; 2.0; 3.0; infinity ] do
                    holds 0.0 [ 2 ] [ 0.0; 0.0 ] (grad (Tensor.normP p) (vector [ 0.0; 0.0 ])) $"{p} at 0"

                holds 1e-15 [ 2 ] [ 1.0; 0.0 ] (grad (Tensor.normP 1.5) (vector [ 2.0; 0.0 ])) "an element that is 0"
                holds 0.0 [ 2 ] [ 0.0; 0.0 ] (Tensor.normalise 0 (vector [ 0.0; 0.0 ])) "normalise")
        ]

let cases =
    let smooth name shape f = case name -1.0 1.0 shape f

    let holes (x: Tensor<float>) =
        Tensor.concat 1 [ x; Tensor.full [ 2; 1 ] nan ]

    [
        smooth "nanSum" [ 2; 3 ] (fun x -> Tensor.nanSumAlong 1 (holes (x * x)))
        smooth "nanProd" [ 2; 3 ] (fun x -> Tensor.nanProdAlong 1 (holes x))
        smooth "nanMax" [ 2; 3 ] (fun x -> Tensor.nanMaxAlong 1 (holes (x * x)))
        smooth "nanMean" [ 2; 3 ] (fun x -> Tensor.nanMeanAlong 1 (holes (x * x)))
        smooth "nanVariance" [ 2; 3 ] (fun x -> Tensor.nanVarianceAlong 1 (holes x))
        smooth "nanStd" [ 2; 3 ] (fun x -> Tensor.nanStdAlong 1 (holes x))
        smooth "nanMedian" [ 2; 4 ] (fun x -> Tensor.nanMedianAlong 1 (holes (x * x)))
        smooth "nanCumSum" [ 2; 3 ] (fun x -> Tensor.nanCumSum 1 (holes (x * x)))
        smooth "median" [ 2; 4 ] (fun x -> Tensor.medianAlong 1 (x * x))
        smooth "quantile" [ 2; 4 ] (fun x -> Tensor.quantileAlong 1 0.3 (x * x))
        smooth "quantiles in q" [ 4 ] (fun x -> Tensor.quantilesAlong 0 (Tensor.sigmoid x) (x * x))
        smooth "quantile, midpoint" [ 4 ] (fun x -> Tensor.quantileBy QuantileMethod.Midpoint 0 0.3 (x * x))
        smooth "average" [ 2; 4 ] (fun x -> Tensor.average (Tensor.exp x[0]) x[1])
        smooth "ptp" [ 5 ] (fun x -> Tensor.ptp (x * x))
        smooth "logSumExpWeighted" [ 2; 4 ] (fun x -> Tensor.logSumExpWeighted 0 (Tensor.exp x[0]) x[1])
        smooth "varianceWith" [ 2; 4 ] (Tensor.varianceWith 1 1)
        smooth "standardDeviationWith" [ 2; 4 ] (Tensor.standardDeviationWith 1 1)
        smooth "cov" [ 2; 4 ] Tensor.cov
        smooth "corrCoef" [ 2; 4 ] Tensor.corrCoef
        smooth "norm" [ 4 ] Tensor.norm
        smooth "normP 3" [ 4 ] (Tensor.normP 3.0)
        case "normP -2" 0.5 1.5 [ 4 ] (Tensor.normP -2.0)
        smooth "normP infinity" [ 4 ] (fun x -> Tensor.normP infinity (x * x))
        smooth "matrixNorm One" [ 3; 3 ] (fun x -> Tensor.matrixNorm MatrixNormKind.One (x * x))
        smooth "normalise" [ 2; 3 ] (Tensor.normalise 1)
    ]

[<Tests>]
let tests =
    testList
        "arrays: statistics"
        [
            nanReductions
            quantiles
            statistics
            norms
            testList "laws" (List.map laws cases)
        ]
