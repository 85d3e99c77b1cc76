namespace Adjoint.Properties.Laws

open System
open System.Numerics
open Adjoint.Core
open Adjoint.Ir

/// What kind of numbers a law wants.
type Mode =
    /// f64 and c128 inside smooth domains, and programs without a choice by data: finite differences converge.
    | Smooth
    /// As smooth, but programs also choose branches and rounds by data: derivatives exist almost everywhere.
    | Choosy
    /// Any dtype, with NaN, infinities, zeros of both signs, subnormals and the extremes of integers: for laws of values.
    | Edges

/// Numbers that follow from one choice and a place (SplitMix64; Steele, Lea and Flood 2014).
module private Noise =

    let private mixed (x: uint64) =
        let x = (x ^^^ (x >>> 30)) * 0xBF58476D1CE4E5B9UL
        let x = (x ^^^ (x >>> 27)) * 0x94D049BB133111EBUL
        x ^^^ (x >>> 31)

    let bits (seed: int) (place: int) =
        let golden = 0x9E3779B97F4A7C15UL
        mixed (mixed (uint64 seed + golden) + uint64 place * golden)

    /// At least 0 and less than 1.
    let unit seed place =
        float (bits seed place >>> 11) / float (1UL <<< 53)

    let below count seed place =
        int (bits seed place % uint64 (max 1 count))

/// A source that reads its answers from a tape; past the end it gives the simplest. One choice gives all the elements of an
/// array. Another lane has other elements in the same arrays, and everything else alike.
type DrawnSource(tape: Tape, mode: Mode, lane: int) =
    inherit SampleSource()

    let mutable left = tape.Choices

    let choice () =
        match left with
        | [] -> 0
        | first :: others ->
            left <- others
            first

    /// The choice that stands behind an array's elements.
    let seed () = choice () * 8 + lane

    let edgesOf (dtype: DType) =
        let smallest, normal, largest =
            match dtype.RealPart() with
            | DType.F16 -> 6e-8, 6.104e-5, 65504.0
            | DType.BF16 -> 9.2e-41, 1.1754943508222875e-38, 3.3895313892515355e38
            | DType.F32 -> float Single.Epsilon, 1.1754943508222875e-38, float Single.MaxValue
            | _ -> Double.Epsilon, 2.2250738585072014e-308, Double.MaxValue

        [|
            nan
            infinity
            -infinity
            0.0
            -0.0
            smallest
            -smallest
            normal
            largest
            -largest
            1.0
            -1.0
        |]

    /// A number of the domain, away from its kinks; a small choice gives few digits.
    let inside (domain: Domain) seed place =
        let kinked (x: float) =
            domain.Kinks |> Seq.exists (fun kink -> abs (x - kink) < 0.1)

        let number attempt =
            let x =
                domain.Low
                + (domain.High - domain.Low) * Noise.unit (seed + 977 * attempt) place

            let short = Math.Round(x, 2)

            if seed < 4096 && short >= domain.Low && short <= domain.High then
                short
            else
                x

        Seq.initInfinite number
        |> Seq.truncate 100
        |> Seq.tryFind (kinked >> not)
        |> Option.defaultValue domain.High

    let real (dtype: DType) domain seed place =
        if mode = Edges && Noise.below 4 (seed + 1) place = 0 then
            let edges = edgesOf dtype
            edges[Noise.below edges.Length (seed + 2) place]
        else
            inside domain seed place

    let fill (dtype: DType) (shape: Shape) (element: int -> Scalar) =
        let result = NDArray.New(dtype, shape)

        for place in 0 .. result.Size - 1 do
            result.Set(place, element place)

        result

    /// Away from 0 in both parts, so that division is smooth.
    let complexPart dtype seed place =
        if mode = Edges then
            real dtype Domain.All seed place
        else
            let size = inside (Domain(0.3, 1.5)) seed place
            if Noise.below 2 (seed + 3) place = 0 then size else -size

    let complexes (dtype: DType) shape =
        let seed = seed ()
        let part place = complexPart dtype seed place
        fill dtype shape (fun place -> Scalar.Of(dtype, Complex(part (2 * place), part (2 * place + 1))))

    let wholes (dtype: DType) shape =
        let low, high = Wholes.range dtype
        let seed = seed ()

        fill dtype shape (fun place ->
            match Noise.below 8 (seed + 1) place with
            | 0 when mode = Edges -> Wholes.scalar dtype low
            | 1 when mode = Edges -> Wholes.scalar dtype high
            | _ -> Wholes.scalar dtype (max low (min high (BigInteger(Noise.below 11 seed place - 3)))))

    /// The choices that nobody has read yet.
    member _.Rest = Tape.ofList left

    override _.Int(low, high) =
        if high <= low then
            low
        else
            low + choice () % (high - low + 1)

    override source.Floating() =
        if mode <> Edges then
            DType.F64
        else
            source.Pick(DType.F64, DType.F32, DType.F16, DType.BF16)

    override source.Numeric() =
        if mode <> Edges then
            source.Pick(DType.F64, DType.F64, DType.F64, DType.C128)
        else
            let numeric = DTypes.All |> Seq.filter (fun dtype -> dtype <> DType.Bool) |> Array.ofSeq
            source.Pick(Array.append [| DType.F64; DType.F32; DType.I64 |] numeric)

    override _.Real(dtype, shape, domain) =
        let seed = seed ()
        fill dtype shape (fun place -> Scalar.Of(dtype, real dtype domain seed place))

    override source.Numbers(dtype, shape) =
        if dtype.IsFloating() then
            source.Real(dtype, shape, Domain.All)
        elif dtype.IsComplex() then
            complexes dtype shape
        else
            wholes dtype shape

    override _.Integers(dtype, shape, low, high) =
        let lowest, highest = Wholes.range dtype
        let low, high = max lowest (BigInteger low), min highest (BigInteger high)
        let seed = seed ()
        fill dtype shape (fun place -> Wholes.scalar dtype (low + BigInteger(Noise.bits seed place) % (high - low + 1I)))

    override _.Distinct(dtype, shape) =
        let seed = seed ()

        let order =
            [| 0 .. shape.Size - 1 |]
            |> Array.sortBy (fun place -> Noise.bits (seed + 1) place)

        let middle = float shape.Size / 2.0
        fill dtype shape (fun place -> Scalar.Of(dtype, 0.15 * (float order[place] - middle) + 0.03 * Noise.unit seed place))

    override source.Body(inputs, outputs) =
        Body(Programs.draw source inputs outputs)

    interface Programs.IChooser with
        member _.ByData = mode <> Smooth
