/// Products of f16 and bf16: those of the same numbers in f32, rounded once.
module Adjoint.LibraryTests.Arrays.HalfProductTests

open System
open Expecto
open Adjoint
open Adjoint.Core

let private draw seed shape : Tensor<float> = Random.key seed |> Random.normal shape

/// Products of stored numbers against those in f64: half a unit of the stored dtype for the one rounding (of subnormal numbers, least), beside the error of a sum in f32.
let private within<'T when 'T: struct> (half: float) (least: float) (batch: int list) (m, n, k) =
    let stored seed shape : Tensor<'T> = draw seed shape |> Tensor.cast
    let exact (x: Tensor<'T>) : Tensor<float> = Tensor.cast x
    let x, y = stored 1 (batch @ [ m; k ]), stored 2 (batch @ [ k; n ])
    let found = Tensor.toArray (exact (Tensor.matMul x y))
    let sums = Tensor.toArray (Tensor.matMul (exact x) (exact y))
    let sizes = Tensor.toArray (Tensor.matMul (abs (exact x)) (abs (exact y)))

    for i in 0 .. sums.Length - 1 do
        let sum = DType.F32.Epsilon() * float k * sizes[i]

        if not (abs (found[i] - sums[i]) <= half * (abs sums[i] + sum) + sum + least) then
            failtest $"{typeof<'T>.Name}, element {i}: {found[i]:R}, exactly {sums[i]:R}"

[<Tests>]
let tests =
    testList
        "products of f16 and bf16"
        [
            for shape in [ 150, 170, 200; 1, 300, 64; 64, 1, 300; 33, 65, 1; 7, 9, 5 ] do
                for batch in [ []; [ 3 ] ] do
                    testCase $"{batch} {shape}" (fun () ->
                        within<BFloat16> (1.0 / 256.0) 0.0 batch shape
                        within<Half> (1.0 / 2048.0) (Math.ScaleB(1.0, -25)) batch shape)

            testCase "infinities, NaN and what does not fit" (fun () ->
                let ones shape : Tensor<Half> =
                    Tensor.full shape (Half.op_Explicit 1.0f)

                let large = Tensor.full [ 200; 200 ] (Half.op_Explicit 600.0f)
                Expect.all (Tensor.toArray (Tensor.matMul large large)) Half.IsPositiveInfinity "overflow"
                Expect.all (Tensor.toArray (Tensor.matMul large (Tensor.full [ 200; 3 ] Half.NaN))) Half.IsNaN "NaN"
                let sum = Tensor.matMul (ones [ 1; 200 ]) (ones [ 200; 1 ])
                Expect.equal (Tensor.toArray sum) [| Half.op_Explicit 200.0f |] "exact"
                // Ones summed in bf16 would stop at 256.
                let many: Tensor<BFloat16> = Tensor.full [ 1; 4096 ] (BFloat16.FromSingle 1.0f)

                Expect.equal
                    (Tensor.toArray (Tensor.matMul many (Tensor.transpose many)))
                    [| BFloat16.FromSingle 4096.0f |]
                    "accumulated in f32")

            testCase "subnormal numbers are numbers" (fun () ->
                let small: Tensor<BFloat16> = Tensor.full [ 128; 128 ] (BFloat16.FromSingle(MathF.ScaleB(1.0f, -130)))
                let scale: Tensor<BFloat16> = Tensor.full [ 128; 128 ] (BFloat16.FromSingle(MathF.ScaleB(1.0f, 100)))

                Expect.all
                    (Tensor.toArray (Tensor.matMul small scale))
                    (fun x -> x = BFloat16.FromSingle(MathF.ScaleB(1.0f, -23)))
                    "2^-130 2^100, 128 times")
        ]
