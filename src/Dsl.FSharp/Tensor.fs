namespace Adjoint

open System.Diagnostics
open Adjoint.Core
open Adjoint.Front

/// A dense tensor of elements 'T in the making: immutable, computed when it is looked at.
/// Operands broadcast as NumPy's do: shapes meet at their last axes, and an extent of 1 repeats.
/// A plain number of the element type stands for a tensor: `2.0 * x`. A dtype never changes by itself: see `Tensor.cast`.
/// Where shapes don't meet, the error names the operation and both types.
[<Sealed; NoEquality; NoComparison>]
[<StructuredFormatDisplay("{Header} {Elements}"); DebuggerDisplay("{Display,nq}"); DebuggerTypeProxy(typeof<ExprView>)>]
[<TypeFormatterSource(typeof<HtmlFormatterSource>)>]
type Tensor<'T when 'T: struct> internal (expr: Expr) =

    /// The expression that this wraps, for the API of Adjoint.Front.
    member _.Expr = expr

    /// The extents, outermost axis first.
    member _.Shape = List.ofArray (expr.Shape.ToArray())

    /// The number of axes.
    member _.Rank = expr.Rank

    /// The number of elements.
    member _.Size = expr.Size

    /// The elements' dtype: f64 of float, f32 of float32, i32 of int...
    member _.DType = expr.DType

    /// The number, of this tensor's shape.
    member internal _.Like(number: 'T) =
        Tensor<'T>(Literals.Like(expr, Host.scalar number))

    /// What a function gives whose result is real, also of complex numbers, and so no tensor of 'T then.
    static member internal Real(operation: string, real: Expr) : Tensor<'T> =
        if real.DType <> DTypeOf<'T>.Value then
            raise (
                Located.Here(
                    DTypeException
                        $"{operation}: of complex numbers it is real, {real.Type}, and no tensor of theirs. Use Tensor.magnitude or Tensor.real first."
                )
            )

        Tensor<'T> real

    /// Dtype and shape, as `%A` and messages tell them.
    member internal _.Header = expr.Type.ToString()

    /// Type and value in one line, if the value is known, for debuggers: nothing runs.
    member internal _.Display = expr.Display

    /// The elements, as `%A` prints them.
    member internal _.Elements = Rendering.ofExpr expr

    /// Dtype, shape and elements; inside `compile` and `vmap`, where there is no value yet, "(traced)".
    override _.ToString() = expr.ToString()

    interface ITensor with
        member _.Untyped = expr

    interface IHtml with
        member _.WriteHtml writer = (expr :> IHtml).WriteHtml writer

    /// Sum.
    static member (+)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Expr.Add(x.Expr, y.Expr))

    /// Sum with a number.
    static member (+)(x: Tensor<'T>, y: 'T) : Tensor<'T> = x + x.Like y

    /// Sum with a number.
    static member (+)(x: 'T, y: Tensor<'T>) : Tensor<'T> = y.Like x + y

    /// Difference.
    static member (-)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> =
        Tensor<'T>(Expr.Subtract(x.Expr, y.Expr))

    /// Difference with a number.
    static member (-)(x: Tensor<'T>, y: 'T) : Tensor<'T> = x - x.Like y

    /// Difference with a number.
    static member (-)(x: 'T, y: Tensor<'T>) : Tensor<'T> = y.Like x - y

    /// Product, element by element.
    static member (*)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> =
        Tensor<'T>(Expr.Multiply(x.Expr, y.Expr))

    /// Product with a number.
    static member (*)(x: Tensor<'T>, y: 'T) : Tensor<'T> = x * x.Like y

    /// Product with a number.
    static member (*)(x: 'T, y: Tensor<'T>) : Tensor<'T> = y.Like x * y

    /// Quotient; integers are cut towards zero, and division by the integer 0 is an error.
    static member (/)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Expr.Divide(x.Expr, y.Expr))

    /// Quotient with a number.
    static member (/)(x: Tensor<'T>, y: 'T) : Tensor<'T> = x / x.Like y

    /// Quotient with a number.
    static member (/)(x: 'T, y: Tensor<'T>) : Tensor<'T> = y.Like x / y

    /// Remainder of the division cut towards zero; its sign is the dividend's.
    static member (%)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> =
        Tensor<'T>(Tensors.Remainder(x.Expr, y.Expr))

    /// Remainder of the division cut towards zero with a number.
    static member (%)(x: Tensor<'T>, y: 'T) : Tensor<'T> = x % x.Like y

    /// Remainder of the division cut towards zero with a number.
    static member (%)(x: 'T, y: Tensor<'T>) : Tensor<'T> = y.Like x % y

    /// Negation.
    static member (~-)(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Expr.Negate x.Expr)

    /// Power of floating numbers, `x ** y`. NaN for a negative base, unless the exponent is whole.
    static member Pow(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Pow(x.Expr, y.Expr))

    /// Power to a number, `x ** 2.0`; small whole exponents are products.
    static member Pow(x: Tensor<'T>, y: 'T) : Tensor<'T> =
        let exponent = Host.scalar y

        if exponent.Type.IsComplex() then
            x ** x.Like y
        else
            Tensor<'T>(Tensors.Pow(x.Expr, exponent.AsDouble))

    /// Zero, which broadcasts: for `Seq.sum` and code that is generic in its numbers.
    static member Zero: Tensor<'T> = Tensor<'T>(Tensors.Zeros DTypeOf<'T>.Value)

    /// One, which broadcasts: for `pown` and code that is generic in its numbers.
    static member One: Tensor<'T> = Tensor<'T>(Tensors.Ones DTypeOf<'T>.Value)

    /// Both, of bools; bit by bit, of integers.
    static member (&&&)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.And(x.Expr, y.Expr))

    /// Either, of bools; bit by bit, of integers.
    static member (|||)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Or(x.Expr, y.Expr))

    /// One but not both, of bools; bit by bit, of integers.
    static member (^^^)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Xor(x.Expr, y.Expr))

    /// Negation of bools, complement of integers.
    static member (~~~)(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Not x.Expr)

    /// Which elements are equal; false beside NaN.
    static member (.=)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<bool> = Tensor<bool>(x.Expr.Equal y.Expr)

    /// Which elements are equal, against a number.
    static member (.=)(x: Tensor<'T>, y: 'T) : Tensor<bool> = x .= x.Like y

    /// Which elements are different; true beside NaN.
    static member (.<>)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<bool> = Tensor<bool>(x.Expr.NotEqual y.Expr)

    /// Which elements are different, against a number.
    static member (.<>)(x: Tensor<'T>, y: 'T) : Tensor<bool> = x .<> x.Like y

    /// Which elements are smaller; false beside NaN.
    static member (.<)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<bool> = Tensor<bool>(x.Expr.Less y.Expr)

    /// Which elements are smaller, against a number.
    static member (.<)(x: Tensor<'T>, y: 'T) : Tensor<bool> = x .< x.Like y

    /// Which elements are smaller or equal; false beside NaN.
    static member (.<=)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<bool> = Tensor<bool>(x.Expr.LessOrEqual y.Expr)

    /// Which elements are smaller or equal, against a number.
    static member (.<=)(x: Tensor<'T>, y: 'T) : Tensor<bool> = x .<= x.Like y

    /// Which elements are larger; false beside NaN.
    static member (.>)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<bool> = Tensor<bool>(x.Expr.Greater y.Expr)

    /// Which elements are larger, against a number.
    static member (.>)(x: Tensor<'T>, y: 'T) : Tensor<bool> = x .> x.Like y

    /// Which elements are larger or equal; false beside NaN.
    static member (.>=)(x: Tensor<'T>, y: Tensor<'T>) : Tensor<bool> =
        Tensor<bool>(x.Expr.GreaterOrEqual y.Expr)

    /// Which elements are larger or equal, against a number.
    static member (.>=)(x: Tensor<'T>, y: 'T) : Tensor<bool> = x .>= x.Like y

    /// F#'s `abs`, as `Tensor.abs`.
    static member Abs(x: Tensor<'T>) : Tensor<'T> =
        Tensor<'T>.Real("abs", Tensors.Abs x.Expr)

    /// F#'s `exp`, as `Tensor.exp`.
    static member Exp(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Exp x.Expr)

    /// F#'s `log`, as `Tensor.log`.
    static member Log(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Log x.Expr)

    /// F#'s `sqrt`, as `Tensor.sqrt`.
    static member Sqrt(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Sqrt x.Expr)

    /// F#'s `sin`, as `Tensor.sin`.
    static member Sin(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Sin x.Expr)

    /// F#'s `cos`, as `Tensor.cos`.
    static member Cos(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Cos x.Expr)

    /// F#'s `tan`, as `Tensor.tan`.
    static member Tan(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Tan x.Expr)

    /// F#'s `asin`, as `Tensor.asin`.
    static member Asin(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Asin x.Expr)

    /// F#'s `acos`, as `Tensor.acos`.
    static member Acos(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Acos x.Expr)

    /// F#'s `atan`, as `Tensor.atan`.
    static member Atan(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Atan x.Expr)

    /// F#'s `sinh`, as `Tensor.sinh`.
    static member Sinh(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Sinh x.Expr)

    /// F#'s `cosh`, as `Tensor.cosh`.
    static member Cosh(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Cosh x.Expr)

    /// F#'s `tanh`, as `Tensor.tanh`.
    static member Tanh(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Tanh x.Expr)

    /// F#'s `floor`, as `Tensor.floor`.
    static member Floor(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Floor x.Expr)

    /// F#'s `ceil`, as `Tensor.ceil`.
    static member Ceiling(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Ceil x.Expr)

    /// F#'s `round`, as `Tensor.round`.
    static member Round(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Round x.Expr)

    /// F#'s `truncate`, as `Tensor.truncate`.
    static member Truncate(x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Truncate x.Expr)

    /// F#'s `atan2`, as `Tensor.atan2`.
    static member Atan2(y: Tensor<'T>, x: Tensor<'T>) : Tensor<'T> =
        Tensor<'T>(Tensors.Atan2(y.Expr, x.Expr))
