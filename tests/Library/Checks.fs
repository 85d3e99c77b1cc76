/// What the tests of the library ask again and again.
module Adjoint.LibraryTests.Checks

open Expecto
open Adjoint
open Adjoint.Core

/// A few roundings of float, for results of a few operations.
let rounding = 1e-13

/// The numbers agree to a tolerance, relative above 1; NaN with NaN, and an infinity with itself.
let near tolerance (expected: float) (actual: float) message =
    let equal =
        expected = actual
        || (System.Double.IsNaN expected && System.Double.IsNaN actual)

    if not (equal || abs (actual - expected) <= tolerance * (1.0 + abs expected)) then
        failtest $"{message}: {actual:R} is not within {tolerance} of {expected:R}."

/// The tensor has this shape and, in row-major order, these numbers.
let holds tolerance (shape: int list) (expected: float seq) (actual: Tensor<float>) message =
    Expect.equal actual.Shape shape $"{message}: shape"
    Expect.hasLength (Seq.toList (Tensor.toArray actual)) (Seq.length expected) $"{message}: count"

    (expected, Tensor.toArray actual)
    ||> Seq.iteri2 (fun i e a -> near tolerance e a $"{message}, element {i}")

/// The gradient of a scalar function against central differences with one Richardson step: steps of 1e-3 leave an error of
/// order 1e-12 |f⁽⁵⁾| from the formula and 1e-16 / 1e-3 |f| from rounding.
let gradientAgrees tolerance (f: Tensor<float> -> Tensor<float>) (x: Tensor<float>) message =
    let at (direction: float[]) step =
        let moved = Array.map2 (fun a d -> a + step * d) (Tensor.toArray x) direction
        value (f (Tensor.ofSeq x.Shape moved))

    let gradient = Tensor.toArray (grad f x)

    for i in 0 .. gradient.Length - 1 do
        let unit = Array.init gradient.Length (fun j -> if i = j then 1.0 else 0.0)

        let slope step =
            (at unit step - at unit -step) / (2.0 * step)

        near tolerance ((4.0 * slope 0.5e-3 - slope 1e-3) / 3.0) gradient[i] $"{message}, slope {i}"

/// The action throws the exception, whose message has every one of these texts.
let refuses<'Error when 'Error :> exn> (texts: string list) (action: unit -> unit) =
    Expect.throwsC action (fun error ->
        match error with
        | :? 'Error ->
            texts
            |> List.iter (fun text -> Expect.stringContains error.Message text "the message")
        | other -> failtest $"{other.GetType().Name} instead of {typeof<'Error>.Name}: {other.Message}")
