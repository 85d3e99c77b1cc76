/// How far the functions of the loop language are from the numbers they stand for, in units in the last place.
module Adjoint.Properties.Functions.Ulps

open System
open Adjoint.Core
open Adjoint.Kernels
open Adjoint.Properties.Functions.Wide

/// Where a function is judged, and by what.
type Judged =
    {
        Name: string
        /// Arguments that are taken, as magnitudes 2^least … 2^most.
        Least: int
        Most: int
        /// Whether negative arguments are taken; of both operands, where there are two.
        Negative: bool
        /// Whether the function is defined at an argument, and judged there.
        Domain: float -> float -> bool
        /// The function of wide numbers; the third is what the function gave, as a start.
        Exact: float -> float -> float -> Wide
    }

let private unary name least most negative domain (exact: Wide -> Wide) =
    {
        Name = name
        Least = least
        Most = most
        Negative = negative
        Domain = fun x _ -> domain x
        Exact = fun x _ _ -> exact (wide x)
    }

let private everywhere (_: float) = true

let judged =
    [
        unary "exp" -60 10 true everywhere WideFunctions.exp
        unary "expm1" -1074 10 true everywhere WideFunctions.expm1
        unary "logistic" -60 10 true everywhere WideFunctions.logistic
        unary "sinh" -1074 10 true everywhere WideFunctions.sinh
        unary "cosh" -60 10 true everywhere WideFunctions.cosh
        unary "tanh" -1074 6 true everywhere WideFunctions.tanh
        unary "log" -1074 1023 false everywhere WideFunctions.log
        unary "log1p" -1074 1023 true (fun x -> x > -1.0) WideFunctions.log1p
        unary "asinh" -1074 1023 true everywhere WideFunctions.asinh
        unary "acosh" 0 1023 false (fun x -> x >= 1.0) WideFunctions.acosh
        unary "atanh" -1074 0 true (fun x -> abs x < 1.0) WideFunctions.atanh
        unary "sin" -1074 1023 true everywhere WideFunctions.sin
        unary "cos" -60 1023 true everywhere WideFunctions.cos
        unary "tan" -1074 1023 true everywhere WideFunctions.tan
        unary "asin" -1074 0 true (fun x -> abs x <= 1.0) WideFunctions.asin
        unary "acos" -60 0 true (fun x -> abs x <= 1.0) WideFunctions.acos
        unary "atan" -1074 1023 true everywhere WideFunctions.atan
        unary "erf" -1074 4 true everywhere WideFunctions.erf
        unary "erfc" -60 5 true everywhere WideFunctions.erfc
        { unary "erf_inv" -1074 0 true (fun x -> abs x < 1.0) id with
            Exact = fun x _ y -> WideFunctions.erfInv y (wide x)
        }
        unary "sqrt" -1074 1023 false everywhere _.Sqrt()
        unary "rsqrt" -1074 1023 false everywhere (fun x -> whole 1 / x.Sqrt())
        unary "cbrt" -1074 1023 true everywhere WideFunctions.cbrt
        unary "lgamma" -1074 1023 false everywhere WideFunctions.lgamma
        unary "digamma" -1022 1023 false everywhere WideFunctions.digamma
        {
            Name = "pow"
            Least = -1074
            Most = 1023
            Negative = true
            Domain = fun x y -> x > 0.0 && abs (y * Math.Log x) < 800.0 && abs (y * Math.Log x) > 1e-30
            Exact = fun x y _ -> WideFunctions.pow (wide x) (wide y)
        }
        {
            Name = "atan2"
            Least = -1074
            Most = 1023
            Negative = true
            Domain = fun _ _ -> true
            Exact = fun x y _ -> WideFunctions.atan2 (wide x) (wide y)
        }
        {
            Name = "rem"
            Least = -1074
            Most = 1023
            Negative = true
            Domain = fun _ _ -> true
            Exact = fun x y _ -> wide (Math.IEEERemainder(0.0, 1.0) + x % y)
        }
    ]

/// What was measured of a function in one dtype.
type Measured =
    {
        Function: string
        Kind: DType
        Worst: float
        At: float * float
        Mean: float
        Count: int
    }

/// |got − exact| in units in the last place of exact, of a format with so many bits of fraction and this least exponent. Beyond the largest
/// number, ∞ stands for the next power of two.
let private distance fraction leastExponent (largest: float) (got: float) (exact: Wide) =
    if Double.IsNaN got then
        infinity
    else
        let limit = (wide largest).Scaled(-1 - fraction) + wide largest

        let value =
            if not (Double.IsInfinity got) then
                Some(wide got)
            elif exact.Abs >= limit && exact.Sign = Math.Sign got then
                None
            else
                Some((if got > 0.0 then whole 1 else whole -1).Scaled((wide largest).Magnitude + 1))

        match value with
        | None -> 0.0
        | Some number ->
            let unit =
                if exact.Sign = 0 then
                    leastExponent - fraction
                else
                    max exact.Magnitude leastExponent - fraction

            (number - exact).Abs.Scaled(-unit).ToFloat()

let private forms name =
    FunctionForms.Single name, FunctionForms.Double name

/// Arguments of f64 from 2^least to 2^most: half of them over all exponents, half where functions bend.
let private draw (random: Random) (f: Judged) =
    let exponent =
        if random.Next 2 = 0 then
            random.Next(f.Least, f.Most + 1)
        else
            random.Next(max f.Least -12, min f.Most 12 + 1)

    let size = Math.ScaleB(1.0 + random.NextDouble(), exponent)
    if f.Negative && random.Next 2 = 0 then -size else size

let private summarise f kind (points: seq<float * float * float>) =
    let mutable worst = 0.0
    let mutable at = 0.0, 0.0
    let mutable total = 0.0
    let mutable n = 0

    for x, y, error in points do
        n <- n + 1
        total <- total + error

        if error > worst || Double.IsNaN error then
            worst <- error
            at <- x, y

    {
        Function = f.Name
        Kind = kind
        Worst = worst
        At = at
        Mean = total / float (max n 1)
        Count = n
    }

/// f64 at drawn points, against wide numbers.
let double (f: Judged) count seed =
    let random = Random(seed: int)
    let form = snd (forms f.Name)

    let xs = ResizeArray()
    let ys = ResizeArray()

    while xs.Count < count do
        let x, y = draw random f, draw random f

        if f.Domain x y then
            xs.Add x
            ys.Add y

    let results: float array = Array.zeroCreate count
    form.Run(ReadOnlySpan(xs.ToArray()), ReadOnlySpan(ys.ToArray()), Span<float>(results))

    Seq.init count (fun i -> xs[i], ys[i], distance 52 -1022 Double.MaxValue results[i] (f.Exact xs[i] ys[i] results[i]))
    |> summarise f DType.F64

/// f32 at drawn points and at evenly spaced ones in every binade, against the function of f64, which is judged apart.
let single (f: Judged) each seed =
    let random = Random(seed: int)
    let form, reference = forms f.Name
    let least, most = max f.Least -149, min f.Most 127

    let pick exponent part =
        float32 (Math.ScaleB(1.0 + part, exponent))

    let points =
        [|
            for exponent in least..most do
                for i in 0 .. each - 1 do
                    let x =
                        pick
                            exponent
                            (if i % 2 = 0 then
                                 float i / float each
                             else
                                 random.NextDouble())

                    let y = pick (random.Next(least, most + 1)) (random.NextDouble())

                    let turn (z: float32) =
                        if f.Negative && random.Next 2 = 0 then -z else z

                    let x, y = turn x, turn y

                    if
                        f.Domain (float x) (float y)
                        && (form.Arity = 1 || f.Name <> "pow" || abs (float y * Math.Log(float x)) < 110.0)
                    then
                        x, y
        |]

    let xs, ys = Array.map fst points, Array.map snd points
    let results: float32 array = Array.zeroCreate points.Length
    form.Run(ReadOnlySpan xs, ReadOnlySpan ys, Span<float32> results)

    Seq.init points.Length (fun i ->
        let exact = reference.Apply(float xs[i], float ys[i])

        let error =
            if float32 exact = results[i] && exact = float results[i] then
                0.0
            elif Double.IsInfinity exact || Double.IsNaN exact then
                (if Double.Equals(exact, float results[i]) then
                     0.0
                 else
                     infinity)
            elif Single.IsInfinity results[i] && Single.IsInfinity(float32 exact) then
                0.0
            else
                let unit =
                    if exact = 0.0 then
                        -149
                    else
                        max (Math.ILogB exact) -126 - 23

                abs (float results[i] - exact) / Math.ScaleB(1.0, unit)

        float xs[i], float ys[i], error)
    |> summarise f DType.F32

let private intro =
    """# Errors of the functions of numbers

Written by `dotnet fsi build.fsx ulps`. Each function of the loop language (`src/Runtime.CSharp/Loops/Functions`), in the form that
all engines compute bit for bit, at drawn arguments: in f64 against numbers of 192 bits, half of the arguments over all exponents and half
where functions bend; in f32 in every binade, evenly spaced and drawn, against the function of f64, which is judged above by itself. The
error is in units in the last place of the exact value; a test holds that none is above 4. Of `lgamma` and `digamma` this is so for positive
arguments: for negative ones the error is that of the terms of the reflection, small beside them but not beside a value near one of the zeros.

| function | dtype | arguments | worst, ulp | where | mean, ulp |
|---|---|---:|---:|---|---:|
"""

let private rowOf (m: Measured) =
    let number (x: float) =
        x.ToString((if m.Kind = DType.F32 then "G9" else "G17"), Globalization.CultureInfo.InvariantCulture)

    let arity = (snd (forms m.Function)).Arity

    let place =
        if m.Worst = 0.0 then ""
        elif arity = 1 then number (fst m.At)
        else number (fst m.At) + ", " + number (snd m.At)

    let kind = if m.Kind = DType.F32 then "f32" else "f64"

    String.Format(
        Globalization.CultureInfo.InvariantCulture,
        "| {0} | {1} | {2} | {3:F3} | {4} | {5:F3} |",
        m.Function,
        kind,
        m.Count,
        m.Worst,
        place,
        m.Mean
    )

/// Writes docs/ulps.md.
let run () =
    KernelText.inRepository (fun root ->
        let rows =
            [
                for f in judged |> List.sortBy _.Name do
                    rowOf (single f 20000 1)
                    rowOf (double f 50000 2)
                    printfn $"{f.Name}"
            ]

        IO.File.WriteAllText(IO.Path.Combine(root, "docs", "ulps.md"), intro + String.Join("\n", rows) + "\n"))
