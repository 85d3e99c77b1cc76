/// Products of small matrices and batches of them against sums in f64: layouts, room between operands, edge values, runners.
module Adjoint.Properties.SmallProductTests

open System
open System.Numerics
open System.Runtime.Intrinsics
open System.Threading
open Expecto
open Adjoint.Execute
open Adjoint.Kernels

/// Runs the tiles backwards, on threads of its own, in no order.
type private Scattered(threads: int) =
    interface IParallel with
        member _.For(count, body) =
            let options = Tasks.ParallelOptions(MaxDegreeOfParallelism = threads)

            Tasks.Parallel.For(0, count, options, (fun i -> body.Invoke(count - 1 - i)))
            |> ignore

/// One side of a batch: an array that ends with the last element, where it begins, and the distances along the batch, rows and columns.
type private Side<'T> =
    {
        Data: 'T[]
        Offset: int
        Between: int
        Row: int
        Column: int
    }

    member this.Place(product, row, column) =
        this.Offset + product * this.Between + row * this.Row + column * this.Column

type private Case<'T> =
    {
        Count: int
        M: int
        N: int
        K: int
        A: Side<'T>
        B: Side<'T>
        C: Side<'T>
    }

    override this.ToString() =
        let side (side: Side<'T>) =
            $"({side.Between}, {side.Row}, {side.Column})"

        $"{this.Count} of {this.M}x{this.N}x{this.K}, A {side this.A}, B {side this.B}, C {side this.C}"

let private side (random: Random) (number: unit -> 'T) isResult count rows columns =
    // A result of one column is written where its rows are contiguous.
    let room () =
        if random.Next 2 = 0 || isResult && columns = 1 then
            0
        else
            random.Next 3

    let step = if not isResult && random.Next 8 = 0 then 2 else 1
    let turned = not isResult && random.Next 2 = 0
    let inner, outer = if turned then rows, columns else columns, rows
    let length = (inner + room ()) * step

    let between =
        if not isResult && random.Next 6 = 0 then
            0
        else
            length * outer + room ()

    let offset = random.Next 3

    {
        Data = Array.init (offset + (count - 1) * between + (outer - 1) * length + (inner - 1) * step + 1) (fun _ -> number ())
        Offset = offset
        Between = between
        Row = if turned then step else length
        Column = if turned then length else step
    }

let private extent (random: Random) =
    match random.Next 4 with
    | 0 -> random.Next(1, 65)
    | 1 -> 1
    | _ -> random.Next(1, 12)

/// Extents up to 64; or larger ones with few terms, of which there may be more where rows of B are contiguous.
let private extents (random: Random) =
    if random.Next 4 > 0 then
        (if random.Next 3 = 0 then 1 else random.Next(1, 60)), extent random, extent random, extent random
    else
        random.Next(1, 4), random.Next(2, 90), random.Next(2, 90), random.Next(1, 33)

let rec private case (random: Random) number fill =
    let count, m, n, k = extents random

    let drawn =
        {
            Count = count
            M = m
            N = n
            K = k
            A = side random number false count m k
            B = side random number false count k n
            C = side random (fun () -> fill) true count m n
        }

    let isTaken = max m n <= 64 || k <= 8 || drawn.B.Column = 1

    if isTaken then drawn else case random number fill

let private multiply<'T when 'T: unmanaged and 'T: struct and 'T: (new: unit -> 'T) and 'T :> ValueType and 'T :> IFloatingPointIeee754<'T>>
    (case: Case<'T>)
    first
    count
    (runner: IParallel)
    =
    let matrix (side: Side<'T>) data =
        Matrix<'T>(data, side.Offset + first * side.Between, side.Row, side.Column)

    let result = Array.copy case.C.Data

    let products =
        ProductBatch<'T>(
            count,
            case.M,
            case.N,
            case.K,
            matrix case.A case.A.Data,
            case.A.Between,
            matrix case.B case.B.Data,
            case.B.Between,
            matrix case.C result,
            case.C.Between
        )

    Expect.isTrue (SmallGemm.TryMultiply(&products, runner)) $"{case} is small"
    result

/// Every element within the bound of a sum of k terms in any order, which below the least normal number is one of steps; nothing written beside.
let private agrees toFloat (epsilon, least) (case: Case<'T>) (found: 'T[]) =
    let written = Array.zeroCreate<bool> found.Length

    for product in 0 .. case.Count - 1 do
        for row in 0 .. case.M - 1 do
            for column in 0 .. case.N - 1 do
                let mutable sum, size = 0.0, 0.0

                for p in 0 .. case.K - 1 do
                    let term: float =
                        toFloat case.A.Data[case.A.Place(product, row, p)]
                        * toFloat case.B.Data[case.B.Place(product, p, column)]

                    sum <- sum + term
                    size <- size + abs term

                let place = case.C.Place(product, row, column)
                let value = toFloat found[place]
                written[place] <- true

                let isRight =
                    value.Equals sum
                    || Double.IsFinite sum
                       && abs (value - sum) <= 2.0 * float case.K * (epsilon * size + least)

                if not isRight then
                    failtest $"{case} [{product}, {row}, {column}]: {value:R}, expected {sum:R}"

    for place in 0 .. found.Length - 1 do
        if not written[place] && not (found[place].Equals case.C.Data[place]) then
            failtest $"{case}: writes at {place}, beside its results"

let private same (left: 'T[]) (right: 'T[]) =
    Array.forall2 (fun (x: 'T) y -> x.Equals y) left right

let private runners: IParallel list = [ WorkerPool.Shared; Scattered 1; Scattered 4; Scattered 8 ]

let private withVectors () =
    if not Vector128.IsHardwareAccelerated then
        skiptest "the processor has no vectors: products are left to others"

let private holds seed (number: Random -> unit -> 'T) fill toFloat epsilon =
    withVectors ()
    let random = Random seed

    for _ in 1..1500 do
        let case = case random (number random) fill
        let found = multiply case 0 case.Count Serial.Instance
        agrees toFloat epsilon case found

        for runner in runners do
            Expect.isTrue (same found (multiply case 0 case.Count runner)) $"bits differ with the runner for {case}"

        let one = random.Next case.Count
        let alone = multiply case one 1 Serial.Instance

        for row in 0 .. case.M - 1 do
            for column in 0 .. case.N - 1 do
                let place = case.C.Place(one, row, column)
                Expect.isTrue (found[place].Equals alone[place]) $"{case}: product {one} has other bits by itself"

/// Numbers among which NaN, infinities, zeros of both signs and subnormals are common.
let private edge (tiny: 'T, nan: 'T, infinity: 'T, one: 'T, zero: 'T) (random: Random) () =
    match random.Next 60 with
    | 0 -> nan
    | 1 -> infinity
    | 2 -> tiny
    | n when n < 10 -> zero
    | _ -> one

[<Tests>]
let tests =
    testList
        "small products"
        [
            testCase "f32 within rounding, bits by shape alone" (fun () ->
                holds 1 (fun random () -> float32 (random.NextDouble() * 2.0 - 1.0)) 77f float (1.1920929e-7, 1.4e-45))

            testCase "f64 within rounding, bits by shape alone" (fun () ->
                // Sums to compare with are rounded as well, which the factor of two covers.
                holds 2 (fun random () -> random.NextDouble() * 2.0 - 1.0) 77.0 id (2.220446049250313e-16, 4.9e-324))

            testCase "f32 with NaN, infinities, zeros and subnormals" (fun () ->
                holds 3 (edge (1e-45f, Single.NaN, Single.PositiveInfinity, 1.5f, -0.0f)) 77f float (1.1920929e-7, 1.4e-45))

            testCase "f64 with NaN, infinities, zeros and subnormals" (fun () ->
                holds 4 (edge (4.9e-324, Double.NaN, Double.PositiveInfinity, 1.5, -0.0)) 77.0 id (2.220446049250313e-16, 4.9e-324))

            testCase "larger matrices and those without terms are left to others" (fun () ->
                withVectors ()
                let data = Array.zeroCreate<float> 5000

                let takes m n k =
                    let a, b, c = Matrix<float>(data, 0, k, 1), Matrix<float>(data, 0, n, 1), Matrix<float>(data, 0, n, 1)
                    let product = ProductBatch<float>(m, n, k, a, b, c)
                    SmallGemm.TryMultiply(&product, Serial.Instance)

                Expect.isTrue (takes 64 64 64) "64"
                Expect.isTrue (takes 65 65 32) "few terms"
                Expect.isFalse (takes 65 65 33) "more terms"
                Expect.isFalse (takes 65 1 1) "65 rows"
                Expect.isFalse (takes 1 65 1) "65 columns"
                Expect.isFalse (takes 1 1 65) "65 terms"
                Expect.isFalse (takes 2 2 0) "no terms")
        ]
