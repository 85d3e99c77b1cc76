/// Fourier transforms: against NumPy's examples, sums as they stand, and the laws that define them.
module Adjoint.LibraryTests.Arrays.FourierTests

open System
open System.Numerics
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items
let private numbers (x: Tensor<'C>) = (Tensor.toNDArray x).ToArray<Complex>()

let private noise seed count =
    let source = Random(seed: int)
    Array.init count (fun _ -> Complex(source.NextDouble() - 0.5, source.NextDouble() - 0.5))

let private tensor (shape: int list) (x: Complex[]) : Tensor<Complex> =
    Tensor.ofNDArray (NDArray.Of(Shape.Of(Array.ofList shape), ReadOnlySpan x))

/// The sum for one frequency, of angles reduced before they are rounded.
let private sumAt (sign: float) (x: Complex[]) (k: int) =
    let n = int64 x.Length

    x
    |> Array.mapi (fun j number ->
        number
        * Complex.FromPolarCoordinates(1.0, sign * 2.0 * Math.PI * float (int64 j * int64 k % n) / float n))
    |> Array.fold (+) Complex.Zero

let private transformed (x: Tensor<Complex>) = ignore x

let private size (x: Complex[]) =
    sqrt (Array.sumBy (fun (z: Complex) -> z.Real * z.Real + z.Imaginary * z.Imaginary) x)

/// Higham 2002, theorem 24.2, with room for Bluestein's three transforms and for the sums' own error.
let private allowed n scale =
    30.0 * Math.ScaleB(1.0, -53) * Math.Log2(float n + 2.0) * scale

let private near what bound (expected: Complex) (found: Complex) =
    Expect.isTrue (Complex.Abs(expected - found) <= bound) $"{what}: {found} is not {expected} within {bound:E1}"

let private all what bound (expected: Complex[]) (found: Complex[]) =
    Expect.equal found.Length expected.Length $"{what}: as many"
    Array.iteri2 (fun k e f -> near $"{what}, number {k}" bound e f) expected found

/// Every way through the kernel: each radix, primes that are summed, larger ones, lines alone and beside each other, long ones by parts.
let private lengths =
    [
        1
        2
        3
        4
        5
        6
        7
        8
        9
        15
        16
        31
        37
        64
        74
        97
        100
        128
        210
        243
        961
        1024
        1025
        1369
        2048
    ]

let private sums =
    testList
        "sums as they stand"
        [
            for n in lengths do
                testCase $"{n} numbers" (fun () ->
                    let x = noise n n
                    let bound = allowed n (size x * sqrt (float n))
                    let y = numbers (Tensor.fft (tensor [ n ] x): Tensor<Complex>)
                    all "fft" bound (Array.init n (sumAt -1.0 x)) y
                    all "ifft" (allowed n (size x)) x (numbers (Tensor.ifft (tensor [ n ] y): Tensor<Complex>))
                    let real = Array.map (fun (z: Complex) -> Complex(z.Real, 0.0)) x
                    let reals = vector [ for z in x -> z.Real ]
                    let half = Array.init (n / 2 + 1) (sumAt -1.0 real)
                    all "rfft" bound half (numbers (Tensor.rfft reals: Tensor<Complex>))
                    let back: Tensor<float> = Tensor.irfft n (tensor [ n / 2 + 1 ] half)
                    holds (allowed n (size x)) [ n ] (Tensor.toArray reals) back "irfft")

            for shape in
                [
                    [ 3; 20; 5 ]
                    [ 17; 12; 1 ]
                    [ 2; 37; 9 ]
                    [ 9; 1100 ]
                    [ 1100; 9 ]
                    [ 2; 1100; 3 ]
                ] do
                testCase $"an axis of %A{shape}" (fun () ->
                    let count = List.fold (*) 1 shape
                    let x = noise count count
                    let n, inner = shape[1], List.fold (*) 1 (List.skip 2 shape)
                    let y = numbers (Tensor.fftAlong 1 (tensor shape x): Tensor<Complex>)

                    for line in 0 .. count / n - 1 do
                        let start = line / inner * n * inner + line % inner
                        let mine = Array.init n (fun j -> x[start + j * inner])

                        for k in 0 .. max 1 (n / 7) .. n - 1 do
                            near $"line {line}" (allowed n (size mine * sqrt (float n))) (sumAt -1.0 mine k) y[start + k * inner])

            // Too many for sums of all: a few frequencies, and the way back.
            for n in [ 65536; 100_003; 531_441 ] do
                testCase $"{n} numbers, a few frequencies" (fun () ->
                    let x = noise 5 n
                    let y = numbers (Tensor.fft (tensor [ n ] x): Tensor<Complex>)

                    for k in [ 0; 1; 77; n / 2; n - 1 ] do
                        near $"frequency {k}" (allowed n (size x * sqrt (float n))) (sumAt -1.0 x k) y[k]

                    all "back" (allowed n (size x)) x (numbers (Tensor.ifft (tensor [ n ] y): Tensor<Complex>)))
        ]

let private samples =
    testList
        "samples"
        [
            // https://numpy.org/doc/stable/reference/generated/numpy.fft.rfft.html and its neighbours
            testCase "NumPy's examples" (fun () ->
                let half = numbers (Tensor.rfft (vector [ 0.0; 1.0; 0.0; 0.0 ]): Tensor<Complex>)
                all "rfft" 1e-15 [| Complex.One; Complex(0.0, -1.0); Complex(-1.0, 0.0) |] half

                let x: Tensor<float> =
                    Tensor.irfft 4 (tensor [ 3 ] [| Complex.One; Complex(0.0, -1.0); Complex(-1.0, 0.0) |])

                holds 1e-15 [ 4 ] [ 0.0; 1.0; 0.0; 0.0 ] x "irfft"
                holds 1e-15 [ 8 ] [ 0.0; 1.25; 2.5; 3.75; -5.0; -3.75; -2.5; -1.25 ] (Tensor.fftFreq 8 0.1: Tensor<float>) "fftfreq"
                holds 1e-15 [ 5 ] [ 0.0; 0.2; 0.4; -0.4; -0.2 ] (Tensor.fftFreq 5 1.0: Tensor<float>) "fftfreq of an odd number"
                holds 1e-14 [ 6 ] [ 0.0; 10.0; 20.0; 30.0; 40.0; 50.0 ] (Tensor.rfftFreq 10 0.01: Tensor<float>) "rfftfreq"
                let freqs: Tensor<float> = Tensor.fftFreq 9 (1.0 / 9.0)
                let shifted = Tensor.fftShift [ 0 ] freqs
                holds 1e-14 [ 9 ] [ -4.0; -3.0; -2.0; -1.0; 0.0; 1.0; 2.0; 3.0; 4.0 ] shifted "fftshift"
                holds 0.0 [ 9 ] (Tensor.toArray freqs) (Tensor.ifftShift [ 0 ] shifted) "ifftshift")

            testCase "several axes are one after the other" (fun () ->
                let x = tensor [ 6; 5; 8 ] (noise 3 240)
                let oneByOne: Tensor<Complex> = Tensor.fftAlong 2 (Tensor.fftAlong 0 x: Tensor<Complex>)
                all "fftOver" 1e-13 (numbers oneByOne) (numbers (Tensor.fftOver [ 0; 2 ] x: Tensor<Complex>))
                all "ifftOver" 1e-14 (numbers x) (numbers (Tensor.ifftOver [ 0; 2 ] oneByOne: Tensor<Complex>))
                let real = drawn 4 -1.0 1.0 [ 4; 6; 8 ]
                let half: Tensor<Complex> = Tensor.rfftOver [ 0; 2 ] real
                Expect.equal half.Shape [ 4; 6; 5 ] "half of the last"
                holds 1e-14 [ 4; 6; 8 ] (Tensor.toArray real) (Tensor.irfftOver [ 0; 2 ] half: Tensor<float>) "irfftOver")

            testCase "cut and filled to a length" (fun () ->
                let x = (vector [ 1.0; 2.0; 3.0; 4.0; 5.0 ]).Expr

                let transform length : Tensor<Complex> =
                    Tensor.ofExpr (Tensors.Fft(x, -1, Nullable length))

                all "cut" 1e-14 (Array.init 3 (sumAt -1.0 [| Complex.One; Complex(2.0, 0.0); Complex(3.0, 0.0) |])) (numbers (transform 3))
                let filled = Array.append [| for i in 1.0 .. 5.0 -> Complex(i, 0.0) |] (Array.create 3 Complex.Zero)
                all "filled" 1e-14 (Array.init 8 (sumAt -1.0 filled)) (numbers (transform 8)))

            testCase "imaginary parts that a real signal has not are left out" (fun () ->
                let half = [| Complex(1.0, 9.0); Complex(2.0, -1.0); Complex(3.0, 7.0) |]
                let clean = [| Complex(1.0, 0.0); Complex(2.0, -1.0); Complex(3.0, 0.0) |]
                let x: Tensor<float> = Tensor.irfft 4 (tensor [ 3 ] half)
                holds 0.0 [ 4 ] (Tensor.toArray (Tensor.irfft 4 (tensor [ 3 ] clean): Tensor<float>)) x "even"
                let y: Tensor<float> = Tensor.irfft 5 (tensor [ 3 ] half)

                let whole =
                    [|
                        Complex.One
                        half[1]
                        half[2]
                        Complex.Conjugate half[2]
                        Complex.Conjugate half[1]
                    |]

                holds 1e-15 [ 5 ] [ for k in 0..4 -> (sumAt 1.0 whole k).Real / 5.0 ] y "odd")

            testCase "single precision" (fun () ->
                let x: Tensor<float32> = Tensor.vector [ for i in 0..99 -> float32 (sin (float i * 0.7)) ]
                let y: Tensor<Complex64> = Tensor.rfft x
                let back: Tensor<float32> = Tensor.irfft 100 y
                holds 1e-6 [ 100 ] (Tensor.toArray (Tensor.cast x: Tensor<float>)) (Tensor.cast back) "there and back")

            testCase "what cannot be transformed" (fun () ->
                refuses<DTypeException> [ "fft"; "i32[3]" ] (fun () -> transformed (Tensor.fft (Tensor.vector [ 1; 2; 3 ])))

                refuses<DTypeException> [ "irfft"; "f64[3]" ] (fun () ->
                    (Tensor.irfft 4 (vector [ 1.0; 2.0; 3.0 ]): Tensor<float>) |> ignore)

                refuses<ShapeException> [ "fft"; "f64[0]" ] (fun () -> transformed (Tensor.fft (vector [])))

                refuses<ShapeException> [ "fft"; "axis 2" ] (fun () -> transformed (Tensor.fftAlong 2 (vector [ 1.0 ]))))
        ]

let private laws =
    testList
        "laws"
        [
            testCase "a convolution is a product of transforms" (fun () ->
                let x, w = noise 1 21, noise 2 21
                let fft (z: Complex[]) : Tensor<Complex> = Tensor.fft (tensor [ 21 ] z)
                let around = numbers (Tensor.ifft (fft x * fft w): Tensor<Complex>)

                let direct =
                    Array.init 21 (fun i -> Seq.fold (fun sum j -> sum + x[j] * w[(i - j + 21) % 21]) Complex.Zero [ 0..20 ])

                all "numbers" 1e-14 direct around)

            testCase "any number of threads gives the same bits" (fun () ->
                for shape, axis in [ [| 100_000 |], 0; [| 40; 300 |], 1; [| 300; 40 |], 0; [| 2; 1009 |], 1 ] do
                    let count = Array.fold (*) 1 shape
                    let x = NDArray.Of(Shape.Of shape, ReadOnlySpan(noise 9 count))

                    let graph =
                        GraphBuilder.Build([| TensorType.Of(DType.C128, shape) |], fun (x: Expr[]) -> [| Tensors.Fft(x[0], axis) |])

                    let runs =
                        [
                            for threads in [ 1; 2; 4; 8 ] ->
                                let executable = Executable.Compile graph
                                (executable.Run([| x |], RunOptions(Parallel = WorkerPool.Create threads))[0]).ToArray<Complex>()
                        ]

                    for other in List.tail runs do
                        Expect.equal other runs[0] $"%A{shape}")

            let kernel = drawn 8 -1.0 1.0 [ 7 ]

            for n in [ 6; 7 ] do
                case $"filtered, {n}" -1.0 1.0 [ 2; n ] (fun x ->
                    let half: Tensor<Complex> = Tensor.rfft x
                    let weights = Tensor.cast kernel[.. n / 2]
                    Tensor.irfft n (half * weights))
                |> laws

                case $"spectrum, {n}" -1.0 1.0 [ n; 2 ] (fun x ->
                    let y: Tensor<Complex> = Tensor.fftAlong 0 x
                    Tensor.square (Tensor.real y) + Tensor.square (Tensor.imag y))
                |> laws

                case $"half a spectrum, {n}" -1.0 1.0 [ n ] (fun x ->
                    let y: Tensor<Complex> = Tensor.rfft x
                    Tensor.tanh (Tensor.real y) * Tensor.imag y)
                |> laws
        ]

[<Tests>]
let tests = testList "fourier" [ sums; samples; laws ]
