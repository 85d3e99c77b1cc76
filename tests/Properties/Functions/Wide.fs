/// Numbers of 192 bits, to judge functions of f64 by: plain and slow on purpose.
module Adjoint.Properties.Functions.Wide

open System
open System.Numerics

/// Bits that are kept; each operation is rounded once, but for a unit in the last place.
let private precision = 192

/// Mantissa · 2^Exponent. No infinities, no NaN.
[<CustomEquality; CustomComparison>]
type Wide =
    {
        Mantissa: BigInteger
        Exponent: int
    }

    static member private Cut(mantissa: BigInteger, exponent: int, keep: int) =
        let length = int (BigInteger.Abs(mantissa).GetBitLength())
        let over = length - keep

        if mantissa.IsZero then
            { Mantissa = mantissa; Exponent = 0 }
        elif over <= 0 then
            {
                Mantissa = mantissa
                Exponent = exponent
            }
        else
            let half = BigInteger.One <<< (over - 1)
            let rounded = (BigInteger.Abs mantissa + half) >>> over

            {
                Mantissa = (if mantissa.Sign < 0 then -rounded else rounded)
                Exponent = exponent + over
            }

    static member Make(mantissa, exponent) = Wide.Cut(mantissa, exponent, precision)
    static member Whole(n: int) = Wide.Make(BigInteger n, 0)
    static member Zero = Wide.Whole 0
    static member One = Wide.Whole 1

    static member Of(x: float) =
        let bits = BitConverter.DoubleToInt64Bits x
        let exponent = int ((bits >>> 52) &&& 0x7FFL)
        let fraction = bits &&& 0xFFFFFFFFFFFFFL

        let mantissa, exponent =
            if exponent = 0 then
                fraction, -1074
            elif exponent = 0x7FF then
                invalidArg (nameof x) "not finite"
            else
                fraction ||| 0x10000000000000L, exponent - 1075

        Wide.Make(BigInteger(if bits < 0L then -mantissa else mantissa), exponent)

    static member (+)(x: Wide, y: Wide) =
        if x.Mantissa.IsZero then
            y
        elif y.Mantissa.IsZero then
            x
        else
            let low = min x.Exponent y.Exponent

            // What lies far below the other does not matter, and would make huge integers.
            if abs (x.Exponent - y.Exponent) > 4000 then
                if x.Exponent > y.Exponent then x else y
            else
                Wide.Make((x.Mantissa <<< (x.Exponent - low)) + (y.Mantissa <<< (y.Exponent - low)), low)

    static member (~-)(x: Wide) = { x with Mantissa = -x.Mantissa }
    static member (-)(x: Wide, y: Wide) = x + (-y)

    static member (*)(x: Wide, y: Wide) =
        Wide.Make(x.Mantissa * y.Mantissa, x.Exponent + y.Exponent)

    static member (/)(x: Wide, y: Wide) =
        let shift = precision + 8 + int (BigInteger.Abs(y.Mantissa).GetBitLength())
        Wide.Make((x.Mantissa <<< shift) / y.Mantissa, x.Exponent - y.Exponent - shift)

    member x.Abs =
        { x with
            Mantissa = BigInteger.Abs x.Mantissa
        }

    member x.Sign = x.Mantissa.Sign

    /// x · 2^n.
    member x.Scaled n =
        if x.Mantissa.IsZero then
            x
        else
            { x with Exponent = x.Exponent + n }

    /// The n with 2^n ≤ |x| &lt; 2^(n + 1), for x ≠ 0.
    member x.Magnitude = int (BigInteger.Abs(x.Mantissa).GetBitLength()) - 1 + x.Exponent

    /// The nearest f64; ±∞ and 0 where it is out of range.
    member x.ToFloat() =
        if x.Mantissa.IsZero then
            0.0
        else
            let keep = max 1 (min 53 (x.Magnitude + 1075))
            let cut = Wide.Cut(x.Mantissa, x.Exponent, keep)
            let half = cut.Exponent / 2
            Math.ScaleB(Math.ScaleB(float cut.Mantissa, half), cut.Exponent - half)

    /// The nearest integer.
    member x.Round() =
        if x.Exponent >= 0 then
            x.Mantissa <<< x.Exponent
        elif -x.Exponent > precision + 4 then
            BigInteger.Zero
        else
            (x.Mantissa + (BigInteger.One <<< (-x.Exponent - 1))) >>> -x.Exponent

    member x.Sqrt() =
        if x.Sign <= 0 then
            Wide.Zero
        else
            let shift = 2 * precision + (x.Exponent &&& 1)
            let target = x.Mantissa <<< shift
            let mutable root = BigInteger.One <<< ((int (target.GetBitLength()) + 1) / 2)
            let mutable next = (root + target / root) >>> 1

            while next < root do
                root <- next
                next <- (root + target / root) >>> 1

            Wide.Make(root, (x.Exponent - shift) / 2)

    static member Compare(x: Wide, y: Wide) = (x - y).Sign

    interface IComparable with
        member x.CompareTo other = Wide.Compare(x, other :?> Wide)

    override x.Equals other =
        match other with
        | :? Wide as y -> Wide.Compare(x, y) = 0
        | _ -> false

    override x.GetHashCode() = x.Mantissa.GetHashCode()

let wide (x: float) = Wide.Of x

let whole (n: int) = Wide.Whole n

/// 1/n summed alternately or not: ±(1/n − or + 1/3n³ …), in whole numbers of 2^-bits.
let private arc bits alternating (n: int) =
    let square = BigInteger(n * n)
    let mutable power = (BigInteger.One <<< bits) / BigInteger n
    let mutable sum = power
    let mutable k = 1

    while not power.IsZero do
        power <- power / square
        k <- k + 2
        let term = power / BigInteger k
        sum <- if alternating && k % 4 = 3 then sum - term else sum + term

    sum

/// π in whole numbers of 2^-bits (Machin's formula).
let private piIn bits =
    let more = bits + 32

    (BigInteger 16 * arc more true 5 - BigInteger 4 * arc more true 239) >>> 32

let pi = Wide.Make(piIn 256, -256)

/// ln 2 (DLMF 4.6, by areas of hyperbolic tangents).
let ln2 =
    Wide.Make(
        BigInteger 18 * arc 288 false 26 - BigInteger 2 * arc 288 false 4801
        + BigInteger 8 * arc 288 false 8749,
        -288
    )

/// π/2 in whole numbers of 2^-1400, for the reduction of the largest angles.
let private halfPi = piIn 1401 >>> 2

/// x − q π/2 and q modulo 4, exactly but for the last bits kept.
let quadrant (x: Wide) =
    if x.Exponent < -1300 || x.Magnitude < -2 then
        x, 0
    else
        let fixedPoint = x.Mantissa <<< (1400 + x.Exponent)

        let count =
            BigInteger.Divide(fixedPoint * BigInteger 2 + BigInteger(fixedPoint.Sign) * halfPi, halfPi * BigInteger 2)

        Wide.Make(fixedPoint - count * halfPi, -1400), int ((count % BigInteger 4 + BigInteger 4) % BigInteger 4)
