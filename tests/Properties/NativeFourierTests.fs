/// Fourier transforms by MKL against the managed kernels: lengths, boxes, placement, special numbers, runners.
module Adjoint.Properties.NativeFourierTests

#nowarn "9" // Kernels take the addresses of what is pinned here.

open System
open System.Numerics
open Expecto
open FSharp.NativeInterop
open Adjoint.Execute
open Adjoint.Kernels
open Adjoint.Kernels.Fourier
open Adjoint.Kernels.Libraries

let private providers =
    lazy Providers.Of(KernelLibrary.Default, ProviderTable.Parse "fourier f32 1 mkl\nfourier f64 1 mkl")

let private native<'T when 'T: unmanaged and 'T: struct and 'T :> IFloatingPointIeee754<'T> and 'T: (new: unit -> 'T) and 'T :> ValueType>
    (box: FourierBox)
    =
    match NativeFourier<'T>.Of(providers.Value, box) with
    | null -> skiptest "MKL is not there."
    | found -> found

let private run (transform: FourierTransform<float>) box (runner: IParallel) inPlace (x: float[]) =
    let from = Array.copy x
    let target = if inPlace then from else Array.zeroCreate x.Length
    use a = fixed from
    use b = fixed target
    transform.Run(a, b, box, runner)
    target

let private noise (random: Random) count =
    Array.init count (fun _ -> random.NextDouble() - 0.5)

let private boxes =
    let random = Random 11

    [
        for length in [ 1; 2; 3; 8; 15; 37; 64; 74; 128; 1000; 1009 ] do
            FourierBox(1 + random.Next 9, length, 1, false)
            FourierBox(1 + random.Next 3, length, 1 + random.Next 9, random.Next 2 = 0)

        FourierBox(1, 40_000, 1, false)
        FourierBox(400, 256, 1, true)
        FourierBox(3, 256, 400, false)
    ]

let private norm (x: float[]) =
    sqrt (Array.sumBy (fun (part: float) -> part * part) x)

[<Tests>]
let tests =
    testList
        "native fourier transforms"
        [
            testCase "give what the managed ones do" (fun () ->
                for box in boxes do
                    let x = noise (Random box.Length) (2 * box.Outer * box.Length * box.Inner)
                    let managed = FourierTransform<float>.Of(box.Length, box.Lines)

                    for inPlace in [ false; true ] do
                        let expected = run managed box Serial.Instance inPlace x
                        let found = run (native box) box Serial.Instance inPlace x
                        // Two transforms, one perhaps by three others: Higham 2002, theorem 24.2.
                        let allowed = 60.0 * 1.11e-16 * Math.Log2(float box.Length + 2.0) * norm expected
                        let error = norm (Array.map2 (-) expected found)
                        Expect.isTrue (error <= allowed) $"{box}, in place {inPlace}: {error:E1} of {allowed:E1}")

            testCase "give the same bits for any number of threads" (fun () ->
                for box in boxes do
                    let x = noise (Random 3) (2 * box.Outer * box.Length * box.Inner)
                    let transform = native box
                    let alone = run transform box Serial.Instance false x

                    for threads in [ 2; 4; 8 ] do
                        Expect.equal (run transform box (WorkerPool.Create threads) false x) alone $"{box}, {threads} threads"

                    Expect.equal (run (native box) box Serial.Instance false x) alone $"{box}, planned again")

            testCase "let NaN and infinities through to all of their line, and to no other" (fun () ->
                for special in [ nan; infinity; -infinity ] do
                    let box = FourierBox(3, 12, 1, false)
                    let x = noise (Random 4) 72
                    x[24 + 7] <- special

                    for transform in [ native box :> FourierTransform<float>; FourierTransform<float>.Of(12, 3L) ] do
                        let y = run transform box Serial.Instance false x
                        Expect.isTrue (Array.forall Double.IsFinite y[..23] && Array.forall Double.IsFinite y[48..]) "other lines"

                        for k in 0..11 do
                            Expect.isFalse
                                (Double.IsFinite y[24 + 2 * k] && Double.IsFinite y[25 + 2 * k])
                                $"{special}: number {k} of its line")

            testCase "run in two lists of threads at once, again and again" (fun () ->
                let box = FourierBox(4, 480, 1, false)
                let x = noise (Random 5) 3840
                let transform = native box
                let expected = run transform box Serial.Instance false x

                Threading.Tasks.Parallel.For(
                    0,
                    400,
                    fun _ -> Expect.equal (run transform box Serial.Instance false x) expected "the same bits"
                )
                |> ignore)
        ]
