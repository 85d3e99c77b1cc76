namespace Adjoint.Suites.StableHlo

open Adjoint.Core
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Suites

/// StableHLO's elementwise operations as the library's.
[<RequireQualifiedAccess>]
module Elementwise =

    /// The results of a primitive.
    let apply (primitive: Primitive) (operands: Expr list) =
        let types = operands |> List.map (fun operand -> operand.Type :> ValueType)

        let graph =
            Graph.Of(
                types,
                fun values ->
                    Node
                        .Make(
                            primitive,
                            values
                            |> Seq.toArray
                            |> System.Collections.Immutable.ImmutableArray.Create<Value>
                        )
                        .Results
            )

        GraphBuilder.Inline(graph, List.toArray operands)

    let private unary =
        Map
            [
                "abs", fun (x: Expr) -> x.Abs()
                "acos", _.Acos()
                "acosh", _.Acosh()
                "asin", _.Asin()
                "asinh", _.Asinh()
                "atan", _.Atan()
                "atanh", _.Atanh()
                "cbrt", _.Cbrt()
                "ceil", _.Ceil()
                "conj", _.Conj()
                "cosine", _.Cos()
                "cosh", _.Cosh()
                "count_leading_zeros", _.LeadingZeros()
                "digamma", _.Digamma()
                "erf", _.Erf()
                "erf_inv", _.ErfInv()
                "erfc", _.Erfc()
                "exponential", _.Exp()
                "exponential_minus_one", _.Expm1()
                "floor", _.Floor()
                "imag", _.Imag()
                "is_finite", _.IsFinite()
                "lgamma", _.Lgamma()
                "log", _.Log()
                "log_plus_one", _.Log1p()
                "logistic", _.Sigmoid()
                "negate", (fun x -> -x)
                "not", _.Not()
                "popcnt", _.PopCount()
                "real", _.Real()
                "round_nearest_even", _.Round()
                "round_nearest_afz", _.RoundHalfAway()
                "rsqrt", _.Rsqrt()
                "sign", _.Sign()
                "sine", _.Sin()
                "sinh", _.Sinh()
                "sqrt", _.Sqrt()
                "tan", _.Tan()
                "tanh", _.Tanh()
            ]

    let private binary =
        Map
            [
                "add", fun (x: Expr) (y: Expr) -> x + y
                "subtract", fun x y -> x - y
                "multiply", fun x y -> x * y
                "divide", fun x y -> x / y
                "remainder", fun x y -> x.Remainder y
                "power", fun x y -> x.Pow y
                "atan2", fun x y -> x.Atan2 y
                "maximum", fun x y -> x.Maximum y
                "minimum", fun x y -> x.Minimum y
                "and", fun x y -> x.And y
                "or", fun x y -> x.Or y
                "xor", fun x y -> x.Xor y
                "shift_left", fun x y -> x.ShiftLeft y
                "shift_right_logical", fun x y -> x.ShiftRightLogical y
                "shift_right_arithmetic", fun x y -> x.ShiftRightArithmetic y
                "complex", fun x y -> x.Complex y
                "next_after", fun x y -> x.NextAfter y
            ]

    /// Arithmetic of bools is that of one bit.
    let private ofBools =
        Map
            [
                "add", fun (x: Expr) (y: Expr) -> x.Or y
                "multiply", fun x y -> x.And y
                "maximum", fun x y -> x.Or y
                "minimum", fun x y -> x.And y
            ]

    /// An integer that orders as IEEE's totalOrder: the bits, with those of negative numbers turned around.
    let private totalOrder (x: Expr) =
        let bits, last =
            match x.DType with
            | DType.F64 -> DType.I64, 63.0
            | DType.F32 -> DType.I32, 31.0
            | _ -> DType.I16, 15.0

        let number = x.Bitcast bits
        let sign = number.ShiftRightArithmetic(Tensors.Full(bits, number.Shape, last))
        number.Xor(sign.ShiftRightLogical(Tensors.Full(bits, number.Shape, 1.0)))

    let private compare direction isTotal (x: Expr) (y: Expr) =
        let x, y =
            if isTotal && x.DType.IsFloating() then
                totalOrder x, totalOrder y
            elif x.DType = DType.Bool then
                x.Cast DType.U8, y.Cast DType.U8
            else
                x, y

        match direction with
        | "EQ" -> x.Equal y
        | "NE" -> x.NotEqual y
        | "LT" -> x.Less y
        | "LE" -> x.LessOrEqual y
        | "GT" -> x.Greater y
        | "GE" -> x.GreaterOrEqual y
        | other -> raise (Unmapped $"no comparison is called {other}")

    let private flags statement =
        [
            for flag in (Attributes.find [ "flags"; "comparison_direction" ] statement).EnumerateArray() -> flag.GetString()
        ]

    /// The result of an elementwise statement, or none where it is not one.
    let tryRun (statement: Statement) (operands: Expr list) =
        match statement.Operation, operands with
        | name, [ x; y ] when x.DType = DType.Bool && ofBools.ContainsKey name -> Some(ofBools[name] x y)
        | name, [ x ] when unary.ContainsKey name -> Some(unary[name] x)
        | name, [ x; y ] when binary.ContainsKey name -> Some(binary[name] x y)
        | "compare", [ x; y ] ->
            let flags = flags statement
            Some(compare flags.Head (List.contains "TOTALORDER" flags) x y)
        | "select", [ condition; x; y ] -> Some(condition.Where(x, y))
        | "clamp", [ low; x; high ] -> Some(x.Maximum(low).Minimum high)
        | "bitcast_convert", [ x ] -> Some(x.Bitcast(fst (Attributes.resultType statement)))
        | "reduce_precision", [ x ] ->
            // The format is written e5m10.
            let format = (Attributes.text [ "format" ] statement).Substring(1).Split('m')
            Some(x.ReducePrecision(int format[0], int format[1]))
        | "convert", [ x ] -> Some(x.Cast(fst (Attributes.resultType statement)))
        | _ -> None
