/// A number with its first and second derivative along a line: what hand-made graphs are compared with.
module Adjoint.Properties.Jets

open Expecto
open Adjoint.Properties.Building

type Jet =
    {
        Value: float
        First: float
        Second: float
    }

    static member (+)(x: Jet, y: Jet) =
        {
            Value = x.Value + y.Value
            First = x.First + y.First
            Second = x.Second + y.Second
        }

    static member (*)(x: Jet, y: Jet) =
        {
            Value = x.Value * y.Value
            First = x.First * y.Value + x.Value * y.First
            Second = x.Second * y.Value + 2.0 * x.First * y.First + x.Value * y.Second
        }

    static member (*)(factor: float, x: Jet) =
        {
            Value = factor * x.Value
            First = factor * x.First
            Second = factor * x.Second
        }

    static member (-)(x: Jet, y: Jet) = x + -1.0 * y

/// The point of a line with slope 1.
let variable x =
    { Value = x; First = 1.0; Second = 0.0 }

let constant x =
    { Value = x; First = 0.0; Second = 0.0 }

/// A function by its value and first two derivatives at the number.
let private through value first second (x: Jet) =
    {
        Value = value
        First = first * x.First
        Second = second * x.First * x.First + first * x.Second
    }

let sin x =
    through (sin x.Value) (cos x.Value) (-(sin x.Value)) x

let exp x =
    through (exp x.Value) (exp x.Value) (exp x.Value) x

let log x =
    through (log x.Value) (1.0 / x.Value) (-1.0 / (x.Value * x.Value)) x

let tanh x =
    let y = tanh x.Value
    through y (1.0 - y * y) (-2.0 * y * (1.0 - y * y)) x

/// Both sides are a few dozen operations in f64 on numbers of moderate size.
let accuracy = { absolute = 1e-12; relative = 1e-11 }

/// Expects a function of one number to have the value and derivatives of another, to second order in every mode.
let expectDerivatives graph (reference: Jet -> Jet) x =
    let expected = reference (variable x)
    let actual = derivatives graph x
    Expect.floatClose accuracy actual.Value expected.Value $"the value at {x}"

    for mode, number in actual.First do
        Expect.floatClose accuracy number expected.First $"first derivative at {x}, {mode}"

    for mode, number in actual.Second do
        Expect.floatClose accuracy number expected.Second $"second derivative at {x}, {mode}"
