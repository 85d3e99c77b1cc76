namespace Adjoint.Suites.Derivatives

open System
open System.IO
open System.Text.Json
open System.Text.RegularExpressions
open Adjoint.Core
open Adjoint.Front
open Adjoint.Suites

/// Judges the operations whose derivatives JAX checks, to the order to which it checks them, in f64 and c128.
[<RequireQualifiedAccess>]
module GradOps =

    let private operations =
        let one (f: Expr -> Expr) = fun (x: Expr[]) -> f x[0]
        let two (f: Expr -> Expr -> Expr) = fun (x: Expr[]) -> f x[0] x[1]

        Map
            [
                "neg", one (fun x -> -x)
                "floor", one _.Floor()
                "ceil", one _.Ceil()
                "round", one _.RoundHalfAway()
                "exp", one _.Exp()
                "exp2", one (fun x -> (x * Math.Log 2.0).Exp())
                "expm1", one _.Expm1()
                "log", one _.Log()
                "log1p", one _.Log1p()
                "sinh", one _.Sinh()
                "cosh", one _.Cosh()
                "tanh", one _.Tanh()
                "sin", one _.Sin()
                "cos", one _.Cos()
                "tan", one _.Tan()
                "asin", one _.Asin()
                "acos", one _.Acos()
                "atan", one _.Atan()
                "atan2", two (fun x y -> x.Atan2 y)
                "erf", one _.Erf()
                "erfc", one _.Erfc()
                "erf_inv", one _.ErfInv()
                "real", one _.Real()
                "imag", one _.Imag()
                "complex", two (fun x y -> x.Complex y)
                "conj",
                one (fun x ->
                    if x.DType.IsComplex() then
                        x.Conj()
                    else
                        x.Cast(DType.C128).Conj())
                "abs", one _.Abs()
                "pow", two (fun x y -> x.Pow y)
                "sqrt", one _.Sqrt()
                "rsqrt", one _.Rsqrt()
                "cbrt", one _.Cbrt()
                "logistic", one _.Sigmoid()
                "add", two (fun x y -> x + y)
                "sub", two (fun x y -> x - y)
                "mul", two (fun x y -> x * y)
                "div", two (fun x y -> x / y)
                "max", two (fun x y -> x.Maximum y)
                "min", two (fun x y -> x.Minimum y)
            ]

    /// Numbers as the named source draws them: JAX's is normal, 3 times or 0.3 times, positive, or away from 0.
    let private draw (random: Random) (source: string) () =
        let normal () =
            sqrt (-2.0 * log (1.0 - random.NextDouble()))
            * cos (2.0 * Math.PI * random.NextDouble())

        let range = Regex.Match(source, @"low=(-?[\d.]+), high=(-?[\d.]+)")

        if range.Success then
            let low, high = float range.Groups[1].Value, float range.Groups[2].Value
            low + (high - low) * random.NextDouble()
        else
            match source with
            | "rand_small" -> 0.3 * normal () |> max -0.9 |> min 0.9
            | "rand_positive" -> 0.1 + abs (2.0 * normal ())
            | "rand_not_small" ->
                let x = 3.0 * normal ()
                float (sign x) * (1.0 + abs x)
            | _ -> 3.0 * normal ()

    let private numbers (x: Expr) = x.Value().ToDoubles()

    let private vector (x: float[]) = Expr.Of x

    /// Central differences, once extrapolated: with steps of 1e-3 the formula leaves 1e-12 |f⁽⁵⁾| and rounding 1e-13 |f|.
    let private slope (f: Expr[] -> Expr) (x: Expr[]) (dx: Expr[]) =
        let at step =
            f (Array.map2 (fun (x: Expr) (dx: Expr) -> x + dx * step) x dx) |> numbers

        let central step =
            Array.map2 (fun up down -> (up - down) / (2.0 * step)) (at step) (at -step)

        Array.map2 (fun half full -> (4.0 * half - full) / 3.0) (central 5e-4) (central 1e-3)

    /// As far as differences of derivatives of order two can be trusted; JAX's own tolerances are wider.
    let private near (expected: float) (actual: float) =
        expected = actual
        || Double.IsNaN expected && Double.IsNaN actual
        || abs (expected - actual) <= 2e-6 * (1.0 + abs expected)

    let private compare what (expected: float[]) (actual: float[]) =
        Array.zip expected actual
        |> Array.tryFind (fun (e, a) -> not (near e a))
        |> Option.map (fun (e, a) -> $"{what}: {a:R}, by differences {e:R}")

    let private inner (x: float[]) (y: float[]) = Array.map2 (*) x y |> Array.sum

    /// Forward mode against differences, reverse mode against forward mode, and the same of both derivatives, one order less.
    let rec private check (random: Random) order what (f: Expr[] -> Expr) (x: Expr[]) : string option =
        let some (like: Expr) =
            vector [| for _ in 1 .. like.Size -> random.NextDouble() - 0.5 |]

        let all (x: Expr[]) = [| f x |]
        let dx = x |> Array.map some
        let w = some (f x)

        let jvp (x: Expr[]) (dx: Expr[]) =
            let struct (_, tangents) = Differential.Jvp((fun (x: Expr[]) -> all x), x, dx)
            tangents[0]

        let vjp (x: Expr[]) (w: Expr) =
            let struct (_, pullback) = Differential.ValueAndPullback((fun (x: Expr[]) -> all x), x)
            pullback.Invoke [| w |]

        let tangent = jvp x dx |> numbers

        let reverse () =
            let cotangents = vjp x w
            let left = inner (numbers w) tangent
            let right = Array.map2 (fun c d -> inner (numbers c) (numbers d)) cotangents dx |> Array.sum
            compare $"{what}, reverse" [| left |] [| right |]

        let higher () =
            if order < 2 then
                None
            else
                let count = x.Length
                let forward (all: Expr[]) = jvp all[.. count - 1] all[count..]

                let backward (all: Expr[]) =
                    Tensors.Concat(vjp all[.. count - 1] all[count])

                check random (order - 1) $"{what}, jvp of" forward (Array.append x dx)
                |> Option.orElseWith (fun () -> check random (order - 1) $"{what}, vjp of" backward (Array.append x [| w |]))

        compare $"{what}, forward" (slope f x dx) tangent
        |> Option.orElseWith reverse
        |> Option.orElseWith higher

    /// A function of complex numbers as one of their parts; the parts of its result stand behind each other.
    let private ofParts f (x: Expr[]) =
        let y: Expr = x |> Array.chunkBySize 2 |> Array.map (fun pair -> pair[0].Complex pair[1]) |> f

        if y.DType.IsComplex() then
            Tensors.Concat [| y.Real(); y.Imag() |]
        else
            y

    let private partsOf f (x: Expr[]) =
        let y: Expr = f x

        if y.DType.IsComplex() then
            Tensors.Concat [| y.Real(); y.Imag() |]
        else
            y

    let private judge (op: JsonElement) name =
        let text (field: string) = op.GetProperty(field).GetString()
        let count = op.GetProperty("nargs").GetInt32()
        let order = op.GetProperty("order").GetInt32()
        let random = Random 7
        let source = draw random (text "rng")

        let draws n =
            [| for _ in 1..n -> vector [| for _ in 1..4 -> source () |] |]

        let f = operations[name]
        let dtypes = text "dtypes"

        let real =
            if dtypes = "grad_complex_dtypes" then
                None
            else
                check random order "real" (partsOf f) (draws count)

        let complex () =
            if dtypes.Contains "complex" || dtypes.Contains "inexact" then
                check random order "complex" (ofParts f) (draws (2 * count))
            else
                None

        match real |> Option.orElseWith complex with
        | Some difference -> Failed difference
        | None -> Passed

    let private operation (op: JsonElement) =
        let name = op.GetProperty("op").GetString().Substring("lax.".Length)

        {
            Name = name
            Group = name
            Verdict =
                Verdict.from (fun () ->
                    if name.StartsWith "bessel" then
                        raise (Unmapped "Bessel functions are not in the core set")
                    else
                        judge op name)
        }

    let private special (entry: JsonElement) =
        let name = entry.GetProperty("op").GetString().Substring("lax.".Length)

        let value (text: string) =
            match text.Trim() with
            | "np.pi" -> Math.PI
            | "np.pi/2." -> Math.PI / 2.0
            | "np.pi/4." -> Math.PI / 4.0
            | number -> float number

        let values = entry.GetProperty("values").GetString().Split ',' |> Array.map value

        let judge () =
            match check (Random 7) 2 "at special values" operations[name] [| vector values |] with
            | Some difference -> Failed difference
            | None -> Passed

        {
            Name = $"{name}_special_values"
            Group = name
            Verdict = Verdict.from judge
        }

    /// The operations of the list, judged, and their special values.
    let read (path: string) =
        use document = JsonDocument.Parse(File.ReadAllText path)
        let root = document.RootElement

        [
            for op in root.GetProperty("ops").EnumerateArray() do
                operation op
            for entry in root.GetProperty("special_values").EnumerateArray() do
                special entry
        ]
