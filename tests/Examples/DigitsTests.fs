/// The main job: the digits, IDX files, a short training, its gradient, its pictures and its parameters.
module Adjoint.ExampleTests.DigitsTests

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open System.Xml.Linq
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Examples.Digits

/// Runs a test in a folder of its own.
let private inFolder test =
    let folder = Directory.CreateTempSubdirectory "adjoint-digits-"

    try
        test folder.FullName
    finally
        folder.Delete true

/// Expects a FormatException whose message has this text.
let private refuses (text: string) action =
    Expect.throwsC action (fun error ->
        match error with
        | :? FormatException -> Expect.stringContains error.Message text "the reason"
        | other -> failtest $"{other} is no FormatException")

/// An IDX file of bytes: extents as they are said, elements as they are.
let private idx (extents: int list) (elements: byte[]) =
    let number (extent: int) =
        let four = Array.zeroCreate 4
        BinaryPrimitives.WriteInt32BigEndian(Span four, extent)
        four

    Array.concat
        [
            [| 0uy; 0uy; 8uy; byte extents.Length |]
            yield! List.map number extents
            elements
        ]

let private pack (bytes: byte[]) =
    use packed = new MemoryStream()

    using (new GZipStream(packed, CompressionMode.Compress)) (fun stream -> stream.Write(ReadOnlySpan bytes))
    packed.ToArray()

let private ink = [| for i in 0..31 -> byte (8 * i) |]
let private images = idx [ 2; 4; 4 ] ink

/// A data set of two images to learn from and two held out; files may be replaced, or taken away.
let private dataSet (changes: (string * byte[] option) list) test =
    let files =
        Map
            [
                for part in [ "train"; "t10k" ] do
                    $"{part}-images-idx3-ubyte", Some images
                    $"{part}-labels-idx1-ubyte", Some(idx [ 2 ] [| 3uy; 9uy |])
            ]

    inFolder (fun folder ->
        for KeyValue(name, content) in
            (files, changes)
            ||> List.fold (fun all (name, content) -> Map.add name content all) do
            content
            |> Option.iter (fun bytes -> File.WriteAllBytes(Path.Combine(folder, name), bytes))

        test folder)

let private files =
    testList
        "idx files"
        [
            testCase "are read, packed ones too" (fun () ->
                let packed =
                    [
                        "train-images-idx3-ubyte", None
                        "train-images-idx3-ubyte.gz", Some(pack images)
                    ]

                for changes in [ []; packed ] do
                    dataSet changes (fun folder ->
                        let data = Mnist.dataSet folder
                        let read = data.Training
                        Expect.equal (read.Count, read.Height, read.Width) (2, 4, 4) "sizes"
                        Expect.equal read.Labels [| 3; 9 |] "labels"
                        Expect.equal read.Pixels (ink |> Array.map (fun byte -> float32 byte / 255.0f)) "pixels"
                        Expect.equal data.HeldOut read "the same in both parts"))

            for name, bytes, reason in
                [
                    "no header", [| 0uy; 0uy |], "cut short"
                    "another type of element", idx [ 2; 4; 4 ] ink |> Array.mapi (fun i byte -> if i = 2 then 9uy else byte), "i8[2, 4, 4]"
                    "another number of axes", idx [ 2; 16 ] ink, "u8[2, 16], where bytes with 3 axes are wanted"
                    "cut short", images[.. images.Length - 2], "cut short"
                    "longer than it says", Array.append images [| 0uy |], "goes on after"
                    "says that it is huge", idx [ Int32.MaxValue; Int32.MaxValue; Int32.MaxValue ] ink, "more than 2147483591 elements"
                    "says more than it holds", idx [ 60000; 28; 28 ] ink, "cut short"
                    "a negative extent", idx [ 2; -4; -4 ] ink, "the extent -4"
                    "no image", idx [ 0; 4; 4 ] [||], "has no images"
                ] do
                testCase $"are refused: {name}" (fun () ->
                    dataSet [ "train-images-idx3-ubyte", Some bytes ] (fun folder ->
                        refuses reason (fun () -> Mnist.dataSet folder |> ignore))

                    let packed =
                        [
                            "train-images-idx3-ubyte", None
                            "train-images-idx3-ubyte.gz", Some(pack bytes)
                        ]

                    dataSet packed (fun folder -> refuses reason (fun () -> Mnist.dataSet folder |> ignore)))

            for name, changes, reason in
                [
                    "a file is missing", [ "t10k-labels-idx1-ubyte", None ], "there is no t10k-labels-idx1-ubyte"
                    "packed wrongly", [ "train-images-idx3-ubyte", None; "train-images-idx3-ubyte.gz", Some images ], "can't be unpacked"
                    "too few labels", [ "t10k-labels-idx1-ubyte", Some(idx [ 1 ] [| 3uy |]) ], "1 labels for 2 images"
                    "no digit", [ "t10k-labels-idx1-ubyte", Some(idx [ 2 ] [| 3uy; 10uy |]) ], "the label 10"
                    "sizes differ", [ "t10k-images-idx3-ubyte", Some(idx [ 2; 2; 8 ] ink) ], "differ in size"
                ] do
                testCase $"are refused: {name}" (fun () ->
                    dataSet changes (fun folder -> refuses reason (fun () -> Mnist.dataSet folder |> ignore)))
        ]

let private data =
    testList
        "data"
        [
            testCase "1797 scans, split in 80 to 20, always in the same way" (fun () ->
                let data = Data.digits ()
                Expect.equal (data.Training.Count, data.HeldOut.Count) (1437, 360) "sizes"
                Expect.equal (data.Training.Height, data.Training.Width) (8, 8) "extents"
                Expect.equal data (Data.digits ()) "once more"

                let all =
                    Array.append data.Training.Labels data.HeldOut.Labels
                    |> Array.countBy id
                    |> Array.sort
                // The counts that the data set's description gives.
                Expect.equal (Array.map snd all) [| 178; 182; 177; 183; 181; 182; 181; 179; 174; 180 |] "images of each digit"
                Expect.isTrue (data.Training.Pixels |> Array.forall (fun ink -> ink >= 0.0f && ink <= 1.0f)) "ink from 0 to 1")

            testCase "variation by nothing but chance: the same key, the same images; ink stays within bounds" (fun () ->
                let images, _ = (Data.digits ()).HeldOut |> Images.tensors
                let varied = Variation.apply (Random.key 1, images)
                Expect.equal varied.Shape images.Shape "shape"
                let ink = Tensor.toArray varied
                Expect.equal ink (Tensor.toArray (Variation.apply (Random.key 1, images))) "the same key"
                Expect.notEqual ink (Tensor.toArray (Variation.apply (Random.key 2, images))) "another key"
                Expect.isTrue (ink |> Array.forall (fun ink -> ink >= 0.0f && ink <= 1.0f)) "from 0 to 1"
                // Stretching and moving keeps most of the ink on the page.
                let share = Array.sum ink / Array.sum (Tensor.toArray images)
                Expect.isTrue (share > 0.8f && share < 1.05f) $"a share of {share} of the ink")

            testCase "options that can't be understood are named" (fun () ->
                Expect.equal (Options.parse []) Options.Standard "no options"

                Expect.equal
                    (Options.parse [ "--epochs"; "3"; "--rate"; "0.5" ])
                    { Options.Standard with
                        Epochs = 3
                        Rate = 0.5
                    }
                    "two"

                for arguments in
                    [
                        [ "--epochs"; "0" ]
                        [ "--batch"; "many" ]
                        [ "--rate"; "-1" ]
                        [ "--rate"; "nan" ]
                        [ "--seed" ]
                        [ "--idx"; "/no such folder" ]
                        [ "--speed"; "9" ]
                    ] do
                    Expect.throwsC (fun () -> Options.parse arguments |> ignore) (fun error ->
                        match error with
                        | BadOption message ->
                            Expect.stringContains message arguments.Head "names the option"
                            Expect.isFalse (message.Contains '\n') "one line"
                        | other -> failtest $"{other} is no BadOption"))
        ]

/// 384 images to learn from and 120 to ask about.
let private small () =
    let data = Data.digits ()

    { data with
        Training = Images.pick [| 0..383 |] data.Training
        HeldOut = Images.pick [| 0..119 |] data.HeldOut
    }

let private gradients =
    testList
        "gradient check"
        [
            testCase "the loss that trains agrees with its differences" (fun () ->
                let images, labels = Images.pick [| 0..7 |] (small ()).Training |> Images.tensors
                let precise: Tensor<float> = Tensor.cast images
                let model: LeNet<float> = LeNet.create 5 8 8 |> LeNet.cast
                let error = GradientCheck.largestError (Random 5) 3 8 (LeNet.loss (precise, labels)) model
                // Differences are good to about 1e-8 here.
                Expect.isLessThan error 1e-6 "largest relative error")

            testCase "a gradient that lacks a term is found out" (fun () ->
                let wrong (x: Tensor<float>) = Tensor.sum (x * stopGradient x)
                let error = GradientCheck.largestError (Random 5) 2 2 wrong (Tensor.vector [ 1.0; -2.0; 3.0 ])
                Expect.isGreaterThan error 0.4 "half of the derivative is missing")

            testCase "differences find derivatives beside kinks" (fun () ->
                let kinked t = abs (t - 3e-6) + sin (2.0 * t)
                // The derivative at 0 is -1 + 2; steps above 3e-6 see the kink.
                Expect.isLessThan (abs (GradientCheck.derivative kinked - 1.0)) 1e-8 "error")
        ]

let private training =
    testCase "a short training learns, and what it writes can be read" (fun () ->
        let data = small ()

        let options =
            { Options.Standard with
                Epochs = 6
                Batch = 16
            }

        let epochs = ResizeArray()
        let start = LeNet.create options.Seed 8 8
        let model = Training.run options data start epochs.Add
        let predictions = Training.predictor () model data.HeldOut

        Expect.equal [ for epoch in epochs -> epoch.Number ] [ 1..6 ] "every epoch is reported"
        Expect.isLessThan epochs[5].Loss (0.5 * epochs[0].Loss) "the loss falls"
        Expect.isLessThan epochs[5].HeldOutLoss (Training.loss (Training.predictor () start data.HeldOut)) "held out, too"
        Expect.isGreaterThan (Training.accuracy data.HeldOut predictions) 0.8 "accuracy; chance gives 0.1"

        for picture in
            [
                Pictures.learningCurve (List.ofSeq epochs)
                Pictures.predictions data.HeldOut predictions
            ] do
            Expect.equal (XDocument.Parse picture).Root.Name.LocalName "svg" "well-formed XML"

        inFolder (fun folder ->
            let path = Path.Combine(folder, "parameters.npz")
            Files.save path model
            let again = Files.load path (Structure.zerosLike model)
            Expect.equal (Training.predictor () again data.HeldOut) predictions "the same predictions"
            refuses "Dense1.Weight is f32[64, 120]" (fun () -> Files.load path (LeNet.create 1 12 12) |> ignore)))

[<Tests>]
let tests = testList "digits" [ files; data; gradients; training ]
