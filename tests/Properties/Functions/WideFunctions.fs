/// Functions of wide numbers, by series and iterations that are plainly right.
module Adjoint.Properties.Functions.WideFunctions

open System
open Adjoint.Properties.Functions.Wide

let private one = whole 1
let private two = whole 2

/// The sum of terms, each from the one before, until they don't matter.
let private series (first: Wide) next =
    let mutable term = first
    let mutable sum = first
    let mutable k = 1

    while term.Sign <> 0 && term.Magnitude > sum.Magnitude - 210 do
        term <- next k term
        sum <- sum + term
        k <- k + 1

    sum

/// x − x³/a + …: odd powers whose term of 2k + 1 comes from the one before by a factor of x².
let private odd (x: Wide) factor =
    let square = x * x
    series x (fun k term -> term * square * factor k)

let private ratio a b = whole a / whole b

/// n with x = n ln 2 + r, and the exponential of r.
let private reduced (x: Wide) =
    let count = (x / ln2).Round()
    let part = (x - Wide.Make(count, 0) * ln2).Scaled -12
    let mutable e = series one (fun k term -> term * part / whole k)

    for _ in 1..12 do
        e <- e * e

    int count, e

let exp (x: Wide) =
    let count, e = reduced x
    e.Scaled count

let expm1 (x: Wide) =
    if x.Sign = 0 then
        x
    elif x.Magnitude < -2 then
        series x (fun k term -> term * x / whole (k + 1))
    else
        exp x - one

/// ln x, by a cubic iteration from the logarithm in f64.
let log (x: Wide) =
    let scale = x.Magnitude
    let m = x.Scaled -scale
    let near = m - one

    if near.Sign = 0 then
        whole scale * ln2
    else
        let base2 = whole scale * ln2

        let mutable y =
            if near.Magnitude < -20 then
                near - near * near / two
            else
                wide (Math.Log(m.ToFloat()))

        for _ in 1..3 do
            let e = exp y
            y <- y + two * (m - e) / (m + e)

        base2 + y

/// ln(1 + x).
let log1p (x: Wide) =
    if x.Sign = 0 then
        x
    elif x.Magnitude < -40 then
        x * (one - x * (ratio 1 2 - x * (ratio 1 3 - x * (ratio 1 4 - x * ratio 1 5))))
    elif x.Magnitude < -2 && x.Sign < 0 then
        -(log (one / (one + x)))
    else
        log (one + x)

let private sine r =
    if (r: Wide).Sign = 0 then
        r
    else
        odd r (fun k -> -one / whole (2 * k * (2 * k + 1)))

let private cosine (r: Wide) =
    let square = r * r
    series one (fun k term -> -(term * square) / whole ((2 * k - 1) * 2 * k))

let sin x =
    match quadrant x with
    | r, 0 -> sine r
    | r, 1 -> cosine r
    | r, 2 -> -(sine r)
    | r, _ -> -(cosine r)

let cos x =
    match quadrant x with
    | r, 0 -> cosine r
    | r, 1 -> -(sine r)
    | r, 2 -> -(cosine r)
    | r, _ -> sine r

let tan x = sin x / cos x

let atan (x: Wide) =
    if x.Sign = 0 then
        x
    elif x.Magnitude < -30 then
        odd x (fun k -> -(ratio (2 * k - 1) (2 * k + 1)))
    else
        let start = wide (Math.Atan(x.ToFloat()))
        let s, c = sin start, cos start
        let t = (x * c - s) / (c + x * s)
        start + t - t * t * t / whole 3

/// The angle of (x, y), not both zero.
let atan2 (y: Wide) (x: Wide) =
    if x.Abs > y.Abs then
        let near = atan (y / x)

        if x.Sign > 0 then near
        elif y.Sign >= 0 then near + pi
        else near - pi
    else
        let quarter = pi / two
        (if y.Sign > 0 then quarter else -quarter) - atan (x / y)

let private other (x: Wide) = ((one - x) * (one + x)).Sqrt()
let asin x = atan2 x (other x)
let acos x = atan2 (other x) x

let private small (x: Wide) = x.Sign = 0 || x.Magnitude < -20

let sinh (x: Wide) =
    if small x then
        odd x (fun k -> one / whole (2 * k * (2 * k + 1)))
    else
        (exp x - exp -x) / two

let cosh x = (exp x + exp -x) / two

let tanh (x: Wide) =
    let d = expm1 (x + x)
    d / (d + two)

let logistic x = one / (one + exp -x)

let asinh (x: Wide) =
    let a = x.Abs

    let value =
        if small a then
            odd a (fun k -> -(ratio ((2 * k - 1) * (2 * k - 1)) (2 * k * (2 * k + 1))))
        else
            log (a + (a * a + one).Sqrt())

    if x.Sign < 0 then -value else value

let acosh (x: Wide) =
    let t = x - one
    log1p (t + (t * (t + two)).Sqrt())

let atanh (x: Wide) =
    if small x then
        odd x (fun k -> ratio (2 * k - 1) (2 * k + 1))
    else
        (log ((one + x) / (one - x))).Scaled -1

let cbrt (x: Wide) =
    if x.Sign = 0 then
        x
    else
        let third = x.Magnitude / 3
        let m = x.Scaled(-3 * third)
        let mutable y = wide (Math.Cbrt(m.ToFloat()))

        for _ in 1..3 do
            y <- y - (y * y * y - m) / (whole 3 * y * y)

        y.Scaled third

let pow (x: Wide) (y: Wide) = exp (y * log x)

let private rootPi = pi.Sqrt()

/// erf by a series of positive terms (DLMF 7.6.2).
let private erfSeries (x: Wide) =
    if x.Sign = 0 then
        x
    else
        let square = x * x

        two * exp -square / rootPi
        * series x (fun k term -> two * term * square / whole (2 * k + 1))

/// erfc of a number above 4 by its continued fraction (DLMF 7.9.1).
let private erfcFraction (x: Wide) =
    let mutable tail = x

    for k in 300..-1..1 do
        tail <- x + ratio k 2 / tail

    exp -(x * x) / (rootPi * tail)

let erfc (x: Wide) =
    if x > whole 4 then erfcFraction x
    elif x < whole -4 then two - erfcFraction -x
    else one - erfSeries x

let erf (x: Wide) =
    if x.Abs <= whole 4 then erfSeries x
    elif x.Sign > 0 then one - erfcFraction x
    else erfcFraction -x - one

/// The y with erf y = x: two of Newton's steps from a near value.
let erfInv (near: float) (x: Wide) =
    let mutable y = if x.Magnitude < -60 then x * rootPi / two else wide near

    for _ in 1..2 do
        let above =
            if x.Magnitude < -1 then erf y - x
            elif x.Sign > 0 then (one - x) - erfc y
            else erfc -y - (one + x)

        y <- y - above * rootPi * exp (y * y) / two

    y

/// B₂, B₄ … B₆₀ from the recurrence of Bernoulli's numbers (DLMF 24.5.3).
let private bernoulli =
    let count = 60
    let b = Array.create (count + 1) Wide.Zero
    b[0] <- one

    for m in 1..count do
        let mutable binomial = one
        let mutable sum = Wide.Zero

        for k in 0 .. m - 1 do
            sum <- sum + binomial * b[k]
            binomial <- binomial * whole (m + 1 - k) / whole (k + 1)

        b[m] <- -sum / whole (m + 1)

    [| for k in 1 .. count / 2 -> b[2 * k] |]

/// x raised by whole numbers until series in 1/x serve; f is summed over what was passed.
let private raised (x: Wide) =
    let steps = max 0 (50 - int (x.ToFloat()))
    x + whole steps, [ for k in 0 .. steps - 1 -> x + whole k ]

/// ln |Γ(x)|: Stirling's series (DLMF 5.11.1), the recurrence, reflection (5.5.3).
let rec lgamma (x: Wide) =
    if x < ratio 1 2 then
        log (pi / (sin (pi * (x - Wide.Make(x.Round(), 0)))).Abs) - lgamma (one - x)
    else
        let z, passed = raised x
        let mutable sum = (z - ratio 1 2) * log z - z + log (two * pi) / two
        let mutable power = one / z

        for k in 1 .. bernoulli.Length do
            sum <- sum + bernoulli[k - 1] * power / whole (2 * k * (2 * k - 1))
            power <- power / (z * z)

        if passed.IsEmpty then
            sum
        else
            sum - log (List.reduce (*) passed)

/// ψ(x): its asymptotic series (DLMF 5.11.2), the recurrence, reflection (5.5.4).
let rec digamma (x: Wide) =
    if x < ratio 1 2 then
        let part = pi * (x - Wide.Make(x.Round(), 0))
        digamma (one - x) - pi * cos part / sin part
    else
        let z, passed = raised x
        let mutable sum = log z - one / (two * z)
        let mutable power = one / (z * z)

        for k in 1 .. bernoulli.Length do
            sum <- sum - bernoulli[k - 1] * power / whole (2 * k)
            power <- power / (z * z)

        passed |> List.fold (fun total y -> total - one / y) sum
