/// Factorizations of every library that is here against the managed kernels: drawn matrices, edges, batches, threads.
module Adjoint.Properties.NativeFactorTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Kernels.Libraries
open Adjoint.Loops
open Adjoint.Primitives

let private context (runner: IParallel) =
    { new KernelContext() with
        member _.Parallel = runner
        member _.Cancellation = Threading.CancellationToken.None
        member _.Report _ = ()
    }

let private solve = TriangularSolve(true, true, false, false, false)

/// The primitive, and its kernel by a library or by the runtime.
let private families: (Primitive * (TensorType -> Nullable<Factorizations> -> Kernel | null)) list =
    [
        Cholesky(), (fun a library -> Cholesky.Lower(a, library))
        solve, (fun a library -> solve.Lower(a, library))
        Lu(), (fun a library -> Lu.Lower(a, library))
        Qr(), (fun a library -> Qr.Lower(a, library))
        Eigh(), (fun a library -> Eigh.Lower(a, library))
        Svd(), (fun a library -> Svd.Lower(a, library))
    ]

/// Symmetric, with the diagonal raised in steps: positive definite, its eigenvalues apart.
let private matrices (dtype: DType) (count: int) (n: int) =
    let random = Random(n)
    let a = NDArray.New(dtype, Shape.Of(count, n, n))

    for i in 0 .. count - 1 do
        for row in 0 .. n - 1 do
            for column in 0..row do
                let number =
                    (random.NextDouble() - 0.5) / float n
                    + (if row = column then 1.0 + float row / float n else 0.0)

                a.Set((i * n + row) * n + column, Scalar.Of(dtype, number))
                a.Set((i * n + column) * n + row, Scalar.Of(dtype, number))

    a

let private run (primitive: Primitive) lower (a: NDArray) library runner =
    let operands = if primitive :? TriangularSolve then [| a; a |] else [| a |]
    let kernel: Kernel = lower (TensorType(a.Type, a.Shape)) library |> nonNull

    let types =
        primitive.Infer(
            System.Collections.Immutable.ImmutableArray.CreateRange [ for x in operands -> TensorType(x.Type, x.Shape) :> ValueType ]
        )

    let results =
        [|
            for each in types -> let each = each :?> TensorType in NDArray.New(each.DType, each.Shape)
        |]

    kernel.Run(ReadOnlySpan operands, ReadOnlySpan results, context runner)
    results

let private libraries =
    lazy
        [
            for provider in ProviderNames.Libraries do
                if Providers.Default.HasFactorizations provider then
                    ProviderNames.Text provider, Factorizations.Of(Providers.Default, provider)
        ]

let private each test =
    if libraries.Value.IsEmpty then
        skiptest "no library with LAPACK is here."

    for name, library in libraries.Value do
        for primitive, lower in families do
            test $"{name} {primitive.Name}" primitive lower library

/// Eigenvectors err by n eps over the distance of eigenvalues, which is about 1 / n here: n² eps, with room for constants.
let private close what (dtype: DType) n (expected: NDArray) (found: NDArray) =
    let allowed = 50.0 * float (n * n) * dtype.Epsilon()

    for i in 0 .. expected.Size - 1 do
        let e, f = expected.At(i).AsDouble, found.At(i).AsDouble

        if not (abs (e - f) <= allowed || Double.IsNaN e && Double.IsNaN f) then
            failtest $"{what}, {dtype.Name()}, order {n}, number {i}: {f:R} by the library, {e:R} managed; {allowed:E1} is allowed"

[<Tests>]
let tests =
    testList
        "native factorizations"
        [
            testCase "give what managed ones give" (fun () ->
                each (fun what primitive lower library ->
                    for dtype in [ DType.F32; DType.F64 ] do
                        for n in [ 1; 2; 5; 16; 40; 70 ] do
                            let a = matrices dtype 2 n
                            let managed = run primitive lower a (Nullable()) Serial.Instance
                            let native = run primitive lower a library Serial.Instance
                            Array.iter2 (close what dtype n) managed native))

            testCase "treat edges alike" (fun () ->
                each (fun what primitive lower library ->
                    for number in [ nan; infinity; -infinity; -9.0 ] do
                        for place in [ 0; 30 * 30 - 1 ] do
                            let a = matrices DType.F64 1 30
                            a.Set(place, Scalar.Of(DType.F64, number))

                            if Double.IsFinite number || not (primitive :? TriangularSolve) then
                                let managed = run primitive lower a (Nullable()) Serial.Instance
                                let native = run primitive lower a library Serial.Instance
                                Array.iter2 (close $"{what}, {number} at {place}" DType.F64 300) managed native))

            testCase "give the same bits on any threads" (fun () ->
                use pool = WorkerPool.Create 3

                each (fun what primitive lower library ->
                    let a = matrices DType.F64 40 24
                    let alone = run primitive lower a library Serial.Instance
                    let shared = run primitive lower a library pool

                    for x, y in Array.zip alone shared do
                        Expect.equal (y.ToDoubles()) (x.ToDoubles()) what))
        ]
