/// Convolutions and their gradients by oneDNN against the managed kernel: kinds, layouts, cuts, NaN, runners.
module Adjoint.Properties.NativeConvolutionTests

open System
open Expecto
open Adjoint.Execute
open Adjoint.Kernels
open Adjoint.Kernels.Libraries

type private Case =
    {
        Geometry: ConvolutionGeometry
        Layout: ConvolutionLayout
        Input: float32[]
        Filter: float32[]
        Results: int
    }

    override this.ToString() =
        let g = this.Geometry

        $"{g.Batch}x{g.InputChannels}->{g.OutputChannels} groups {g.Groups} reversed {g.ReverseWindow} {g.Outer} {g.Middle} {g.Inner} {this.Layout}"

let private between (random: Random) low high = random.Next(low, high + 1)

let private padding random window dilation =
    between random 0 ((window - 1) * dilation)

/// A window's way in a convolution, in its gradient by the input, and in that by the filter.
let private axis (random: Random) kind =
    let window, stride, dilation = between random 1 3, between random 1 2, between random 1 2
    let low, high = padding random window dilation, padding random window dilation

    match kind with
    | 0 -> WindowAxis(between random 5 12, window, stride, low, high, 1, dilation)
    | 1 -> WindowAxis(between random 3 9, window, 1, low, high, stride, dilation)
    | _ -> WindowAxis(between random 9 14, between random 5 8, stride, between random 0 1, between random 0 1, 1, dilation)

let private numbers (random: Random) count =
    Array.init count (fun _ -> float32 (random.NextDouble() * 2.0 - 1.0))

let private case (random: Random) =
    let kind = random.Next 3
    let groups = if kind = 0 && random.Next 3 = 0 then 2 else 1
    let axes = Array.init (between random 1 3) (fun _ -> axis random kind)

    let geometry =
        ConvolutionGeometry.Create(
            between random 1 4,
            groups * between random 1 18,
            groups * between random 1 36,
            groups,
            ReadOnlySpan axes,
            (kind = 1)
        )

    let dense = ConvolutionLayout.Dense(&geometry)

    let layout =
        if random.Next 2 = 0 then
            dense
        else
            ConvolutionLayout(
                geometry.InputSize,
                geometry.Batch * geometry.InputSize,
                dense.FilterOutput,
                dense.FilterInput,
                geometry.OutputSize,
                geometry.Batch * geometry.OutputSize
            )

    {
        Geometry = geometry
        Layout = layout
        Input = numbers random (geometry.Batch * geometry.InputChannels * geometry.InputSize)
        Filter = numbers random (geometry.OutputChannels * geometry.GroupInputs * geometry.WindowSize)
        Results = geometry.Batch * geometry.OutputChannels * geometry.OutputSize
    }

let private cases seed count =
    let random = Random seed

    List.init count (fun _ -> case random)
    |> List.filter (fun case -> case.Results > 0)

let private managed case (input: float32[]) (filter: float32[]) =
    let result = Array.zeroCreate<float32> case.Results
    let geometry = case.Geometry
    Convolution.Convolve<float32>(&geometry, case.Layout, input, 0, filter, 0, result, 0, Serial.Instance)
    result

/// The library's way, cut as if the work were this much; None where it has no fast one.
let private convolver work case =
    let here = Providers.Default
    let library = here.Library Provider.OneDnn

    if library = 0n then
        skiptest "oneDNN is not here."

    let geometry = case.Geometry
    let shape = NativeConvolution.Of(&geometry, case.Layout, ConvolutionRoles())

    if shape.HasValue then
        let value = shape.Value
        Option.ofObj (NativeConvolver.Of(here.Convolutions, library, &value, work))
    else
        None

/// Few channels that lie apart, one in five of one image that is cut into rows, and what our own kernels run of them.
let private fewChannels seed count =
    let random = Random seed

    let draw () =
        let kind = random.Next 3

        let axes =
            Array.init (between random 1 2) (fun _ ->
                let window = between random 1 5
                let low, high = between random 0 (window - 1), between random 0 (window - 1)

                if kind = 2 then
                    WindowAxis(between random 16 34, between random 12 16, 1, low, high)
                else
                    WindowAxis(between random 6 40, window, 1, low, high))

        let geometry =
            let images = if random.Next 5 = 0 then 1 else between random 2 9
            ConvolutionGeometry.Create(images, between random 1 7, between random 1 18, 1, ReadOnlySpan axes, (kind = 1))

        {
            Geometry = geometry
            Layout = ConvolutionLayout.Dense(&geometry)
            Input = numbers random (geometry.Batch * geometry.InputChannels * geometry.InputSize)
            Filter = numbers random (geometry.OutputChannels * geometry.GroupInputs * geometry.WindowSize)
            Results = geometry.Batch * geometry.OutputChannels * geometry.OutputSize
        }

    [
        for _ in 1..count do
            let case = draw ()
            let geometry = case.Geometry
            let shape = NativeConvolution.Of(&geometry, case.Layout, ConvolutionRoles())

            if case.Results > 0 && shape.HasValue then
                let value = shape.Value

                match Option.ofObj Providers.Default.Direct with
                | None -> skiptest "our own kernels are not here."
                | Some direct ->
                    for work in [ 1.0; 1e9 ] do
                        match Option.ofObj (DirectConvolver.Of(direct, &value, work)) with
                        | Some way -> case, value.Kind, way
                        | None -> ()
    ]

let private run case (way: Convolver) runner =
    let result = Array.create case.Results Single.NaN
    way.Run(case.Input, 0, case.Filter, 0, result, 0, runner)
    result

/// Within the bound of both sides: the unit of rounding times the terms of an element, times the sum of their sizes, twice.
let private agree case (expected: float32[]) (found: float32[]) =
    let sizes = managed case (Array.map abs case.Input) (Array.map abs case.Filter)
    let terms = float (case.Geometry.GroupInputs * case.Geometry.WindowSize)

    for i in 0 .. expected.Length - 1 do
        let allowed = 2.0 * 1.1920929e-7 * terms * float sizes[i]

        if
            not (
                expected[i].Equals found[i]
                || abs (float expected[i] - float found[i]) <= allowed
            )
        then
            failtest $"{case}, element {i}: managed {expected[i]}, library {found[i]}"

[<Tests>]
let tests =
    testList
        "native convolutions"
        [
            testCase "agree with the managed kernel, whole and in parts" (fun () ->
                let mutable ways = 0

                for case in cases 1 150 do
                    for work in [ 1.0; 1e9 ] do
                        match convolver work case with
                        | Some way ->
                            ways <- ways + 1
                            agree case (managed case case.Input case.Filter) (run case way Serial.Instance)
                        | None -> ()

                Expect.isGreaterThan ways 200 "most have a way in the library")

            testCase "NaN and infinities of the input come through where a window meets them" (fun () ->
                for case in cases 2 60 do
                    case.Input[0] <- Single.NaN
                    case.Input[case.Input.Length - 1] <- Single.PositiveInfinity
                    case.Filter |> Array.iteri (fun i x -> case.Filter[i] <- abs x + 0.5f)
                    case.Input |> Array.iteri (fun i x -> case.Input[i] <- abs x)

                    match convolver 1e9 case with
                    | Some way ->
                        let expected = managed case case.Input case.Filter
                        let found = run case way Serial.Instance
                        let kind (x: float32) = Single.IsNaN x, Single.IsInfinity x
                        Expect.equal (Array.map kind found) (Array.map kind expected) (string case)
                    | None -> ())

            testCase "give the same bits by any runner" (fun () ->
                for case in cases 3 60 do
                    match convolver 1e9 case with
                    | Some way ->
                        let first = run case way Serial.Instance
                        Expect.equal (run case way WorkerPool.Shared) first (string case)
                    | None -> ())

            testCase "of few channels have the bits of the managed kernel, gradients by the filter its numbers" (fun () ->
                let ways = fewChannels 5 200
                Expect.isGreaterThan ways.Length 100 "most have a way"

                for case, kind, way in ways do
                    let expected = managed case case.Input case.Filter
                    let found = run case way Serial.Instance

                    if kind = ConvolutionKind.ByFilter then
                        agree case expected found
                    else
                        Expect.equal found expected (string case)

                    Expect.equal (run case way WorkerPool.Shared) found $"{case} by another runner")

            testCase "of few channels pass on NaN, infinities and their products with zeros around as the managed kernel" (fun () ->
                for case, kind, way in fewChannels 6 60 do
                    if kind <> ConvolutionKind.ByFilter then
                        case.Input[0] <- Single.NaN
                        case.Filter[case.Filter.Length - 1] <- Single.NegativeInfinity
                        let told (numbers: float32[]) = numbers |> Array.map string
                        Expect.equal (told (run case way Serial.Instance)) (told (managed case case.Input case.Filter)) (string case))

            testCase "of one image with channels last run in parts" (fun () ->
                let here = Providers.Default

                if here.Library Provider.OneDnn = 0n then
                    skiptest "oneDNN is not here."

                let geometry =
                    ConvolutionGeometry.Create(1, 16, 16, 1, ReadOnlySpan [| WindowAxis(32, 3, 1, 1, 1); WindowAxis(32, 3, 1, 1, 1) |])

                let dense = ConvolutionLayout.Dense(&geometry)

                let layout =
                    ConvolutionLayout(dense.InputBatch, 1, dense.FilterOutput, dense.FilterInput, dense.OutputBatch, 1)

                let shape = NativeConvolution.Of(&geometry, layout, ConvolutionRoles()).Value
                let way = NativeConvolver.Of(here.Convolutions, here.Library Provider.OneDnn, &shape, 1e9)
                Expect.isGreaterThan way.Parts 1 "parts")

            testCase "are left to the managed kernel where they are small or the library is missing" (fun () ->
                let missing = Providers.Of(KernelLibrary.Find("off", null), ProviderTable.BuiltIn)

                for case in cases 4 20 do
                    let geometry = case.Geometry
                    let shape = NativeConvolution.Of(&geometry, case.Layout, ConvolutionRoles())

                    if shape.HasValue then
                        let value = shape.Value
                        Expect.isNull (Convolutions.Of(missing, &value)) "no library")
        ]
