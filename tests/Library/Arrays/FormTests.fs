/// Each reduction's three forms in F#: of all elements, along an axis, over axes.
module Adjoint.LibraryTests.Arrays.FormTests

open Expecto
open Adjoint
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

/// The three forms of each reduction.
let private families
    : (string * (Tensor<float> -> Tensor<float>) * (int -> Tensor<float> -> Tensor<float>) * (int list -> Tensor<float> -> Tensor<float>)) list =
    [
        "sum", Tensor.sum, Tensor.sumAlong, Tensor.sumOver
        "prod", Tensor.prod, Tensor.prodAlong, Tensor.prodOver
        "mean", Tensor.mean, Tensor.meanAlong, Tensor.meanOver
        "max", Tensor.max, Tensor.maxAlong, Tensor.maxOver
        "min", Tensor.min, Tensor.minAlong, Tensor.minOver
        "logSumExp", Tensor.logSumExp, Tensor.logSumExpAlong, Tensor.logSumExpOver
        "norm", Tensor.norm, Tensor.normAlong, Tensor.normOver
        "variance", Tensor.variance, Tensor.varianceAlong, Tensor.varianceOver
        "standardDeviation", Tensor.standardDeviation, Tensor.standardDeviationAlong, Tensor.standardDeviationOver
        "median", Tensor.median, Tensor.medianAlong, Tensor.medianOver
        "ptp", Tensor.ptp, Tensor.ptpAlong, Tensor.ptpOver
        "nanSum", Tensor.nanSum, Tensor.nanSumAlong, Tensor.nanSumOver
        "nanProd", Tensor.nanProd, Tensor.nanProdAlong, Tensor.nanProdOver
        "nanMax", Tensor.nanMax, Tensor.nanMaxAlong, Tensor.nanMaxOver
        "nanMin", Tensor.nanMin, Tensor.nanMinAlong, Tensor.nanMinOver
        "nanMean", Tensor.nanMean, Tensor.nanMeanAlong, Tensor.nanMeanOver
        "nanVariance", Tensor.nanVariance, Tensor.nanVarianceAlong, Tensor.nanVarianceOver
        "nanStd", Tensor.nanStd, Tensor.nanStdAlong, Tensor.nanStdOver
        "nanMedian", Tensor.nanMedian, Tensor.nanMedianAlong, Tensor.nanMedianOver
    ]

[<Tests>]
let tests =
    testList
        "arrays: three forms of a reduction"
        [
            for name, all, along, over in families do
                testCase name (fun () ->
                    let x = drawn 5 -1.0 1.0 [ 2; 3; 4 ]
                    let parts = [ for i in 0..1 -> all x[i] ]
                    let expected = List.collect (Tensor.toArray >> List.ofArray) parts
                    holds 1e-14 [ 2 ] expected (over [ 1; -1 ] x) "over the last two axes"
                    holds 1e-14 [ 2 ] expected (along 1 (Tensor.reshape [ 2; 12 ] x)) "along one"

                    holds
                        1e-14
                        [ 12 ]
                        (Tensor.toArray (along 0 (Tensor.transpose (Tensor.reshape [ 12; 2 ] x))))
                        (along -1 (Tensor.reshape [ 12; 2 ] x))
                        "along the last")
        ]
