/// Products of every library that is here against the managed kernels: layouts, batches, cuts, edge values, threads.
module Adjoint.Properties.NativeProductTests

open System
open System.Numerics
open System.Threading
open Expecto
open Adjoint.Execute
open Adjoint.Kernels
open Adjoint.Kernels.Libraries

let private providers = lazy (Providers.Default)

/// Runs the tiles backwards, on threads of its own, in no order.
type private Scattered() =
    interface IParallel with
        member _.For(count, body) =
            Tasks.Parallel.For(0, count, (fun i -> body.Invoke(count - 1 - i))) |> ignore

/// An operand of a batch: element (i, r, c) stands at Offset + i Between + r Row + c Column.
type private Stored<'T when 'T: unmanaged and 'T: struct and 'T: (new: unit -> 'T) and 'T :> ValueType> =
    {
        Data: 'T[]
        Offset: int
        Between: int
        Row: int
        Column: int
    }

    member this.At(batch, row, column) =
        this.Data[this.Offset + batch * this.Between + row * this.Row + column * this.Column]

    member this.Matrix = Matrix<'T>(this.Data, this.Offset, this.Row, this.Column)

type private Case<'T when 'T: unmanaged and 'T: struct and 'T: (new: unit -> 'T) and 'T :> ValueType> =
    {
        Batch: int
        M: int
        N: int
        K: int
        A: Stored<'T>
        B: Stored<'T>
    }

    override this.ToString() =
        $"{this.Batch}x{this.M}x{this.N}x{this.K}"

/// Rows or columns contiguous, with room between them now and then.
let private store (random: Random) (number: unit -> 'T) batch rows columns =
    let room = if random.Next 2 = 0 then 0 else random.Next 4
    let transposed = random.Next 2 = 0
    let length = (if transposed then rows else columns) + room
    let between = length * (if transposed then columns else rows)
    let offset = random.Next 3

    {
        Data = Array.init (offset + batch * between) (fun _ -> number ())
        Offset = offset
        Between = between
        Row = if transposed then 1 else length
        Column = if transposed then length else 1
    }

let private case (random: Random) (number: unit -> 'T) (batch, m, n, k) =
    {
        Batch = batch
        M = m
        N = n
        K = k
        A = store random number batch m k
        B = store random number batch k n
    }

/// The product by the managed kernels, or by a library; results are filled before.
let private multiply<'T when 'T: unmanaged and 'T: struct and 'T: (new: unit -> 'T) and 'T :> ValueType and 'T :> IFloatingPointIeee754<'T>>
    provider
    (case: Case<'T>)
    (fill: 'T)
    (runner: IParallel)
    =
    let size = case.M * case.N
    let c = Matrix<'T>(Array.create (max 1 (case.Batch * size)) fill, 0, case.N, 1)

    let products =
        ProductBatch<'T>(case.Batch, case.M, case.N, case.K, case.A.Matrix, case.A.Between, case.B.Matrix, case.B.Between, c, size)

    if provider = Provider.Managed then
        Gemm.Multiply(&products, runner)
    else
        NativeProducts.Multiply(providers.Value.Calls, providers.Value.Library provider, &products, runner)

    c.Data

let private byManaged case fill =
    multiply Provider.Managed case fill Serial.Instance

let private byLibrary provider case fill runner = multiply provider case fill runner

/// Σ |a| |b| of an element times k and the unit of rounding, twice: both sides may err by that much.
let private bound toFloat (case: Case<'T>) epsilon batch row column =
    let mutable size = 0.0

    for p in 0 .. case.K - 1 do
        size <-
            size
            + abs (toFloat (case.A.At(batch, row, p)) * toFloat (case.B.At(batch, p, column)))

    2.0 * epsilon * float case.K * size

let private agree (toFloat: 'T -> float) epsilon (case: Case<'T>) (expected: 'T[]) (found: 'T[]) =
    for batch in 0 .. case.Batch - 1 do
        for row in 0 .. case.M - 1 do
            for column in 0 .. case.N - 1 do
                let at = (batch * case.M + row) * case.N + column
                let left, right = toFloat expected[at], toFloat found[at]

                let agrees =
                    left.Equals right
                    || Double.IsFinite left
                       && abs (left - right) <= bound toFloat case epsilon batch row column

                if not agrees then
                    failtest $"{case} [{batch}, {row}, {column}]: managed {left:R}, library {right:R}"

let private agree32 case expected found =
    agree (fun (x: float32) -> float x) 1.1920929e-7 case expected found

let private agree64 case expected found =
    agree id 2.220446049250313e-16 case expected found

/// Extents that meet every branch of the cut: single products and batches, thin ones, and ones of several tiles.
let private shapes (random: Random) =
    [
        for _ in 1..60 do
            random.Next(1, 5), random.Next(1, 40), random.Next(1, 40), random.Next(1, 40)
        1, 1, 300, 200
        1, 300, 1, 200
        1, 64, 64, 1
        40, 32, 32, 32
        3, 130, 120, 110
        1, 400, 300, 300
        1, 40, 1100, 800
        1, 385, 513, 257
    ]

let private available number =
    [
        for provider in ProviderNames.Libraries do
            if
                providers.Value.Library provider <> 0n
                && not (provider = Provider.OneDnn && number = "f64")
            then
                provider
    ]

let private forAll number action =
    match available number with
    | [] -> skiptest "no library is here."
    | found -> found |> List.iter action

/// Equal numbers, NaN beside NaN.
let private same (left: 'T[]) (right: 'T[]) =
    Array.forall2 (fun (x: 'T) y -> x.Equals y) left right

let private f32 (random: Random) () =
    float32 (random.NextDouble() * 2.0 - 1.0)

let private f64 (random: Random) () = random.NextDouble() * 2.0 - 1.0

/// Numbers among which NaN, infinities, zeros of both signs, subnormals and huge ones are common.
let private edges<'T> (random: Random) (epsilon: 'T, huge: 'T, tiny: 'T, nan: 'T, infinity: 'T, one: 'T, zero: 'T) () =
    match random.Next 40 with
    | 0 -> nan
    | 1 -> infinity
    | 2 -> epsilon
    | 3 -> huge
    | 4 -> tiny
    | n when n < 12 -> zero
    | _ -> one

let private edges32 random =
    edges random (1.1920929e-7f, 1e30f, 1e-45f, Single.NaN, Single.PositiveInfinity, 1.5f, -0.0f)

let private edges64 random =
    edges random (2.2e-16, 1e300, 4.9e-324, Double.NaN, Double.PositiveInfinity, 1.5, -0.0)

let private runners: IParallel list = [ WorkerPool.Shared; Scattered() ]

let private everyRunner (run: IParallel -> 'T[]) (case: Case<'T>) =
    let first = run Serial.Instance

    for runner in runners do
        Expect.isTrue (same first (run runner)) $"bits differ with the runner for {case}"

[<Tests>]
let tests =
    testList
        "native products"
        [
            testCase "f32 agrees with managed kernels over layouts and cuts" (fun () ->
                forAll "f32" (fun provider ->
                    let random = Random 1

                    for shape in shapes random do
                        let case = case random (f32 random) shape
                        agree32 case (byManaged case 7f) (byLibrary provider case Single.NaN Serial.Instance)))

            testCase "f64 agrees with managed kernels over layouts and cuts" (fun () ->
                forAll "f64" (fun provider ->
                    let random = Random 2

                    for shape in shapes random do
                        let case = case random (f64 random) shape
                        agree64 case (byManaged case 7.0) (byLibrary provider case Double.NaN Serial.Instance)))

            testCase "NaN and infinities come through as in managed kernels" (fun () ->
                let random = Random 3

                forAll "f32" (fun provider ->
                    for shape in shapes random do
                        let case = case random (edges32 random) shape
                        agree32 case (byManaged case 7f) (byLibrary provider case 7f Serial.Instance))

                forAll "f64" (fun provider ->
                    for shape in shapes random do
                        let case = case random (edges64 random) shape
                        agree64 case (byManaged case 7.0) (byLibrary provider case 7.0 Serial.Instance)))

            testCase "the bits do not depend on the runner" (fun () ->
                let random = Random 4

                forAll "f32" (fun provider ->
                    for shape in shapes random do
                        let case = case random (f32 random) shape
                        everyRunner (byLibrary provider case 7f) case)

                forAll "f64" (fun provider ->
                    for shape in shapes random do
                        let case = case random (f64 random) shape
                        everyRunner (byLibrary provider case 7.0) case))

            testCase "many threads call at once" (fun () ->
                forAll "f32" (fun provider ->
                    let random = Random 5
                    let cases = [| for _ in 1..8 -> case random (f32 random) (2, 50, 60, 70) |]
                    let expected = cases |> Array.map (fun case -> byLibrary provider case 0f Serial.Instance)
                    let wrong = ref 0

                    let threads =
                        [
                            for t in 0..63 ->
                                Thread(fun () ->
                                    for i in 0..99 do
                                        let at = (t + i) % cases.Length

                                        if not (same expected[at] (byLibrary provider cases[at] 0f Serial.Instance)) then
                                            Interlocked.Increment wrong |> ignore)
                        ]

                    threads |> List.iter _.Start()
                    threads |> List.iter _.Join()
                    Expect.equal wrong.Value 0 $"{provider}: products that came out otherwise"))

            testCase "operands without a contiguous axis stay with the managed kernels" (fun () ->
                let data = Array.zeroCreate<float> 64
                let dense, strided = Matrix<float>(data, 0, 4, 1), Matrix<float>(data, 0, 8, 2)
                let broadcast = Matrix<float>(data, 0, 0, 1)

                let applies k (a: Matrix<float>) (b: Matrix<float>) =
                    let product = ProductBatch<float>(4, 4, k, a, b, dense)
                    NativeProducts.Applies(&product)

                Expect.isTrue (applies 4 dense dense) "dense"
                Expect.isFalse (applies 4 strided dense) "strided"
                Expect.isFalse (applies 4 dense broadcast) "rows that repeat"
                Expect.isFalse (applies 0 dense dense) "no terms")
        ]
