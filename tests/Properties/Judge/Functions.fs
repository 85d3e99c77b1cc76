/// Functions of one number with their first two derivatives, from textbook formulas alone.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Judge.Functions

open System
open System.Numerics

/// log(1 + x) without losing what is below 1's digits (Higham 2002, sec. 1.14.1).
let private log1p (x: float) =
    let u = 1.0 + x

    if u = 1.0 then x
    elif u < 0.0 then nan
    elif u > 1e20 then log u
    else log u * x / (u - 1.0)

/// exp x - 1, the same way.
let private expm1 (x: float) =
    let u = exp x

    if u = 1.0 then x
    elif u - 1.0 = -1.0 || Double.IsInfinity u then u - 1.0
    else (u - 1.0) * x / log u

/// The error function's Maclaurin series (DLMF 7.6.2, whose terms have one sign).
let private erfSeries (x: float) =
    let mutable term, sum, n = x, x, 0

    while abs term > 1e-18 * abs sum && n < 500 do
        n <- n + 1
        term <- term * 2.0 * x * x / float (2 * n + 1)
        sum <- sum + term

    2.0 / sqrt Math.PI * exp (-x * x) * sum

/// The complementary one's continued fraction for large x (DLMF 7.9.1), from far inside outwards.
let private erfcFraction (x: float) =
    let mutable tail = x

    for n in 120..-1..1 do
        tail <- x + float n / 2.0 / tail

    exp (-x * x) / sqrt Math.PI / tail

let private erfc (x: float) =
    if x < 2.0 then 1.0 - erfSeries (max x -7.0)
    elif Double.IsNaN x then nan
    else erfcFraction x

let private erf (x: float) =
    if x = 0.0 || Double.IsNaN x then x
    elif abs x < 2.0 then erfSeries x
    else float (sign x) * (1.0 - erfcFraction (abs x))

/// Newton steps from inside; the function is increasing and bends away from 0.
let private erfInv (y: float) =
    if abs y > 1.0 || Double.IsNaN y then
        nan
    elif abs y = 1.0 then
        y * infinity
    elif y = 0.0 then
        y
    else
        let mutable x = 0.0

        for _ in 1..200 do
            let slope = 2.0 / sqrt Math.PI * exp (-x * x)
            let step = (erf x - y) / slope
            x <- max -6.0 (min 6.0 (x - max -0.5 (min 0.5 step)))

        x

/// Bernoulli numbers B2, B4, … B16.
let private bernoulli =
    [|
        1.0 / 6.0
        -1.0 / 30.0
        1.0 / 42.0
        -1.0 / 30.0
        5.0 / 66.0
        -691.0 / 2730.0
        7.0 / 6.0
        -3617.0 / 510.0
    |]

let rec private factorial n =
    if n <= 1 then 1.0 else float n * factorial (n - 1)

/// ln Γ for x > 0: up to 15 by its recurrence, then Stirling's series (DLMF 5.11.1).
let rec private lgammaPositive (x: float) =
    if x < 15.0 then
        lgammaPositive (x + 1.0) - log x
    else
        let series =
            bernoulli
            |> Array.mapi (fun k b ->
                let n = float (2 * (k + 1))
                b / (n * (n - 1.0) * x ** (n - 1.0)))

        (x - 0.5) * log x - x + 0.5 * log (2.0 * Math.PI) + Array.sum series

let private lgamma (x: float) =
    if Double.IsInfinity x then
        infinity
    elif x > 0.0 then
        lgammaPositive x
    elif x = Math.Floor x then
        infinity
    else
        // sin(πx) from the distance to the nearest whole number, which is exact.
        let distance = x - Math.Round x
        log Math.PI - log (abs (sin (Math.PI * distance))) - lgammaPositive (1.0 - x)

/// ψ⁽ⁿ⁾ for x > 0: up to 20 by its recurrence, then the asymptotic series (DLMF 5.15.8; 5.11.2 for n = 0).
let rec private polygamma n (x: float) =
    let sign = if n % 2 = 0 then -1.0 else 1.0

    if x < 20.0 then
        polygamma n (x + 1.0) + sign * factorial n / x ** float (n + 1)
    elif n = 0 then
        let series =
            bernoulli
            |> Array.mapi (fun k b ->
                let m = float (2 * (k + 1))
                b / (m * x ** m))

        log x - 0.5 / x - Array.sum series
    else
        let series =
            bernoulli
            |> Array.mapi (fun k b ->
                let m = 2 * (k + 1)
                b * factorial (m + n - 1) / factorial m / x ** float (m + n))

        sign
        * (factorial (n - 1) / x ** float n
           + factorial n / (2.0 * x ** float (n + 1))
           + Array.sum series)

let private gauss (x: float) = 2.0 / sqrt Math.PI * exp (-x * x)

let private steps f : float -> float * float * float = fun x -> f x, 0.0, 0.0

/// Value and two derivatives of a real function, by the primitive's name and order.
let real (name: string) (order: int) : (float -> float * float * float) option =
    match name with
    | "neg" -> Some(fun x -> -x, -1.0, 0.0)
    | "abs" -> Some(fun x -> abs x, (if Double.IsNaN x then nan else float (sign x)), 0.0)
    | "sign" ->
        Some(
            steps (fun x ->
                if x > 0.0 then 1.0
                elif x < 0.0 then -1.0
                else x)
        )
    | "floor" -> Some(steps Math.Floor)
    | "ceil" -> Some(steps Math.Ceiling)
    | "round" -> Some(steps (fun x -> Math.Round(x, MidpointRounding.ToEven)))
    | "truncate" -> Some(steps Math.Truncate)
    | "exp" -> Some(fun x -> exp x, exp x, exp x)
    | "expm1" -> Some(fun x -> expm1 x, exp x, exp x)
    | "log" -> Some(fun x -> log x, 1.0 / x, -1.0 / (x * x))
    | "log1p" -> Some(fun x -> log1p x, 1.0 / (1.0 + x), -1.0 / ((1.0 + x) * (1.0 + x)))
    | "sqrt" -> Some(fun x -> sqrt x, 0.5 / sqrt x, -0.25 / (x * sqrt x))
    | "rsqrt" -> Some(fun x -> 1.0 / sqrt x, -0.5 / (x * sqrt x), 0.75 / (x * x * sqrt x))
    | "cbrt" ->
        Some(fun x ->
            let y = Math.Cbrt x
            y, 1.0 / (3.0 * y * y), -2.0 / (9.0 * y ** 5.0))
    | "sin" -> Some(fun x -> sin x, cos x, -(sin x))
    | "cos" -> Some(fun x -> cos x, -(sin x), -(cos x))
    | "tan" ->
        Some(fun x ->
            let square = cos x * cos x
            tan x, 1.0 / square, 2.0 * tan x / square)
    | "asin" -> Some(fun x -> asin x, 1.0 / sqrt (1.0 - x * x), x / (1.0 - x * x) ** 1.5)
    | "acos" -> Some(fun x -> acos x, -1.0 / sqrt (1.0 - x * x), -x / (1.0 - x * x) ** 1.5)
    | "atan" -> Some(fun x -> atan x, 1.0 / (1.0 + x * x), -2.0 * x / ((1.0 + x * x) * (1.0 + x * x)))
    | "sinh" -> Some(fun x -> sinh x, cosh x, sinh x)
    | "cosh" -> Some(fun x -> cosh x, sinh x, cosh x)
    | "tanh" ->
        Some(fun x ->
            let square = cosh x * cosh x
            tanh x, 1.0 / square, -2.0 * tanh x / square)
    | "asinh" -> Some(fun x -> Math.Asinh x, 1.0 / sqrt (x * x + 1.0), -x / (x * x + 1.0) ** 1.5)
    | "acosh" -> Some(fun x -> Math.Acosh x, 1.0 / sqrt (x * x - 1.0), -x / (x * x - 1.0) ** 1.5)
    | "atanh" -> Some(fun x -> Math.Atanh x, 1.0 / (1.0 - x * x), 2.0 * x / ((1.0 - x * x) * (1.0 - x * x)))
    | "logistic" ->
        Some(fun x ->
            let y = 1.0 / (1.0 + exp -x)
            let slope = exp -(abs x) / ((1.0 + exp -(abs x)) * (1.0 + exp -(abs x)))
            y, slope, slope * (1.0 - 2.0 * y))
    | "erf" -> Some(fun x -> erf x, gauss x, -2.0 * x * gauss x)
    | "erfc" -> Some(fun x -> erfc x, -(gauss x), 2.0 * x * gauss x)
    | "erf_inv" ->
        Some(fun x ->
            let y = erfInv x
            let slope = sqrt Math.PI / 2.0 * exp (y * y)
            y, slope, 2.0 * y * slope * slope)
    | "lgamma" -> Some(fun x -> lgamma x, (if x > 0.0 then polygamma 0 x else nan), (if x > 0.0 then polygamma 1 x else nan))
    | "polygamma" ->
        Some(fun x ->
            if x > 0.0 && not (Double.IsInfinity x) then
                polygamma order x, polygamma (order + 1) x, polygamma (order + 2) x
            else
                raise (Unjudged "polygamma to the left of 0"))
    | _ -> None

/// Those whose plain formulas lose digits, and how many eps they may be off.
let slack (name: string) =
    match name with
    | "erfc"
    | "erf_inv"
    | "lgamma"
    | "polygamma" -> 4096.0
    | "erf"
    | "expm1"
    | "log1p" -> 32.0
    | _ -> 8.0

/// The principal square root, continuous at the cut from the side that the zero's sign tells, as C99 says.
let private root (z: Complex) =
    let y = Complex.Sqrt z
    Complex(y.Real, Math.CopySign(y.Imaginary, z.Imaginary))

/// Value and two derivatives of an analytic function.
let complex (name: string) : (Complex -> Complex * Complex * Complex) option =
    let one = Complex.One

    match name with
    | "neg" -> Some(fun z -> -z, -one, Complex.Zero)
    | "exp" -> Some(fun z -> Complex.Exp z, Complex.Exp z, Complex.Exp z)
    | "log" -> Some(fun z -> Complex.Log z, one / z, -one / (z * z))
    | "sqrt" ->
        Some(fun z ->
            let y = root z
            y, one / (y + y), -one / (4.0 * z * y))
    | "rsqrt" ->
        Some(fun z ->
            let y = one / root z
            y, -0.5 * y / z, 0.75 * y / (z * z))
    | "sin" -> Some(fun z -> Complex.Sin z, Complex.Cos z, -Complex.Sin z)
    | "cos" -> Some(fun z -> Complex.Cos z, -Complex.Sin z, -Complex.Cos z)
    | "sinh" -> Some(fun z -> Complex.Sinh z, Complex.Cosh z, Complex.Sinh z)
    | "cosh" -> Some(fun z -> Complex.Cosh z, Complex.Sinh z, Complex.Cosh z)
    | "tanh" ->
        Some(fun z ->
            let y = Complex.Sinh z / Complex.Cosh z
            let square = Complex.Cosh z * Complex.Cosh z
            y, one / square, -2.0 * y / square)
    | "tan" ->
        Some(fun z ->
            let y = Complex.Sin z / Complex.Cos z
            let square = Complex.Cos z * Complex.Cos z
            y, one / square, 2.0 * y / square)
    | "logistic" ->
        Some(fun z ->
            let y = one / (one + Complex.Exp -z)
            y, y * (one - y), y * (one - y) * (one - 2.0 * y))
    | _ -> None
