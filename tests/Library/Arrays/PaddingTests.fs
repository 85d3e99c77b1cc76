/// Padding with what a tensor itself has, against walks past its ends and NumPy's documentation.
module Adjoint.LibraryTests.Arrays.PaddingTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private small low high = Gen.choose (low, high) |> Arb.fromGen
let private ints (x: Tensor<int>) = List.ofArray (Tensor.toArray x)

/// 1, 2, 3 ... in a shape.
let private counting (shape: int list) : Tensor<float> =
    Tensor.reshape shape (Tensor.arange (List.fold (*) 1 shape) + 1.0)

/// What numpy.pad puts at an index past the ends of n elements, by walking there.
let private source mode n index =
    let rec reflect i =
        if n = 1 then 0
        elif i < 0 then reflect -i
        elif i >= n then reflect (2 * (n - 1) - i)
        else i

    let rec symmetric i =
        if i < 0 then symmetric (-i - 1)
        elif i >= n then symmetric (2 * n - 1 - i)
        else i

    match mode with
    | PadMode.Edge -> max 0 (min (n - 1) index)
    | PadMode.Reflect -> reflect index
    | PadMode.Symmetric -> symmetric index
    | _ -> ((index % n) + n) % n

let private padding =
    testList
        "padding"
        [
            testProperty "mirrors and circles as walks past the ends"
            <| Prop.forAll (small 1 4) (fun n ->
                Prop.forAll (small 0 9) (fun low ->
                    Prop.forAll (small 0 9) (fun high ->
                        for mode in [ PadMode.Edge; PadMode.Reflect; PadMode.Symmetric; PadMode.Wrap ] do
                            let expected = [ for i in -low .. n + high - 1 -> float (source mode n i + 1) ]
                            holds 0.0 [ n + low + high ] expected (Tensor.padWith mode [ low, high ] (counting [ n ])) $"{mode}")))

            // https://numpy.org/doc/stable/reference/generated/numpy.pad.html
            testCase "NumPy's examples" (fun () ->
                let a = counting [ 5 ]
                holds 0.0 [ 9 ] [ 5.0; 5.0; 1.0; 2.0; 3.0; 4.0; 5.0; 5.0; 5.0 ] (Tensor.padWith PadMode.Maximum [ 2, 2 ] a) "maximum"
                holds 0.0 [ 9 ] [ 3.0; 3.0; 1.0; 2.0; 3.0; 4.0; 5.0; 3.0; 3.0 ] (Tensor.padWith PadMode.Mean [ 2, 2 ] a) "mean"

                holds
                    1e-15
                    [ 10 ]
                    [ 5.0; 3.0; 1.0; 2.0; 3.0; 4.0; 5.0; 2.0; -1.0; -4.0 ]
                    (Tensor.padRamp 5.0 [ 2, 0 ] a |> Tensor.padRamp -4.0 [ 0, 3 ])
                    "ramp"

                let m = Tensor.padWith PadMode.Minimum [ 1, 0; 0, 1 ] (Tensor.matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ])
                holds 0.0 [ 3; 3 ] [ 1.0; 2.0; 1.0; 1.0; 2.0; 1.0; 3.0; 4.0; 3.0 ] m "minimum, one axis after the other"
                Expect.equal (ints (Tensor.padWith PadMode.Reflect [ 1, 1 ] (Tensor.vector [ 1; 2; 3 ]))) [ 2; 1; 2; 3; 2 ] "integers")

            testCase "widths that can't be" (fun () ->
                refuses<ShapeException> [ "pad"; "axis 0"; "f64[3]"; "negative" ] (fun () ->
                    Tensor.padWith PadMode.Edge [ -1, 0 ] (counting [ 3 ]) |> ignore)

                refuses<ShapeException> [ "pad"; "f64[0]"; "Reflect" ] (fun () ->
                    Tensor.padWith PadMode.Reflect [ 1, 0 ] (counting [ 0 ]) |> ignore)

                refuses<ShapeException> [ "pad"; "1 widths"; "2 axes" ] (fun () ->
                    Tensor.padWith PadMode.Wrap [ 1, 0 ] (counting [ 2; 2 ]) |> ignore)

                refuses<DTypeException> [ "pad"; "Mean"; "i32[2]" ] (fun () ->
                    Tensor.padWith PadMode.Mean [ 1, 0 ] (Tensor.vector [ 1; 2 ]) |> ignore))
        ]

let cases =
    let smooth name shape f =
        case name -1.0 1.0 shape (fun x -> f (x * x + x))

    [
        smooth "padRamp" [ 4 ] (Tensor.padRamp 2.0 [ 2, 3 ])
        for mode in Enum.GetValues<PadMode>() do
            smooth $"padWith {mode}" [ 4 ] (Tensor.padWith mode [ 2, 3 ])
    ]

[<Tests>]
let tests = testList "arrays: padding" [ padding; testList "laws" (List.map laws cases) ]
