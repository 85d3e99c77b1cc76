/// The library in every dtype that makes sense, against f64 or i64; axes that aren't there; complex numbers.
module Adjoint.LibraryTests.Arrays.DTypeTests

open System
open System.Numerics
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Front
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

type private Expr = Adjoint.Front.Expr

/// Functions of a positive [3, 4], and how many roundings of their dtype they make.
let private floating: (string * float * (Expr -> Expr)) list =
    [
        "exp2", 4.0, Tensors.Exp2
        "log2", 4.0, Tensors.Log2
        "log10", 4.0, Tensors.Log10
        "sinc", 8.0, Tensors.Sinc
        "entr", 4.0, Tensors.Entr
        "logit", 8.0, (fun x -> Tensors.Logit(x * 0.3))
        "ndtr", 4.0, Tensors.Ndtr
        "logNdtr", 8.0, (fun x -> Tensors.LogNdtr(x - 6.0))
        "logAddExp", 4.0, (fun x -> Tensors.LogAddExp(x, x * 0.5))
        "hypot", 4.0, (fun x -> Tensors.Hypot(x, x * 0.5))
        "xlogy", 4.0, (fun x -> Tensors.Xlogy(x, x))
        "relEntr", 8.0, (fun x -> Tensors.RelEntr(x, x * 0.5))
        "integerPow", 8.0, (fun x -> Tensors.IntegerPow(x, 3))
        "copySign", 1.0, (fun x -> Tensors.CopySign(x, -x))
        "nanToNum", 1.0, (fun x -> Tensors.NanToNum(Tensors.Log x))
        "nanMean", 8.0, (fun x -> Tensors.NanMean(x, [| 0 |]))
        "nanVariance", 16.0, (fun x -> Tensors.NanVariance(x, [| 0 |]))
        "median", 4.0, (fun x -> Tensors.Median(x, [| 1 |]))
        "quantile", 4.0, (fun x -> Tensors.Quantile(x, 0.3, [| 1 |]))
        "norm", 8.0, (fun x -> Tensors.Norm(x, 3.0))
        "cov", 32.0, (fun x -> Tensors.Cov x)
        "gradient", 8.0, (fun x -> Tensors.Gradient(x, 0.5, 1))
        "trapezoid", 8.0, (fun x -> Tensors.Trapezoid(x, 0.5, 1))
        "resize", 4.0, (fun x -> Tensors.Resize(x, [| 5; 5 |]))
        "linear ramp", 4.0, (fun x -> Tensors.Pad(x, [| struct (2, 2); struct (1, 1) |], PadMode.LinearRamp))
        "matrixPower", 16.0, (fun x -> Tensors.MatrixPower(x.Part [| Slice.All; Slice.Of(0, 3) |], 3))
        "kron", 2.0, (fun x -> Tensors.Kron(x, x))
        "segmentMean", 8.0, (fun x -> Tensors.SegmentMean(x, Expr.Of [| 0; 1; 0 |], 2))
        "histogram density", 8.0, (fun x -> Tensors.Histogram(x, Tensors.Linspace(x.DType, 0.0, 4.0, 5), null, true))
    ]

/// Functions of a [2, 3] of whole numbers from 1 to 6.
let private whole: (string * (Expr -> Expr)) list =
    [
        "mod", (fun x -> Tensors.Mod(x, 4.0))
        "floorDivide", (fun x -> Tensors.FloorDivide(x, 4.0))
        "integerPow", (fun x -> Tensors.IntegerPow(x, 2))
        "gcd", (fun x -> Tensors.Gcd(x, x.Part [| Slice.All; Slice.Of(0, 1) |]))
        "lcm", (fun x -> Tensors.Lcm(x, x.Part [| Slice.All; Slice.Of(0, 1) |]))
        "diag", (fun x -> Tensors.DiagEmbed x)
        "diagonal", (fun x -> Tensors.Diagonal(x, -2, -1, 1))
        "bandPart", (fun x -> Tensors.BandPart(x, 0, 1))
        "vander", (fun x -> Tensors.Vander(x.Part [| Slice.At 0 |], 3))
        "toeplitz", (fun x -> Tensors.Toeplitz(x.Part [| Slice.At 0 |], x.Part [| Slice.At 1 |]))
        "pad", (fun x -> Tensors.Pad(x, [| struct (1, 1); struct (2, 2) |], PadMode.Symmetric))
        "pad maximum", (fun x -> Tensors.Pad(x, [| struct (1, 1); struct (2, 2) |], PadMode.Maximum))
        "repeat", (fun x -> Tensors.Repeat(x, 2, 1))
        "nanSum", (fun x -> Tensors.NanSum(x, [| 0 |]))
        "nanMax", (fun x -> Tensors.NanMax(x, [| 0 |]))
        "ptp", (fun x -> Tensors.Ptp(x, [| 0 |]))
        "diff", (fun x -> Tensors.Diff(Tensors.Sort(x, 1), 1, 1))
        "sort", (fun x -> Tensors.Sort(x, 1, true))
        "unique", (fun x -> let struct (values, _, _, _) = Tensors.Unique(x, 4) in values)
        "isIn", (fun x -> Tensors.IsIn(x, x.Part [| Slice.At 0 |]).Cast x.DType)
        "searchSorted", (fun x -> Tensors.SearchSorted(Tensors.Sort(Tensors.Flatten x), x).Cast x.DType)
        "compress", (fun x -> Tensors.Compress(x, Expr.Of [| true; false; true |], 2, 1))
        "segmentMin", (fun x -> Tensors.SegmentMin(x, Expr.Of [| 1; 0 |], 2))
        "segmentProd", (fun x -> Tensors.SegmentProd(x, Expr.Of [| 1; 1 |], 2))
        "putAlongAxis", (fun x -> Tensors.PutAlongAxis(x, Expr.Of(array2D [ [ 1 ]; [ 0 ] ]), Tensors.Full(x.DType, Shape.Of(1, 1), 9.0), 1))
        "kron", (fun x -> Tensors.Kron(x, x))
        "inner", (fun x -> Tensors.Inner(x, x))
        "einsum", (fun x -> Tensors.Einsum("ij,ij,kj->ik", x, x, x))
        "matrixPower", (fun x -> Tensors.MatrixPower(x.Part [| Slice.All; Slice.Of(0, 2) |], 2))
        "convolve", (fun x -> Tensors.Convolve(x.Part [| Slice.At 0 |], x.Part [| Slice.At 1 |]))
        "polyVal", (fun x -> Tensors.PolyVal(x.Part [| Slice.At 0 |], x.Part [| Slice.At 0 |]))
        "slidingWindows", (fun x -> Tensors.SlidingWindows(x, [| 2; 2 |]))
        "resize nearest", (fun x -> Tensors.Resize(x, [| 4; 4 |], ResizeMethod.Nearest))
        "select", (fun x -> Tensors.Select([| x.Less 3.0 |], [| x * x |], 7.0))
        "choose", (fun x -> Tensors.Choose(Expr.Of [| 1; 0; 1 |], [| x; x * x |]))
    ]

let private f64 (x: Expr) =
    let numbers: Tensor<float> = Tensor.ofExpr (Tensors.Cast(x, DType.F64))
    numbers.Shape, Tensor.toArray numbers

let private floats =
    testList
        "floating"
        [
            for name, roundings, f in floating do
                testCase name (fun () ->
                    for dtype in [ DType.F16; DType.BF16; DType.F32 ] do
                        let x = Tensors.Cast((drawn 3 0.3 3.0 [ 3; 4 ]).Expr, dtype)
                        let result = f x
                        Expect.equal result.DType dtype $"{dtype}: dtype"
                        let shape, actual = f64 result
                        let expectedShape, expected = f64 (f (Tensors.Cast(x, DType.F64)))
                        Expect.equal shape expectedShape $"{dtype}: shape"
                        // Each operation is rounded once, and what it is given may be wrong by as much relative to itself.
                        Array.iteri2 (fun i e a -> near (2.0 * roundings * dtype.Epsilon()) e a $"{dtype}, element {i}") expected actual)
        ]

let private integers =
    testList
        "integers"
        [
            for name, f in whole do
                testCase name (fun () ->
                    let x = Expr.Of(array2D [ [ 4L; 1L; 6L ]; [ 2L; 3L; 5L ] ])
                    let shape, expected = f64 (f x)

                    for dtype in DTypes.All do
                        if dtype.IsInteger() || dtype = DType.F64 && name <> "gcd" && name <> "lcm" then
                            let result = f (Tensors.Cast(x, dtype))
                            Expect.equal result.DType dtype $"{dtype}: dtype"
                            let actualShape, actual = f64 result
                            Expect.equal actualShape shape $"{dtype}: shape"
                            // What 8 bits do not hold wraps.
                            let wrapped =
                                if dtype.Size() = 1 then
                                    f64 (Tensors.Cast(Tensors.Cast(f x, dtype), DType.F64)) |> snd
                                else
                                    expected

                            Expect.equal actual wrapped $"{dtype}")
        ]

/// Functions that take an axis.
let private axes: (string * (int -> Expr -> obj)) list =
    [
        "diagonal", (fun axis x -> box (Tensors.Diagonal(x, axis, 0)))
        "array_split", (fun axis x -> box (Tensors.ArraySplit(x, 2, axis)))
        "split_at", (fun axis x -> box (Tensors.SplitAt(x, [| 1 |], axis)))
        "repeat", (fun axis x -> box (Tensors.Repeat(x, 2, axis)))
        "rot90", (fun axis x -> box (Tensors.Rot90(x, 1, 0, axis)))
        "delete", (fun axis x -> box (Tensors.Delete(x, [| 0 |], axis)))
        "insert", (fun axis x -> box (Tensors.Insert(x, 0, x, axis)))
        "sum", (fun axis x -> box (Tensors.NanSum(x, [| axis |])))
        "quantile", (fun axis x -> box (Tensors.Quantile(x, 0.5, [| axis |])))
        "nanquantile", (fun axis x -> box (Tensors.NanQuantile(x, 0.5, [| axis |])))
        "average", (fun axis x -> box (Tensors.Average(x, Expr.Of [| 1.0 |], [| axis |])))
        "variance", (fun axis x -> box (Tensors.Variance(x, [| axis |])))
        "softmax", (fun axis x -> box (Tensors.Softmax(x, axis)))
        "log_softmax", (fun axis x -> box (Tensors.LogSoftmax(x, axis)))
        "cumsum", (fun axis x -> box (Tensors.CumSum(x, axis)))
        "swap_axes", (fun axis x -> box (Tensors.SwapAxes(x, axis, 0)))
        "move_axis", (fun axis x -> box (Tensors.MoveAxis(x, axis, 0)))
        "logsumexp", (fun axis x -> box (Tensors.LogSumExp(x, [| axis |])))
        "diff", (fun axis x -> box (Tensors.Diff(x, 1, axis)))
        "gradient", (fun axis x -> box (Tensors.Gradient(x, 1.0, axis)))
        "trapezoid", (fun axis x -> box (Tensors.Trapezoid(x, 1.0, axis)))
        "cumtrapezoid", (fun axis x -> box (Tensors.CumTrapezoid(x, 1.0, axis)))
        "unwrap", (fun axis x -> box (Tensors.Unwrap(x, axis)))
        "fft", (fun axis x -> box (Tensors.Fft(x, axis)))
        "rfft", (fun axis x -> box (Tensors.Rfft(x, axis)))
        "compress", (fun axis x -> box (Tensors.Compress(x, Expr.Of [| true |], 1, axis)))
        "put_along_axis", (fun axis x -> box (Tensors.PutAlongAxis(x, Expr.Of [| 1 |], x, axis)))
        "lexsort", (fun axis x -> box (Tensors.LexSort([| x |], axis)))
        "partition", (fun axis x -> box (Tensors.Partition(x, 0, axis)))
        "topk", (fun axis x -> box (Tensors.TopK(x, 1, axis)))
        "cross", (fun axis x -> box (Tensors.Cross(x, x, axis)))
        "sliding_windows", (fun axis x -> box (Tensors.SlidingWindows(x, [| 1 |], [| axis |])))
    ]

let private wrongAxes =
    testList
        "axes that aren't there"
        [
            for name, f in axes do
                testCase name (fun () ->
                    for axis in [ 2; -3 ] do
                        refuses<ShapeException> [ name; $"axis {axis}"; "f64[2, 3]" ] (fun () ->
                            f axis (drawn 1 0.0 1.0 [ 2; 3 ]).Expr |> ignore))
        ]

let private complexes =
    testList
        "complex numbers"
        [
            testCase "values" (fun () ->
                let z = Tensor.vector [ Complex(3, 4); Complex(0, -2) ]
                holds 0.0 [ 2 ] [ 5.0; 2.0 ] (Tensor.magnitude z) "magnitude"
                let norm: Tensor<float> = Tensor.ofExpr (Tensors.Norm z.Expr)
                near 1e-15 (sqrt 29.0) (value norm) "norm"
                let greatest: Tensor<float> = Tensor.ofExpr (Tensors.Norm(z.Expr, infinity))
                near 0.0 5.0 (value greatest) "greatest"
                Expect.equal (Tensor.toArray (Tensor.isNan (z / (z - z)))) [| true; true |] "isNan"
                let gram = Tensor.toArray2D (Tensor.cov (Tensor.stack 0 [ z; Tensor.conj z ]))
                near 1e-15 22.5 gram[0, 0].Real "cov")

            testCase "what is real of complex numbers says so in F#" (fun () ->
                let z = Tensor.vector [ Complex(3, 4) ]

                for name, f in
                    [
                        "abs", Tensor.abs
                        "norm", Tensor.norm
                        "variance", Tensor.variance
                        "normP", Tensor.normP 1.0
                    ] do
                    refuses<DTypeException> [ name; "magnitude" ] (fun () -> f z |> ignore))

            testList
                "laws"
                [
                    let complex (x: Tensor<float>) : Tensor<Complex> = Tensor.complex x[0] x[1]

                    for name, f in
                        [
                            "norm", (fun (z: Tensor<Complex>) -> (Tensor.ofExpr (Tensors.Norm z.Expr): Tensor<float>))
                            "magnitude", Tensor.magnitude
                            "vdot", (fun z -> Tensor.real (Tensor.vdot z (z * z)))
                            "kron", (fun z -> Tensor.imag (Tensor.kron z z))
                            "convolve", (fun z -> Tensor.real (Tensor.convolve ConvolutionMode.Full z z))
                            "diag", (fun z -> Tensor.imag (Tensor.diag z))
                            "conjTranspose", (fun z -> Tensor.imag (Tensor.conjTranspose (Tensor.outer z z)))
                            "integerPow", (fun z -> Tensor.real (Tensor.integerPow 3 z))
                            "polyVal", (fun z -> Tensor.real (Tensor.polyVal z z))
                        ] do
                        laws (case name -1.0 1.0 [ 2; 3 ] (complex >> f))
                ]
        ]

[<Tests>]
let tests = testList "arrays: dtypes" [ floats; integers; wrongAxes; complexes ]
